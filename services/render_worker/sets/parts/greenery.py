"""Growing things: sprigs, plants in pots, ferns, grass, pampas, flowers, conifer twigs."""

from typing import Literal

import numpy as np

from services.render_worker.scene import Group, Mesh, Piece, Points, Vec3
from services.render_worker.sets.parts.part import Part, piece
from services.render_worker.shapes.curves import shifted, spline
from services.render_worker.shapes.fineness import thinned
from services.render_worker.shapes.mesh import joined, placed
from services.render_worker.shapes.plants import (
    bent_path,
    blades,
    bloom,
    branch,
    fern,
    needles,
    plume,
)  # fmt: skip
from services.render_worker.shapes.solids import box, cylinder, lathe
from services.render_worker.surfaces import Surface


def pot(radius: float, height: float) -> Mesh:
    """A tapered pot with a rim, open at the top, filled to just below it."""
    wall = radius * 0.09
    profile = spline(
        [(0, 0), (0, 0), (radius * 0.72, 0), (radius * 0.74, 0), (radius * 0.76, radius * 0.03),
         (radius * 0.98, height - 0.004), (radius, height), (radius - wall * 0.3, height + 0.002),
         (radius - wall, height - 0.002), (radius - wall * 1.1, height * 0.86)], 60,
    )  # fmt: skip
    return lathe(profile)


class Sprig(Part):
    """One leafy stem that starts at the origin; eucalyptus, olive or laurel by its shape."""

    part: Literal["sprig"] = "sprig"
    length: float = 0.34
    lean: Vec3 = (0.4, 1.0, 0.1)
    sag: float = 0.25
    leaves: int = 16
    leaf_length: float = 0.07
    leaf_width: float = 0.035
    belly: float = 0.4
    surface: Surface = "leaf"
    stem: Surface = "bark #7a6a4a"

    def build(self, dice: np.random.Generator) -> Group:
        """A stem and its leaves."""
        path = bent_path(self.length, self.lean, self.sag)
        stem, leaves = branch(
            path, self.leaves, self.leaf_length, self.leaf_width, dice, belly=self.belly
        )
        return Group((piece("stem", stem, self.stem), piece("leaves", leaves, self.surface)))


class PottedPlant(Part):
    """A houseplant: several leafy stems in a pot."""

    part: Literal["potted_plant"] = "potted_plant"
    pot_radius: float = 0.06
    pot_height: float = 0.1
    height: float = 0.3
    stems: int = 7
    leaves: int = 9
    leaf_length: float = 0.09
    leaf_width: float = 0.05
    spread: float = 0.5
    sag: float = 0.2
    surface: Surface = "leaf"
    pot: Surface = "ceramic"

    def build(self, dice: np.random.Generator) -> Group:
        """A pot, soil and stems that lean outwards."""
        stems, leaves = [], []
        for number in range(self.stems):
            angle = number * 2.4 + dice.uniform(-0.3, 0.3)
            reach = self.spread * np.sqrt((number + 0.5) / self.stems) * dice.uniform(0.7, 1.2)
            lean = (float(np.cos(angle) * reach), 1.0, float(np.sin(angle) * reach))
            length = self.height * dice.uniform(0.75, 1.1)
            path = bent_path(length, lean, self.sag)
            path = shifted(
                path,
                (
                    lean[0] * self.pot_radius,
                    self.pot_height * 0.8,
                    lean[2] * self.pot_radius,
                ),
            )
            stem, blade = branch(
                path, self.leaves, self.leaf_length, self.leaf_width, dice, start=0.25
            )
            stems.append(stem)
            leaves.append(blade)
        soil = placed(cylinder(self.pot_radius * 0.9, 0.01, 0.002), (0, self.pot_height * 0.84, 0))
        return Group(
            (
                piece("pot", pot(self.pot_radius, self.pot_height), self.pot),
                piece("soil", soil, "soil"),
                piece("stems", joined(stems), "leaf #5d7440"),
                piece("leaves", joined(leaves), self.surface),
            )
        )


class Tuft(Part):
    """Grass, chives or long leaves, in a pot when it has one."""

    part: Literal["tuft"] = "tuft"
    count: int = 60
    radius: float = 0.04
    height: float = 0.18
    width: float = 0.008
    pot_height: float = 0.0
    surface: Surface = "leaf #6d8f3f"
    pot: Surface = "clay"

    def build(self, dice: np.random.Generator) -> Group:
        """Blades that lean outwards."""
        tuft = blades(self.count, self.radius, self.height, self.width, dice)
        made: list[Piece] = []
        if self.pot_height:
            radius = self.radius * 1.35
            soil = placed(cylinder(radius * 0.9, 0.01, 0.002), (0, self.pot_height * 0.84, 0))
            made += [
                piece("pot", pot(radius, self.pot_height), self.pot), piece("soil", soil, "soil"),
            ]  # fmt: skip
            tuft = placed(tuft, (0, self.pot_height * 0.85, 0))
        return Group((*made, piece("blades", tuft, self.surface)))


class Fern(Part):
    """A fern."""

    part: Literal["fern"] = "fern"
    length: float = 0.3
    fronds: int = 9
    surface: Surface = "leaf #5c8a3a"

    def build(self, dice: np.random.Generator) -> Group:
        """Fronds around the origin."""
        return Group((piece("fern", fern(self.length, dice, self.fronds), self.surface),))


class Vase(Part):
    """A vase with stems of pampas, sprigs or flowers, or empty."""

    part: Literal["vase"] = "vase"
    radius: float = 0.05
    height: float = 0.16
    neck: float = 0.4
    contents: Literal["nothing", "pampas", "sprigs", "flowers"] = "nothing"
    stems: int = 5
    length: float = 0.3
    surface: Surface = "clay"
    growth: Surface = "straw"

    def build(self, dice: np.random.Generator) -> Group:
        """A turned vase and what stands in it."""
        body, mouth, tall = self.radius, self.radius * self.neck, self.height
        profile = spline(
            [(0, 0), (0, 0), (body * 0.55, 0), (body * 0.6, 0.002), (body * 0.97, tall * 0.3),
             (body * 0.9, tall * 0.55), (mouth * 1.05, tall * 0.82), (mouth, tall * 0.93),
             (mouth * 1.18, tall), (mouth * 1.1, tall + 0.002), (mouth * 0.85, tall * 0.93),
             (mouth * 0.8, tall * 0.7)], 80,
        )  # fmt: skip
        return Group((piece("vase", lathe(profile), self.surface), *self._stems(dice)))

    def _stems(self, dice: np.random.Generator) -> list[Piece]:
        """Stems from the mouth of the vase upwards."""
        made: list[Piece] = []
        for number in range(0 if self.contents == "nothing" else self.stems):
            angle = number * 2.4 + 0.4
            reach = 0.10 + 0.30 * number / self.stems
            lean = (float(np.cos(angle) * reach), 1.0, float(np.sin(angle) * reach * 0.6))
            path = bent_path(self.length * dice.uniform(0.8, 1.1), lean, 0.1)
            path = shifted(path, (0.0, self.height * 0.75, 0.0))
            made += self._stem(path, dice)
        return made

    def _stem(self, path: Points, dice: np.random.Generator) -> list[Piece]:
        """One stem with its growth."""
        at = (float(path[-1, 0]), float(path[-1, 1]), float(path[-1, 2]))
        if self.contents == "sprigs":
            stem, leaves = branch(path, 12, 0.055, 0.026, dice, start=0.35)
            return [piece("stem", stem, "bark #7a6a4a"), piece("leaves", leaves, self.growth)]
        stalk, few = branch(path, 4, 0.05, 0.018, dice, start=0.45)
        if self.contents == "pampas":
            head = placed(plume(self.length * 0.75, dice), at, (0, 0, float(-path[-1, 0] * 120)))
            return [piece("stalk", stalk, "straw #b99f70"), piece("plume", head, self.growth)]
        head = placed(
            bloom(0.032, 4, dice), at, (float(path[-1, 2] * 200), 0, float(-path[-1, 0] * 200))
        )
        return [
            piece("stalk", stalk, "leaf #6b8a4c"), piece("leaves", few, "leaf #6b8a4c"),
            piece("bloom", head, self.growth),
        ]  # fmt: skip


class Bouquet(Part):
    """A cluster of blossoms with leaves, heaped around the origin."""

    part: Literal["bouquet"] = "bouquet"
    width: float = 0.3
    height: float = 0.1
    depth: float = 0.14
    count: int = 12
    bloom_radius: float = 0.045
    surfaces: tuple[Surface, ...] = ("petal #f7cdd3", "petal #fff6f0", "petal #f0a9b5")
    leaves: Surface = "leaf #6f8f5c"

    def build(self, dice: np.random.Generator) -> Group:
        """Blossoms over a bed of leaves."""
        blooms: dict[str, list[Mesh]] = {surface: [] for surface in self.surfaces}
        greens = []
        for number in range(self.count):
            angle = number * 2.4
            away = np.sqrt((number + 0.5) / self.count)
            x, z = np.cos(angle) * away * self.width / 2, np.sin(angle) * away * self.depth / 2
            y = self.height * (1 - 0.85 * away**2) + 0.012
            radius = self.bloom_radius * dice.uniform(0.75, 1.15)
            turn = (float(z / self.depth * 90), 0.0, float(-x / self.width * 110))
            head = placed(bloom(radius, 4, dice), (float(x), float(y), float(z)), turn)
            blooms[self.surfaces[number % len(self.surfaces)]].append(head)
            out = (float(x / self.width), 0.25, float(z / self.depth))
            path = shifted(
                bent_path(self.bloom_radius * 3.0, out, 0.2), (x * 0.6, y * 0.3, z * 0.6)
            )
            greens.append(
                branch(path, 7, self.bloom_radius * 1.5, self.bloom_radius * 0.7, dice)[1]
            )
        heads = [piece("blooms", joined(made), name) for name, made in blooms.items() if made]
        return Group((*heads, piece("leaves", joined(greens), self.leaves)))


class PineTwigs(Part):
    """Conifer twigs lying in a fan around the origin."""

    part: Literal["pine_twigs"] = "pine_twigs"
    count: int = 5
    length: float = 0.28
    fan_deg: float = 120.0
    surface: Surface = "leaf #2f5234"

    def build(self, dice: np.random.Generator) -> Group:
        """Twigs that fan out behind the origin."""
        twigs = []
        for number in range(self.count):
            share = number / max(self.count - 1, 1) - 0.5
            angle = np.radians(90 + share * self.fan_deg)
            lean = (float(np.cos(angle)), dice.uniform(0.10, 0.35), float(-np.sin(angle)))
            path = bent_path(self.length * dice.uniform(0.75, 1.1), lean, 0.08, 26)
            twigs.append(needles(shifted(path, (0, 0.015, 0)), 0.03, dice))
        return Group((piece("needles", joined(twigs), self.surface),))


class Hedge(Part):
    """A wall of leaves, for gardens."""

    part: Literal["hedge"] = "hedge"
    width: float = 3.0
    height: float = 1.2
    depth: float = 0.4
    count: int = 1600
    leaf_length: float = 0.11
    surface: Surface = "leaf #55803f"

    def build(self, dice: np.random.Generator) -> Group:
        """A dozen short branches, copied many times, and a dark body behind them."""
        sprays = [
            branch(path, 7, self.leaf_length, self.leaf_length * 0.55, dice, detail=(6, 3))[1]
            for path in (
                bent_path(0.18, (dice.uniform(-0.5, 0.5), dice.uniform(-0.2, 0.6), 1.0), 0.15, 8)
                for _ in range(12)
            )
        ]
        greens = []
        chosen, growth = thinned(self.count, 3)
        kept = set(chosen.tolist())
        for number in range(self.count):
            x = float(dice.uniform(-0.5, 0.5) * self.width)
            y = float(dice.uniform(-0.05, 1.0) * self.height)
            upwards = -50.0 * max(0.0, y / self.height - 0.7) / 0.3
            turn = (upwards + dice.uniform(-15, 15), dice.uniform(-30, 30), dice.uniform(-40, 40))
            at = (x, y, float(dice.uniform(-0.45, 0.1) * self.depth))
            size = float(dice.uniform(0.7, 1.1)) * growth
            if number in kept:
                greens.append(placed(sprays[number % 12], at, turn, size))
        stretch = self.width / 24
        body = joined(
            placed(
                box((stretch * 1.3, self.height * dice.uniform(0.86, 1.0), self.depth * 0.8), 0.05),
                ((number - 11.5) * stretch, 0, -self.depth * 0.8),
            )
            for number in range(24)
        )
        return Group(
            (piece("hedge", joined(greens), self.surface),
             piece("hedge-body", body, "leaf #2c4423"))
        )  # fmt: skip

"""Stones, sand, water, moss and clouds."""

from typing import Literal

import numpy as np

from services.render_worker.scene import Group, Mesh, Points, Vec3
from services.render_worker.sets.parts.part import Part, alone, piece
from services.render_worker.shapes.ground import dunes, mound, pebble, puff, scattered, slab
from services.render_worker.shapes.mesh import grid_faces, joined, placed
from services.render_worker.shapes.plants import leaf, oriented, spread
from services.render_worker.surfaces import Surface


class Pebbles(Part):
    """Smooth stones scattered in a ring around the origin."""

    part: Literal["pebbles"] = "pebbles"
    count: int = 24
    inner: float = 0.14
    outer: float = 0.4
    smallest: float = 0.015
    largest: float = 0.06
    flatness: float = 0.6
    sunk: float = 0.15
    surfaces: tuple[Surface, ...] = ("stone #b7b2a8", "stone #8f8a82", "stone #d6d0c4")

    def build(self, dice: np.random.Generator) -> Group:
        """Stones of a few colours that do not pile up."""
        places = scattered(self.count * 4, self.inner, self.outer, dice)
        kept: list[tuple[Points, float]] = []
        for place in places:
            size = self.smallest + (self.largest - self.smallest) * dice.uniform() ** 2
            clear = all(np.linalg.norm(place - at) > (size + other) * 0.5 for at, other in kept)
            if clear and len(kept) < self.count:
                kept.append((place, size))
        stones: dict[str, list[Mesh]] = {surface: [] for surface in self.surfaces}
        for number, (place, size) in enumerate(kept):
            shape = (
                size,
                size * self.flatness * dice.uniform(0.7, 1.1),
                size * dice.uniform(0.65, 1),
            )
            at = (float(place[0]), -shape[1] * self.sunk, float(place[2]))
            turned = placed(pebble(shape, self.seed + number), at, (0, dice.uniform(0, 360), 0))
            stones[self.surfaces[number % len(self.surfaces)]].append(turned)
        return Group(
            tuple(piece("pebbles", joined(made), name) for name, made in stones.items() if made)
        )


class Rock(Part):
    """One stone; with `level` its top is flat and can carry the product."""

    part: Literal["rock"] = "rock"
    size: Vec3 = (0.3, 0.08, 0.24)
    level: bool = True
    surface: Surface = "stone"

    def build(self, dice: np.random.Generator) -> Group:
        """A slab or a boulder."""
        del dice
        width, height, depth = self.size
        if self.level:
            return alone("rock", slab(width, depth, height, self.seed), self.surface)
        return alone("rock", pebble(self.size, self.seed, 0.3), self.surface)


class SandBed(Part):
    """A bed of sand with swells and ripples, level around the origin."""

    part: Literal["sand_bed"] = "sand_bed"
    width: float = 4.0
    depth: float = 2.0
    height: float = 0.08
    ripple: float = 0.0035
    level_radius: float = 0.2
    surface: Surface = "sand"

    def build(self, dice: np.random.Generator) -> Group:
        """One height field."""
        del dice
        bed = dunes(self.width, self.depth, self.height, self.ripple, self.seed, self.level_radius)
        return alone("sand", bed, self.surface)


class Water(Part):
    """A still water surface at y = 0."""

    part: Literal["water"] = "water"
    width: float = 6.0
    depth: float = 6.0
    surface: Surface = "water"

    def build(self, dice: np.random.Generator) -> Group:
        """One flat sheet; its ripples are in the surface."""
        del dice
        x, z = np.meshgrid(np.linspace(-0.5, 0.5, 2), np.linspace(-0.5, 0.5, 2))
        points = np.stack([x * self.width, 0 * x, z * self.depth], axis=2).reshape(-1, 3)
        return alone("water", Mesh(points, grid_faces(2, 2)[:, ::-1]), self.surface)


class MossMound(Part):
    """A low hill of moss: thousands of tiny upright leaves on a dark body."""

    part: Literal["moss_mound"] = "moss_mound"
    width: float = 0.6
    depth: float = 0.4
    height: float = 0.08
    blades: int = 9000
    blade_length: float = 0.012
    surface: Surface = "moss"

    def build(self, dice: np.random.Generator) -> Group:
        """Blades standing on the hill's points."""
        hill = mound(self.width, self.depth, self.height, self.seed)
        inside = hill.points[hill.points[:, 1] > self.height * 0.02]
        chosen = inside[dice.integers(0, len(inside), self.blades)]
        spacing = np.array([self.width / 160, 0.0, self.depth / 120])
        places = chosen + dice.uniform(-1, 1, (self.blades, 3)) * spacing
        blade = leaf(
            self.blade_length, self.blade_length * 0.4, droop=0.3, fold=0.4, detail=(12, 7)
        )
        upright = oriented(blade, np.zeros(3), np.array([0.25, 1.0, 0.0]))
        thin = Mesh(
            upright.points.reshape(12, 7, 3)[::4, ::3].reshape(-1, 3), grid_faces(3, 3), 180.0
        )
        tufts = spread(
            thin, places, dice.uniform(0.5, 1.4, self.blades), dice.uniform(0, 360, self.blades)
        )
        return Group((piece("moss", tufts, self.surface), piece("moss-body", hill, "moss #33471d")))


class Cloud(Part):
    """A floating cloud about twice `size` wide; `at` is the middle of its underside."""

    part: Literal["cloud"] = "cloud"
    size: float = 0.4
    lumps: int = 7
    surface: Surface = "cloud"

    def build(self, dice: np.random.Generator) -> Group:
        """Overlapping soft balls."""
        del dice
        return alone("cloud", joined(puff(self.size, self.seed, self.lumps)), self.surface)


class Shells(Part):
    """Scallop shells scattered in a ring."""

    part: Literal["shells"] = "shells"
    count: int = 5
    inner: float = 0.15
    outer: float = 0.35
    size: float = 0.05
    surface: Surface = "ceramic #f1ddcb"

    def build(self, dice: np.random.Generator) -> Group:
        """Ribbed half-cups lying face down."""
        shell = _scallop(self.size)
        places = scattered(self.count, self.inner, self.outer, dice)
        shells = [
            placed(
                shell, (float(x), 0.0, float(z)),
                (dice.uniform(-12, 12), dice.uniform(0, 360), dice.uniform(-10, 10)),
                float(dice.uniform(0.6, 1.1)),
            )
            for x, _, z in places
        ]  # fmt: skip
        return alone("shells", joined(shells), self.surface)


def _scallop(size: float) -> Mesh:
    """A fan of ribs, hinge at the origin, bulging upwards."""
    angles = np.radians(np.linspace(20, 160, 141))
    reach = np.linspace(0.04, 1.0, 24)
    r, a = np.meshgrid(reach, angles, indexing="ij")
    ribs = 1 + 0.035 * np.cos(a * 180 / 140 * 2 * np.pi / np.pi * 13 * 0.5) * r
    edge = r * (1 - 0.12 * np.abs(np.cos(a)) ** 2)
    y = 0.32 * np.sin(np.pi * np.clip(edge * 0.93, 0, 1) ** 0.8) * np.sin(a) * ribs
    points = np.stack([np.cos(a) * edge * ribs, y, -np.sin(a) * edge * ribs], axis=2) * size
    return Mesh(points.reshape(-1, 3), grid_faces(24, 141)[:, ::-1], 60.0)

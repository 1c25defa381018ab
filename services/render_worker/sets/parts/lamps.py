"""Lamps and devices: table lamps, pendants, neon, laptops, screens."""

from itertools import pairwise
from typing import Literal

import numpy as np

from services.render_worker.scene import Group, Light, LightKind, Material, Piece, Vec3
from services.render_worker.sets.parts.part import Part, piece
from services.render_worker.shapes.curves import spline
from services.render_worker.shapes.mesh import joined, placed
from services.render_worker.shapes.solids import box, cylinder, lathe, sphere, tube
from services.render_worker.surfaces import Surface


class TableLamp(Part):
    """A lamp with a fabric shade, lit."""

    part: Literal["table_lamp"] = "table_lamp"
    height: float = 0.46
    shade_radius: float = 0.15
    shade_height: float = 0.19
    watts: float = 6.0
    kelvin: int = 2700
    surface: Surface = "brass"
    shade: str = "#f2e3c6"

    def build(self, dice: np.random.Generator) -> Group:
        """Foot, stem, shade open above and below, and a bulb."""
        del dice
        low = self.height - self.shade_height
        foot = joined(
            [cylinder(0.075, 0.018, 0.006), cylinder(0.009, self.height - 0.06),
             placed(sphere(0.02, 24), (0, 0.03, 0))]
        )  # fmt: skip
        wide, narrow = self.shade_radius, self.shade_radius * 0.72
        shade = lathe(
            np.array(
                [
                    (wide, low),
                    (narrow, self.height),
                    (narrow - 0.002, self.height),
                    (wide - 0.002, low),
                ]
            )
        )
        cloth = Material(self.shade, 0.9, translucency=0.65)
        bulb = (0.0, low + self.shade_height * 0.45, 0.0)
        light = Light(LightKind.POINT, bulb, (0, 0, 0), self.watts, (0.03, 0.03), self.kelvin)
        return Group((piece("lamp", foot, self.surface), Piece("shade", shade, cloth)), (light,))


class BankerLamp(Part):
    """A reading lamp with a long glass shade, as in libraries."""

    part: Literal["banker_lamp"] = "banker_lamp"
    watts: float = 5.0
    kelvin: int = 2800
    surface: Surface = "brass"
    shade: Surface = "gloss #1f6b4a"

    def build(self, dice: np.random.Generator) -> Group:
        """Foot, stem, half-round shade and the light below it."""
        del dice
        foot = joined(
            [placed(cylinder(0.085, 0.02, 0.008), scale=(1, 1, 0.8)), cylinder(0.008, 0.33),
             placed(sphere(0.016, 24), (0, 0.335, 0))]
        )  # fmt: skip
        angles = np.radians(np.linspace(-6, 186, 40))
        rows = []
        for x in np.linspace(-0.15, 0.15, 13):
            size = 0.075 * (1 - 0.18 * abs(x / 0.15) ** 6)
            rows.append(
                np.column_stack(
                    [np.full(40, x), 0.27 + np.sin(angles) * size * 0.85, np.cos(angles) * size]
                )
            )
        from_above = np.stack(rows)
        points = from_above.reshape(-1, 3)
        index = np.arange(13 * 40).reshape(13, 40)
        faces = np.stack(
            [index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]], axis=-1
        ).reshape(-1, 4)
        shade = type(foot)(points, faces, 180.0)
        tube_light = placed(cylinder(0.012, 0.24, 0.004), (0.12, 0.285, 0), (0, 0, 90))
        light = Light(
            LightKind.AREA, (0, 0.265, 0), (0, 0, 0), self.watts, (0.26, 0.07), self.kelvin
        )
        return Group(
            (piece("lamp", foot, self.surface), piece("shade", shade, self.shade),
             piece("bulb", tube_light, "glow #ffe2b0 6")), (light,),
        )  # fmt: skip


class Pendant(Part):
    """A lamp hanging from above; `at` is the lower edge of its shade."""

    part: Literal["pendant"] = "pendant"
    radius: float = 0.16
    height: float = 0.16
    cord: float = 1.2
    watts: float = 10.0
    kelvin: int = 2700
    surface: Surface = "blackmetal"

    def build(self, dice: np.random.Generator) -> Group:
        """A bell, a cord and a bulb."""
        del dice
        wide, tall = self.radius, self.height
        profile = spline(
            [(wide, 0), (wide * 0.98, tall * 0.12), (wide * 0.75, tall * 0.5),
             (wide * 0.3, tall * 0.86),
             (wide * 0.16, tall), (0.0, tall)], 50,
        )  # fmt: skip
        outer = lathe(profile)
        inner = placed(outer, scale=(0.98, 0.985, 0.98))
        cord = placed(cylinder(0.003, self.cord, 0.001, 12), (0, tall, 0))
        bulb = placed(sphere(0.032, 24), (0, tall * 0.42, 0))
        light = Light(
            LightKind.POINT, (0, tall * 0.2, 0), (0, -1, 0), self.watts, (0.03, 0.03), self.kelvin
        )
        return Group(
            (piece("shade", outer, self.surface), piece("shade-inside", inner, "satin #f3e6cf"),
             piece("cord", cord, "rubber"), piece("bulb", bulb, "glow #ffd9a0 8")), (light,),
        )  # fmt: skip


class Neon(Part):
    """A neon tube through points, glowing."""

    part: Literal["neon"] = "neon"
    path: tuple[Vec3, ...] = ((-0.3, 0.2, 0), (0.3, 0.2, 0))
    closed: bool = False
    smooth: bool = False
    radius: float = 0.008
    hue: str = "#ff2fb3"
    strength: float = 14.0

    def build(self, dice: np.random.Generator) -> Group:
        """A glowing bar."""
        del dice
        corners = np.asarray([*self.path, self.path[0]] if self.closed else self.path, dtype=float)
        if self.smooth:
            line = spline(corners, 60)
        else:
            line = np.vstack([
                np.linspace(start, end, 12, endpoint=False)
                for start, end in pairwise(corners)
            ] + [corners[-1:]])  # fmt: skip
        glow = Material(self.hue, glow=self.hue, glow_strength=self.strength)
        return Group((Piece("neon", tube(line, self.radius, 12), glow),))


class Laptop(Part):
    """An open laptop facing +Z."""

    part: Literal["laptop"] = "laptop"
    surface: Surface = "satin #c9cbcd"
    screen: Surface = "glow #9fb6c9 1"
    lean_deg: float = -18.0

    def build(self, dice: np.random.Generator) -> Group:
        """Base with keys, lid with a picture."""
        del dice
        base = box((0.31, 0.012, 0.215), 0.004)
        lid = placed(box((0.31, 0.205, 0.006), 0.003), (0, 0.011, -0.105), (self.lean_deg, 0, 0))
        glass = placed(box((0.29, 0.18, 0.001), 0.0003), (0, 0.012, 0.0032))
        glass = placed(glass, (0, 0.011, -0.105), (self.lean_deg, 0, 0))
        key = box((0.0155, 0.002, 0.0145), 0.0008, 1)
        keys = [
            placed(key, ((col - 6.5) * 0.0195, 0.0115, (row - 3.4) * 0.0185))
            for row in range(5) for col in range(14)
        ]  # fmt: skip
        pad = placed(box((0.1, 0.0006, 0.062), 0.0002), (0, 0.0119, 0.064))
        return Group(
            (piece("laptop", joined([base, lid]), self.surface),
             piece("keys", joined(keys), "plastic #2a2b2d"),
             piece("pad", pad, "satin #b4b6b8"), piece("screen", glass, self.screen))
        )  # fmt: skip


class Monitor(Part):
    """A desktop screen on a foot, facing +Z."""

    part: Literal["monitor"] = "monitor"
    width: float = 0.6
    surface: Surface = "plastic #2b2d30"
    screen: Surface = "glow #8fa7bb 0.7"

    def build(self, dice: np.random.Generator) -> Group:
        """Foot, neck, panel and picture."""
        del dice
        tall = self.width * 0.58
        body = joined(
            [placed(box((0.22, 0.012, 0.18), 0.005)),
             placed(box((0.05, 0.24, 0.02)), (0, 0, -0.03)),
             placed(box((self.width, tall, 0.022), 0.006), (0, 0.14, 0))]
        )  # fmt: skip
        glass = placed(box((self.width - 0.02, tall - 0.02, 0.001), 0.0003), (0, 0.15, 0.0112))
        return Group((piece("monitor", body, self.surface), piece("screen", glass, self.screen)))


class Stationery(Part):
    """A notebook with a pen on it."""

    part: Literal["stationery"] = "stationery"
    surface: Surface = "leather #2f3b45"
    pen: Surface = "brass"

    def build(self, dice: np.random.Generator) -> Group:
        """A closed notebook, an elastic band and a pen."""
        del dice
        book = box((0.145, 0.014, 0.21), 0.003)
        band = placed(box((0.006, 0.0152, 0.2105), 0.0005), (0.055, 0, 0))
        body = placed(cylinder(0.0048, 0.135, 0.002, 24), (-0.055, 0.0188, 0.03), (0, 0, -90))
        turned = placed(body, turn_deg=(0, 28, 0))
        return Group(
            (piece("notebook", book, self.surface), piece("band", band, "rubber #1b1b1c"),
             piece("pen", turned, self.pen))
        )  # fmt: skip

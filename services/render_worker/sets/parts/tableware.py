"""Small things on tables: cups, bowls, trays, citrus, beans, gifts, lights, candles."""

from typing import Literal

import numpy as np

from services.render_worker.scene import Group, Mesh, Vec3
from services.render_worker.sets.parts.part import Part, alone, piece
from services.render_worker.shapes.curves import shifted, spline
from services.render_worker.shapes.ground import scattered
from services.render_worker.shapes.mesh import joined, placed
from services.render_worker.shapes.plants import spread
from services.render_worker.shapes.solids import box, cylinder, lathe, sphere, tube
from services.render_worker.surfaces import Surface


def cup_body(radius: float, height: float, wall: float = 0.003) -> Mesh:
    """A cup open at the top: round foot, slightly flared side, thin lip."""
    inner = radius - wall
    profile = spline(
        [(0, 0), (0, 0), (radius * 0.7, 0), (radius * 0.72, 0.001), (radius * 0.9, height * 0.14),
         (radius * 0.97, height * 0.5), (radius, height - 0.001),
         (radius - wall / 2, height + 0.001),
         (inner, height - 0.001), (inner * 0.97, height * 0.5), (inner * 0.85, height * 0.16),
         (inner * 0.5, wall * 1.6), (0, wall * 1.5), (0, wall * 1.5)], 110,
    )  # fmt: skip
    return lathe(profile)


def cup_handle(radius: float, height: float, thickness: float = 0.005) -> Mesh:
    """An ear-shaped handle on the +X side."""
    path = spline(
        [(radius * 0.93, height * 0.8, 0), (radius * 1.25, height * 0.86, 0),
         (radius * 1.62, height * 0.66, 0), (radius * 1.55, height * 0.38, 0),
         (radius * 1.15, height * 0.2, 0), (radius * 0.86, height * 0.2, 0)], 40,
    )  # fmt: skip
    return tube(path, thickness, 14)


class Cup(Part):
    """A filled cup, with a saucer if wanted."""

    part: Literal["cup"] = "cup"
    radius: float = 0.04
    height: float = 0.075
    saucer: bool = True
    surface: Surface = "ceramic"
    drink: Surface = "lacquer #2a160c"

    def build(self, dice: np.random.Generator) -> Group:
        """Cup, handle, drink and saucer."""
        del dice
        lift = 0.008 if self.saucer else 0.0
        cup = joined([cup_body(self.radius, self.height), cup_handle(self.radius, self.height)])
        level = placed(
            cylinder(self.radius * 0.94, 0.002, 0.0005), (0, self.height * 0.84 + lift, 0)
        )
        made = [
            piece("cup", placed(cup, (0, lift, 0)), self.surface),
            piece("drink", level, self.drink),
        ]
        if self.saucer:
            wide = self.radius * 1.8
            plate = spline(
                [(0, 0.002), (0, 0.002), (wide * 0.5, 0), (wide * 0.55, 0.001), (wide, 0.014),
                 (wide, 0.016), (wide * 0.56, 0.008), (wide * 0.5, 0.007), (0, 0.007),
                 (0, 0.007)], 60,
            )  # fmt: skip
            made.append(piece("saucer", lathe(plate), self.surface))
        return Group(tuple(made))


class Bowl(Part):
    """An open bowl or dish."""

    part: Literal["bowl"] = "bowl"
    radius: float = 0.09
    height: float = 0.05
    surface: Surface = "ceramic"

    def build(self, dice: np.random.Generator) -> Group:
        """A turned shell."""
        del dice
        wide, tall, wall = self.radius, self.height, 0.004
        profile = spline(
            [(0, 0), (0, 0), (wide * 0.4, 0), (wide * 0.42, 0.002), (wide * 0.8, tall * 0.4),
             (wide, tall), (wide - wall, tall), (wide * 0.76, tall * 0.45),
             (wide * 0.36, wall * 1.6),
             (0, wall * 1.4), (0, wall * 1.4)], 80,
        )  # fmt: skip
        return alone("bowl", lathe(profile), self.surface)


class Tray(Part):
    """A low tray with a rim."""

    part: Literal["tray"] = "tray"
    width: float = 0.34
    depth: float = 0.22
    rim: float = 0.016
    surface: Surface = "walnut"

    def build(self, dice: np.random.Generator) -> Group:
        """A board and four edges."""
        del dice
        wall = 0.008
        parts = [box((self.width, 0.008, self.depth), 0.002)]
        for sign in (-1, 1):
            parts.append(
                placed(
                    box((self.width, self.rim, wall), 0.002), (0, 0, sign * (self.depth - wall) / 2)
                )
            )
            parts.append(
                placed(
                    box((wall, self.rim, self.depth), 0.002), (sign * (self.width - wall) / 2, 0, 0)
                )
            )
        return alone("tray", joined(parts), self.surface)


class Board(Part):
    """A cutting board leaning against something or lying."""

    part: Literal["board"] = "board"
    size: Vec3 = (0.24, 0.36, 0.018)
    lean_deg: float = -12.0
    surface: Surface = "walnut"

    def build(self, dice: np.random.Generator) -> Group:
        """A board with round edges."""
        del dice
        return alone(
            "board", placed(box(self.size, 0.008), turn_deg=(self.lean_deg, 0, 0)), self.surface
        )


class Citrus(Part):
    """A whole fruit and slices lying beside it."""

    part: Literal["citrus"] = "citrus"
    radius: float = 0.034
    slices: int = 3
    peel: Surface = "gloss #f2a33a"
    flesh: Surface = "gloss #f7b54e"

    def build(self, dice: np.random.Generator) -> Group:
        """A dimpled ball and discs with segments."""
        fruit = placed(sphere(self.radius, 48), (0, self.radius * 0.95, 0), scale=(1, 0.95, 1))
        rind, pith, flesh = [fruit], [], []
        for number in range(self.slices):
            x = self.radius * (1.6 + 1.05 * number)
            z = dice.uniform(-0.2, 0.9) * self.radius
            lift = 0.0007 * number
            rind.append(placed(cylinder(self.radius, 0.006, 0.001), (x, lift, z)))
            pith.append(placed(cylinder(self.radius * 0.92, 0.0066, 0.0005), (x, lift, z)))
            flesh += [placed(wedge, (x, 0.0062 + lift, z)) for wedge in self._segments()]
        made = [piece("peel", joined(rind), self.peel)]
        if self.slices:
            made.append(piece("pith", joined(pith), "matte #fbe9c4"))
            made.append(piece("flesh", joined(flesh), self.flesh))
        return Group(tuple(made))

    def _segments(self) -> list[Mesh]:
        """Ten wedges in a ring."""
        wedges = []
        for number in range(10):
            wedge = placed(cylinder(0.5, 0.0012, 0.0004, 24), scale=(0.42, 1.0, 0.72))
            angle = number * 36.0
            centre = np.radians(angle)
            at = (
                float(np.sin(centre)) * self.radius * 0.52,
                0.0,
                float(np.cos(centre)) * self.radius * 0.52,
            )
            size = (self.radius, 1.0, self.radius)
            wedges.append(placed(placed(wedge, scale=size), at, (0, angle, 0)))
        return wedges


class CoffeeBeans(Part):
    """Roasted beans scattered on a table."""

    part: Literal["coffee_beans"] = "coffee_beans"
    count: int = 60
    inner: float = 0.0
    outer: float = 0.12
    surface: Surface = "satin #3a2012"

    def build(self, dice: np.random.Generator) -> Group:
        """Copies of one bean with a groove."""
        bean = sphere(1.0, 24)
        points = bean.points * (0.0045, 0.0028, 0.006)
        groove = np.exp(-((points[:, 0] / 0.0009) ** 2)) * (points[:, 1] > 0) * 0.0009
        points[:, 1] += 0.0028 - groove
        places = scattered(self.count, self.inner, self.outer, dice)
        beans = spread(
            Mesh(points, bean.faces, 180.0), places, dice.uniform(0.85, 1.2, self.count),
            dice.uniform(0, 360, self.count),
        )  # fmt: skip
        return alone("beans", beans, self.surface)


class Gift(Part):
    """A wrapped box with a ribbon and a bow."""

    part: Literal["gift"] = "gift"
    size: Vec3 = (0.14, 0.1, 0.14)
    surface: Surface = "paper #f1e6d6"
    ribbon: Surface = "silk #b8242a"

    def build(self, dice: np.random.Generator) -> Group:
        """Box, two bands and two loops with tails."""
        del dice
        width, height, depth = self.size
        band = min(width, depth) * 0.14
        bands = [
            box((width + 0.002, height + 0.001, band), 0.0006),
            box((band, height + 0.001, depth + 0.002), 0.0006),
        ]
        loops = [self._loop(angle, min(width, depth) * 0.34) for angle in (25, 155, 205, 335)]
        knot = placed(sphere(band * 0.42, 24), (0, height + band * 0.3, 0), scale=(1, 0.7, 1))
        bow = placed(joined(loops), (0, height, 0))
        return Group(
            (piece("gift", box(self.size, 0.002), self.surface),
             piece("ribbon", joined([*bands, bow, knot]), self.ribbon))
        )  # fmt: skip

    def _loop(self, angle_deg: float, reach: float) -> Mesh:
        """A flat loop of ribbon that stands up from the knot."""
        line = spline(
            [(0, 0.004, 0), (reach * 0.5, reach * 0.45, 0), (reach, reach * 0.42, 0),
             (reach * 0.95, reach * 0.12, 0), (reach * 0.4, 0.004, 0), (0, 0.004, 0)], 30,
        )  # fmt: skip
        half = reach * 0.16
        points = np.concatenate([shifted(line, (0, 0, -half)), shifted(line, (0, 0, half))])
        faces = np.array([[i, i + 1, i + 31, i + 30] for i in range(29)], dtype=np.int64)
        return placed(Mesh(points, faces, 180.0), turn_deg=(0, angle_deg, 0))


class StringLights(Part):
    """Small warm bulbs on a wire that swings between two points."""

    part: Literal["string_lights"] = "string_lights"
    start: Vec3 = (-0.8, 0.8, 0.0)
    end: Vec3 = (0.8, 0.8, 0.0)
    sag: float = 0.25
    bulbs: int = 16
    radius: float = 0.008
    glow: Surface = "glow #ffcf8a 30"

    def build(self, dice: np.random.Generator) -> Group:
        """A wire and its bulbs."""
        t = np.linspace(0, 1, 80)[:, None]
        wire = np.asarray(self.start) * (1 - t) + np.asarray(self.end) * t
        wire[:, 1] -= self.sag * 4 * (t * (1 - t))[:, 0]
        at = wire[np.linspace(2, 77, self.bulbs).astype(int)] - (0, self.radius, 0)
        bulbs = spread(
            sphere(self.radius, 20), at, dice.uniform(0.8, 1.1, self.bulbs), np.zeros(self.bulbs)
        )
        return Group(
            (
                piece("wire", tube(wire, 0.0015, 6), "rubber #23301f"),
                piece("bulbs", bulbs, self.glow),
            )
        )


class Candle(Part):
    """A lit candle in a glass or bare."""

    part: Literal["candle"] = "candle"
    radius: float = 0.035
    height: float = 0.09
    surface: Surface = "wax"

    def build(self, dice: np.random.Generator) -> Group:
        """Wax, wick and flame."""
        del dice
        flame = placed(sphere(1.0, 24), (0, self.height + 0.02, 0), scale=(0.005, 0.014, 0.005))
        wick = placed(cylinder(0.001, 0.01, 0.0003, 12), (0, self.height, 0))
        return Group(
            (piece("candle", cylinder(self.radius, self.height, 0.004), self.surface),
             piece("wick", wick, "matte #222222"), piece("flame", flame, "glow #ffb347 60"))
        )  # fmt: skip

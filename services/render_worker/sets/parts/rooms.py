"""Rooms: floors, walls with windows, skies behind them, boards and blinds."""

from typing import Literal

import numpy as np

from services.render_worker.scene import Group, Mesh, Piece
from services.render_worker.sets.parts.part import Part, piece
from services.render_worker.shapes.mesh import joined, placed
from services.render_worker.shapes.solids import box
from services.render_worker.surfaces import Surface, gradient

_WALL = 0.12


def wall_with_opening(
    width: float, height: float, opening: tuple[float, float, float, float]
) -> Mesh:
    """A wall around a rectangular opening; its face lies at z = 0, its foot at y = 0.

    Args:
        width: Of the whole wall.
        height: Of the whole wall.
        opening: Centre x, sill height, width and height of the opening.
    """
    centre, sill, wide, tall = opening
    left, right = centre - wide / 2, centre + wide / 2
    slabs = [
        ((left + width / 2), height, (left - width / 2) / 2, 0.0),
        ((width / 2 - right), height, (right + width / 2) / 2, 0.0),
        (wide, sill, centre, 0.0),
        (wide, height - sill - tall, centre, sill + tall),
    ]
    return joined(
        [
            placed(box((across, up, _WALL), 0.001), (x, y, -_WALL / 2))
            for across, up, x, y in slabs
            if across > 0.001 and up > 0.001  # noqa: PLR2004 - nothing left of the wall there
        ]
    )


class Room(Part):
    """A floor, a back wall, side walls and a ceiling; the open side faces +Z.

    The floor's centre is the origin. A wall of zero height is left out.
    """

    part: Literal["room"] = "room"
    width: float = 4.0
    depth: float = 4.0
    height: float = 2.6
    floor: Surface = "parquet"
    back: Surface = "paint"
    sides: Surface = "paint"
    left: bool = True
    right: bool = True
    ceiling: bool = True
    skirting: Surface | None = "satin #f4f2ee"

    def build(self, dice: np.random.Generator) -> Group:
        """Five slabs and skirting boards."""
        del dice
        half = self.width / 2
        slab = box((self.width, 0.1, self.depth), 0.001)
        made = [
            piece("floor", placed(slab, (0, -0.1, 0)), self.floor),
            piece("back-wall", self._slab(self.width, (0, 0, -self.depth / 2), 0), self.back),
        ]  # fmt: skip
        if self.left:
            made.append(piece("left-wall", self._slab(self.depth, (-half, 0, 0), 90), self.sides))
        if self.right:
            made.append(piece("right-wall", self._slab(self.depth, (half, 0, 0), -90), self.sides))
        if self.ceiling:
            made.append(piece("ceiling", placed(slab, (0, self.height, 0)), "matte #f6f5f2"))
        if self.skirting:
            board = box((self.width, 0.09, 0.015), 0.003)
            made.append(
                piece("skirting", placed(board, (0, 0, -self.depth / 2 + 0.0075)), self.skirting)
            )
        return Group(tuple(made))

    def _slab(self, length: float, at: tuple[float, float, float], yaw: float) -> Mesh:
        """A closed wall whose face passes through `at`."""
        slab = placed(box((length, self.height, _WALL), 0.001), (0, 0, -_WALL / 2))
        return placed(slab, at, (0, yaw, 0))


class WindowWall(Part):
    """A wall with a paned window and daylight behind it; its face lies at z = 0."""

    part: Literal["window_wall"] = "window_wall"
    width: float = 4.0
    height: float = 2.6
    centre: float = 0.0
    sill: float = 0.9
    wide: float = 1.6
    tall: float = 1.4
    columns: int = 2
    rows: int = 1
    bar: float = 0.035
    surface: Surface = "paint"
    frame: Surface = "satin #f6f6f4"
    sky: bool = True
    sky_low: str = "#eef3f5"
    sky_high: str = "#bcd9ee"
    brightness: float = 3.0

    def build(self, dice: np.random.Generator) -> Group:
        """Wall, frame, sill and a glowing sky well behind."""
        del dice
        opening = (self.centre, self.sill, self.wide, self.tall)
        made = [
            piece("window-wall", wall_with_opening(self.width, self.height, opening), self.surface)
        ]
        bars = []
        for column in range(self.columns + 1):
            x = self.centre + (column / self.columns - 0.5) * (self.wide - self.bar)
            bars.append(placed(box((self.bar, self.tall, 0.05)), (x, self.sill, -_WALL / 2)))
        for row in range(self.rows + 1):
            y = self.sill + (self.tall - self.bar) * row / self.rows
            bars.append(placed(box((self.wide, self.bar, 0.05)), (self.centre, y, -_WALL / 2)))
        ledge = placed(box((self.wide + 0.1, 0.025, 0.2)), (self.centre, self.sill - 0.025, 0.0))
        made.append(piece("window-frame", joined([*bars, ledge]), self.frame))
        if self.sky:
            made.append(self._sky())
        return Group(tuple(made))

    def _sky(self) -> Piece:
        """A large bright sheet outside, seen but throwing no shadow on the sun."""
        sheet = placed(
            box((self.wide * 5 + 12, self.tall * 5, 0.01)),
            (self.centre, self.sill - self.tall * 2, -3.0),
        )
        return sky_piece(
            sheet,
            self.sky_low,
            self.sky_high,
            (self.sill - 0.2, self.sill + self.tall),
            self.brightness,
        )


def sky_piece(
    sheet: Mesh, low: str, high: str, span: tuple[float, float], brightness: float
) -> Piece:
    """A glowing backdrop with a vertical gradient."""
    painted = gradient(low, high, span)
    glowing = type(painted)(
        colour=low,
        pattern=painted.pattern,
        glow="#ffffff",
        glow_strength=brightness,
        shadowless=True,
    )
    return Piece("sky", sheet, glowing)


class Sky(Part):
    """A glowing backdrop far behind: sky over a horizon."""

    part: Literal["sky"] = "sky"
    width: float = 60.0
    height: float = 30.0
    low: str = "#e6f1f7"
    high: str = "#8dbfe6"
    span: tuple[float, float] = (0.0, 12.0)
    brightness: float = 1.0

    def build(self, dice: np.random.Generator) -> Group:
        """One upright sheet at z = 0, reaching below the horizon."""
        del dice
        sheet = placed(box((self.width, self.height + 10, 0.01)), (0, -10, 0))
        return Group((sky_piece(sheet, self.low, self.high, self.span, self.brightness),))


class Whiteboard(Part):
    """A framed whiteboard on the wall, lower edge at y = 0."""

    part: Literal["whiteboard"] = "whiteboard"
    width: float = 1.8
    height: float = 1.1
    surface: Surface = "gloss #f8f9f9"
    frame: Surface = "steel"
    marks: bool = True

    def build(self, dice: np.random.Generator) -> Group:
        """Board, frame, tray and a few strokes of a marker."""
        board = placed(box((self.width, self.height, 0.012), 0.001), (0, 0, 0.012))
        bars = [
            placed(box((self.width + 0.03, 0.018, 0.026)), (0, y, 0.013))
            for y in (-0.009, self.height - 0.009)
        ]
        bars += [
            placed(box((0.018, self.height, 0.026)), (x * self.width / 2, 0, 0.013))
            for x in (-1, 1)
        ]
        bars.append(placed(box((self.width * 0.5, 0.012, 0.07)), (0, -0.02, 0.04)))
        made = [piece("whiteboard", board, self.surface), piece("frame", joined(bars), self.frame)]
        if self.marks:
            strokes = []
            for line in range(5):
                long = dice.uniform(0.25, 0.6)
                y = self.height * (0.8 - 0.12 * line)
                stroke = box((long, 0.007, 0.0015), 0.0007)
                strokes.append(placed(stroke, (-self.width * 0.42 + long / 2, y, 0.0185)))
            made.append(piece("strokes", joined(strokes), "matte #2b59a8"))
        return Group(tuple(made))

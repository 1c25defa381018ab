"""Furniture: tables, chairs, sofas, beds, counters, shelves, frames."""

from typing import Literal

import numpy as np

from services.render_worker.scene import Group, Mesh, Piece, Points, Vec3
from services.render_worker.sets.parts.part import Part, alone, piece
from services.render_worker.shapes.curves import spline, superellipse
from services.render_worker.shapes.mesh import joined, placed
from services.render_worker.shapes.solids import box, cylinder, loft, tube
from services.render_worker.surfaces import Surface


def leg(start: Vec3, end: Vec3, thick: float, thin: float) -> Mesh:
    """A tapered round leg from the floor point `start` up to `end`."""
    path = np.linspace(start, end, 6)
    return tube(path, np.linspace(thin, thick, 6), 16)


class Table(Part):
    """A table whose top face lies at `height`."""

    part: Literal["table"] = "table"
    width: float = 1.6
    depth: float = 0.8
    height: float = 0.74
    thickness: float = 0.035
    inset: float = 0.08
    splay: float = 0.04
    legs: Literal["round", "square", "pedestal"] = "round"
    surface: Surface = "oak"
    leg_surface: Surface = "oak"

    def build(self, dice: np.random.Generator) -> Group:
        """Top and legs."""
        del dice
        low = self.height - self.thickness
        top = placed(box((self.width, self.thickness, self.depth), 0.006), (0, low, 0))
        x, z = self.width / 2 - self.inset, self.depth / 2 - self.inset
        legs = []
        for right in (-1, 1):
            for near in (-1, 1):
                foot = (right * (x + self.splay), 0.0, near * (z + self.splay))
                if self.legs == "round":
                    legs.append(leg(foot, (right * x, low, near * z), 0.026, 0.015))
                elif self.legs == "square":
                    legs.append(placed(box((0.05, low, 0.05), 0.003), (right * x, 0, near * z)))
        if self.legs == "pedestal":
            legs = [cylinder(0.24, 0.02, 0.006), placed(cylinder(0.035, low - 0.02), (0, 0.02, 0))]
        return Group(
            (piece("table", top, self.surface), piece("legs", joined(legs), self.leg_surface))
        )


class RoundTable(Part):
    """A round table on one foot."""

    part: Literal["round_table"] = "round_table"
    radius: float = 0.4
    height: float = 0.74
    thickness: float = 0.03
    surface: Surface = "walnut"
    foot: Surface = "blackmetal"

    def build(self, dice: np.random.Generator) -> Group:
        """Top, column and foot plate."""
        del dice
        low = self.height - self.thickness
        top = placed(cylinder(self.radius, self.thickness, 0.006), (0, low, 0))
        foot = joined([cylinder(self.radius * 0.6, 0.014, 0.005), cylinder(0.03, low)])
        return Group((piece("table", top, self.surface), piece("foot", foot, self.foot)))


def cushion(width: float, height: float, depth: float, softness: float = 4.0) -> Mesh:
    """A soft block, bottom-centre at the origin."""
    rows = []
    for t in np.linspace(-1, 1, 17):
        swell = (1 - abs(t) ** softness) ** (1 / softness)
        outline = superellipse(
            width * (0.86 + 0.14 * swell), depth * (0.86 + 0.14 * swell), 6.0, 64
        )
        rows.append(
            np.column_stack([outline[:, 0], np.full(64, (t + 1) / 2 * height), -outline[:, 1]])
        )
    return loft(rows, crease_deg=75.0)


class Chair(Part):
    """A shell chair on four wooden or steel legs, facing +Z; its seat is 0.45 m high."""

    part: Literal["chair"] = "chair"
    surface: Surface = "plastic #e9e9e6"
    leg_surface: Surface = "oak"

    def build(self, dice: np.random.Generator) -> Group:
        """A bent shell and its legs."""
        del dice
        across = np.linspace(-1, 1, 25)
        line = spline(
            [(0.23, 0.425, 0.20), (0.20, 0.445, 0.22), (0.10, 0.44, 0.235), (-0.04, 0.43, 0.235),
             (-0.14, 0.435, 0.225), (-0.20, 0.48, 0.22), (-0.235, 0.58, 0.225),
             (-0.26, 0.7, 0.22), (-0.27, 0.785, 0.195), (-0.272, 0.82, 0.13)], 46,
        )  # fmt: skip
        rows = []
        for z, y, wide in line:
            lift = 0.05 * np.abs(across) ** 3
            upright = np.clip((y - 0.44) / 0.08, 0.0, 1.0)
            rows.append(
                np.column_stack(
                    [across * wide, y + (1 - 0.7 * upright) * lift, z + 1.4 * upright * lift]
                )
            )
        upper = np.stack(rows)
        shell = _thickened(upper, 0.009)
        legs = [
            leg((x * 0.22, 0.0, z), (x * 0.14, 0.43, z * 0.6), 0.014, 0.010)
            for x in (-1, 1) for z in (-0.22, 0.22)
        ]  # fmt: skip
        return Group(
            (piece("seat", shell, self.surface), piece("legs", joined(legs), self.leg_surface))
        )


def _thickened(grid: Points, thickness: float) -> Mesh:
    """A shell of two sheets around a grid of points (rows, columns, 3)."""
    du, dv = np.gradient(grid, axis=0), np.gradient(grid, axis=1)
    normal = np.cross(du, dv)
    normal /= np.linalg.norm(normal, axis=2, keepdims=True) + 1e-12
    upper, lower = grid, grid - normal * thickness
    rows = [np.vstack([upper[at], lower[at][::-1]]) for at in range(len(grid))]
    return loft(rows, crease_deg=60.0)


class Sofa(Part):
    """A sofa facing +Z, back at z = 0."""

    part: Literal["sofa"] = "sofa"
    width: float = 2.0
    seats: int = 2
    surface: Surface = "linen #d8d0c2"
    pillow: Surface = "linen #a9b39a"

    def build(self, dice: np.random.Generator) -> Group:
        """Base, arms, cushions, a pillow and feet."""
        del dice
        depth, arm = 0.86, 0.16
        inner = (self.width - 2 * arm) / self.seats
        soft = [
            placed(cushion(self.width, 0.24, depth, 8), (0, 0.12, depth / 2)),
            placed(cushion(self.width, 0.5, 0.2, 6), (0, 0.3, 0.12)),
        ]
        side = cushion(arm, 0.46, depth, 6)
        soft += [placed(side, (x * (self.width - arm) / 2, 0.12, depth / 2)) for x in (-1, 1)]
        for seat in range(self.seats):
            x = -self.width / 2 + arm + inner * (seat + 0.5)
            soft.append(placed(cushion(inner * 0.99, 0.17, 0.66), (x, 0.34, 0.53)))
            soft.append(placed(cushion(inner * 0.97, 0.16, 0.42), (x, 0.62, 0.24), (76, 0, 0)))
        pillow = placed(
            cushion(0.44, 0.14, 0.44, 2.2), (-self.width / 2 + arm + 0.26, 0.66, 0.42), (70, 12, 0)
        )
        out = self.width / 2 - 0.1
        feet = [
            leg((x * out, 0, z), (x * (out - 0.02), 0.13, z), 0.02, 0.014)
            for x in (-1, 1) for z in (0.1, depth - 0.1)
        ]  # fmt: skip
        return Group(
            (piece("sofa", joined(soft), self.surface), piece("pillow", pillow, self.pillow),
             piece("feet", joined(feet), "oak"))
        )  # fmt: skip


class Bed(Part):
    """A made bed, headboard at z = 0, mattress top at 0.5 m."""

    part: Literal["bed"] = "bed"
    width: float = 1.6
    length: float = 2.0
    surface: Surface = "linen #efe9dd"
    blanket: Surface = "linen #a99a86"
    headboard: Surface = "linen #c7b9a4"

    def build(self, dice: np.random.Generator) -> Group:
        """Frame, mattress, blanket, pillows, headboard."""
        del dice
        bed = placed(cushion(self.width, 0.28, self.length, 7), (0, 0.2, self.length / 2 + 0.05))
        cover = placed(
            cushion(self.width + 0.05, 0.25, self.length * 0.62, 6),
            (0, 0.265, self.length * 0.69 + 0.05),
        )
        pillows = [
            placed(cushion(0.64, 0.17, 0.42, 2.4), (x * self.width * 0.24, 0.46, 0.27), (28, 0, 0))
            for x in (-1, 1)
        ]
        board = placed(cushion(self.width + 0.12, 1.05, 0.1, 8), (0, 0, 0))
        frame = placed(
            box((self.width + 0.04, 0.2, self.length), 0.01), (0, 0.02, self.length / 2 + 0.05)
        )
        return Group(
            (piece("bed", joined([bed, *pillows]), self.surface),
             piece("blanket", cover, self.blanket),
             piece("headboard", board, self.headboard), piece("frame", frame, "walnut"))
        )  # fmt: skip


class Cabinet(Part):
    """Cupboards or drawers with plain fronts facing +Z, back at z = 0."""

    part: Literal["cabinet"] = "cabinet"
    width: float = 2.4
    height: float = 0.86
    depth: float = 0.6
    doors: int = 4
    rows: int = 1
    foot: float = 0.08
    surface: Surface = "satin #e9e8e4"
    handle: Surface = "brass"

    def build(self, dice: np.random.Generator) -> Group:
        """A body, fronts with gaps and bar handles."""
        del dice
        body = placed(
            box((self.width - 0.004, self.height - self.foot, self.depth - 0.02)),
            (0, self.foot, (self.depth - 0.02) / 2),
        )
        plinth = placed(
            box((self.width - 0.05, self.foot, self.depth - 0.08)), (0, 0, self.depth / 2 - 0.03)
        )
        fronts, handles = [], []
        wide, tall = self.width / self.doors, (self.height - self.foot) / self.rows
        for door in range(self.doors):
            for row in range(self.rows):
                x = -self.width / 2 + wide * (door + 0.5)
                y = self.foot + tall * row
                front = box((wide - 0.005, tall - 0.005, 0.018), 0.002)
                fronts.append(placed(front, (x, y + 0.0025, self.depth - 0.011)))
                bar = box((min(0.14, wide * 0.4), 0.009, 0.009), 0.004)
                handles.append(placed(bar, (x, y + tall - 0.07, self.depth + 0.02)))
        return Group(
            (piece("cabinet", joined([body, *fronts]), self.surface),
             piece("plinth", plinth, "matte #2b2b2b"),
             piece("handles", joined(handles), self.handle))
        )  # fmt: skip


class Shelf(Part):
    """A board on the wall; its top face lies at y = 0, its back at z = 0."""

    part: Literal["shelf"] = "shelf"
    width: float = 1.0
    depth: float = 0.22
    thickness: float = 0.03
    surface: Surface = "oak"

    def build(self, dice: np.random.Generator) -> Group:
        """One board."""
        del dice
        board = box((self.width, self.thickness, self.depth), 0.003)
        return alone("shelf", placed(board, (0, -self.thickness, self.depth / 2)), self.surface)


class Painting(Part):
    """A framed canvas with a few large shapes, hung with its lower edge at y = 0."""

    part: Literal["painting"] = "painting"
    width: float = 1.0
    height: float = 1.2
    ground: Surface = "matte #f1ece2"
    shapes: tuple[Surface, ...] = ("matte #2f4466", "matte #c96f4a", "matte #e0b65a")
    frame: Surface = "oak"

    def build(self, dice: np.random.Generator) -> Group:
        """Canvas, flat discs and bars, and a frame."""
        edge = 0.02
        canvas = placed(box((self.width, self.height, 0.02), 0.001), (0, 0, 0.015))
        made: list[Piece] = [piece("canvas", canvas, self.ground)]
        for number, surface in enumerate(self.shapes):
            size = min(self.width, self.height) * dice.uniform(0.16, 0.3)
            x = dice.uniform(-0.5, 0.5) * (self.width - 2.2 * size)
            y = size * 1.1 + dice.uniform(0, 1) * (self.height - 2.2 * size)
            flat = placed(cylinder(size, 0.0012, 0.0002), turn_deg=(90, 0, 0))
            if number % 2:
                flat = placed(box((size * 1.7, size * 1.1, 0.0012), 0.0003), (0, -size * 0.5, 0))
            made.append(piece("paint", placed(flat, (x, y, 0.0255 + 0.0012 * number)), surface))
        long = box((self.width + 2 * edge, edge, 0.04))
        tall = box((edge, self.height, 0.04))
        half = (self.width + edge) / 2
        bars = [placed(long, (0, y, 0.02)) for y in (-edge, self.height)]
        bars += [placed(tall, (x, 0, 0.02)) for x in (-half, half)]
        return Group((*made, piece("frame", joined(bars), self.frame)))

"""Backdrops and floors: cycloramas, paper sweeps, gradients, plain walls and tops."""

from typing import Literal

import numpy as np

from services.render_worker.scene import (
    Group,
    Material,
    Mesh,
    Pattern,
    PatternKind,
    Piece,
    Points,
)
from services.render_worker.sets.parts.part import Part, alone, piece
from services.render_worker.shapes.curves import arc
from services.render_worker.shapes.mesh import grid_faces, placed
from services.render_worker.shapes.solids import box
from services.render_worker.surfaces import Surface, gradient


def _sweep(width: float, front: float, back: float, height: float, radius: float) -> Mesh:
    """A floor that bends up into a wall; the wall stands at z = -back."""
    bend = arc((-back + radius, radius), radius, 270, 180, 24)
    profile: Points = np.vstack([(front, 0.0), bend, (-back, height)])
    rows = np.repeat(profile[:, None, :], 2, axis=1)
    sides = np.array([-width / 2, width / 2])
    points = np.stack(
        [np.broadcast_to(sides, rows.shape[:2]), rows[..., 1], rows[..., 0]], axis=2
    ).reshape(-1, 3)
    return Mesh(points, grid_faces(len(profile), 2), 60.0)


class Cyclorama(Part):
    """A seamless sweep from floor to wall; paper, paint or plastic by its surface."""

    part: Literal["cyclorama"] = "cyclorama"
    width: float = 4.0
    front: float = 1.6
    back: float = 0.9
    height: float = 2.4
    radius: float = 0.5
    surface: Surface = "matte #f4f4f2"

    def build(self, dice: np.random.Generator) -> Group:
        """One bent sheet."""
        del dice
        sheet = _sweep(self.width, self.front, self.back, self.height, self.radius)
        return alone("cyclorama", sheet, self.surface)


class GradientBackdrop(Part):
    """A flat backdrop whose colour changes with height."""

    part: Literal["gradient_backdrop"] = "gradient_backdrop"
    width: float = 4.0
    height: float = 2.4
    low: str = "#ffffff"
    high: str = "#cfe0ea"
    span: tuple[float, float] = (0.0, 1.2)
    roughness: float = 0.95

    def build(self, dice: np.random.Generator) -> Group:
        """One upright sheet at z = 0."""
        del dice
        sheet = placed(box((self.width, self.height, 0.01), 0.001))
        return Group(
            (Piece("backdrop", sheet, gradient(self.low, self.high, self.span, self.roughness)),)
        )


class Wall(Part):
    """A plain upright wall whose face lies at z = 0."""

    part: Literal["wall"] = "wall"
    width: float = 4.0
    height: float = 2.6
    surface: Surface = "plaster"

    def build(self, dice: np.random.Generator) -> Group:
        """A slab behind z = 0."""
        del dice
        slab = placed(box((self.width, self.height, 0.1), 0.002), (0, 0, -0.05))
        return alone("wall", slab, self.surface)


class Top(Part):
    """A tabletop, counter or floor slab whose upper face lies at y = 0."""

    part: Literal["top"] = "top"
    width: float = 1.6
    depth: float = 0.8
    thickness: float = 0.04
    edge: float = 0.004
    surface: Surface = "oak"

    def build(self, dice: np.random.Generator) -> Group:
        """A slab below y = 0."""
        del dice
        slab = placed(
            box((self.width, self.thickness, self.depth), self.edge), (0, -self.thickness, 0)
        )
        return alone("top", slab, self.surface)


class Panel(Part):
    """A thin upright sheet: a screen, a reflector, a picture without frame, a mirror."""

    part: Literal["panel"] = "panel"
    width: float = 0.5
    height: float = 0.7
    thickness: float = 0.006
    lean_deg: float = 0.0
    surface: Surface = "mirror"

    def build(self, dice: np.random.Generator) -> Group:
        """A sheet that stands on its lower edge."""
        del dice
        sheet = placed(
            box((self.width, self.height, self.thickness), 0.0015), turn_deg=(self.lean_deg, 0, 0)
        )
        return Group((piece("panel", sheet, self.surface),))


class PhotoBackdrop(Part):
    """An upright picture that shines as bright as it is; its face lies at z = 0."""

    part: Literal["photo_backdrop"] = "photo_backdrop"
    width: float = 2.4
    height: float = 1.6
    picture: str
    brightness: float = 1.0

    def build(self, dice: np.random.Generator) -> Group:
        """One sheet."""
        del dice
        sheet = box((self.width, self.height, 0.004), 0.0005)
        shown = Material(
            "#808080", glow="#ffffff", glow_strength=self.brightness, shadowless=True,
            pattern=Pattern(PatternKind.PICTURE, ("#808080",), picture=self.picture),
        )  # fmt: skip
        return Group((Piece("photo", sheet, shown),))

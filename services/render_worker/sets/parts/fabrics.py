"""Cloth in a set: silk drapes, napkins, towels, curtains, throws."""

from typing import Literal

import numpy as np

from services.render_worker.scene import Group
from services.render_worker.sets.parts.part import Part, alone
from services.render_worker.shapes.cloth import curtain, drape, folded, thrown
from services.render_worker.shapes.extrusion import extrude
from services.render_worker.shapes.mesh import placed
from services.render_worker.shapes.solids import box
from services.render_worker.surfaces import Surface


class Drape(Part):
    """A sheet that flows from the wall over the floor towards the camera."""

    part: Literal["drape"] = "drape"
    width: float = 2.4
    height: float = 1.4
    front: float = 1.4
    depth: float = 0.05
    folds: float = 3.2
    surface: Surface = "silk"

    def build(self, dice: np.random.Generator) -> Group:
        """One sheet with soft folds."""
        del dice
        sheet = drape(self.width, self.height, self.front, self.depth, self.folds, self.seed)
        return alone("drape", sheet, self.surface)


class Napkin(Part):
    """A folded napkin, or with more layers a towel."""

    part: Literal["napkin"] = "napkin"
    width: float = 0.16
    depth: float = 0.12
    layers: int = 3
    thickness: float = 0.004
    surface: Surface = "linen"

    def build(self, dice: np.random.Generator) -> Group:
        """Layers one upon the other."""
        del dice
        cloth = folded(self.width, self.depth, self.layers, self.thickness, self.seed)
        return alone("napkin", cloth, self.surface)


class RolledTowel(Part):
    """A towel rolled up, its axis along x."""

    part: Literal["rolled_towel"] = "rolled_towel"
    length: float = 0.24
    radius: float = 0.045
    surface: Surface = "cotton"

    def build(self, dice: np.random.Generator) -> Group:
        """A spiral of cloth."""
        del dice
        turns = np.linspace(0, 2 * np.pi * 3.5, 180)
        away = np.linspace(0.12, 1.0, 180) * self.radius
        spiral = np.stack([np.cos(turns) * away, np.sin(turns) * away], axis=1)
        half = self.radius * 0.11
        outward = np.stack([np.cos(turns), np.sin(turns)], axis=1)
        outline = np.vstack([spiral + outward * half, (spiral - outward * half)[::-1]])
        roll = placed(extrude(outline, self.length, 60.0), (0, self.radius * 1.1, 0), (0, 90, 0))
        return alone("towel", roll, self.surface)


class Curtain(Part):
    """A hanging curtain."""

    part: Literal["curtain"] = "curtain"
    width: float = 0.8
    height: float = 2.3
    folds: int = 9
    depth: float = 0.05
    surface: Surface = "linen #efe9de"

    def build(self, dice: np.random.Generator) -> Group:
        """One pleated sheet."""
        del dice
        cloth = curtain(self.width, self.height, self.folds, self.depth, self.seed)
        return alone("curtain", cloth, self.surface)


class Throw(Part):
    """A loose piece of cloth lying on a surface."""

    part: Literal["throw"] = "throw"
    width: float = 0.5
    depth: float = 0.4
    wrinkle: float = 0.02
    surface: Surface = "linen"

    def build(self, dice: np.random.Generator) -> Group:
        """One wrinkled sheet."""
        del dice
        cloth = thrown(self.width, self.depth, self.wrinkle, self.seed)
        return alone("throw", cloth, self.surface)


class Rug(Part):
    """A flat rug with a border."""

    part: Literal["rug"] = "rug"
    width: float = 2.4
    depth: float = 1.6
    surface: Surface = "knit"
    border: Surface = "knit #b9a88c"

    def build(self, dice: np.random.Generator) -> Group:
        """Two thin layers, the border a little wider."""
        del dice
        edge = alone("rug-border", box((self.width, 0.008, self.depth), 0.003), self.border)
        inner = box((self.width - 0.16, 0.01, self.depth - 0.16), 0.002)
        return Group(edge.pieces + alone("rug", inner, self.surface).pieces)

"""Gobos: things out of the picture that throw patterned shadows."""

from typing import Literal

import numpy as np

from services.render_worker.scene import Group, Mesh
from services.render_worker.sets.parts.part import Part, piece
from services.render_worker.shapes.mesh import joined, placed
from services.render_worker.shapes.plants import bent_path, branch
from services.render_worker.shapes.solids import box


class WindowGobo(Part):
    """A paned window frame in a dark wall, its opening centred on the origin."""

    part: Literal["window_gobo"] = "window_gobo"
    width: float = 0.8
    height: float = 1.0
    columns: int = 2
    rows: int = 3
    bar: float = 0.035
    margin: float = 3.0

    def build(self, dice: np.random.Generator) -> Group:
        """Bars, and flags all around that stop the rest of the light."""
        del dice
        bars = []
        for column in range(self.columns + 1):
            x = (column / self.columns - 0.5) * self.width
            bars.append(placed(box((self.bar, self.height, 0.02)), (x, -self.height / 2, 0)))
        for row in range(self.rows + 1):
            y = (row / self.rows - 0.5) * self.height
            bars.append(placed(box((self.width, self.bar, 0.02)), (0, y - self.bar / 2, 0)))
        tall = self.height + 2 * self.margin
        for sign in (-1, 1):
            side = box((self.margin, tall, 0.02))
            bars.append(placed(side, (sign * (self.width + self.margin) / 2, -tall / 2, 0)))
            flag = box((self.width, self.margin, 0.02))
            bottom = self.height / 2 if sign > 0 else -self.height / 2 - self.margin
            bars.append(placed(flag, (0, bottom, 0)))
        return Group((piece("gobo", joined(bars), "matte #050505", seen=False),))


class BlindGobo(Part):
    """Horizontal slats, centred on the origin."""

    part: Literal["blind_gobo"] = "blind_gobo"
    width: float = 2.0
    height: float = 1.6
    slats: int = 16
    share: float = 0.5
    tilt_deg: float = 0.0

    def build(self, dice: np.random.Generator) -> Group:
        """Slats that cover `share` of the height."""
        del dice
        pitch = self.height / self.slats
        slats = [
            placed(
                box((self.width, pitch * self.share, 0.004)),
                (0, (number / self.slats - 0.5) * self.height, 0), (self.tilt_deg, 0, 0),
            )
            for number in range(self.slats)
        ]  # fmt: skip
        return Group((piece("gobo", joined(slats), "matte #050505", seen=False),))


class LeafGobo(Part):
    """Leafy branches that break the light, spread around the origin."""

    part: Literal["leaf_gobo"] = "leaf_gobo"
    width: float = 1.6
    height: float = 1.4
    branches: int = 16
    leaf_length: float = 0.13
    leaf_width: float = 0.05

    def build(self, dice: np.random.Generator) -> Group:
        """Branches at random places and angles in one plane."""
        made: list[Mesh] = []
        for _ in range(self.branches):
            start = (dice.uniform(-0.5, 0.5) * self.width, dice.uniform(-0.5, 0.5) * self.height, 0)
            lean = (dice.uniform(-1, 1), dice.uniform(-1, 1), dice.uniform(-0.2, 0.2))
            path = bent_path(0.5, lean, 0.1) + start
            made += branch(path, 11, self.leaf_length, self.leaf_width, dice)
        return Group((piece("gobo", joined(made), "matte #0a0d08", seen=False),))

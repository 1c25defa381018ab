"""What every part of a set has in common."""

import numpy as np
from pydantic import Field

from backlot.contracts.frozen import Frozen
from services.render_worker.scene import Group, Mesh, Piece, Vec3
from services.render_worker.shapes.mesh import moved_group
from services.render_worker.surfaces import material


class Part(Frozen):
    """A thing in a set: where it stands, which way it faces, and its own chance.

    A part builds itself around its own origin, its bottom at y = 0 and facing +Z.
    """

    at: Vec3 = (0.0, 0.0, 0.0)
    yaw_deg: float = 0.0
    size_factor: float = Field(default=1.0, gt=0)
    seed: int = 0

    def build(self, dice: np.random.Generator) -> Group:
        """Make the pieces around the part's own origin."""
        raise NotImplementedError

    def placed(self) -> Group:
        """Make the pieces where they stand in the set."""
        group = self.build(np.random.default_rng(self.seed))
        return moved_group(group, self.at, self.yaw_deg, self.size_factor)


def piece(name: str, mesh: Mesh, surface: str, *, seen: bool = True) -> Piece:
    """A piece with a spelled surface."""
    return Piece(name, mesh, material(surface), seen)


def alone(name: str, mesh: Mesh, surface: str) -> Group:
    """A group of one piece."""
    return Group((piece(name, mesh, surface),))

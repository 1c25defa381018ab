"""What somebody brought as a 3D file of their own."""

from typing import Literal

import numpy as np

from services.render_worker.scene import Group
from services.render_worker.sets.parts.part import Part


class BroughtModel(Part):
    """A whole set as a GLB, in its own place and size.

    Only what takes the picture opens the file: a plan sees nothing of its surfaces.
    """

    part: Literal["brought_model"] = "brought_model"
    model: str
    """Blob key."""

    def build(self, dice: np.random.Generator) -> Group:
        """Nothing that could be planned with."""
        del dice
        return Group()

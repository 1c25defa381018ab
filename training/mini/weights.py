"""Shipped weights as training and judging take them."""

import json
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors.torch import load_file
from torch import Tensor

from backlot.encoder.mini_tower import MiniTower


def read_weights(path: Path) -> tuple[MiniTower, Tensor, Tensor]:
    """A tower with the mean and the spread of its words' space.

    Args:
        path: `mini.safetensors`, or a checkpoint, of which the averaged tower is taken.
    """
    tower = MiniTower()
    if path.suffix == ".safetensors":
        state = {name: _full(tensor) for name, tensor in load_file(path).items()}
        mean, spread = state.pop("text.mean"), state.pop("text.spread")
    else:
        kept = torch.load(path, weights_only=False)
        state, mean, spread = kept["average"], kept["mean"], kept["spread"]
    tower.load_state_dict(state)
    return tower, mean, spread


class Learnt(NamedTuple):
    """How long weights have learnt: pictures, steps, seconds."""

    samples: int = 0
    steps: int = 0
    seconds: float = 0.0

    def after(self, earlier: "Learnt") -> "Learnt":
        """Both runs together."""
        return Learnt(
            earlier.samples + self.samples,
            earlier.steps + self.steps,
            earlier.seconds + self.seconds,
        )


def learnt_by(path: Path) -> Learnt:
    """What is known of how long weights or a checkpoint have learnt, all runs together."""
    if path.suffix == ".safetensors":
        said = json.loads(path.with_suffix(".json").read_text())["training"]
        return Learnt(said["samples"], said["steps"], said["seconds"])
    kept = torch.load(path, weights_only=False)
    earlier = Learnt(*kept.get("before", ()))
    return Learnt(kept["samples"], kept["steps"], kept["elapsed"]).after(earlier)


def _full(tensor: Tensor) -> Tensor:
    return tensor.float() if tensor.is_floating_point() else tensor

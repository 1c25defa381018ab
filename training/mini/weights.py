"""Shipped weights as training and judging take them."""

from pathlib import Path

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


def _full(tensor: Tensor) -> Tensor:
    return tensor.float() if tensor.is_floating_point() else tensor

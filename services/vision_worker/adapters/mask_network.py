"""Our own small network that finds the product in a photo; the one place here that uses torch."""

from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from backlot.contracts.errors import ConfigurationError
from services.vision_worker.pixels import Plane, Rgb, resize_rgb

SIDE = 160
"""Photos are squeezed to a square of so many pixels, their proportions given up."""
MIDDLE, SCALE = 127.5, 64.0
"""Grey value that becomes 0, and grey values that become 1."""
WIDTHS = (24, 48, 96, 192)
"""Channels at 1/2, 1/4, 1/8 and 1/16 of the side."""
BLOCKS = (0, 1, 2, 2)
"""Residual blocks at each of them."""
SHIPPED = Path(__file__).parent.parent / "weights" / "mask.safetensors"


class Unit(nn.Module):
    """A 3x3 convolution, normalised."""

    def __init__(self, entry: int, leave: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(entry, leave, 3, stride, 1, bias=False)
        self.norm: nn.Module = nn.BatchNorm2d(leave)

    def forward(self, maps: Tensor) -> Tensor:
        """Return the new maps, before any rectifier."""
        return cast("Tensor", self.norm(self.conv(maps)))

    def fuse(self) -> None:
        """Fold the normalisation into the convolution; for use only, not for training."""
        if isinstance(self.norm, nn.BatchNorm2d):
            self.conv = fuse_conv_bn_eval(self.conv, self.norm)
            self.norm = nn.Identity()


class Block(nn.Module):
    """Two convolutions beside a short cut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.second = Unit(width, width), Unit(width, width)

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps of the same shape."""
        return functional.relu(maps + self.second(functional.relu(self.first(maps))))


class MaskNetwork(nn.Module):
    """From a photo to how much of each pixel is product.

    Dense 3x3 convolutions only: on CPUs they are faster than depthwise ones at this size.
    """

    def __init__(self) -> None:
        super().__init__()
        entries = (12, *WIDTHS[:-1])
        self.down = nn.ModuleList(
            Unit(entry, width, 1 if level == 0 else 2)
            for level, (entry, width) in enumerate(zip(entries, WIDTHS, strict=True))
        )
        self.deep = nn.ModuleList(
            nn.Sequential(*(Block(width) for _ in range(count)))
            for width, count in zip(WIDTHS, BLOCKS, strict=True)
        )
        self.scene = nn.Linear(WIDTHS[-1], WIDTHS[-1])
        pairs = tuple(zip(WIDTHS[:0:-1], WIDTHS[-2::-1], strict=True))
        self.narrow = nn.ModuleList(nn.Conv2d(wide, slim, 1) for wide, slim in pairs)
        self.up = nn.ModuleList(Unit(slim, slim) for _, slim in pairs)
        self.last = Unit(WIDTHS[0], WIDTHS[0])
        self.head = nn.Conv2d(WIDTHS[0], 4, 3, padding=1)

    def forward(self, photos: Tensor) -> Tensor:
        """Return logits, shape (n, side, side), of photos (n, 3, side, side) scaled about 0."""
        maps = functional.pixel_unshuffle(photos, 2)
        levels = []
        for down, deep in zip(self.down, self.deep, strict=True):
            maps = deep(functional.relu(down(maps)))
            levels.append(maps)
        # What the whole photo is about, for every pixel.
        maps = functional.relu(maps + self.scene(maps.mean((2, 3)))[..., None, None])
        for narrow, up, level in zip(self.narrow, self.up, levels[-2::-1], strict=True):
            wide = functional.interpolate(narrow(maps), size=level.shape[2:], mode="bilinear")
            maps = functional.relu(up(wide + level))
        maps = self.head(functional.relu(self.last(maps)))
        return functional.pixel_shuffle(maps, 2)[:, 0]


class MaskFinder:
    """Finds the product in photos.

    Args:
        network: The network with its weights.
    """

    def __init__(self, network: MaskNetwork) -> None:
        for module in network.eval().modules():
            if isinstance(module, Unit):
                module.fuse()
        # torch's annotations of `to` lack the memory format.
        self._network: MaskNetwork = cast("Any", network).to(memory_format=torch.channels_last)

    def __call__(self, rgb: Rgb) -> Plane:
        """How much of each pixel is product, 0..1, shape (160, 160); a squeezed view of `rgb`."""
        scaled = (resize_rgb(rgb, SIDE, SIDE).astype(np.float32) - MIDDLE) / SCALE
        photos = torch.from_numpy(scaled).permute(2, 0, 1)[None]
        with torch.inference_mode():
            logits = self._network(photos.contiguous(memory_format=torch.channels_last))
        return cast("Plane", torch.sigmoid(logits)[0].numpy())


def open_mask_network(path: Path | None = None) -> MaskFinder | None:
    """Load the mask network; None when the shipped weights are not there.

    Args:
        path: Other weights than the shipped ones.

    Raises:
        ConfigurationError: The file is missing, damaged or of another network.
    """
    if path is None and not SHIPPED.exists():
        return None
    chosen = path or SHIPPED
    network = MaskNetwork()
    try:
        weights = {name: each.float() for name, each in load_file(chosen).items()}
        network.load_state_dict(weights)
    except (OSError, SafetensorError, RuntimeError) as error:
        raise ConfigurationError(f"{chosen} holds no weights of the mask network.") from error
    return MaskFinder(network)

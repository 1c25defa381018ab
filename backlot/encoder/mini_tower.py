"""The network of Backlot mini: a small residual net from pixels into the sentence encoder's space.

Dense 3x3 convolutions only: they are what CPUs with bfloat16 do fast; depthwise ones are not.
"""

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

DIM = 384
MEAN = 0.5
SPREAD = 0.25


def fused(convolution: nn.Module, norm: nn.Module) -> nn.Conv2d:
    """One convolution that does what a convolution and its normalisation do together.

    Raises:
        TypeError: They are no such pair; a tower is fused once.
    """
    if not (isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d)):
        raise TypeError(f"cannot fuse {type(convolution).__name__} and {type(norm).__name__}")
    return fuse_conv_bn_eval(convolution, norm)


class Block(nn.Module):
    """Two 3x3 convolutions around a shortcut; the first one may halve the picture."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.first_norm: nn.Module = nn.BatchNorm2d(outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.second_norm: nn.Module = nn.BatchNorm2d(outputs)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.AvgPool2d(stride, ceil_mode=True) if stride > 1 else nn.Identity(),
                nn.Conv2d(inputs, outputs, 1, bias=False),
                nn.BatchNorm2d(outputs),
            )

    def forward(self, maps: Tensor) -> Tensor:
        """Maps (n, inputs, h, w) to (n, outputs, h / stride, w / stride)."""
        inner = functional.relu(self.first_norm(self.first(maps)), inplace=True)
        inner = self.second_norm(self.second(inner))
        return functional.relu(inner + self.shortcut(maps), inplace=True)

    def fuse(self) -> None:
        """Fold the normalisations into the convolutions; for use only, not for training."""
        self.first, self.first_norm = fused(self.first, self.first_norm), nn.Identity()
        self.second = fused(self.second, self.second_norm)
        self.second_norm = nn.Identity()
        if isinstance(self.shortcut, nn.Sequential):
            pool, through, norm = self.shortcut
            self.shortcut = nn.Sequential(pool, fused(through, norm))


class MiniTower(nn.Module):
    """Pixels to a vector that lies beside those of fitting words.

    Args:
        widths: Channels of the four stages.
        depths: Blocks of the four stages.
    """

    def __init__(
        self, widths: Sequence[int] = (48, 96, 192, 384), depths: Sequence[int] = (1, 1, 2, 1)
    ) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, widths[0], 4, 2, 1, bias=False)
        self.stem_norm: nn.Module = nn.BatchNorm2d(widths[0])
        blocks: list[nn.Module] = []
        inputs = widths[0]
        for outputs, depth in zip(widths, depths, strict=True):
            for number in range(depth):
                blocks.append(Block(inputs, outputs, 2 if number == 0 else 1))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.out = nn.Linear(inputs, DIM)

    def fuse(self) -> None:
        """Fold the normalisations into the convolutions; for use only, not for training."""
        self.stem, self.stem_norm = fused(self.stem, self.stem_norm), nn.Identity()
        for block in self.blocks:
            if isinstance(block, Block):
                block.fuse()

    def pooled(self, pixels: Tensor) -> Tensor:
        """Pixels (n, 3, side, side) of 0 to 255 to the last maps' mean (n, widths[-1])."""
        scaled = (pixels / 255 - MEAN) / SPREAD
        maps = functional.relu(self.stem_norm(self.stem(scaled)), inplace=True)
        means: Tensor = self.blocks(maps).mean((2, 3))
        return means

    def forward(self, pixels: Tensor) -> Tensor:
        """Pixels (n, 3, side, side) of 0 to 255 to vectors (n, 384), not yet of length 1."""
        vectors: Tensor = self.out(self.pooled(pixels))
        return vectors


def bridged(sentences: Tensor, mean: Tensor, spread: Tensor) -> Tensor:
    """Moves sentence vectors (n, 384) into the tower's space and makes them of length 1.

    Sentence vectors of product names crowd into a narrow cone; taking their mean away and
    evening out their spread leaves more room between them. The map is fixed before training.
    """
    return functional.normalize((sentences - mean) @ spread, dim=-1)

"""Random changes to a batch of pictures, all at once."""

import math

import torch
from torch import Tensor
from torch.nn import functional


def varied(
    pixels: Tensor, side: int, strength: float, random: torch.Generator, any_way_up: Tensor
) -> Tensor:
    """Turns, shifts, scales, mirrors and recolours (n, 3, h, w) of 0 to 255 into side x side.

    Args:
        pixels: The pictures.
        side: Of the result, in pixels.
        strength: How much they are changed; 1 is usual.
        random: Where chance comes from.
        any_way_up: Shape (n,): those that are turned by any angle, each second time.
    """
    count = len(pixels)

    def draw(low: float, high: float) -> Tensor:
        return torch.rand(count, generator=random) * (high - low) + low

    maps = pixels.float()
    if side <= pixels.shape[-1] // 2:
        maps = functional.avg_pool2d(maps, 2)
    angle = draw(-0.25, 0.25) * strength
    turned = any_way_up & (torch.rand(count, generator=random) < 0.5)
    angle = torch.where(turned, draw(-math.pi, math.pi), angle)
    scale = 1 + draw(-0.3, 0.15) * strength
    mirror = torch.where(torch.rand(count, generator=random) < 0.5, -1.0, 1.0)
    shift = (1 - scale).abs() + 0.06 * strength
    turn = torch.stack(
        [
            torch.stack(
                [scale * angle.cos() * mirror, -scale * angle.sin(), draw(-1, 1) * shift], 1
            ),
            torch.stack(
                [scale * angle.sin() * mirror, scale * angle.cos(), draw(-1, 1) * shift], 1
            ),
        ],
        1,
    )
    grid = functional.affine_grid(turn, [count, 3, side, side], align_corners=False)
    maps = functional.grid_sample(maps, grid, padding_mode="reflection", align_corners=False)
    light = draw(0.75, 1.25)[:, None, None, None]
    tint = 1 + 0.08 * strength * torch.randn(count, 3, 1, 1, generator=random)
    maps = maps * light * tint
    grey = maps.mean(1, keepdim=True)
    colour = draw(0.5, 1.4)[:, None, None, None]
    maps = grey + (maps - grey) * colour
    middle = maps.mean((1, 2, 3), keepdim=True)
    maps = middle + (maps - middle) * draw(0.75, 1.3)[:, None, None, None]
    return maps.clamp(0, 255).contiguous(memory_format=torch.channels_last)

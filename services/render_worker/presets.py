"""Channels a picture is made for: its shape, its size, what it must keep."""

from typing import NamedTuple

from backlot.contracts.render import Preset, Quality, ShotWishes


class PresetRow(NamedTuple):
    """One channel.

    Attributes:
        aspect: Width to height.
        final_side: Longer side of a final picture, pixels.
        on_white: The product alone on pure white.
        least_fill: Share of the frame the longer side of the product must take.
    """

    aspect: tuple[int, int]
    final_side: int
    on_white: bool = False
    least_fill: float = 0.2


PRESETS: dict[Preset, PresetRow] = {
    "square": PresetRow((1, 1), 1200),
    "portrait": PresetRow((4, 5), 1350),
    "wide": PresetRow((16, 9), 1600),
    "marketplace": PresetRow((1, 1), 1600, on_white=True, least_fill=0.85),
    "thumbnail": PresetRow((1, 1), 400, least_fill=0.5),
}

DRAFT_SIDE = 768
"""A square draft; other shapes have as many pixels."""
SAMPLES: dict[Quality, int] = {"draft": 3, "final": 9}
"""Paths per pixel in an ordinary set."""
BOUNCES: dict[Quality, int] = {"draft": 6, "final": 8}
_USUAL_SAMPLES, _FEWEST_SAMPLES = 16, 3
_MARKETPLACE_FILL = 0.9


class Frame(NamedTuple):
    """Size of a picture in pixels."""

    width: int
    height: int

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.width / self.height


def frame_for(wishes: ShotWishes, quality: Quality) -> Frame:
    """The size of a picture; even numbers, as video and WebP like them."""
    row = PRESETS[wishes.preset]
    across, down = row.aspect
    if wishes.aspect is not None:
        across, down = (int(side) for side in wishes.aspect.split(":"))
    if quality == "draft" and row.final_side > DRAFT_SIDE:
        height = DRAFT_SIDE * (down / across) ** 0.5
    else:
        height = row.final_side * min(down / across, 1.0)
    return Frame(_even(height * across / down), _even(height))


def samples_for(quality: Quality, usual: int) -> int:
    """Paths per pixel, from what a set's previews are taken with."""
    return max(round(SAMPLES[quality] * usual / _USUAL_SAMPLES), _FEWEST_SAMPLES)


def fill_for(wishes: ShotWishes, usual: float) -> float:
    """How much of the frame the product takes: the seller's padding, the channel's rule, else."""
    if wishes.padding is not None:
        return 1 - 2 * wishes.padding
    if PRESETS[wishes.preset].on_white:
        return _MARKETPLACE_FILL
    if wishes.preset == "thumbnail":
        return max(usual, 0.72)
    return usual


def _even(length: float) -> int:
    return max(2 * round(length / 2), 16)

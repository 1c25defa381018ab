"""How far a measured palette is from colours that are known."""

from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from backlot.vocabulary import load_vocabulary
from backlot.vocabulary.colour import delta_e, hex_of, lab_of
from services.vision_worker.evaluation.figures import Figure, mean_figure
from services.vision_worker.looking import look
from services.vision_worker.photo import Photo

SIDE = 320
FACET = "colour_name"
GREYS = ((235, 235, 235), (120, 122, 125))


def palette_error(seed: int) -> Figure | None:
    """CIEDE2000 between a product's colour and the main swatch measured of it.

    Every colour of the vocabulary is painted as a ball with soft shading, before light and grey
    paper, with noise. What is right is the mean of what was painted: shading belongs to it.
    """
    errors = []
    rng = np.random.default_rng(seed)
    for colour in _colours():
        for paper in GREYS:
            rgb, painted = _ball(colour, paper, rng)
            looked = look(Photo(rgb, None), load_vocabulary(), SIDE, _go_on)
            if looked.mask is not None:
                errors.append(delta_e(lab_of(painted), lab_of(looked.palette[0].hex)))
    return mean_figure(np.array(errors), seed)


def _colours() -> Iterator[str]:
    """Every colour that has one value; "multicolored" has none."""
    for term in load_vocabulary().facets[FACET].terms:
        with suppress(KeyError):
            yield hex_of(term.id)


def _ball(
    colour: str, paper: tuple[int, int, int], rng: np.random.Generator
) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.uint8]], str]:
    """A shaded ball before paper, and the mean colour of its pixels."""
    y, x = (np.mgrid[:SIDE, :SIDE] - SIDE / 2) / (SIDE * 0.35)
    inside = x**2 + y**2 <= 1
    shade = 1 - 0.12 * np.clip(0.5 * x + 0.7 * y + 0.3, 0, 1)
    base = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], np.float64)
    rgb = np.empty((SIDE, SIDE, 3))
    rgb[:] = paper
    rgb[inside] = base * shade[inside][:, None]
    noisy = np.clip(rgb + rng.normal(0, 2, rgb.shape), 0, 255).astype(np.uint8)
    red, green, blue = (int(part) for part in noisy[inside].mean(axis=0).round())
    return noisy, f"#{red:02x}{green:02x}{blue:02x}"


def _go_on() -> None:
    """Nobody cancels an evaluation."""

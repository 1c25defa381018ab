"""The held-out pictures: one part for choices and fits, the other only for measuring."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from training.mask.backgrounds import Backgrounds
from training.mask.compose import Plane, compose
from training.mask.examples import load_renders, load_taught

SIDE = 224
SEEDS = {"choice": 4242, "test": 9191}

Part = Literal["choice", "test"]


@dataclass(frozen=True)
class Scene:
    """A picture and its true, or its teacher's, mask.

    Attributes:
        kind: ``rendered``, or the set the photo comes from.
        rgb: Shape (height, width, 3).
        mask: 0..1 of the same size.
    """

    kind: str
    rgb: NDArray[np.uint8]
    mask: Plane


def rendered_scenes(renders: Path, data: Path, count: int, part: Part) -> list[Scene]:
    """Held-out meshes on held-out backgrounds: the mask is exact."""
    seed = SEEDS[part]
    cutouts = load_renders(renders, held_out=True)
    backgrounds = Backgrounds(data, held_out=True, seed=seed)
    scenes = []
    for number in range(count):
        draw = np.random.default_rng((seed, number))
        chosen = cutouts[draw.integers(len(cutouts))]
        others = [cutouts[draw.integers(len(cutouts))]] if draw.random() < 0.2 else []
        rgb, mask = compose(chosen, others, backgrounds, SIDE, draw)
        if (mask > 0.5).mean() < 0.01:
            continue
        wide = int(SIDE * draw.uniform(0.75, 1.0))  # photos are rarely square
        size = (wide, SIDE) if draw.random() < 0.5 else (SIDE, wide)
        rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
        scenes.append(Scene("rendered", rgb, cv2.resize(mask, size, interpolation=cv2.INTER_AREA)))
    return scenes


def taught_scenes(masks: Path, part: Part) -> list[Scene]:
    """Held-out photos with the teacher's masks, where the teacher is decided."""
    taught = load_taught(masks, held_out=True)
    chosen = taught[::2] if part == "choice" else taught[1::2]
    return [Scene(each.kind, each.rgb, each.mask) for each in chosen]

"""Whether what is said of a product changes when only its surroundings do."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageFilter

from backlot.contracts.frozen import Frozen
from services.vision_worker.evaluation.figures import Figure, mean_figure
from services.vision_worker.evaluation.photos import Labelled
from services.vision_worker.evaluation.seeing import Watcher
from services.vision_worker.looker import Sight
from services.vision_worker.photo import Photo, decode, from_picture
from services.vision_worker.scoring import Scores

SIDE = 448
SHOWN = 0.6
"""Part of the frame's side that a product takes up."""
LEAST_QUALITY = 0.7
"""Of the cut-outs that are set before other backgrounds."""
Rgb = tuple[int, int, int]
PLAIN: Sequence[tuple[Rgb, Rgb]] = (
    ((255, 255, 255), (255, 255, 255)),
    ((40, 42, 48), (90, 92, 98)),
    ((214, 196, 170), (150, 120, 90)),
    ((120, 150, 110), (190, 205, 160)),
)
"""Colours at the top and bottom of plain backgrounds."""


class InvarianceFigures(Frozen):
    """How alike the answers for one product before different backgrounds are.

    Attributes:
        backgrounds: How many.
        same_best: Part of the pairs of backgrounds with the same best category.
        same_answer: The same for what the worker says, silence included.
    """

    backgrounds: int
    same_best: Figure | None
    same_answer: Figure | None


def backgrounds(scenes: Sequence[Image.Image], seed: int) -> tuple[Image.Image, ...]:
    """Plain ones, a busy one, and the given scenes."""
    ramp = Image.linear_gradient("L").resize((SIDE, SIDE))
    plain = [
        Image.composite(
            Image.new("RGB", (SIDE, SIDE), low), Image.new("RGB", (SIDE, SIDE), high), ramp
        )
        for high, low in PLAIN
    ]
    noise = np.random.default_rng(seed).integers(30, 226, (28, 28, 3), dtype=np.uint8)
    busy = Image.fromarray(noise).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    fitted = [scene.convert("RGB").resize((SIDE, SIDE)) for scene in scenes]
    return (*plain, busy.filter(ImageFilter.GaussianBlur(2)), *fitted)


def placed(product: Image.Image, background: Image.Image) -> Photo:
    """A photo of a cut-out product, RGBA, in the middle of a background."""
    scale = SHOWN * SIDE / max(product.size)
    size = tuple(max(1, round(side * scale)) for side in product.size)
    small = product.resize((size[0], size[1]), Image.Resampling.LANCZOS)
    whole = background.copy()
    whole.paste(small, ((SIDE - size[0]) // 2, (SIDE - size[1]) // 2), small)
    return from_picture(whole)


def invariance(
    shown: Sequence[Labelled],
    watcher: Watcher,
    sight: Sight,
    scenes: Sequence[Image.Image],
    seed: int,
) -> InvarianceFigures:
    """Cut products out of their photos and let the worker see them before other backgrounds.

    It sees new photos: they are cut out again, whatever the background makes of that.
    """
    places = backgrounds(scenes, seed)
    best, said = [], []
    for one in shown:
        looked = watcher.look(decode(one.path.read_bytes()))
        if looked.lifted is None or looked.certainty < LEAST_QUALITY:
            continue
        product = Image.fromarray(looked.lifted.rgba)
        scores = [
            sight.scores(sight.cosines(watcher.views(placed(product, place)))) for place in places
        ]
        terms = len(sight.table.terms)
        best.append(agreement([int(score[:terms].argmax()) for score in scores]))
        said.append(agreement([_answer(sight, score) for score in scores]))
    return InvarianceFigures(
        backgrounds=len(places),
        same_best=mean_figure(np.array(best), seed),
        same_answer=mean_figure(np.array(said), seed),
    )


def agreement(answers: Sequence[object]) -> float:
    """Part of the pairs of answers that are the same."""
    pairs = [one == other for at, one in enumerate(answers) for other in answers[at + 1 :]]
    return float(np.mean(pairs)) if pairs else 1.0


def _answer(sight: Sight, scores: Scores) -> object:
    """What the worker would say: a category, a group, or nothing."""
    choice = sight.choose_one(scores)
    if choice.picks:
        return choice.picks[0].place
    return None if choice.group is None else choice.group[0]

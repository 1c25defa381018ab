"""Everything the pixels of a photo tell, without any model."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from backlot.contracts.caption import Measures, PhotoWarning
from backlot.contracts.frozen import Swatch
from backlot.vocabulary import Vocabulary
from services.vision_worker.conditions import LEAST_QUALITY, Findings, judge, terms_for
from services.vision_worker.cutout import Lifted, Mask, find_product, lift_product
from services.vision_worker.facets import Facets, measured_terms
from services.vision_worker.intrusions import things, writing
from services.vision_worker.learned import Finder
from services.vision_worker.measures import measure
from services.vision_worker.palette import FACET, colour_terms, measure_palette
from services.vision_worker.photo import Photo
from services.vision_worker.pixels import Flags, resize_plane
from services.vision_worker.region import WHOLE_FRAME

SLENDER, NARROW = 2.2, 0.3
"""Height over width from which a product is tall and slender, and below which long and narrow."""
WHITE_PAPER = 95.0
"""L* of surroundings that count as a white background."""


class CutOut(Protocol):
    """What an encoder needs to know of a product beside its photo."""

    @property
    def product(self) -> NDArray[np.uint8] | None:
        """The cut-out's pixels, shape (height, width, 4); None when there is none."""
        ...

    @property
    def certainty(self) -> float:
        """How far what is said of the product holds: the quality of its cut-out."""
        ...


@dataclass(frozen=True)
class Look:
    """What the pixels told.

    Attributes:
        mask: Where the product is; None when it could not be told apart.
        lifted: The cut-out; None together with `mask`.
        palette: The product's colours, or the whole photo's.
        measures: Facts of product and photo.
        warnings: What is wrong with the photo.
        facets: Terms that follow from measures.
    """

    mask: Mask | None
    lifted: Lifted | None
    palette: tuple[Swatch, ...]
    measures: Measures
    warnings: tuple[PhotoWarning, ...]
    facets: Facets

    @property
    def product(self) -> NDArray[np.uint8] | None:
        """The cut-out's pixels, shape (height, width, 4); None when there is none."""
        return None if self.lifted is None else self.lifted.rgba

    @property
    def certainty(self) -> float:
        """How far what is said of the product holds: the quality of its cut-out."""
        return 0.0 if self.mask is None else self.mask.quality


def look(
    photo: Photo,
    vocabulary: Vocabulary,
    cutout_side: int,
    checkpoint: Callable[[], None],
    finder: Finder | None = None,
) -> Look:
    """Cut the product out and measure it and its photo.

    Args:
        photo: The photo.
        vocabulary: For the labels of measured terms.
        cutout_side: Longer side of the cut-out, at most, in pixels.
        checkpoint: Called between the expensive steps.
        finder: A network that knows products, for the cut-out.
    """
    mask = find_product(photo, finder)
    checkpoint()
    lifted = None if mask is None else lift_product(photo, mask, cutout_side)
    if lifted is None:
        mask = None
    checkpoint()
    product = _pixels_of(mask, photo)
    box = WHOLE_FRAME if lifted is None else lifted.box
    measures = measure(photo.lab, product, photo.rgb, box)
    palette = measure_palette(photo.lab, product)
    height, width = photo.size
    tall, wide = (box.bottom - box.top) * height, (box.right - box.left) * width
    warnings = judge(
        Findings(
            measures=measures,
            quality=None if mask is None else mask.quality,
            touched=_touched(product),
            product_px=round(max(tall, wide)),
            things=things(photo.lab, product),
            writing=writing(photo.lab, product),
        )
    )
    facets = _facets(vocabulary, mask, measures, palette, warnings, _around(photo, product))
    return Look(mask, lifted, palette, measures, warnings, facets)


def _pixels_of(mask: Mask | None, photo: Photo) -> Flags:
    """The product in the small copy; all of it when no product was found."""
    height, width = photo.small.shape[:2]
    if mask is not None:
        product: Flags = resize_plane(mask.cover, height, width) > 0.5  # noqa: PLR2004  # mostly
        if product.any():
            return product
    return np.ones((height, width), bool)


def _touched(product: Flags) -> float:
    """Largest share of one side of the frame that the product touches."""
    sides = (product[0], product[-1], product[:, 0], product[:, -1])
    return max(float(side.mean()) for side in sides)


def _around(photo: Photo, product: Flags) -> float:
    """Mean L* of what is not the product; 0 when there is nothing else."""
    return 0.0 if product.all() else float(photo.lab[..., 0][~product].mean())


def _facets(
    vocabulary: Vocabulary,
    mask: Mask | None,
    measures: Measures,
    palette: tuple[Swatch, ...],
    warnings: tuple[PhotoWarning, ...],
    around: float,
) -> Facets:
    """Terms that follow from measures, by facet."""
    conditions = [(term, 1.0) for term in terms_for(warnings)]
    shapes: list[tuple[str, float]] = []
    if mask is not None and mask.quality >= LEAST_QUALITY:
        if mask.method in ("alpha", "plain-background") and around >= WHITE_PAPER:
            clean = "photo_condition/clean-cut-out-on-a-plain-white-background"
            conditions.append((clean, mask.quality))
        if not any(warning.code == "cropped" for warning in warnings):
            shapes = [(term, mask.quality) for term in _shape(measures.aspect)]
    terms = {
        "shape_size": measured_terms(vocabulary, shapes),
        "photo_condition": measured_terms(vocabulary, conditions),
        FACET: colour_terms(palette, vocabulary, vocabulary.facets[FACET].top_k),
    }
    return {name: found for name, found in terms.items() if found}


def _shape(aspect: float) -> tuple[str, ...]:
    if aspect >= SLENDER:
        return ("shape_size/tall-and-slender",)
    return ("shape_size/long-and-narrow",) if aspect <= NARROW else ()

"""What the `caption` stage says of a product photo: seen, measured and hinted."""

from typing import Literal

from pydantic import Field

from backlot.contracts.frozen import Frozen, Localized, Swatch
from backlot.contracts.terms import FacetName, FacetTerm, FactSource


class CaptionText(Frozen):
    """One sentence about the product."""

    text: str
    score: float = Field(ge=0, le=1)
    source: FactSource


class Measures(Frozen):
    """Facts read from the pixels of the product (inside the cut-out) and of the photo."""

    lightness: float = Field(ge=0, le=100, description="Mean CIELAB L* of the product.")
    contrast: float = Field(ge=0, le=100, description="L* spread of the product, p95 - p5.")
    chroma: float = Field(ge=0, description="Mean CIELAB chroma of the product.")
    warmth: float = Field(ge=-1, le=1, description="-1 cool, 0 neutral, 1 warm.")
    sharpness: float = Field(ge=0, le=1, description="0 blurred, 1 crisp.")
    clutter: float = Field(ge=0, le=1, description="Busyness of what is not the product.")
    frame_fill: float = Field(ge=0, le=1, description="Share of the photo the product covers.")
    aspect: float = Field(gt=0, description="Height over width of the product's box.")
    photo_lightness: float = Field(ge=0, le=100, description="Mean CIELAB L* of the photo.")


class Cutout(Frozen):
    """The product without its surroundings: an RGBA picture in the blob store."""

    key: str
    method: Literal["alpha", "plain-background", "grabcut", "network"]
    quality: float = Field(ge=0, le=1, description="Estimate; below 0.5 a warning is given.")
    box: tuple[float, float, float, float] = Field(
        description="Left, top, right, bottom as shares of the photo's width and height."
    )


class PhotoWarning(Frozen):
    """Something about the photo that costs quality, with advice."""

    code: str
    text: Localized


class EmbeddingRef(Frozen):
    """Where an image embedding waits for `match`, and in which vector space it lies."""

    key: str
    space: str = Field(description="Stamp of the vector space; vectors of others do not compare.")
    dim: int = Field(gt=0)


class ProductGroup(Frozen):
    """The group of products it belongs to, where the photo does not tell which of them it is."""

    name: str = Field(description="Group of the vocabulary's product categories.")
    score: float = Field(ge=0, le=1, description="Calibrated unless `raw` is true.")
    source: FactSource
    raw: bool = Field(default=False, description="True while the score is not calibrated.")


class Caption(Frozen):
    """Output of `caption`."""

    texts: tuple[CaptionText, ...]
    facets: dict[FacetName, tuple[FacetTerm, ...]]
    group: ProductGroup | None = Field(
        default=None, description="Set only where no product category is sure."
    )
    palette: tuple[Swatch, ...]
    measures: Measures
    cutout: Cutout | None
    photo_warnings: tuple[PhotoWarning, ...] = ()
    embeddings: dict[Literal["product", "scene"], EmbeddingRef] = {}

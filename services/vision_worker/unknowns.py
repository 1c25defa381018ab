"""What a caption could not tell, and what its seller can do about it."""

from backlot.contracts.caption import Caption
from backlot.contracts.frozen import Localized
from backlot.contracts.jobs import JobWarning
from backlot.contracts.terms import FactSource

NO_IMAGE_ENCODER = JobWarning(
    code="no-image-encoder",
    text=Localized(
        en="No image encoder is installed here: the photo was measured, but nothing in it was "
        "recognised.",
        ko="이미지 인코더가 설치되어 있지 않아 사진을 측정만 하고 사물은 인식하지 못했습니다.",
    ),
)
MEASURED_ONLY = JobWarning(
    code="measured-only",
    text=Localized(
        en="What the product is remains unknown. Give a title or a category for a better "
        "recommendation.",
        ko="어떤 제품인지 알 수 없습니다. 제목이나 카테고리를 입력하면 더 알맞게 추천할 수 "
        "있습니다.",
    ),
)
UNSURE_PRODUCT = JobWarning(
    code="unsure-product",
    text=Localized(
        en="The photo does not show clearly enough what the product is. Give a title or a category "
        "for a better recommendation.",
        ko="사진만으로는 어떤 제품인지 확실하지 않습니다. 제목이나 카테고리를 입력하면 더 알맞게 "
        "추천할 수 있습니다.",
    ),
)
CATEGORY = "product_category"


def unknowns_of(caption: Caption, *, sees: bool) -> tuple[JobWarning, ...]:
    """Say what is not known of a product.

    Args:
        caption: What is known.
        sees: Whether there is an image encoder at all.
    """
    named = CATEGORY in caption.facets
    if sees:
        return () if named else (UNSURE_PRODUCT,)
    return (NO_IMAGE_ENCODER,) if _hinted(caption) else (NO_IMAGE_ENCODER, MEASURED_ONLY)


def _hinted(caption: Caption) -> bool:
    """Tell whether the seller said anything that became a fact."""
    return any(
        term.source is FactSource.HINT for terms in caption.facets.values() for term in terms
    )

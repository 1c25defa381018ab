"""What is wrong with a photo, and what its seller can do about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backlot.contracts.caption import Measures, PhotoWarning
from backlot.contracts.frozen import Localized
from backlot.contracts.terms import FacetTerm, FactSource

LEAST_SHARPNESS = 0.25
"""A 768-pixel product blurred by 3 pixels (sigma) has about 0.2."""
DARK_PHOTO, DARK_PRODUCT = 28.0, 32.0
"""L* below which both the photo and the product are, when light was missing."""
PALE_PRODUCT, PALE_CONTRAST = 86.0, 16.0
"""L* above and L* spread below which a product has lost its drawing."""
SMALL_FILL = 0.05
"""Share of the photo below which a product is too small."""
FEW_PIXELS = 400
"""Longer side of the product in the photo below which no sharp sale picture can be made."""
MOST_CLUTTER = 0.7
LEAST_QUALITY = 0.65
"""Of the cut-outs estimated below, most overlap the product by less than 0.7."""
GOOD_QUALITY = 0.7
"""Of a cut-out whose parts are things and not fragments of one."""
SEEN_SURELY = 0.5
"""Score from which a condition that only an encoder can see is told."""
CUT_SIDE_SHARE = 0.08
"""Share of one side of the frame that the product may touch before it counts as cropped."""


@dataclass(frozen=True)
class Findings:
    """What the conditions are judged by.

    Attributes:
        measures: Facts of the photo.
        quality: Of the cut-out, 0..1; None when there is none.
        touched: Largest share of one side of the frame that the product touches, 0..1.
        product_px: Longer side of the product in the photo, pixels.
        things: How many products there seem to be.
        writing: Whether there is writing beside it.
    """

    measures: Measures
    quality: float | None
    touched: float
    product_px: int
    things: int = 1
    writing: bool = False


@dataclass(frozen=True)
class _Condition:
    """One thing that can be wrong.

    Attributes:
        term: The vocabulary's photo_condition for it, where it has one.
    """

    code: str
    holds: Callable[[Findings], bool]
    text: Localized
    term: str | None = None


CONDITIONS: tuple[_Condition, ...] = (
    _Condition(
        "blurred",
        lambda found: found.measures.sharpness < LEAST_SHARPNESS,
        Localized(
            en="The product looks blurred. Rest the camera on something and tap the product "
            "to focus before you take the photo.",
            ko="제품이 흐릿하게 보입니다. 카메라를 고정하고 제품에 초점을 맞춘 뒤 다시 "
            "촬영해 주세요.",
        ),
        "photo_condition/blurry-photo",
    ),
    _Condition(
        "dark",
        lambda found: (
            found.measures.photo_lightness < DARK_PHOTO and found.measures.lightness < DARK_PRODUCT
        ),
        Localized(
            en="The photo is very dark, so colours and details are lost. Take it near a window "
            "or with more light.",
            ko="사진이 너무 어두워 색과 디테일이 잘 보이지 않습니다. 창가처럼 밝은 곳에서 다시 "
            "촬영해 주세요.",
        ),
        "photo_condition/very-dark-underexposed-photo",
    ),
    _Condition(
        "washed-out",
        lambda found: (
            found.measures.lightness > PALE_PRODUCT and found.measures.contrast < PALE_CONTRAST
        ),
        Localized(
            en="The product looks washed out: it is nearly white without shading. Lower the "
            "exposure or move away from direct light.",
            ko="제품이 하얗게 날아가 음영이 거의 보이지 않습니다. 노출을 낮추거나 직사광을 피해 "
            "촬영해 주세요.",
        ),
        "photo_condition/washed-out-overexposed-photo",
    ),
    _Condition(
        "cropped",
        lambda found: found.quality is not None and found.touched > CUT_SIDE_SHARE,
        Localized(
            en="The product is cut off at the edge of the photo. Step back so that all of it "
            "is in the picture.",
            ko="제품이 사진 가장자리에서 잘렸습니다. 조금 뒤로 물러나 제품 전체가 나오게 "
            "촬영해 주세요.",
        ),
        "photo_condition/product-cropped-by-the-edge-of-the-frame",
    ),
    _Condition(
        "tiny-product",
        lambda found: found.quality is not None and found.measures.frame_fill < SMALL_FILL,
        Localized(
            en="The product takes up very little of the photo. Move closer so that it fills "
            "at least a third of the picture.",
            ko="사진에서 제품이 너무 작게 보입니다. 제품이 화면의 3분의 1 이상을 차지하도록 "
            "가까이에서 촬영해 주세요.",
        ),
    ),
    _Condition(
        "low-resolution",
        lambda found: found.product_px < FEW_PIXELS,
        Localized(
            en="The photo shows the product with few pixels, so sale pictures may look soft. "
            "Upload the original photo, or take it from nearer.",
            ko="제품의 해상도가 낮아 판매용 이미지가 선명하지 않을 수 있습니다. 원본 사진을 "
            "올리거나 더 가까이에서 촬영해 주세요.",
        ),
    ),
    _Condition(
        "cluttered",
        lambda found: found.quality is not None and found.measures.clutter > MOST_CLUTTER,
        Localized(
            en="There is a lot going on around the product. A plain wall, table or sheet of "
            "paper behind it gives a cleaner cut-out.",
            ko="제품 주변이 복잡합니다. 단색 벽이나 테이블, 종이를 배경으로 촬영하면 제품이 더 "
            "깔끔하게 분리됩니다.",
        ),
        "photo_condition/cluttered-background",
    ),
    _Condition(
        "several-products",
        lambda found: (found.quality or 0.0) >= GOOD_QUALITY and found.things > 1,
        Localized(
            en="There seem to be several products in the photo. Photograph the one you want to "
            "sell alone, or all of a set close together.",
            ko="사진에 제품이 여러 개 있는 것 같습니다. 판매할 제품만 따로 찍거나, 세트라면 한데 "
            "모아서 촬영해 주세요.",
        ),
        "photo_condition/several-different-products-together",
    ),
    _Condition(
        "in-hand",
        lambda _: False,  # only an encoder knows a hand: skin has the colours of wood
        Localized(
            en="A hand seems to hold the product and would stay in the cut-out. Put the product "
            "down, or lean it against something.",
            ko="손에 든 제품으로 보입니다. 손이 함께 남을 수 있으니 제품을 내려놓거나 어딘가에 "
            "기대어 촬영해 주세요.",
        ),
        "photo_condition/product-held-in-a-hand",
    ),
    _Condition(
        "writing",
        lambda found: found.quality is not None and found.writing,
        Localized(
            en="There seems to be text or a watermark beside the product. Upload the photo "
            "without it.",
            ko="제품 옆에 글자나 워터마크가 있는 것 같습니다. 글자가 없는 원본 사진을 올려 주세요.",
        ),
        "photo_condition/photo-with-text-or-a-watermark-on-it",
    ),
    _Condition(
        "poor-cutout",
        lambda found: found.quality is None or found.quality < LEAST_QUALITY,
        Localized(
            en="The product could not be told apart well from its background. Use a background "
            "of a clearly different colour, or upload a picture without background.",
            ko="제품과 배경을 잘 구분하지 못했습니다. 제품과 색이 뚜렷이 다른 배경에서 촬영하거나 "
            "배경이 제거된 이미지를 올려 주세요.",
        ),
    ),
)
"""In the order in which they are told."""


def judge(found: Findings) -> tuple[PhotoWarning, ...]:
    """Everything that is wrong with a photo, with advice."""
    return tuple(
        PhotoWarning(code=condition.code, text=condition.text)
        for condition in CONDITIONS
        if condition.holds(found)
    )


def judge_seen(seen: Sequence[FacetTerm], told: Sequence[PhotoWarning]) -> tuple[PhotoWarning, ...]:
    """Everything that an encoder surely saw to be wrong and that is not told yet."""
    codes = {warning.code for warning in told}
    terms = {
        fact.term for fact in seen if fact.source is FactSource.SEEN and fact.score >= SEEN_SURELY
    }
    return tuple(
        PhotoWarning(code=condition.code, text=condition.text)
        for condition in CONDITIONS
        if condition.term in terms and condition.code not in codes
    )


def terms_for(warnings: tuple[PhotoWarning, ...]) -> tuple[str, ...]:
    """The vocabulary's photo_condition terms for warnings, where there are any."""
    codes = {warning.code for warning in warnings}
    return tuple(c.term for c in CONDITIONS if c.code in codes and c.term is not None)

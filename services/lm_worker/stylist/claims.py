"""Says for every slot of a brief what it rests on: a fact, a measure, a hint or a rule."""

from collections.abc import Iterator
from functools import lru_cache

from backlot.contracts.brief import Claim, Evidence
from backlot.contracts.frozen import Localized
from services.lm_worker.prose.particles import with_particles
from services.lm_worker.stylist.ballot import rule
from services.lm_worker.stylist.product import Product
from services.lm_worker.stylist.sketch import Sketch

_UNKNOWN = Localized(
    en="What the product is could not be told from the photo; the set stays neutral.",
    ko="사진만으로는 어떤 제품인지 알 수 없어 세트를 중립적으로 두었습니다.",
)
_BECAUSE: dict[str, Localized] = {
    "category": Localized(
        en="what this product usually asks for", ko="이 제품에 흔히 필요한 선택입니다"
    ),
    "prior": Localized(
        en="a proven choice for this kind of product", ko="이런 종류의 제품에 잘 통하는 선택입니다"
    ),
    "set": Localized(en="at home in the chosen set", ko="고른 세트와 자연스럽게 어울립니다"),
    "season": Localized(en="right for the season", ko="계절에 맞는 선택입니다"),
    "harmony": Localized(en="follows the color scheme", ko="배색 계획을 따릅니다"),
    "contrast": Localized(
        en="separates the product from a background of similar lightness",
        ko="밝기가 비슷한 배경에서 제품을 떼어 놓습니다",
    ),
    "clear-edge": Localized(
        en="draws the edges of something that light passes through",
        ko="빛이 통과하는 제품의 가장자리를 그려 줍니다",
    ),
    "mirror-surround": Localized(
        en="gives a mirror finish something clean to reflect",
        ko="거울 같은 표면에 깨끗하게 비칠 것을 마련합니다",
    ),
    "scale": Localized(en="shows how large the product is", ko="제품의 크기를 짐작하게 합니다"),
    "size": Localized(en="suits the size of the product", ko="제품의 크기에 맞습니다"),
    "taste": Localized(en="fits the mood of this candidate", ko="이 후보의 분위기에 맞습니다"),
}


def claims_of(sketch: Sketch) -> tuple[Claim, ...]:
    """Return the claims of a finished sketch, facts first."""
    return (*_facts(sketch.product), *_choices(sketch))


def because(evidence: Evidence, product: Product) -> Localized:
    """Put a reason into words."""
    if evidence.kind in ("facet", "hint"):
        fact = next((fact for fact, _ in product.matters if fact.term == evidence.ref), None)
        if fact is None:
            return _BECAUSE["season" if evidence.kind == "hint" else "taste"]
        return _brings_out(fact.label.en, fact.label.ko)
    return _BECAUSE.get(evidence.ref.partition("/")[0], _BECAUSE["taste"])


def _facts(product: Product) -> Iterator[Claim]:
    """Yield what is known of the product itself."""
    facts = product.facts
    if facts.category is not None:
        label = facts.category.label
        text = _product_is(label.en, label.ko)
        yield Claim(slot="product", text=text, evidence=product.evidence[facts.category.term])
    elif not product.is_known:
        advice = Evidence(kind="advice", ref="unknown-product")
        yield Claim(slot="product", text=_UNKNOWN, evidence=advice)
    for fact, _ in product.matters:
        text = _seen(fact.label.en, fact.label.ko)
        yield Claim(slot="product", text=text, evidence=product.evidence[fact.term])
    if product.main_swatch is not None:
        name = product.rulebook.vocabulary.label(product.main_swatch.name)
        text = _measured(name.en, name.ko)
        evidence = Evidence(kind="measured", ref="palette", score=product.main_swatch.share)
        yield Claim(slot="palette", text=text, evidence=evidence)
    if product.largest_side_cm is not None:
        size = f"{product.largest_side_cm:g} cm"
        text = Localized(
            en=f"Scaled for a largest side of {size}.", ko=f"가장 긴 변 {size}에 맞췄습니다."
        )
        yield Claim(slot="props", text=text, evidence=Evidence(kind="hint", ref="dimensions_cm"))


def _choices(sketch: Sketch) -> Iterator[Claim]:
    """Yield what was chosen, with the strongest reason for each."""
    lights = sketch.lighting.types if sketch.lighting else ()
    angles = sketch.technique.types if sketch.technique else ()
    firsts: list[tuple[str, str, str]] = [
        ("settings", sketch.settings[0], "settings"),
        *(("moods", term, "moods") for term in sketch.moods[:1]),
        *(("styles", term, "styles") for term in sketch.styles[:1]),
        *(("backdrop", term, "backdrop") for term in sketch.backdrop[:1]),
        *(("lighting", term, "lighting") for term in lights[:1]),
        *(("lighting", term, "edge") for term in lights[1:]),
        *(("technique", term, "technique") for term in angles[:1]),
        *(("props", prop.term, prop.term) for prop in sketch.props),
    ]
    taste = rule("taste")
    if sketch.season is not None:
        firsts.append(("season", sketch.season, "season"))
    for slot, term, reason in firsts:
        evidence = sketch.reasons.get(reason, taste)
        yield _choice(sketch.product, slot, term, evidence)
    if sketch.palette is not None:
        scheme = sketch.rulebook.vocabulary.layout["colour_scheme"][sketch.palette.scheme]
        text = _scheme_is(scheme.en, scheme.ko)
        yield Claim(slot="palette", text=text, evidence=sketch.reasons["palette"])
    yield from _left_out(sketch)


def _choice(product: Product, slot: str, term: str, evidence: Evidence) -> Claim:
    label = product.rulebook.vocabulary.label(term)
    why = because(evidence, product)
    text = _chosen(label.en, label.ko, why.en, why.ko)
    return Claim(slot=slot, text=text, evidence=evidence)


# Every sentence below comes again and again: one for each word of the vocabulary and reason.


@lru_cache(maxsize=512)
def _product_is(en: str, ko: str) -> Localized:
    return Localized(en=f"The product: {en}.", ko=with_particles(f"제품은 {ko}입니다."))


@lru_cache(maxsize=512)
def _seen(en: str, ko: str) -> Localized:
    return Localized(en=f"Seen on it: {en}.", ko=f"표면에서 본 것: {ko}.")


@lru_cache(maxsize=512)
def _measured(en: str, ko: str) -> Localized:
    return Localized(en=f"Main color, measured: {en}.", ko=f"측정한 주된 색: {ko}.")


@lru_cache(maxsize=512)
def _brings_out(en: str, ko: str) -> Localized:
    return Localized(en=f"brings out {en}", ko=with_particles(f"{ko}[을/를] 살려 줍니다"))


@lru_cache(maxsize=512)
def _scheme_is(en: str, ko: str) -> Localized:
    return Localized(en=f"Color scheme: {en}.", ko=f"배색: {ko}.")


@lru_cache(maxsize=8192)
def _chosen(label_en: str, label_ko: str, why_en: str, why_ko: str) -> Localized:
    head = label_en[:1].upper() + label_en[1:]
    return Localized(en=f"{head}: {why_en}.", ko=f"{label_ko}: {why_ko}.")


def _left_out(sketch: Sketch) -> Iterator[Claim]:
    """Yield what a material or finish does not bear."""
    for term in sketch.avoid:
        spoiled = (fact for fact, matter in sketch.product.matters if term in matter.avoid)
        fact = next(spoiled, None)
        if fact is not None:
            label = sketch.rulebook.vocabulary.label(term)
            text = Localized(
                en=f"Left out: {label.en}, which does not flatter {fact.label.en}.",
                ko=with_particles(f"뺀 것: {label.ko}[은/는] {fact.label.ko}에 어울리지 않습니다."),
            )
            yield Claim(slot="avoid", text=text, evidence=sketch.product.evidence[fact.term])

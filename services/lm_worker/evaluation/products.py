"""Makes up products to judge briefs on: captions as vision gives them, requests as sellers send."""

import math
import random
from collections.abc import Iterator

from backlot.contracts.background import BackgroundKind
from backlot.contracts.caption import Caption, Measures
from backlot.contracts.frozen import Frozen, Swatch
from backlot.contracts.jobs import Dimensions, JobRequest
from backlot.contracts.terms import FacetTerm, FactSource
from backlot.vocabulary import Vocabulary, load_vocabulary
from backlot.vocabulary.colour import hex_of, lab_of, name_of
from services.lm_worker.evaluation.makings import Make, Makings, shipped_makings
from services.lm_worker.facts import ProductFacts, facts_of

# Shares of products of each difficulty, so that no easy habit of a writer goes unnoticed.
_UNKNOWN = 0.04
_SECOND_MATERIAL = 0.35
_WITH_STYLE = 0.3
_WITH_SIZE = 0.4
_WITH_TITLE = 0.2
_ONE_KIND = 0.2
# Largest change of a measured colour against its name's own, in sRGB steps: of all channels
# together, as light does it, and of each alone, as noise does.
_SHADE, _NOISE = 12, 3


class Case(Frozen):
    """One product: what vision saw of it, and what its seller asks for."""

    number: int
    caption: Caption
    request: JobRequest

    @property
    def facts(self) -> ProductFacts:
        """The facts every writer works from."""
        return facts_of(self.caption, self.request, load_vocabulary())


def make_cases(
    count: int, seed: int, vocabulary: Vocabulary | None = None, makings: Makings | None = None
) -> tuple[Case, ...]:
    """Return products; every category comes once before any comes twice.

    Args:
        count: How many.
        seed: The same seed gives the same products.
        vocabulary: Words; None takes the shipped ones.
        makings: What products are made of; None takes the shipped ones.
    """
    words, known = vocabulary or load_vocabulary(), makings or shipped_makings()
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    order = _shuffled_forever(sorted(known.categories), chance)
    return tuple(_case(number, next(order), known, words, chance) for number in range(count))


def _shuffled_forever(slugs: list[str], chance: random.Random) -> Iterator[str]:
    """Yield every slug in a random order, then again in another."""
    while True:
        yield from chance.sample(slugs, len(slugs))


def _case(
    number: int, slug: str, makings: Makings, vocabulary: Vocabulary, chance: random.Random
) -> Case:
    category = makings.categories[slug]
    make = makings.makes[chance.choice(category.made)]
    caption = _caption(slug, make, vocabulary, chance)
    return Case(
        number=number, caption=caption, request=_request(category.cm, makings.titles, chance)
    )


def _caption(slug: str, make: Make, vocabulary: Vocabulary, chance: random.Random) -> Caption:
    """Return what vision would say: one product in twenty-five it does not recognise."""

    def seen(facet: str, slugs: list[str]) -> tuple[FacetTerm, ...]:
        # What shows most is surest: a bottle is glass first, and its cap plastic second.
        scores = sorted((chance.uniform(0.4, 0.98) for _ in slugs), reverse=True)
        return tuple(
            _fact(f"{facet}/{slug}", score, vocabulary)
            for slug, score in zip(slugs, scores, strict=True)
        )

    materials = list(make.of[:1])
    if len(make.of) > 1 and chance.random() < _SECOND_MATERIAL:
        materials.append(chance.choice(make.of[1:]))
    looks = chance.sample(make.look, min(len(make.look), chance.choice((1, 1, 2))))
    facets = {
        "material": seen("material", materials),
        "finish_texture": seen("finish_texture", _agreeing(looks)),
    }
    if chance.random() < _WITH_STYLE:
        facets["style"] = seen("style", [chance.choice(make.styles)])
    if chance.random() >= _UNKNOWN:
        facets["product_category"] = seen("product_category", [slug])
    palette = _palette(make, chance)
    return Caption(
        texts=(), facets=facets, palette=palette, measures=_measures(palette, chance), cutout=None
    )


# Looks that one surface does not have at once; the first one seen stays.
_EITHER = (
    frozenset({"matte", "high-gloss", "mirror-polished", "satin-sheen", "lacquered"}),
    frozenset({"fully-transparent", "frosted-and-translucent"}),
    frozenset({"smooth-and-seamless", "ribbed-or-fluted", "pebbled", "hammered-metal", "woven"}),
    frozenset({"mirror-polished", "brushed-metal", "hammered-metal", "powder-coated"}),
)


def _agreeing(looks: list[str]) -> list[str]:
    """Drop a look that contradicts one before it."""
    kept: list[str] = []
    for look in looks:
        if not any(look in group and group & set(kept) for group in _EITHER):
            kept.append(look)
    return kept


def _fact(term: str, score: float, vocabulary: Vocabulary) -> FacetTerm:
    return FacetTerm(
        term=term, label=vocabulary.label(term), score=round(score, 3), source=FactSource.SEEN
    )


def _palette(make: Make, chance: random.Random) -> tuple[Swatch, ...]:
    """Return one to three measured colours, the largest first."""
    names = [chance.choice(make.main)]
    others = [name for name in (*make.accent, *make.main) if name not in names]
    names += chance.sample(others, min(len(others), chance.choice((0, 1, 1, 2))))
    weights = [1.0, *(chance.uniform(0.08, 0.45) for _ in names[1:])]
    total = sum(weights)
    shades = [_near(hex_of(f"colour_name/{name}"), chance) for name in names]
    return tuple(
        Swatch(hex=shade, name=name_of(shade), share=round(weight / total, 3))
        for shade, weight in zip(shades, weights, strict=True)
    )


def _near(shade: str, chance: random.Random) -> str:
    """Return a colour close to another: no photo measures a name's own value."""
    light = chance.randint(-_SHADE, _SHADE)
    channels = (int(shade[at : at + 2], 16) + light for at in (1, 3, 5))
    moved = (min(255, max(0, value + chance.randint(-_NOISE, _NOISE))) for value in channels)
    return "#" + "".join(f"{value:02x}" for value in moved)


def _measures(palette: tuple[Swatch, ...], chance: random.Random) -> Measures:
    """Return measures that agree with the palette."""
    total = sum(swatch.share for swatch in palette)
    labs = [(lab_of(swatch.hex), swatch.share / total) for swatch in palette]
    lightness = sum(lab[0] * share for lab, share in labs)
    warmth = sum(lab[2] * share for lab, share in labs) / 60
    return Measures(
        lightness=min(100.0, max(0.0, lightness)),
        contrast=chance.uniform(15, 70),
        chroma=sum(math.hypot(lab[1], lab[2]) * share for lab, share in labs),
        warmth=min(1.0, max(-1.0, warmth)),
        sharpness=chance.uniform(0.5, 1),
        clutter=chance.uniform(0, 0.5),
        frame_fill=chance.uniform(0.2, 0.8),
        aspect=chance.uniform(0.4, 2.2),
        photo_lightness=chance.uniform(45, 95),
    )


def _request(cm: tuple[float, float], titles: tuple[str, ...], chance: random.Random) -> JobRequest:
    """Return what the seller says and wants."""
    size = (
        Dimensions(height=round(chance.uniform(*cm), 1)) if chance.random() < _WITH_SIZE else None
    )
    title = chance.choice(titles) if chance.random() < _WITH_TITLE else None
    kinds: tuple[BackgroundKind, ...] = (BackgroundKind.STUDIO, BackgroundKind.SPACE)
    if chance.random() < _ONE_KIND:
        kinds = (chance.choice(kinds),)
    return JobRequest(title=title, dimensions_cm=size, kinds=kinds)

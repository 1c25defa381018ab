"""Chooses the set, what the product stands on, and the texture around it."""

from backlot.contracts.background import BackgroundKind
from services.lm_worker.stylist.ballot import Option, best_first, rule
from services.lm_worker.stylist.product import Product
from services.lm_worker.stylist.rules import SetRule
from services.lm_worker.stylist.sketch import Sketch

_FACET_OF = {BackgroundKind.STUDIO: "setting_studio", BackgroundKind.SPACE: "setting_space"}
# Water spoils these.
_KEEP_DRY = frozenset({"electric", "paper", "textile", "leather"})
_PLAIN_WHITE = 90.0
_PLAIN = "setting_studio/seamless-white-studio-backdrop"
# How far behind the first set another may lie to be worth searching for as well.
_ALTERNATE_WITHIN = 1.3
_MOST_ALTERNATES = 2
_LEANING = {"safe": -1.0, "bold": 1.0, "lifestyle": -0.25}


def choose_set(sketch: Sketch) -> None:
    """Fill settings (the first is the one prose speaks of), surface and textures."""
    options = best_first(_options(sketch))
    first = options[0]
    others = [
        option.term
        for option in options[1:]
        if first.weight - option.weight < _ALTERNATE_WITHIN
        and sketch.rulebook.sets[option.term].key == sketch.rulebook.sets[first.term].key
    ]
    sketch.settings = (first.term, *others[:_MOST_ALTERNATES])
    sketch.reasons["settings"] = first.reason
    sketch.surface = _surface(sketch)
    sketch.textures = _textures(sketch)


def _options(sketch: Sketch) -> list[Option]:
    """Weigh every set that something speaks for; where nothing does, every set there is."""
    product, stand = sketch.product, sketch.product.stand
    banned = _PLAIN if sketch.variant == "bold" else None
    open_sets = {
        term: place
        for term, place in sketch.rulebook.sets_of[_FACET_OF[sketch.kind]].items()
        if stand in place.stands and term != banned
    }
    usable = _harmless(product, sketch.kind, open_sets)
    wanted, mood = _named(sketch), product.taste("bold").moods[0]
    if sketch.variant == "bold":
        named = {t: place for t, place in usable.items() if t in wanted or mood in place.moods}
    else:
        named = {t: place for t, place in usable.items() if t in wanted}
    wishes = _wishes(sketch)
    chosen = named or usable or open_sets
    return [_weighed(sketch, term, place, wishes) for term, place in chosen.items()]


def _named(sketch: Sketch) -> frozenset[str]:
    """Return the sets that the category, its prior or a material speaks for."""
    product = sketch.product
    matters = (
        term for _, matter in product.matters for term, gain in matter.settings.items() if gain > 0
    )
    prior = product.prior
    asked_for = _asked_for(product, sketch.kind)
    return frozenset((*asked_for, *prior.setting_studio, *prior.setting_space, *matters))


def _harmless(
    product: Product, kind: BackgroundKind, sets: dict[str, SetRule]
) -> dict[str, SetRule]:
    """Drop the sets that do the product harm, and those it has no business in."""
    tags, avoid = product.tags, product.avoid
    keep_dry = not tags.isdisjoint(_KEEP_DRY)
    only = _asked_for(product, kind) if product.category and product.category.only else ()
    return {
        term: place
        for term, place in sets.items()
        if (not only or term in only)
        and not (keep_dry and place.wet)
        and term not in avoid
        and place.bars.isdisjoint(tags)
    }


def _weighed(sketch: Sketch, term: str, place: SetRule, wishes: dict[str, float]) -> Option:
    """Weigh one set; only what somebody asked for carries a reason."""
    product, weights = sketch.product, sketch.rulebook.house.weights
    option = Option(term)
    asked = _asked_for(product, sketch.kind)
    if term in asked and product.facts.category is not None:
        slug = product.facts.category.term.partition("/")[2]
        option.add(_ranked(weights.asked_for, asked.index(term)), rule(f"category/{slug}"))
    usual = product.prior.slots()[term.partition("/")[0]]
    if term in usual:
        share = 0.5 if asked else 1.0
        option.add(
            share * _ranked(weights.prior, usual.index(term)), rule(f"prior/{product.prior.name}")
        )
    for fact, matter in product.matters:
        option.add(matter.settings.get(term, 0.0), product.evidence[fact.term])
    if sketch.variant == "bold" and product.taste("bold").moods[0] in place.moods:
        option.add(weights.adventure, rule("taste"))
    option.add(sum(wishes.get(word, 0.0) for word in (*place.moods, *place.styles)))
    _add_separation(product, option, place)
    option.add(_LEANING[sketch.variant] * weights.boldness * place.boldness)
    if any(term == other.settings[0] for other in sketch.earlier):
        option.add(-weights.used_before)
    sketch.jitter(option)
    return option


def _asked_for(product: Product, kind: BackgroundKind) -> tuple[str, ...]:
    """Return the sets the category asks for itself."""
    if product.category is None:
        return ()
    studio = kind is BackgroundKind.STUDIO
    return product.category.studios if studio else product.category.spaces


def _wishes(sketch: Sketch) -> dict[str, float]:
    """Return what a set gains by each mood and style it carries: wanted ones, and those seen."""
    weights = sketch.rulebook.house.weights
    taste = sketch.product.taste(sketch.variant)
    wishes = {mood: weights.mood / (rank + 1) for rank, mood in enumerate(taste.moods[:3])}
    wishes |= {style: weights.style / (rank + 1) for rank, style in enumerate(taste.styles[:2])}
    for fact in sketch.product.facts.styles:
        wishes[fact.term] = wishes.get(fact.term, 0.0) + weights.seen_style * fact.score
    return wishes


def _add_separation(product: Product, option: Option, place: SetRule) -> None:
    """A set as light or as dark as the product counts less; plain white behind glass far less."""
    if place.lightness is None:
        return
    weight = product.rulebook.house.weights.contrast
    if product.is_clear and place.lightness >= _PLAIN_WHITE:
        option.add(-2 * weight)
    own, gap = product.lightness, product.rulebook.least_gap
    if own is not None and abs(place.lightness - own) < gap:
        option.add(-weight)


def _surface(sketch: Sketch) -> str | None:
    """Return what it stands on: never its own material, and rather of another lightness."""
    product = sketch.product
    offered = sketch.place.surfaces.get(product.stand, ())
    own = {fact.term for fact in product.facts.materials}
    banned = own | {term for _, matter in product.matters for term in matter.surfaces_not}
    left = [term for term in offered if term not in banned] or [
        term for term in offered if term not in own
    ]
    return sketch.dice.pick(left, f"surface|{sketch.variant}") if left else None


def _textures(sketch: Sketch) -> tuple[str, ...]:
    """Return one texture of the set that the product does not have itself."""
    own = {fact.term for fact in sketch.product.facts.finishes}
    left = [term for term in sketch.place.textures if term not in own]
    return tuple(left[:1])


def _ranked(weights: tuple[float, ...], rank: int) -> float:
    return weights[min(rank, len(weights) - 1)]

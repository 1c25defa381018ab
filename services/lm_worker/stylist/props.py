"""Chooses the things beside the product, where they stand, and how large they are against it."""

from collections.abc import Iterator

from backlot.contracts.brief import Placement, Prop, ScaleRelation
from services.lm_worker.stylist.ballot import Option, best_first, rule
from services.lm_worker.stylist.product import Product
from services.lm_worker.stylist.rules import SIZES, PropRule
from services.lm_worker.stylist.sketch import Sketch

_SCALE_PROP = "props/similar-smaller-products"
_HOW_MANY = {"safe": 2, "bold": 1, "lifestyle": 3}
_PRIOR = (1.5, 1.3, 1.0, 0.8, 0.6)
_SET = (1.0, 0.8, 0.6)
_SEASON = (1.6, 1.2, 0.9)
_SCALE = (0.7,)
_ROLES = {
    "safe": {"scale": 0.9, "life": 0.6, "story": 0.2, "stage": 0.1},
    "bold": {"scale": -1.0, "life": 0.1, "story": 0.3, "stage": 0.7},
    "lifestyle": {"scale": -0.3, "life": 0.5, "story": 0.8, "stage": -0.1},
}
_SAME_ROLE = 0.8
_REPEATED = 0.5


def choose_props(sketch: Sketch) -> None:
    """Fill the props; none is a choice too."""
    pool = _pool(sketch)
    taken: list[Option] = []
    while pool and len(taken) < _HOW_MANY[sketch.variant]:
        best = best_first(pool)[0]
        taken.append(best)
        role = sketch.rulebook.props[best.term].role
        beside = sketch.words | {option.term for option in taken}
        pool = [
            option
            for option in pool
            if option is not best and sketch.rulebook.fits(option.term, beside)
        ]
        for option in pool:
            if sketch.rulebook.props[option.term].role == role:
                option.add(-_SAME_ROLE)
    sketch.props = _placed(sketch, [option.term for option in taken])
    for option in taken:
        sketch.reasons[option.term] = option.reason


def _pool(sketch: Sketch) -> list[Option]:
    """Weigh the props that somebody offers and nothing speaks against."""
    options: dict[str, Option] = {}
    props, chosen = sketch.rulebook.props, sketch.words
    for terms, weights, name in _offered(sketch):
        reason = rule(name)
        for rank, term in enumerate(terms):
            if term not in options:
                prop = props.get(term)
                if prop is None or not _usable(sketch, term, prop, chosen):
                    continue
                options[term] = Option(term)
            options[term].add(weights[min(rank, len(weights) - 1)], reason)
    repeated = frozenset().union(*(other.words for other in sketch.earlier))
    for term, option in options.items():
        option.weight += _ROLES[sketch.variant][props[term].role]
        if term in repeated:
            option.weight -= _REPEATED
        sketch.jitter(option)
    return list(options.values())


def _offered(sketch: Sketch) -> Iterator[tuple[tuple[str, ...], tuple[float, ...], str]]:
    """Yield props, weights and rule name: of the product, the set, the season, and for scale."""
    product = sketch.product
    yield product.prior.props, _PRIOR, f"prior/{product.prior.name}"
    yield sketch.place.props, _SET, f"set/{sketch.settings[0]}"
    if product.category is not None and product.facts.category is not None:
        slug = product.facts.category.term.partition("/")[2]
        own = sketch.rulebook.house.weights.own_props
        yield product.category.props, own, f"category/{slug}"
    if sketch.season in sketch.rulebook.seasons:
        season = sketch.season or ""
        name = f"season/{season.partition('/')[2]}"
        yield sketch.rulebook.seasons[season].props, _SEASON, name
    if sketch.variant == "safe" and product.stand == "table":
        yield (_SCALE_PROP,), _SCALE, "scale"


def _usable(sketch: Sketch, term: str, prop: PropRule, chosen: frozenset[str]) -> bool:
    """Tell whether a prop goes with the product and with the set."""
    if prop.sets and sketch.settings[0] not in prop.sets:
        return False
    if prop.studio_only and sketch.where != "studio":
        return False
    return _suits(sketch.product, prop) and sketch.rulebook.fits(term, chosen)


def _suits(product: Product, prop: PropRule) -> bool:
    """Tell whether a prop goes with the product: its kind, and its size."""
    category = product.facts.category
    if category is not None and category.term in prop.instead_of:
        return False
    if prop.bars & product.tags or (prop.needs and not prop.needs & product.tags):
        return False
    return _steps(product, prop) in _allowed(product)


def _steps(product: Product, prop: PropRule) -> int:
    """Return by how many classes of size the prop is larger than the product."""
    if prop.size == "same":
        return -1
    return SIZES.index(prop.size) - SIZES.index(product.size)


def _allowed(product: Product) -> range:
    gap = product.rulebook.house.prop_gap
    return range(-gap.smaller, gap.larger + 1)


def _placed(sketch: Sketch, terms: list[str]) -> tuple[Prop, ...]:
    """Give every prop a place of its own and its scale against the product."""
    taken: set[Placement] = set()
    placed = []
    for term in terms:
        prop = sketch.rulebook.props[term]
        free = [where for where in prop.where if where not in taken]
        if sketch.product.stand == "floor":
            # Nobody puts a sofa on a stack of books.
            free = [where for where in free if where != "under"]
        if not free:
            continue
        start = int(sketch.dice.roll(f"place|{sketch.variant}|{term}") * min(2, len(free)))
        taken.add(free[start])
        steps = _steps(sketch.product, prop)
        scale: ScaleRelation = "same size" if steps == 0 else "larger" if steps > 0 else "smaller"
        placed.append(Prop(term=term, placement=free[start], scale=scale))
    return tuple(placed)

"""Chooses mood, style and season."""

from services.lm_worker.stylist.ballot import Option, best_first, rule
from services.lm_worker.stylist.sketch import Sketch

_MOST_MOODS = 2
_MOST_STYLES = 2
# The first mood of a candidate is what it is about; later ones only colour it.
_BY_RANK = (1.6, 1.1, 0.8, 0.6, 0.5)


def choose_tastes(sketch: Sketch) -> None:
    """Fill moods, styles and season so that they agree with the set and with each other."""
    taste = sketch.product.taste(sketch.variant)
    facts = sketch.product.facts
    moods = _options(sketch, taste.moods, sketch.place.moods)
    for fact in facts.moods:
        _support(moods, fact.term, fact.score, sketch)
    sketch.moods = _agreeing(sketch, moods, _MOST_MOODS, "moods")
    styles = _options(sketch, taste.styles, sketch.place.styles)
    for fact in facts.styles:
        _support(styles, fact.term, fact.score, sketch)
    sketch.styles = _agreeing(sketch, styles, _MOST_STYLES, "styles")
    _choose_season(sketch)


def _options(sketch: Sketch, wanted: tuple[str, ...], carried: tuple[str, ...]) -> list[Option]:
    """Weigh what the candidate wants; what the set carries as well counts more."""
    weight, at_home = sketch.rulebook.house.weights.mood, rule(f"set/{sketch.settings[0]}")
    options = []
    for rank, term in enumerate(wanted):
        option = Option(term, _BY_RANK[min(rank, len(_BY_RANK) - 1)])
        if term in carried:
            option.add(weight, at_home)
        sketch.jitter(option)
        options.append(option)
    return options


def _support(options: list[Option], term: str, score: float, sketch: Sketch) -> None:
    """Let what was seen in the photo speak for a mood or style that is wanted anyway."""
    for option in options:
        if option.term == term:
            fact = next(fact for fact in sketch.product.facts.seen if fact.term == term)
            option.add(
                score * sketch.rulebook.house.weights.seen_style,
                sketch.product.evidence[fact.term],
            )


def _agreeing(sketch: Sketch, options: list[Option], most: int, slot: str) -> tuple[str, ...]:
    """Take the best that contradict neither the sketch nor each other."""
    taken: list[str] = []
    chosen = sketch.words
    for option in best_first(options):
        beside = chosen.union(taken) if taken else chosen
        if len(taken) < most and sketch.rulebook.fits(option.term, beside):
            if not taken:
                sketch.reasons[slot] = option.reason
            taken.append(option.term)
    return tuple(taken)


def _choose_season(sketch: Sketch) -> None:
    """Take the season the seller names; one that only the category suggests stays out of `safe`."""
    season = sketch.product.season
    if season is None:
        return
    term, evidence = season
    if evidence.kind == "rule" and sketch.variant == "safe":
        return
    if sketch.fits(term):
        sketch.season = term
        sketch.reasons["season"] = evidence

"""Chooses how the picture is taken: an angle, and something that frames or draws it."""

from backlot.contracts.brief import TechniquePlan
from services.lm_worker.stylist.ballot import Option, best_first, rule
from services.lm_worker.stylist.rules import TechniqueRule
from services.lm_worker.stylist.sketch import Sketch

_PRIOR = (1.5, 1.2, 1.0, 0.8)
_USUAL = 0.35
_LEANING = {"safe": -0.9, "bold": 1.1, "lifestyle": 0.2}
_REPEATED = 0.7
_LONG_LENS_MM = 100
_WIDE_LENS_MM = 28
# Sets whose ground throws the product back.
_GLOSSY_SETS = frozenset(
    {
        "setting_studio/acrylic-and-mirror-set",
        "setting_studio/dark-low-key-studio",
        "setting_studio/neon-lit-set",
        "setting_studio/wet-stone-and-water-set",
    }
)


def choose_camera(sketch: Sketch) -> None:
    """Fill the technique plan."""
    angles = _options(sketch, ("angle",))
    angle = best_first(angles)[0]
    types = [angle.term]
    sketch.reasons["technique"] = angle.reason
    beside = sketch.words | {angle.term}
    second = [
        option
        for option in best_first(_options(sketch, ("framing", "optics")))
        if sketch.rulebook.fits(option.term, beside)
    ]
    if second:
        types.append(second[0].term)
    sketch.technique = TechniquePlan(types=tuple(types), lens_mm=_lens(sketch, types))


def _options(sketch: Sketch, parts: tuple[str, ...]) -> list[Option]:
    """Weigh the techniques of some part that a still set can give."""
    rulebook, chosen = sketch.rulebook, sketch.words
    tags = set(sketch.product.tags)
    if sketch.settings[0] in _GLOSSY_SETS:
        tags.add("glossy-set")
    usable = {
        term: technique
        for part in parts
        for term, technique in rulebook.takes[part, sketch.variant].items()
        if (not technique.needs or technique.needs & tags) and rulebook.fits(term, chosen)
    }
    return _weighed(sketch, usable)


def _weighed(sketch: Sketch, techniques: dict[str, TechniqueRule]) -> list[Option]:
    prior, leaning = sketch.product.prior, _LEANING[sketch.variant]
    proven = rule(f"prior/{prior.name}")
    plans = (other.technique for other in sketch.earlier)
    repeated = {term for plan in plans if plan for term in plan.types}
    options = []
    for term, technique in techniques.items():
        option = Option(term)
        if term in prior.photo_technique:
            rank = min(prior.photo_technique.index(term), len(_PRIOR) - 1)
            option.add(_PRIOR[rank], proven)
        if technique.needs:
            option.weight += _USUAL
        option.weight += leaning * technique.boldness
        if term in repeated:
            option.weight -= _REPEATED
        sketch.jitter(option)
        options.append(option)
    return options


def _lens(sketch: Sketch, types: list[str]) -> int:
    """Return the focal length: an extreme one of the second technique, else the angle's."""
    floor = sketch.product.stand == "floor"
    lenses = [
        rule.large_mm if floor else rule.lens_mm
        for rule in (sketch.rulebook.techniques[term] for term in types)
    ]
    extreme = [mm for mm in lenses[1:] if mm >= _LONG_LENS_MM or mm <= _WIDE_LENS_MM]
    return extreme[0] if extreme else lenses[0]

"""Chooses the light: what the set has, what the material asks for, an edge where needed."""

from backlot.contracts.brief import Evidence, LightingPlan
from services.lm_worker.stylist.ballot import Option, best_first, rule
from services.lm_worker.stylist.rules import LightRule
from services.lm_worker.stylist.sketch import Sketch

_PRIOR_SHARE = {"safe": 0.6, "bold": 0.25, "lifestyle": 0.6}
_LEANING = {
    "safe": {"low": 0.35, "medium": 0.1, "high": -0.6},
    "bold": {"low": -0.4, "medium": 0.1, "high": 0.55},
    "lifestyle": {"low": 0.2, "medium": 0.25, "high": -0.15},
}
_REPEATED = 0.8
_OPPOSED = {"light": "dark", "dark": "light"}
_PALE = 80.0
_KELVIN_STEP = 100
PLAIN_WHITE = "colour_name/white"
# What a mirror finish may reflect without showing the studio.
SURROUNDS = (
    "lighting/gradient-sweep-of-light-on-a-glossy-surface",
    "lighting/even-diffuse-light-tent-lighting",
)
_GRADIENT_SET = "setting_studio/soft-gradient-backdrop"


def choose_light(sketch: Sketch) -> None:
    """Fill the lighting plan; needs settings, moods and the lightness of the backdrop."""
    lights = sketch.rulebook.lights
    main = best_first(_weighed(sketch, _possible(sketch) or sketch.place.lights[:1]))[0]
    light = lights[main.term]
    sketch.reasons["lighting"] = main.reason
    types = [main.term]
    second = _second(sketch, main.term)
    if second is not None:
        types.append(second)
    sketch.lighting = LightingPlan(
        types=tuple(types),
        direction=sketch.dice.pick(light.directions, f"direction|{sketch.variant}"),
        kelvin=_kelvin(sketch, light),
        contrast=light.contrast,
    )


def _possible(sketch: Sketch) -> tuple[str, ...]:
    """Return the lights that can be had in the set and contradict nothing."""
    place, avoid, rulebook = sketch.place, sketch.product.avoid, sketch.rulebook
    # A space brings its own light; others would look carried in.
    in_studio, opposed, chosen = sketch.where == "studio", _OPPOSED.get(place.key), sketch.words
    return tuple(
        term
        for term, light in rulebook.lights.items()
        if ((in_studio and "studio" in light.where) or term in place.lights)
        and light.key != opposed
        and term not in avoid
        and rulebook.fits(term, chosen)
    )


def _weighed(sketch: Sketch, terms: tuple[str, ...]) -> list[Option]:
    """Weigh lights: of the set, proven ones, what the material asks for, the candidate's taste."""
    product, weights = sketch.product, sketch.rulebook.house.weights
    lights, own, usual = sketch.rulebook.lights, sketch.place.lights, product.prior.lighting
    at_home, proven = rule(f"set/{sketch.settings[0]}"), rule(f"prior/{product.prior.name}")
    share, leaning = _PRIOR_SHARE[sketch.variant], _LEANING[sketch.variant]
    matters = [(matter.light, product.evidence[fact.term]) for fact, matter in product.matters]
    repeated = {other.lighting.types[0] for other in sketch.earlier if other.lighting}
    options = []
    for term in terms:
        option = Option(term)
        if term in own:
            rank = min(own.index(term), len(weights.set_light) - 1)
            option.add(weights.set_light[rank], at_home)
        if term in usual:
            rank = min(usual.index(term), len(weights.prior) - 1)
            option.add(share * weights.prior[rank], proven)
        for asked_for, evidence in matters:
            if term in asked_for:
                option.add(asked_for[term], evidence)
        option.weight += leaning[lights[term].contrast]
        if term in repeated:
            option.weight -= _REPEATED
        sketch.jitter(option)
        options.append(option)
    return options


def _second(sketch: Sketch, main: str) -> str | None:
    """Return a second light where the house rules ask for one, and note why."""
    mirrored = sketch.product.is_mirror and sketch.where == "studio"
    surrounded = main in SURROUNDS or sketch.settings[0] == _GRADIENT_SET
    if mirrored and not surrounded:
        for term in SURROUNDS:
            if sketch.rulebook.fits(term, sketch.words | {main}):
                sketch.reasons["edge"] = rule("mirror-surround")
                return term
    need = _edge_need(sketch)
    if need is None or sketch.rulebook.lights[main].edge:
        return None
    edge = _edge(sketch, main)
    if edge is not None:
        sketch.reasons["edge"] = need
    return edge


def _edge_need(sketch: Sketch) -> Evidence | None:
    """Return why an edge light is needed: clear on a pale ground, or too little contrast."""
    product, backdrop = sketch.product, sketch.backdrop_lightness
    pale = backdrop is None or backdrop >= _PALE or PLAIN_WHITE in sketch.backdrop[:1]
    if product.is_clear and pale:
        return rule("clear-edge")
    if product.lightness is None or backdrop is None:
        return None
    near = abs(product.lightness - backdrop) < sketch.rulebook.least_gap
    return rule("contrast") if near else None


def _edge(sketch: Sketch, main: str) -> str | None:
    """Return the best light for edges that goes with the main one."""
    beside, where, opposed = sketch.words | {main}, sketch.where, _OPPOSED.get(sketch.place.key)
    avoid, rulebook = sketch.product.avoid, sketch.rulebook
    options = []
    for term, light in rulebook.edges.items():
        usable = where in light.where and term not in avoid
        # A thin line from behind does not darken a bright set, whatever its own key is.
        harmless = light.key != opposed or term == "lighting/rim-lighting-from-behind"
        if usable and harmless and term != main and rulebook.fits(term, beside):
            option = Option(term)
            for _, matter in sketch.product.matters:
                option.add(matter.light.get(term, 0.0))
            sketch.jitter(option)
            options.append(option)
    return best_first(options)[0].term if options else None


def _kelvin(sketch: Sketch, light: LightRule) -> int:
    """Return the colour temperature: the light's own, moved by the mood, within what it can do."""
    moods = sketch.rulebook.moods
    shift = moods[sketch.moods[0]].kelvin if sketch.moods and sketch.moods[0] in moods else 0
    wobble = (sketch.dice.roll(f"kelvin|{sketch.variant}") - 0.5) * 2 * _KELVIN_STEP
    wanted = round((light.kelvin + shift + wobble) / _KELVIN_STEP) * _KELVIN_STEP
    return min(light.high, max(light.low, wanted))

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
    chosen = sketch.words
    possible = [term for term, light in lights.items() if _possible(sketch, term, light, chosen)]
    options = [_weighed(sketch, term, lights[term]) for term in possible or sketch.place.lights[:1]]
    main = best_first(options)[0]
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


def _possible(sketch: Sketch, term: str, light: LightRule, chosen: frozenset[str]) -> bool:
    """Tell whether a light can be had in the set and contradicts nothing."""
    # A space brings its own light; others would look carried in.
    carried = sketch.where == "studio" and "studio" in light.where
    if not carried and term not in sketch.place.lights:
        return False
    opposed = {sketch.place.key, light.key} == {"light", "dark"}
    harmless = not opposed and term not in sketch.product.avoid
    return harmless and sketch.rulebook.fits(term, chosen)


def _weighed(sketch: Sketch, term: str, light: LightRule) -> Option:
    product, weights = sketch.product, sketch.rulebook.house.weights
    option = Option(term)
    if term in sketch.place.lights:
        rank = min(sketch.place.lights.index(term), len(weights.set_light) - 1)
        option.add(weights.set_light[rank], rule(f"set/{sketch.settings[0]}"))
    if term in product.prior.lighting:
        rank = min(product.prior.lighting.index(term), len(weights.prior) - 1)
        option.add(
            _PRIOR_SHARE[sketch.variant] * weights.prior[rank], rule(f"prior/{product.prior.name}")
        )
    for fact, matter in product.matters:
        option.add(matter.light.get(term, 0.0), product.evidence[fact.term])
    option.add(_LEANING[sketch.variant][light.contrast])
    if any(term == other.lighting.types[0] for other in sketch.earlier if other.lighting):
        option.add(-_REPEATED)
    sketch.jitter(option)
    return option


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
    beside = sketch.words | {main}
    options = []
    for term, light in sketch.rulebook.lights.items():
        opposed = {sketch.place.key, light.key} == {"light", "dark"}
        usable = light.edge and sketch.where in light.where and term not in sketch.product.avoid
        # A thin line from behind does not darken a bright set, whatever its own key is.
        harmless = not opposed or term == "lighting/rim-lighting-from-behind"
        if usable and harmless and term != main and sketch.rulebook.fits(term, beside):
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

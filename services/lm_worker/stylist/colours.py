"""Plans the colours: a scheme around the product's own, a backdrop that stands off from it."""

from backlot.contracts.brief import ColourScheme, PalettePlan
from backlot.vocabulary.colour import hex_of, name_of
from backlot.vocabulary.harmony import TURNS, Lch, hex_from, lch_of
from services.lm_worker.stylist.ballot import rule
from services.lm_worker.stylist.sketch import Sketch

_SCHEMES: dict[str, tuple[ColourScheme, ...]] = {
    "safe": ("tone-on-tone", "analogous", "pastel"),
    "bold": ("complementary", "split-complementary", "triadic", "jewel"),
    "lifestyle": ("analogous", "earth", "tone-on-tone"),
}
_EARTHY_MOODS = frozenset(
    {"mood/cozy-and-warm", "mood/natural-and-organic", "mood/nostalgic", "mood/intimate"}
)
_EARTH = Lch(62, 26, 68)
# Lightness a painted backdrop may have, lightest first.
_STEPS = (92.0, 84.0, 72.0, 58.0, 42.0, 28.0, 18.0)
_CHROMA = {"safe": 14.0, "bold": 42.0, "lifestyle": 20.0}
_WANTED_LIGHTNESS = {"light": 88.0, "mid": 66.0, "dark": 24.0}
_BLACK, _WHITE = 22.0, 88.0
_DEEP, _DEEP_CHROMA = 50.0, 45.0
_MUDDY_HUES = (55.0, 120.0)
_RUST, _FOREST = 45.0, 145.0


def choose_colours(sketch: Sketch) -> None:
    """Fill backdrop and palette; needs settings and moods. Props may add their colour later."""
    if sketch.place.colours:
        _fixed(sketch)
    else:
        _painted(sketch)


def add_prop_colour(sketch: Sketch) -> None:
    """Let the first prop with a colour of its own be the accent, as it will be in the picture."""
    if sketch.palette is None:
        return
    terms = (sketch.rulebook.props[prop.term].colour for prop in sketch.props)
    colour = next((term for term in terms if term), None)
    hexes = [*sketch.palette.hexes]
    accent = hex_of(colour) if colour else None
    if accent and name_of(accent) not in {name_of(shade) for shade in hexes}:
        hexes.append(accent)
    scheme = sketch.palette.scheme
    if scheme in ("monochrome", "black-and-white") and accent in hexes:
        scheme = "neutral-with-accent"
    sketch.palette = PalettePlan(scheme=scheme, hexes=tuple(hexes[:5]))
    sketch.reasons["palette"] = rule(f"harmony/{scheme}")


def _fixed(sketch: Sketch) -> None:
    """Take the colours the set has and name the scheme they make with the product."""
    sketch.backdrop = sketch.place.colours[:2]
    shades = [hex_of(term) for term in sketch.backdrop]
    own = sketch.product.main_swatch
    hexes = (shades[0], *((own.hex,) if own else ()), *shades[1:])
    sketch.backdrop_lightness = sketch.place.lightness
    sketch.palette = PalettePlan(scheme=_named(sketch, lch_of(shades[0])), hexes=_distinct(hexes))
    sketch.reasons["palette"] = rule(f"harmony/{sketch.palette.scheme}")
    sketch.reasons["backdrop"] = rule(f"set/{sketch.settings[0]}")


def _named(sketch: Sketch, ground: Lch) -> ColourScheme:
    """Name the scheme of a set's fixed ground and the product's colour."""
    product = sketch.product
    own = product.colour
    neutral_ground = product.is_neutral(ground)
    if own is None:
        return "monochrome" if neutral_ground else "earth"
    if neutral_ground and product.is_neutral(own):
        extremes = sorted((own.lightness, ground.lightness))
        apart = extremes[0] <= _BLACK and extremes[1] >= _WHITE
        return "black-and-white" if apart else "monochrome"
    if neutral_ground:
        return "neutral-with-accent"
    if sketch.place.key == "dark":
        return "jewel"
    return "earth" if set(sketch.moods) & _EARTHY_MOODS else "analogous"


def _painted(sketch: Sketch) -> None:
    """Compute a backdrop for a set that can have any colour."""
    product = sketch.product
    own = product.colour
    if own is None or product.is_neutral(own):
        base, scheme = _from_mood(sketch)
        turn = 0.0
    else:
        scheme = _scheme(sketch)
        base = _EARTH if scheme == "earth" else own
        turn = sketch.dice.pick(TURNS[scheme], f"turn|{sketch.variant}")
    lightness = _lightness(sketch, scheme)
    chroma = _chroma(sketch, scheme, base)
    if lightness < _DEEP:
        # Deep colours need more chroma not to look like mud.
        chroma = min(_DEEP_CHROMA, 1.8 * chroma)
    ground = _clean(Lch(lightness, chroma, base.hue).turned(turn))
    support = ground._replace(
        lightness=min(95.0, ground.lightness + 12), chroma=ground.chroma * 0.6
    )
    ground_hex = hex_from(ground)
    accents = [hex_from(Lch(58, max(chroma, 30.0), base.hue).turned(t)) for t in TURNS[scheme]]
    spare = [
        shade
        for shade, t in zip(accents, TURNS[scheme], strict=True)
        if t not in (turn, 0.0) and scheme in ("triadic", "split-complementary", "analogous")
    ]
    swatch = product.main_swatch
    hexes = (ground_hex, *((swatch.hex,) if swatch else ()), hex_from(support), *spare)
    sketch.backdrop = (name_of(ground_hex),)
    sketch.backdrop_lightness = lch_of(ground_hex).lightness
    sketch.palette = PalettePlan(scheme=scheme, hexes=_distinct(hexes))
    sketch.reasons["palette"] = rule(f"harmony/{scheme}")
    sketch.reasons["backdrop"] = rule(f"harmony/{scheme}")


def _clean(ground: Lch) -> Lch:
    """Move a deep yellow to rust or to green: a dark yellow is mud whatever is put before it."""
    low, high = _MUDDY_HUES
    if ground.lightness >= _DEEP or not low <= ground.hue <= high:
        return ground
    return ground._replace(hue=_RUST if ground.hue < (low + high) / 2 else _FOREST)


def _from_mood(sketch: Sketch) -> tuple[Lch, ColourScheme]:
    """Return the colour a mood asks for; a neutral product leaves the choice to it."""
    mood = sketch.rulebook.moods.get(sketch.moods[0]) if sketch.moods else None
    chroma = mood.chroma if mood else 12.0
    hue = mood.hue if mood else 250.0
    hue += (sketch.dice.roll(f"hue|{sketch.variant}") - 0.5) * 40
    schemes: dict[str, ColourScheme] = {"safe": "neutral-with-accent", "bold": "high-contrast"}
    scheme = schemes.get(sketch.variant, "earth" if set(sketch.moods) & _EARTHY_MOODS else "pastel")
    return Lch(60, chroma, hue % 360), scheme


def _scheme(sketch: Sketch) -> ColourScheme:
    """Pick a scheme the candidate may have; earth only where the mood is earthy."""
    earthy = bool(set(sketch.moods) & _EARTHY_MOODS)
    allowed = [scheme for scheme in _SCHEMES[sketch.variant] if scheme != "earth" or earthy]
    return sketch.dice.pick(allowed, f"scheme|{sketch.variant}")


def _chroma(sketch: Sketch, scheme: ColourScheme, base: Lch) -> float:
    """Return how saturated the backdrop is: never more than the product it must not outshine."""
    product = sketch.product
    if product.colour is None or product.is_neutral(product.colour):
        return min(base.chroma, _CHROMA[sketch.variant] + 10)
    if scheme == "pastel":
        return min(base.chroma, 18.0)
    return min(base.chroma, _CHROMA[sketch.variant])


def _lightness(sketch: Sketch, scheme: ColourScheme) -> float:
    """Return the step nearest to what the mood wants that stands off from the product."""
    wanted = _WANTED_LIGHTNESS[_key(sketch)]
    if scheme == "pastel":
        wanted = 86.0
    if scheme == "jewel":
        wanted = 32.0
    gap = sketch.rulebook.least_gap
    own = sketch.product.lightness
    apart = [step for step in _STEPS if own is None or abs(step - own) >= gap]
    return min(apart or _STEPS, key=lambda step: abs(step - wanted))


def _key(sketch: Sketch) -> str:
    """Return how light the picture should be: by mood, a step darker where it may be bold."""
    mood = sketch.rulebook.moods.get(sketch.moods[0]) if sketch.moods else None
    if mood is None:
        return "mid"
    if sketch.variant == "safe" and mood.key == "dark":
        return "mid"
    return mood.key


def _distinct(hexes: tuple[str, ...]) -> tuple[str, ...]:
    """Keep the order, drop repeats; at most five."""
    return tuple(dict.fromkeys(hexes))[:5]

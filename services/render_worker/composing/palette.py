"""The colours of a new set: the brief's, in harmony with the product and far enough from it."""

from collections.abc import Sequence
from typing import NamedTuple

from backlot.contracts.brief import StudioBrief
from backlot.contracts.frozen import Swatch
from backlot.vocabulary.colour import delta_e, hex_of, lab_of
from backlot.vocabulary.harmony import TURNS, Lch, hex_from, lch_of

LEAST_GAP = 25.0
"""CIELAB lightness between ground and product, as the house rules have it."""
_NEUTRAL_CHROMA = 8.0
_NOBODY_KNOWS = Lch(88, 4, 80)
_ACCENT = Lch(58, 40, 0)
_SAME = 12.0
_LEAST_SHARE = 0.08


class Bounds(NamedTuple):
    """What a setting lets its ground be."""

    lightest: float = 92.0
    darkest: float = 20.0
    most_chroma: float = 60.0


class Colours(NamedTuple):
    """sRGB hexes of a set.

    Attributes:
        ground: The backdrop, most of the picture.
        pale: A lighter relative.
        deep: A darker one.
        support: What the product stands on.
        accent: Small things.
    """

    ground: str
    pale: str
    deep: str
    support: str
    accent: str


def colours_for(brief: StudioBrief, product: Sequence[Swatch], bounds: Bounds) -> Colours:
    """Choose a set's colours.

    The ground is the brief's backdrop, else its palette's first colour, else the product's own hue
    turned by the brief's scheme; then it is moved away from the product's lightness.

    Args:
        brief: What the set is for.
        product: Its colours, largest first.
        bounds: Of the setting.
    """
    seen = [lch_of(swatch.hex) for swatch in product if swatch.share >= _LEAST_SHARE]
    base = _base(brief, seen)
    ground = _apart(_within(base, bounds), seen, bounds)
    pale = ground._replace(lightness=min(ground.lightness + 9, 96), chroma=ground.chroma * 0.6)
    deep = ground._replace(lightness=max(ground.lightness - 20, 6), chroma=ground.chroma * 1.1)
    support = pale if ground.lightness < 84 else deep._replace(lightness=ground.lightness - 7)  # noqa: PLR2004 - on white only darker can be told apart
    return Colours(
        hex_from(ground), hex_from(pale), hex_from(deep), hex_from(support),
        _accent(brief, ground, seen),
    )  # fmt: skip


def lightness_gap(ground: str, product: Sequence[Swatch]) -> float:
    """CIELAB lightness between a colour and the product's largest one."""
    return abs(lch_of(ground).lightness - lch_of(product[0].hex).lightness) if product else 100.0


def _base(brief: StudioBrief, seen: Sequence[Lch]) -> Lch:
    for term in brief.backdrop:
        try:
            return lch_of(hex_of(term))
        except KeyError:  # "multicolored" is no colour
            continue
    if brief.palette.hexes:
        return lch_of(brief.palette.hexes[0])
    own = next((colour for colour in seen if colour.chroma > _NEUTRAL_CHROMA), None)
    if own is None:
        return _NOBODY_KNOWS
    return own.turned(TURNS[brief.palette.scheme][0])._replace(chroma=min(own.chroma, 26))


def _within(colour: Lch, bounds: Bounds) -> Lch:
    lightness = min(max(colour.lightness, bounds.darkest), bounds.lightest)
    return colour._replace(lightness=lightness, chroma=min(colour.chroma, bounds.most_chroma))


def _apart(ground: Lch, seen: Sequence[Lch], bounds: Bounds) -> Lch:
    """The ground, lighter or darker than the product by `LEAST_GAP` if its bounds allow it."""
    if not seen or abs(ground.lightness - seen[0].lightness) >= LEAST_GAP:
        return ground
    own = seen[0].lightness
    ways = [own + LEAST_GAP, own - LEAST_GAP]
    able = [way for way in ways if bounds.darkest <= way <= bounds.lightest]
    if not able:
        able = [max((bounds.darkest, bounds.lightest), key=lambda end: abs(end - own))]
    return ground._replace(lightness=min(able, key=lambda way: abs(way - ground.lightness)))


def _accent(brief: StudioBrief, ground: Lch, seen: Sequence[Lch]) -> str:
    """The brief's colour that stands off most from the ground, else one the scheme gives."""
    ground_lab = lab_of(hex_from(ground))
    spare = [shade for shade in brief.palette.hexes[1:] if _clear(shade, seen)]
    far = max(spare, key=lambda shade: delta_e(lab_of(shade), ground_lab), default=None)
    if far is not None and delta_e(lab_of(far), ground_lab) > _SAME:
        return far
    hue = ground.hue if ground.chroma > _NEUTRAL_CHROMA or not seen else seen[0].hue
    turned = _ACCENT._replace(hue=hue).turned(TURNS[brief.palette.scheme][0])
    if abs(turned.lightness - ground.lightness) < _SAME:
        turned = turned._replace(lightness=ground.lightness - 22)
    return hex_from(turned)


def _clear(shade: str, seen: Sequence[Lch]) -> bool:
    """Whether a colour is not the product's own: a prop of that colour would compete with it."""
    return all(delta_e(lab_of(shade), lab_of(hex_from(colour))) > _SAME for colour in seen[:1])

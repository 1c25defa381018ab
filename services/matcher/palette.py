"""Colour between product and set: lightness contrast, harmony, and the colours that were asked."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from backlot.contracts.brief import StudioBrief
from backlot.vocabulary.colour import Lab, delta_e, hex_of, lab_of
from backlot.vocabulary.words import ContrastRule
from services.matcher.product import Product
from services.matcher.shelf import StockedSet, Tone

EDGE_LIGHTS = frozenset(
    {
        "lighting/rim-lighting-from-behind",
        "lighting/crisp-edge-highlights-from-strip-lights",
    }
)
CALM_SURROUNDS = frozenset(
    {
        "setting_studio/soft-gradient-backdrop",
        "lighting/even-diffuse-light-tent-lighting",
        "lighting/gradient-sweep-of-light-on-a-glossy-surface",
    }
)
PLAIN_WHITE_L = 90.0
GREY_CHROMA = 10.0
"""Below this CIELAB chroma a colour goes with everything."""

EDGE_LIGHT_WORTH = 0.9  # a lit edge separates, yet a difference in lightness reads at once
MIRROR_WORTH = 0.5  # a mirror in a busy set shows the set
FAR_LAB = 60.0  # two colours this far apart in CIELAB have nothing in common
UNKNOWN = 0.5

ContrastVerdict = Literal["clear", "edge-light", "low", "glass-on-white", "busy-mirror", "unknown"]


@dataclass(frozen=True)
class Contrast:
    """How the product stands off the set.

    Attributes:
        gap: L* of the set's main colour minus that of the product; None when not measured.
        value: 0 to 1.
    """

    gap: float | None
    value: float
    verdict: ContrastVerdict


class ColourJudge:
    """Holds sets against the colours of one product and one brief.

    Args:
        product: What was measured.
        brief: Which colours it asks for.
        rule: The house rule of contrast.
        order: What the first, second ... backdrop colour is worth.
    """

    def __init__(
        self, product: Product, brief: StudioBrief, rule: ContrastRule, order: Sequence[float]
    ) -> None:
        self._product = product
        self._enough = rule.min_lightness_gap
        self._main = next((t for t in product.tones if t.chroma >= GREY_CHROMA), None)
        backdrops = _readable(map(_typical, brief.backdrop))
        self._backdrops = [
            (lab, order[min(place, len(order) - 1)]) for place, lab in enumerate(backdrops)
        ]
        self._planned = _readable(brief.palette.hexes)

    def contrast(self, stocked: StockedSet) -> Contrast:
        """Apply the house rule of contrast: lightness far enough apart, or a lit edge.

        A transparent product needs a lit edge on plain white; a mirror needs a calm surround.
        """
        if self._product.lightness is None:
            return Contrast(None, UNKNOWN, "unknown")
        back = stocked.main_tone
        gap = back.lab[0] - self._product.lightness
        edge = not EDGE_LIGHTS.isdisjoint(stocked.shown)
        plain_white = back.lab[0] >= PLAIN_WHITE_L and back.chroma < GREY_CHROMA
        if self._product.transparent and plain_white and not edge:
            return Contrast(gap, 0.0, "glass-on-white")
        value = min(1.0, abs(gap) / self._enough)
        verdict: ContrastVerdict = "low" if value < 1 else "clear"
        if verdict == "low" and edge:
            value, verdict = max(value, EDGE_LIGHT_WORTH), "edge-light"
        if self._product.mirror and CALM_SURROUNDS.isdisjoint(stocked.shown):
            return Contrast(gap, value * MIRROR_WORTH, "busy-mirror")
        return Contrast(gap, value, verdict)

    def harmony(self, stocked: StockedSet) -> float:
        """Return how well the hues go together, 0 to 1; greys go with everything."""
        if not self._product.tones:
            return UNKNOWN
        if self._main is None:
            return 1.0
        whole = sum(tone.share for tone in stocked.tones) or 1.0
        pairs = (tone.share * _hue_harmony(self._main, tone) for tone in stocked.tones)
        return sum(pairs) / whole

    def backdrop(self, stocked: StockedSet) -> float:
        """Return how near the set's colours are to what the brief asks for, 0 to 1."""
        palette = None
        if self._planned:
            near = [_nearness(lab, stocked) for lab in self._planned]
            palette = sum(near) / len(near)
        if not self._backdrops:
            return UNKNOWN if palette is None else palette
        # Backdrop colours are alternatives: the nearest one counts, earlier ones a little more.
        nearest = max(_nearness(lab, stocked) * worth for lab, worth in self._backdrops)
        return nearest if palette is None else (2 * nearest + palette) / 3


def tone_distance(one: Tone, other: Tone) -> float:
    """Return CIEDE2000 between two tones."""
    return delta_e(one.lab, other.lab)


def _typical(colour_name: str) -> str:
    """Return the typical value of a colour name; nothing for "multicolored" and unknown names."""
    try:
        return hex_of(colour_name)
    except KeyError:
        return ""


def _readable(hexes: Iterable[str]) -> list[Lab]:
    """Return the colours that are colours; a model may write anything."""
    found = []
    for text in hexes:
        try:
            found.append(lab_of(text))
        except ValueError:
            continue
    return found


def _nearness(target: Lab, stocked: StockedSet) -> float:
    """Return how much of a colour a set's palette has, 0 to 1.

    Plain distance in CIELAB: CIEDE2000 is for small differences, these are large, and it costs
    thirty times as much. Plain numbers too: a palette is a handful of tones, too few for arrays.
    """
    best = 0.0
    for tone in stocked.tones:
        near = 1 - math.dist(target, tone.lab) / FAR_LAB
        best = max(best, near * tone.cover)
    return best


def _hue_harmony(product: Tone, tone: Tone) -> float:
    """Return how two hues go together: near, opposite and a third of the circle apart go well."""
    if tone.chroma < GREY_CHROMA:
        return 1.0
    turn = abs(product.hue - tone.hue) % 360
    apart = min(turn, 360 - turn)
    return max(_near(apart, 0, 45), _near(apart, 180, 40), 0.7 * _near(apart, 120, 25))


def _near(angle: float, centre: float, width: float) -> float:
    """Return 1 at the centre, falling to 0 at `width` degrees away."""
    return max(0.0, 1 - abs(angle - centre) / width)

"""The product's main colours: clustered in CIELAB, shades of one colour taken together."""

import math
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from backlot.contracts.frozen import Swatch
from backlot.contracts.terms import FacetTerm, FactSource
from backlot.vocabulary import Vocabulary, load_vocabulary
from backlot.vocabulary.colour import delta_e, hex_of, lab_of
from services.vision_worker.pixels import Flags, Lab, hex_from_lab, trim

LabTriple = tuple[float, float, float]

FACET = "colour_name"
MOST_COLOURS = 5
SAMPLE = 4000
"""Pixels that are clustered."""
CLUSTERS = 8
ROUNDS = 8
LIGHTNESS_WEIGHT = 0.6
"""Light and shadow spread L* far more than paint does."""
BIN = 12.0
"""Side of the CIELAB cells whose fullest ones are the first cluster centres."""
AXIS = 64
"""More cells than an axis has; makes one number of three."""
SAME_COLOUR = 8.0
"""CIEDE2000 below which two clusters are one colour."""
SHADE_HUE = 14.0
"""Degrees of hue within which a darker cluster may be the same colour in shadow."""
SHADE_LIGHTNESS = 32.0
"""L* within which clusters of one hue are one colour in light and shadow."""
GREY_SHADE_LIGHTNESS = 16.0
"""The same for greys, which have no hue to tell them apart."""
GREY_CHROMA = 9.0
LEAST_SHARE = 0.03
EDGE = 2
"""Pixels at the product's edge that are left out, for they hold background."""
MANY_COLOURS = 4
MULTICOLOURED = "colour_name/multicolored"
NO_PLAIN_COLOUR = frozenset(
    {"colour_name/gold", "colour_name/silver", "colour_name/rose-gold", MULTICOLOURED}
)
MULTICOLOURED_LEADER = 0.4
"""A product of many colours is multicoloured when none of them covers more than this share."""


@dataclass(frozen=True)
class _Cluster:
    """Pixels of one colour."""

    pixels: Lab

    @cached_property
    def lab(self) -> LabTriple:
        """The typical colour; highlights and dark corners do not move a median."""
        middle = np.median(self.pixels, axis=0)
        return float(middle[0]), float(middle[1]), float(middle[2])

    def joined(self, other: "_Cluster") -> "_Cluster":
        return _Cluster(np.concatenate([self.pixels, other.pixels]))


def measure_palette(lab: Lab, product: Flags) -> tuple[Swatch, ...]:
    """Up to five colours of the flagged pixels, the largest share first; shares add up to 1.

    Args:
        lab: Picture in CIELAB.
        product: Which pixels count; at least one.
    """
    core = trim(product, EDGE)
    pixels = lab[core if core.sum() >= SAMPLE // 10 else product]
    # Every n-th pixel in reading order: the same sample every time, spread over the product.
    pixels = pixels[:: max(1, pixels.shape[0] // SAMPLE)]
    counted = _counted(_merged(_clustered(pixels)))
    return tuple(_swatch(colour, count / pixels.shape[0]) for colour, count in counted)


def colour_terms(
    palette: tuple[Swatch, ...], vocabulary: Vocabulary, top_k: int
) -> tuple[FacetTerm, ...]:
    """Colour names of a palette as a facet; the score is the share of the product."""
    shares: dict[str, float] = {}
    for swatch in palette:
        shares[swatch.name] = min(1.0, shares.get(swatch.name, 0.0) + swatch.share)
    names = sorted(shares, key=lambda name: -shares[name])
    leader = shares[names[0]]
    if len(names) >= MANY_COLOURS and leader < MULTICOLOURED_LEADER and _chromatic(palette):
        shares[MULTICOLOURED] = 1.0 - leader
        names.insert(0, MULTICOLOURED)
    return tuple(
        FacetTerm(
            term=name,
            label=vocabulary.label(name),
            score=round(shares[name], 4),
            source=FactSource.MEASURED,
        )
        for name in names[:top_k]
    )


def _chromatic(palette: tuple[Swatch, ...]) -> bool:
    """Whether at least three of the colours are no greys."""
    coloured = [s for s in palette if math.hypot(*lab_of(s.hex)[1:]) > 2 * GREY_CHROMA]
    return len(coloured) >= MANY_COLOURS - 1


def _clustered(pixels: Lab) -> list[_Cluster]:
    """k-means from the fullest cells of colour space; the same clusters every time."""
    scaled = pixels * np.array([LIGHTNESS_WEIGHT, 1, 1], np.float32)
    centres = _first_centres(scaled)
    labels = np.zeros(scaled.shape[0], np.intp)
    for _ in range(ROUNDS):
        # Squared distance without the term all centres share.
        labels = (np.square(centres).sum(axis=1) - 2 * scaled @ centres.T).argmin(axis=1)
        counts = np.bincount(labels, minlength=len(centres)).astype(np.float32)
        sums = np.stack(
            [np.bincount(labels, scaled[:, k], len(centres)) for k in range(3)], axis=1
        ).astype(np.float32)
        centres = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], centres)
    return [_Cluster(pixels[labels == k]) for k in range(len(centres)) if (labels == k).any()]


def _first_centres(scaled: Lab) -> NDArray[np.float32]:
    """Means of well-filled cells, each far from those already taken."""
    places = np.floor(scaled / BIN).astype(np.int64) + AXIS // 2
    numbers = (places[:, 0] * AXIS + places[:, 1]) * AXIS + places[:, 2]
    cells, index, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    sums = np.stack([np.bincount(index, scaled[:, k], len(cells)) for k in range(3)], axis=1)
    means = sums / counts[:, None]
    weight = counts.astype(np.float64)
    chosen = []
    for _ in range(min(CLUSTERS, len(cells))):
        best = int(np.argmax(weight))
        chosen.append(best)
        apart = np.square(means - means[best]).sum(axis=1)
        # A cell near a chosen one counts little, so that small far colours get a centre too.
        weight *= 1 - np.exp(-apart / (2 * (2 * BIN) ** 2))
    return np.asarray(means[chosen], np.float32)


def _merged(clusters: list[_Cluster]) -> list[_Cluster]:
    """Join clusters of one colour until none are left, the closest two first."""
    clusters = list(clusters)
    while len(clusters) > 1:
        closest, one, other = min(
            (
                (_apart(a.lab, b.lab), i, i + 1 + j)
                for i, a in enumerate(clusters)
                for j, b in enumerate(clusters[i + 1 :])
            ),
        )
        if closest >= 1:
            break
        joined = clusters[one].joined(clusters[other])
        clusters = [c for k, c in enumerate(clusters) if k not in (one, other)] + [joined]
    return sorted(clusters, key=lambda cluster: -len(cluster.pixels))


@lru_cache(maxsize=4096)
def _apart(one: LabTriple, other: LabTriple) -> float:
    """How far two colours are from being one; below 1 they are one."""
    apart = delta_e(one, other) / SAME_COLOUR
    lightness = abs(one[0] - other[0])
    chroma = [math.hypot(lab[1], lab[2]) for lab in (one, other)]
    if max(chroma) < GREY_CHROMA:
        return min(apart, lightness / GREY_SHADE_LIGHTNESS)
    if min(chroma) < GREY_CHROMA:
        return apart
    hues = [math.degrees(math.atan2(lab[2], lab[1])) for lab in (one, other)]
    turn = abs((hues[0] - hues[1] + 180) % 360 - 180)
    # In shadow chroma falls with lightness; a much paler colour is another colour.
    faded = abs(chroma[0] - chroma[1]) / max(chroma)
    return min(apart, max(turn / SHADE_HUE, lightness / SHADE_LIGHTNESS, faded / 0.6))


def _counted(clusters: list[_Cluster]) -> list[tuple[LabTriple, int]]:
    """Colour and pixels of the main clusters; the pixels of the small ones go to the nearest."""
    total = sum(len(cluster.pixels) for cluster in clusters)
    main = [c for c in clusters[:MOST_COLOURS] if len(c.pixels) >= LEAST_SHARE * total]
    main = main or clusters[:1]
    colours = [cluster.lab for cluster in main]
    counts = [len(cluster.pixels) for cluster in main]
    # The main clusters lead the list. Strays count, but do not move a colour.
    for cluster in clusters[len(main) :]:
        near = min(range(len(main)), key=lambda k: delta_e(colours[k], cluster.lab))
        counts[near] += len(cluster.pixels)
    return sorted(zip(colours, counts, strict=True), key=lambda pair: -pair[1])


@lru_cache(maxsize=4096)
def _name_of(hexed: str) -> str:
    """The nearest colour name that claims no metal: that a thing is gold no pixel can tell."""
    lab = lab_of(hexed)
    return min(_plain_names(), key=lambda name: delta_e(lab, _plain_names()[name]))


@cache
def _plain_names() -> dict[str, LabTriple]:
    """Colour names but those of metals, with their typical colours."""
    names = (term.id for term in load_vocabulary().facets[FACET].terms)
    return {name: lab_of(hex_of(name)) for name in names if name not in NO_PLAIN_COLOUR}


def _swatch(colour: LabTriple, share: float) -> Swatch:
    hexed = hex_from_lab(colour)
    return Swatch(hex=hexed, name=_name_of(hexed), share=share)

"""How large a product really is: what the seller says, what the file says, or a guess."""

import math
from typing import NamedTuple

from backlot.contracts.jobs import Dimensions
from services.render_worker.scene import Vec3
from services.render_worker.shot import ModelFacts

_CM = 0.01
_UNITS_M = (1.0, 0.01, 0.001, 0.0254)
"""Metres, as glTF says, and what exporters write instead: centimetres, millimetres, inches."""
_PLAUSIBLE_M = (0.012, 3.0)
_USUAL_M = 0.3
_DISAGREE = 0.15
_THICKNESS = 0.7
"""Depth over width of a product of which only a photo is known."""
_GUESSED_HEIGHT_SHARE = 0.55


class Size(NamedTuple):
    """A product's real size.

    Attributes:
        metres: Width, height, depth.
        scale: Metres per unit of the file; 1 for a cut-out.
        known: False for a guess.
        issues: Codes of what was odd.
    """

    metres: Vec3
    scale: float
    known: bool
    issues: tuple[str, ...] = ()


def size_of_model(facts: ModelFacts, said: Dimensions | None) -> Size:
    """Scale a model evenly to what the seller says, else believe its file, else mend its unit."""
    raw = facts.size
    pairs = _pairs(raw, said)
    issues: tuple[str, ...] = ()
    if pairs:
        scale = pairs[0][1] / pairs[0][0]
        if any(abs(real / (unit * scale) - 1) > _DISAGREE for unit, real in pairs):
            issues = ("dimensions-disagree",)
    else:
        scale = _unit(max(raw))
        if scale != 1.0:
            issues = ("unit-guessed",)
    x, y, z = (side * scale for side in raw)
    return Size((x, y, z), scale, known=bool(pairs) or not issues, issues=issues)


def size_of_cutout(aspect: float, said: Dimensions | None, stage_height_m: float) -> Size:
    """The size of a product that is known from one photo.

    Args:
        aspect: Height over width of the cut-out.
        said: By the seller.
        stage_height_m: Free height of the set, for a guess.
    """
    known = said is not None and (said.height is not None or said.width is not None)
    if said is not None and said.height is not None:
        height = said.height * _CM
    elif said is not None and said.width is not None:
        height = said.width * _CM * aspect
    else:
        height = min(_GUESSED_HEIGHT_SHARE * stage_height_m, 0.3)
    width = height / aspect
    depth = width * _THICKNESS
    if said is not None and said.depth is not None:
        depth = said.depth * _CM
    return Size((width, height, depth), 1.0, known=known)


def _pairs(raw: Vec3, said: Dimensions | None) -> list[tuple[float, float]]:
    """(file units, metres) of each side the seller names; the height first, then the longest."""
    if said is None:
        return []
    named = [(raw[1], said.height), (raw[0], said.width), (raw[2], said.depth)]
    pairs = [(unit, cm * _CM) for unit, cm in named if cm is not None and unit > 0]
    if said.height is None:
        pairs.sort(key=lambda pair: -pair[0])
    return pairs


def _unit(longest: float) -> float:
    low, high = _PLAUSIBLE_M
    if low <= longest <= high:
        return 1.0
    near = min(_UNITS_M[1:], key=lambda unit: abs(math.log(longest * unit / _USUAL_M)))
    return near if low <= longest * near <= high else _USUAL_M / longest

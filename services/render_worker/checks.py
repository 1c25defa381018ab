"""The machine-made report of a picture: is the product itself, in size, in place, in shape."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from backlot.contracts.render import RenderCheck
from services.render_worker.likeness import (
    Grey,
    binary_reach,
    grey,
    likeness,
    overlap,
    relit_likeness,
)
from services.render_worker.presets import PRESETS
from services.render_worker.shot import ShotFacts, ShotPlan

IDENTITY_CUTOUT, IDENTITY_MODEL = 0.99, 0.70
"""SSIM: pasted pixels must survive; rendered ones may be lit differently (Khronos flags at 0.7)."""
IDENTITY_SEE_THROUGH = 0.5
"""Glass and mirrors show their set, which the neutral reference has not."""
_SILHOUETTE = 0.95
_SCALE = 0.01
_GAP_MM = 1.0
_BLOCKED = 0.05
_CLIPPED = 0.05
_ENLARGED = 1.25
_MARKETPLACE_SIDE = 1000
_WHITE_SHARE = 0.999
_JPEG_REACH_PX = 9
_SOLID = 0.5


class Evidence(NamedTuple):
    """What a finished picture is judged by; arrays are of one size.

    Attributes:
        rgb: The picture as its file decodes.
        alpha: Of the product in it.
        wanted: What the product should look like: its own pixels, or its neutral reference.
        wanted_alpha: Of that.
        enlarged: Picture pixels per pixel of the photo; None for a model.
        own: Of a model: share of each pixel that does not show the set, as metal and glass do.
    """

    rgb: NDArray[np.uint8]
    alpha: Grey
    wanted: NDArray[np.uint8]
    wanted_alpha: Grey
    enlarged: float | None = None
    own: Grey | None = None


def report(shot: ShotPlan, facts: ShotFacts, evidence: Evidence) -> tuple[RenderCheck, ...]:
    """All checks of one picture."""
    card = shot.product.kind == "cutout"
    checks = [
        _identity(evidence, card=card, see_through=facts.see_through),
        _scale(shot, facts, card=card),
    ]
    if not shot.alone:
        checks += _standing(facts, card=card)
    checks += [_at_most("unobstructed", facts.blocked, _BLOCKED, "share behind something else")]
    if card:
        checks.append(
            _at_most("resolution", evidence.enlarged or 0, _ENLARGED, "times the photo's own")
        )
    else:
        checks.append(_silhouette(evidence))
        checks.append(_at_most("exposure", facts.clipped, _CLIPPED, "share without detail"))
    return (*checks, *_channel(shot, evidence))


def _identity(evidence: Evidence, *, card: bool, see_through: bool) -> RenderCheck:
    picture, wanted = grey(evidence.rgb), grey(evidence.wanted)
    if card:
        found = likeness(picture, wanted, evidence.alpha)
    else:
        found = relit_likeness(picture, wanted, evidence.alpha, evidence.own)
    limit = IDENTITY_SEE_THROUGH if see_through else IDENTITY_MODEL
    if card:
        limit = IDENTITY_CUTOUT
    of = "its photo" if card else "its neutral reference"
    if found is None:
        return RenderCheck(
            name="identity", passed=False, detail="too little of the product is seen", limit=limit
        )
    return RenderCheck(
        name="identity", passed=found >= limit, value=round(found, 4), limit=limit,
        detail=f"likeness of the product to {of}",
    )  # fmt: skip


def _silhouette(evidence: Evidence) -> RenderCheck:
    value = overlap(evidence.alpha, evidence.wanted_alpha)
    return RenderCheck(
        name="silhouette", passed=value >= _SILHOUETTE, value=round(value, 4), limit=_SILHOUETTE,
        detail="overlap of the product's outline with that of its neutral reference",
    )  # fmt: skip


def _scale(shot: ShotPlan, facts: ShotFacts, *, card: bool) -> RenderCheck:
    if not shot.size_known:
        return RenderCheck(
            name="scale", passed=False, limit=_SCALE, detail="the size is a guess: say dimensions"
        )
    error = 0.0
    if facts.size_m is not None:
        error = abs(facts.size_m[1] / shot.size_m[1] - 1)
    what = "height of the card's body" if card else "height in the scene"
    return _at_most("scale", error, _SCALE, f"error of the {what}")


def _standing(facts: ShotFacts, *, card: bool) -> list[RenderCheck]:
    gap = 0.0 if card else facts.gap_mm
    detail = "millimetres between the product and what it stands on"
    contact = RenderCheck(name="contact", passed=False, detail="it stands on nothing")
    if gap is not None:
        contact = RenderCheck(
            name="contact", passed=abs(gap) <= _GAP_MM, value=round(gap, 3), limit=_GAP_MM,
            detail=detail,
        )  # fmt: skip
    clear = RenderCheck(
        name="clear",
        passed=not facts.touching,
        detail="reached into by " + ", ".join(facts.touching)
        if facts.touching
        else "nothing reaches into the product",
    )
    return [contact, clear]


def _channel(shot: ShotPlan, evidence: Evidence) -> list[RenderCheck]:
    """What the preset asks for."""
    preset = PRESETS[shot.preset]
    fill = filled(evidence.alpha)
    checks = [
        RenderCheck(
            name="fill", passed=fill >= preset.least_fill, value=round(fill, 3),
            limit=preset.least_fill, detail="share of the frame the product takes",
        )
    ]  # fmt: skip
    if preset.on_white:
        around = evidence.rgb[_far_from(evidence.alpha)]
        white = float((around.min(axis=-1) == 255).mean()) if len(around) else 0.0  # noqa: PLR2004
        checks.append(
            RenderCheck(
                name="white", passed=white >= _WHITE_SHARE, value=round(white, 4),
                limit=_WHITE_SHARE, detail="share of what is around it that is pure white",
            )
        )  # fmt: skip
        side = float(max(shot.width, shot.height))
        checks.append(
            RenderCheck(
                name="size", passed=side >= _MARKETPLACE_SIDE, value=side,
                limit=_MARKETPLACE_SIDE, detail="pixels of the longer side",
            )
        )  # fmt: skip
    return checks


def _far_from(alpha: Grey) -> NDArray[np.bool_]:
    """Pixels so far from the product that no JPEG block of it reaches them."""
    return ~binary_reach(alpha > 0, _JPEG_REACH_PX)


def filled(alpha: Grey) -> float:
    """Share of the frame that the longer side of the product's box takes."""
    rows, columns = np.nonzero(alpha >= _SOLID)
    if not len(rows):
        return 0.0
    tall = (int(rows.max()) - int(rows.min()) + 1) / alpha.shape[0]
    wide = (int(columns.max()) - int(columns.min()) + 1) / alpha.shape[1]
    return max(tall, wide)


def _at_most(name: str, value: float, limit: float, detail: str) -> RenderCheck:
    return RenderCheck(
        name=name, passed=value <= limit, value=round(value, 4), limit=limit, detail=detail
    )

"""From what the darkroom leaves to a finished picture and its report."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from backlot.contracts.render import RenderCheck
from services.render_worker.adapters.encoding import decode, encode
from services.render_worker.checks import Evidence, report
from services.render_worker.composite import alpha_of, on_white, paste
from services.render_worker.likeness import grey
from services.render_worker.port import MASK, PICTURE, REFERENCE
from services.render_worker.provenance import xmp
from services.render_worker.shot import ShotFacts, ShotPlan

_MARK = 0.25
"""Lightness in the mask, at any exposure, between what shows the set and what does not."""


class Finished(NamedTuple):
    """An encoded picture and its report."""

    data: bytes
    checks: tuple[RenderCheck, ...]


def finish(shot: ShotPlan, facts: ShotFacts, folder: Path, cutout: Path) -> Finished:
    """Compose, encode, and judge the file that clients will get.

    Args:
        shot: What was taken.
        facts: What was measured meanwhile.
        folder: Where the darkroom left its files.
        cutout: The cropped cut-out; only read for a product that is one.
    """
    with Image.open(folder / PICTURE) as opened:
        taken = opened.convert("RGBA") if shot.alone else opened.convert("RGB")
    if shot.product.kind == "cutout":
        return _composite(shot, facts, taken, cutout)
    picture = on_white(taken) if shot.alone else taken
    data = encode(picture, shot.format, xmp(shot))
    return Finished(data, report(shot, facts, _evidence_of_model(data, folder)))


def _composite(shot: ShotPlan, facts: ShotFacts, taken: Image.Image, cutout: Path) -> Finished:
    if shot.alone:
        taken = Image.new("RGB", taken.size, "white")
    with Image.open(cutout) as opened:
        pasted = paste(taken, opened.convert("RGBA"), shot)
    data = encode(pasted.picture, shot.format, xmp(shot))
    alpha = alpha_of(pasted.layer)
    evidence = Evidence(
        rgb=decode(data),
        alpha=alpha,
        wanted=np.asarray(pasted.layer.convert("RGB")),
        wanted_alpha=alpha,
        enlarged=pasted.enlarged,
    )
    return Finished(data, report(shot, facts, evidence))


def _evidence_of_model(data: bytes, folder: Path) -> Evidence:
    """Everything at the size of the reference, which is small."""
    with Image.open(folder / REFERENCE) as opened:
        reference = opened.convert("RGBA")
    with Image.open(folder / MASK) as opened:
        mask = opened.convert("RGBA").resize(reference.size, Image.Resampling.BOX)
    picture = Image.fromarray(decode(data)).resize(reference.size, Image.Resampling.BOX)
    wanted = Image.new("RGBA", reference.size, (128, 128, 128, 255))
    wanted.alpha_composite(reference)
    return Evidence(
        rgb=np.asarray(picture),
        alpha=alpha_of(mask),
        wanted=np.asarray(wanted.convert("RGB")),
        wanted_alpha=alpha_of(reference),
        own=(grey(np.asarray(mask)) > _MARK).astype(np.float64),
    )

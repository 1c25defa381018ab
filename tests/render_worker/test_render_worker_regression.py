"""Pictures against approved ones, flagged as Khronos' viewer certification flags them.

After a wanted change, look at what comes out and approve it: `BACKLOT_APPROVE=1 pytest` this file.
"""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from render_builders import RECIPES
from skimage.metrics import structural_similarity

from backlot.contracts.render import Angle, ShotWishes
from services.render_worker.adapters.darkroom import BlenderDarkroom
from services.render_worker.adapters.store import sha256_of
from services.render_worker.port import PICTURE
from services.render_worker.shots import Order, Subject, plan_shot
from services.render_worker.sizing import size_of_model

APPROVED = Path(__file__).parent / "approved"
MODELS = Path(__file__).parents[2] / "samples" / "models"
SIDE = 160
LEAST_SSIM, LEAST_PSNR_DB = 0.7, 20.0
SHOTS: list[tuple[str, str, Angle]] = [
    ("perfume", "champagne-silk-drape", "hero"),
    ("tumbler", "concrete-slab-side-light", "three-quarter"),
    ("sneaker", "white-studio-greenery", "low"),
]


@pytest.mark.parametrize(("product", "background", "angle"), SHOTS)
def test_pictures_look_as_approved(
    product: str, background: str, angle: Angle, blender: BlenderDarkroom, tmp_path: Path
) -> None:
    """SSIM of 0.7 and 20 dB or more against the picture somebody looked at."""
    path = MODELS / f"{product}.glb"
    facts = blender.inspect(path)
    subject = Subject(sha256_of(path), size_of_model(facts, None), facts)
    shot = plan_shot(RECIPES[background], angle, subject, Order("draft", ShotWishes()))
    blender.shoot(shot.model_copy(update={"width": SIDE, "height": SIDE}), path, tmp_path)
    approved = APPROVED / f"{product}-{background}-{angle}.png"
    if os.environ.get("BACKLOT_APPROVE"):
        approved.parent.mkdir(exist_ok=True)
        approved.write_bytes((tmp_path / PICTURE).read_bytes())
    with Image.open(tmp_path / PICTURE) as one, Image.open(approved) as other:
        found, wanted = np.asarray(one.convert("RGB")), np.asarray(other.convert("RGB"))
    assert structural_similarity(found, wanted, channel_axis=-1) >= LEAST_SSIM
    error = np.mean((found.astype(float) - wanted) ** 2)
    assert error <= 255**2 / 10 ** (LEAST_PSNR_DB / 10)

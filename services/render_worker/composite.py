"""Pastes a cut-out into the picture of its set, its own pixels as they are."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.render_worker.framing import Viewpoint, project
from services.render_worker.shot import CutoutProduct, ShotPlan

_FOOT_SHARE = 0.42
"""Where the front of a thing's foot lies, as a share of its depth before its middle."""


class Pasted(NamedTuple):
    """A picture with the product in it.

    Attributes:
        layer: RGBA of the frame's size: the product's pixels alone.
        enlarged: Picture pixels per pixel of the cut-out.
        height_error: Of the product's height in the picture against its projection.
    """

    picture: Image.Image
    layer: Image.Image
    enlarged: float
    height_error: float


def cropped(cutout: Image.Image) -> Image.Image:
    """The cut-out without its empty border.

    Raises:
        ValueError: Nothing of it is visible.
    """
    rgba = cutout.convert("RGBA")
    box = rgba.getchannel("A").point(lambda value: 255 if value >= 16 else 0).getbbox()  # noqa: PLR2004
    if box is None:
        raise ValueError("the cut-out is empty")
    return rgba.crop(box)


def paste(backdrop: Image.Image, cutout: Image.Image, shot: ShotPlan) -> Pasted:
    """Put the cropped cut-out where its shadow falls.

    The pixels are scaled and never coloured: what the seller photographed is what the buyer sees,
    outside exposure and tone mapping.
    """
    layer = Image.new("RGBA", backdrop.size, (0, 0, 0, 0))
    left, top, width, height = place(shot)
    size = (max(round(width), 1), max(round(height), 1))
    scaled = cutout.resize(size, Image.Resampling.LANCZOS)
    layer.paste(scaled, (round(left), round(top)))
    picture = backdrop.convert("RGBA")
    picture.alpha_composite(layer)
    return Pasted(picture.convert("RGB"), layer, height / cutout.height, abs(size[1] / height - 1))


def place(shot: ShotPlan) -> tuple[float, float, float, float]:
    """Left, top, width and height of the card in the picture, pixels."""
    if not isinstance(shot.product, CutoutProduct):
        raise TypeError("a model is not pasted")
    wide, tall, deep = shot.product.width_m, shot.product.height_m, shot.product.depth_m
    camera = shot.plan.cameras[0]
    view = Viewpoint(camera.position, camera.target, camera.lens_mm)
    at = np.asarray(shot.pose.at)
    angle = np.radians(shot.pose.yaw_deg)
    facing = np.array([np.sin(angle), 0.0, np.cos(angle)])
    right = np.array([np.cos(angle), 0.0, -np.sin(angle)])
    up = np.array([0.0, 1.0, 0.0])
    foot = 0.0 if shot.alone else deep * _FOOT_SHARE
    points = np.stack(
        [
            at + facing * foot,
            at + up * tall / 2 - right * wide / 2,
            at + up * tall / 2 + right * wide / 2,
        ]
    )
    seen = project(points, view, shot.width / shot.height) * (shot.width, shot.height)
    width = float(seen[2, 0] - seen[1, 0])
    height = width * tall / wide
    return (
        float(seen[0, 0]) - width / 2,
        shot.height - float(seen[0, 1]) - height,
        width,
        height,
    )


def on_white(picture: Image.Image) -> Image.Image:
    """An RGBA picture over pure white."""
    white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
    white.alpha_composite(picture.convert("RGBA"))
    return white.convert("RGB")


def alpha_of(layer: Image.Image) -> NDArray[np.float64]:
    """How much of each pixel is product, (h, w), 0 to 1."""
    return np.asarray(layer.convert("RGBA").getchannel("A"), dtype=np.float64) / 255

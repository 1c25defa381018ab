"""Puts a cut-out on a background so that it looks photographed there; its alpha stays exact."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.mask.backgrounds import Backgrounds, Picture, colour

Plane = NDArray[np.float32]
Cutout = NDArray[np.uint8]
"""Shape (height, width, 4), straight alpha, cropped to what is visible."""


@dataclass(frozen=True)
class Placed:
    """A cut-out somewhere in a frame: colours, alpha and shadow-casting lower edge."""

    rgb: Picture
    alpha: Plane
    foot: float


def compose(
    cutout: Cutout,
    others: list[Cutout],
    backgrounds: Backgrounds,
    side: int,
    draw: np.random.Generator,
) -> tuple[NDArray[np.uint8], Plane]:
    """A made photo and the share of product in each of its pixels.

    Args:
        cutout: The product.
        others: Things that may stand about at the edge and are no product.
        backgrounds: What may lie behind.
        side: Pixels of the square photo.
        draw: Where chance comes from.
    """
    scene, studio = backgrounds.draw(side, draw)
    if not studio:
        for other in others:
            scene = _set_down(scene, _place(other, side, draw, aside=True), studio, draw)[0]
    product = _place(_restyled(cutout, draw), side, draw, aside=False)
    if draw.random() < 0.5:
        product = _lit_alike(product, scene, draw)
    photo, alpha = _set_down(scene, product, studio, draw)
    return developed(photo, draw), alpha


def _place(cutout: Cutout, side: int, draw: np.random.Generator, aside: bool) -> Placed:
    """Scale, turn and shift a cut-out into the frame."""
    height, width = cutout.shape[:2]
    reach = draw.uniform(0.2, 0.5) if aside else draw.choice([draw.uniform(0.3, 0.95), 0.8])
    if not aside and draw.random() < 0.08:
        reach = draw.uniform(0.95, 1.4)
    scale = side * reach / max(height, width)
    squeeze = float(np.exp(draw.normal(0, 0.16)))
    turn = np.deg2rad(draw.normal(0, 8) if draw.random() < 0.8 else draw.uniform(-180, 180))
    flip = -1.0 if draw.random() < 0.5 else 1.0
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = turned @ np.diag([flip * scale * squeeze, scale / squeeze])
    if aside:
        angle = draw.uniform(0, 2 * np.pi)
        middle = side * (0.5 + draw.uniform(0.48, 0.6) * np.array([np.cos(angle), np.sin(angle)]))
    else:
        middle = side * np.clip(draw.normal((0.5, 0.52), 0.07), 0.3, 0.7)
    shift = middle - matrix @ (np.array([width, height]) / 2)
    affine = np.hstack([matrix, shift[:, None]])
    source = cutout.astype(np.float32) / np.float32(255)
    if scale < 0.6:  # else the warp aliases
        source = cv2.GaussianBlur(source, (0, 0), 0.35 / scale)
    source[..., :3] *= source[..., 3:]
    flags = cv2.INTER_LINEAR
    moved = cv2.warpAffine(source, affine, (side, side), flags=flags)
    alpha = np.clip(moved[..., 3], 0, 1)
    rows = np.flatnonzero((alpha > 0.5).any(axis=1))
    foot = float(rows[-1]) if rows.size else float(side)
    return Placed(moved[..., :3] / np.maximum(alpha, 1e-3)[..., None], alpha, foot)


def _restyled(cutout: Cutout, draw: np.random.Generator) -> Cutout:
    """Other colours, sometimes a print or a label."""
    rgb = cutout[..., :3].astype(np.float32) / np.float32(255)
    if draw.random() < 0.3:
        rgb = _printed(rgb, draw)
    gain = np.exp(draw.normal(0, 0.12, 3) + draw.normal(0, 0.15)).astype(np.float32)
    rgb = np.clip(rgb * gain, 0, 1) ** np.float32(np.exp(draw.normal(0, 0.25)))
    return np.dstack([np.round(rgb * 255).astype(np.uint8), cutout[..., 3]])


def _printed(rgb: Picture, draw: np.random.Generator) -> Picture:
    """A block of colour with lines of something on it, following the light on the product."""
    height, width = rgb.shape[:2]
    top, left = draw.uniform(0.05, 0.6, 2) * (height, width)
    tall, wide = draw.uniform(0.15, 0.7, 2) * (height, width)
    ink = np.broadcast_to(colour(draw), rgb.shape).copy()
    rows = int(draw.integers(2, 12))
    noise = draw.random((rows, int(draw.integers(2, 16)))).astype(np.float32)
    marks = cv2.resize(noise, (width, height), interpolation=cv2.INTER_NEAREST) > 0.65
    ink[marks] = colour(draw)
    light = rgb.mean(axis=2, keepdims=True)
    shade = np.clip(light / max(float(np.quantile(light, 0.85)), 0.05), 0.15, 1.25)
    area = np.zeros((height, width, 1), np.float32)
    area[int(top) : int(top + tall), int(left) : int(left + wide)] = draw.uniform(0.6, 1.0)
    return np.clip(rgb * (1 - area) + ink * shade * area, 0, 1).astype(np.float32)


def _lit_alike(product: Placed, scene: Picture, draw: np.random.Generator) -> Placed:
    """Shift the product some way to the brightness and tint of its surroundings."""
    weight = product.alpha[..., None]
    own = (product.rgb * weight).sum((0, 1)) / max(float(weight.sum()), 1.0)
    pull = draw.uniform(0.1, 0.6)
    wanted = (1 - pull) * own + pull * scene.mean((0, 1))
    gain = np.clip(wanted / np.maximum(own, 0.03), 0.4, 2.2).astype(np.float32)
    return Placed(np.clip(product.rgb * gain, 0, 1), product.alpha, product.foot)


def _set_down(
    scene: Picture, product: Placed, studio: bool, draw: np.random.Generator
) -> tuple[Picture, Plane]:
    """Shadow, mirror image and product over a scene."""
    side = scene.shape[0]
    if draw.random() < 0.6:
        scene = scene * (1 - _shadow(product, draw))[..., None]
    if draw.random() < 0.2:
        drop = np.float32([[1, 0, draw.normal(0, 4)], [0, 1, draw.uniform(0, 8)]])
        halo = cv2.warpAffine(product.alpha, drop, (side, side))
        halo = cv2.GaussianBlur(halo, (0, 0), draw.uniform(1.5, 8))
        scene = scene * (1 - draw.uniform(0.1, 0.5) * halo)[..., None]
    if studio and draw.random() < 0.2:
        scene = _mirrored(scene, product, draw)
    clear = product.alpha
    if draw.random() < 0.08:  # glass and clear plastic: the background shines through
        inner = cv2.erode(product.alpha, np.ones((3, 3), np.uint8))
        inner = cv2.GaussianBlur(inner, (0, 0), draw.uniform(0.8, 3))
        clear = product.alpha * (1 - draw.uniform(0.3, 0.75) * inner)
    photo = scene * (1 - clear[..., None]) + product.rgb * clear[..., None]
    return photo.astype(np.float32), product.alpha


def _shadow(product: Placed, draw: np.random.Generator) -> Plane:
    """What a product that stands takes of the light around its foot, 0..1."""
    side = product.alpha.shape[0]
    flat, lean = draw.uniform(0.06, 0.45), draw.normal(0, 0.6)
    # Flattened onto the ground about its lowest line.
    moved = np.float32(
        [[1, lean * flat, -lean * flat * product.foot], [0, flat, product.foot * (1 - flat)]]
    )
    cast = cv2.warpAffine(product.alpha, moved, (side, side))
    soft = cv2.GaussianBlur(cast, (0, 0), draw.uniform(1.0, 7.0) * side / 160)
    shadow: Plane = draw.uniform(0.15, 0.75) * soft
    return shadow


def _mirrored(scene: Picture, product: Placed, draw: np.random.Generator) -> Picture:
    """A glossy ground that shows the product upside down."""
    side = scene.shape[0]
    flip = np.float32([[1, 0, 0], [0, -1, 2 * product.foot]])
    alpha = cv2.warpAffine(product.alpha, flip, (side, side))
    rgb = cv2.warpAffine(product.rgb, flip, (side, side))
    below = np.arange(side, dtype=np.float32) - product.foot
    fade = np.clip(1 - below / (side * draw.uniform(0.1, 0.5)), 0, 1) * (below >= 0)
    share = (draw.uniform(0.1, 0.5) * alpha * fade[:, None])[..., None]
    mixed: Picture = scene * (1 - share) + cv2.GaussianBlur(rgb, (0, 0), 1.0) * share
    return mixed


def developed(photo: Picture, draw: np.random.Generator) -> NDArray[np.uint8]:
    """Cast, light fall-off, gamma, blur, noise and compression of a camera."""
    side = photo.shape[0]
    cast = np.exp(draw.normal(0, 0.08, 3) + draw.normal(0, 0.12)).astype(np.float32)
    photo = np.clip(photo * cast, 0, 1) ** np.float32(np.exp(draw.normal(0, 0.15)))
    if draw.random() < 0.25:
        line = np.linspace(*draw.uniform(0.5, 1.1, 2), side, dtype=np.float32)
        photo = photo * (line[:, None, None] if draw.random() < 0.5 else line[None, :, None])
    if draw.random() < 0.35:
        photo = cv2.GaussianBlur(photo, (0, 0), draw.uniform(0.3, 1.3) * side / 160)
    if draw.random() < 0.6:
        noise = draw.standard_normal(photo.shape, np.float32)
        photo = photo + noise * np.float32(draw.uniform(0.003, 0.04))
    final = np.round(np.clip(photo, 0, 1) * 255).astype(np.uint8)
    if draw.random() < 0.06:
        final = cv2.cvtColor(cv2.cvtColor(final, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    if draw.random() < 0.5:
        _, packed = cv2.imencode(
            ".jpg", final, [cv2.IMWRITE_JPEG_QUALITY, int(draw.integers(35, 96))]
        )
        final = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return final

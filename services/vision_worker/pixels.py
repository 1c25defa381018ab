"""Typed array operations on pictures; the one place that uses OpenCV."""

from typing import Any, NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
"""Shape (height, width, 3), sRGB."""
Plane = NDArray[np.float32]
"""Shape (height, width)."""
Lab = NDArray[np.float32]
"""Shape (height, width, 3): CIELAB under D65, L* 0..100."""
Flags = NDArray[np.bool_]
"""Shape (height, width)."""


Image = NDArray[Any]
"""Shape (height, width) or (height, width, channels)."""

SAMPLE_LINE = 1024


class Components(NamedTuple):
    """Connected areas of a mask.

    Attributes:
        labels: Number of the area of each pixel, 0 outside the mask.
        areas: Pixels of each area; index 0 is the outside.
    """

    labels: NDArray[np.int32]
    areas: NDArray[np.int32]


def use_threads(count: int | None) -> None:
    """Set how many threads one operation may use in this process; None leaves OpenCV's choice."""
    if count is not None:
        cv2.setNumThreads(count)


def to_lab(rgb: Rgb) -> Lab:
    """CIELAB (D65, 2 degrees) of an sRGB picture."""
    return cast("Lab", cv2.cvtColor(rgb.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB))


def hex_from_lab(colour: tuple[float, float, float]) -> str:
    """``#rrggbb`` of a CIELAB colour, the nearest sRGB has."""
    pixel = np.array([[colour]], np.float32)
    rgb = np.clip(np.round(cv2.cvtColor(pixel, cv2.COLOR_LAB2RGB)[0, 0] * 255), 0, 255).astype(int)
    return f"#{rgb[0]:02x}{rgb[1]:02x}{rgb[2]:02x}"


def to_luma(rgb: Rgb) -> Plane:
    """Rec. 601 luma, 0..1."""
    return cast("Plane", cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32) / np.float32(255))


def fitted(height: int, width: int, long_side: int) -> tuple[int, int]:
    """Height and width scaled down so that the longer is at most `long_side`; never below 1."""
    scale = min(1.0, long_side / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def shrink(rgb: Rgb, long_side: int) -> Rgb:
    """Scale down without aliasing; a smaller picture is returned as it is."""
    height, width = fitted(rgb.shape[0], rgb.shape[1], long_side)
    if (height, width) == rgb.shape[:2]:
        return rgb
    return cast("Rgb", _smaller(rgb, height, width))


def resize_plane(plane: Plane, height: int, width: int) -> Plane:
    """Scale a plane up or down, without aliasing."""
    if plane.shape == (height, width):
        return plane
    return cast("Plane", _smaller(plane, height, width))


def resize_rgb(rgb: Rgb, height: int, width: int) -> Rgb:
    """Scale a picture up or down without aliasing, its proportions given up if need be."""
    return cast("Rgb", _smaller(rgb, height, width))


def _smaller(image: Image, height: int, width: int) -> Image:
    """Scale in steps of a half at most, each of which bilinear sampling does without aliasing.

    Averaging in one step gives nearly the same and takes five times as long.
    """
    while image.shape[0] > 2 * height or image.shape[1] > 2 * width:
        half = max(height, -(-image.shape[0] // 2)), max(width, -(-image.shape[1] // 2))
        image = cv2.resize(image, half[::-1], interpolation=cv2.INTER_LINEAR)
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)


def resize_floats(image: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Scale a float picture of any number of channels, bilinearly."""
    return cast(
        "NDArray[np.float32]", cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
    )


def sample(
    image: NDArray[np.float32],
    size: tuple[int, int],
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
) -> NDArray[np.float32]:
    """Values of a small copy at pixels of a larger picture, bilinearly; shape (n, channels).

    Args:
        image: The copy, shape (height, width, channels).
        size: Height and width of the larger picture.
        rows: Pixel rows in the larger picture.
        columns: Pixel columns in it.
    """
    if rows.size == 0:
        return np.zeros((0, image.shape[2]), np.float32)
    y = (rows.astype(np.float32) + 0.5) * (image.shape[0] / size[0]) - 0.5
    x = (columns.astype(np.float32) + 0.5) * (image.shape[1] / size[1]) - 0.5
    # OpenCV takes maps of at most 32,767 a side: the pixels are folded into rows.
    lines = -(-rows.size // SAMPLE_LINE)
    padded = np.zeros((2, lines * SAMPLE_LINE), np.float32)
    padded[0, : rows.size], padded[1, : rows.size] = x, y
    maps = padded.reshape(2, lines, SAMPLE_LINE)
    taken = cv2.remap(image, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return cast("NDArray[np.float32]", taken.reshape(-1, image.shape[2])[: rows.size])


def with_alpha(rgb: Rgb, alpha: Plane) -> NDArray[np.uint8]:
    """The picture with an alpha channel; black where it is 0. Shape (height, width, 4)."""
    rgba = cast("NDArray[np.uint8]", cv2.cvtColor(rgb, cv2.COLOR_RGB2RGBA))
    rgba[..., 3] = cv2.convertScaleAbs(alpha, alpha=255)
    rgba.view(np.uint32)[..., 0][rgba[..., 3] == 0] = 0
    return rgba


def box_mean(image: NDArray[np.float32], radius: int) -> NDArray[np.float32]:
    """Mean over a square window of side ``2 * radius + 1``; edges are mirrored."""
    side = 2 * radius + 1
    return cast("NDArray[np.float32]", cv2.blur(image, (side, side), borderType=cv2.BORDER_REFLECT))


def smooth(image: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """Gaussian blur, sigma in pixels."""
    return cast(
        "NDArray[np.float32]", cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    )


def gradient(plane: Plane) -> Plane:
    """Magnitude of the gradient per pixel (Sobel, scaled so that a ramp gives its slope)."""
    across = cv2.Sobel(plane, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8, borderType=cv2.BORDER_REFLECT)
    down = cv2.Sobel(plane, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8, borderType=cv2.BORDER_REFLECT)
    return cast("Plane", cv2.magnitude(across, down))


def components(flags: Flags) -> Components:
    """Areas connected by sides."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(flags.astype(np.uint8), connectivity=4)
    return Components(
        cast("NDArray[np.int32]", labels), cast("NDArray[np.int32]", stats[:, cv2.CC_STAT_AREA])
    )


def grow(flags: Flags, radius: int) -> Flags:
    """Dilate by a disc."""
    return _morph(flags, radius, cv2.MORPH_DILATE)


def trim(flags: Flags, radius: int) -> Flags:
    """Erode by a disc."""
    return _morph(flags, radius, cv2.MORPH_ERODE)


def opened(flags: Flags, radius: int) -> Flags:
    """Remove what is thinner than a disc."""
    return _morph(flags, radius, cv2.MORPH_OPEN)


def closed(flags: Flags, length: int) -> Flags:
    """Bridge gaps along rows of up to `length` pixels."""
    bar = np.ones((1, length), np.uint8)
    return cv2.morphologyEx(flags.astype(np.uint8), cv2.MORPH_CLOSE, bar) > 0


def _morph(flags: Flags, radius: int, operation: int) -> Flags:
    if radius < 1:
        return flags
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return cv2.morphologyEx(flags.astype(np.uint8), operation, disc) > 0


class Guess:
    """What is known of a pixel before the graph cut."""

    BACKGROUND = cv2.GC_BGD
    PRODUCT = cv2.GC_FGD
    MAYBE_BACKGROUND = cv2.GC_PR_BGD
    MAYBE_PRODUCT = cv2.GC_PR_FGD


def graph_cut(rgb: Rgb, guess: NDArray[np.uint8], rounds: int) -> Flags:
    """Product pixels by GrabCut (Rother et al. 2004) from a first guess; the same every time.

    Args:
        rgb: The picture.
        guess: Values of `Guess`, both kinds of product and background must occur.
        rounds: Times to fit the colour models and cut.
    """
    mask = guess.copy()
    # The colour models are seeded from this thread's generator.
    cv2.setRNGSeed(1)
    cv2.grabCut(
        rgb,
        mask,
        (0, 0, 1, 1),  # not read: the guess says where the product may be
        np.zeros((1, 65)),
        np.zeros((1, 65)),
        rounds,
        cv2.GC_INIT_WITH_MASK,
    )
    product: Flags = (mask == Guess.PRODUCT) | (mask == Guess.MAYBE_PRODUCT)
    return product

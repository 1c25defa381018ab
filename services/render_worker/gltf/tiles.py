"""Procedural textures as small pictures that repeat; what is finer than a pixel is one colour."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from services.render_worker.gltf.colours import Rgb, linear
from services.render_worker.gltf.periodic import Field, cells_of, coordinates, noise
from services.render_worker.scene import Pattern, PatternKind


@dataclass(frozen=True, eq=False)
class Tile:
    """A picture in the plane of a surface.

    Attributes:
        rgb: Linear (height, width, 3).
        size_m: Width and height that it covers before it repeats.
        upright: It runs up the y axis once, from `foot_m`, and does not repeat.
    """

    rgb: Rgb
    size_m: tuple[float, float]
    upright: bool = False
    foot_m: float = 0.0


def _ranged(value: Field, low: float, high: float, to: tuple[float, float]) -> Field:
    """Map low..high to another range, held at its ends."""
    share = np.clip((value - low) / (high - low), 0.0, 1.0)
    return np.asarray(to[0] + share * (to[1] - to[0]))


def _mixed(share: Field, first: Rgb, second: Rgb) -> Rgb:
    """Go from one colour to another by a field."""
    part = np.clip(share, 0.0, 1.0)[..., None]
    return np.asarray(first * (1 - part) + second * part)


def _gradient(pattern: Pattern) -> Tile:
    low, high = pattern.span
    _, down = coordinates(128, 4)
    up = 1.0 - down
    soft = up * up * (3 - 2 * up)
    stops = np.linspace(0.0, 1.0, len(pattern.colours))
    table = np.array([linear(colour) for colour in pattern.colours])
    rgb = np.stack([np.interp(soft, stops, table[:, at]) for at in range(3)], axis=-1)
    return Tile(rgb, (1.0, high - low), upright=True, foot_m=low)


def _marble(pattern: Pattern) -> Tile:
    u, v = coordinates(384, 384)
    side = 5.0 / pattern.scale
    cells = (5, 5)
    bent_u = u + 0.11 * (noise(u, v, cells, 3, 5) - 0.5) * 4
    bent_v = v + 0.11 * (noise(u, v, cells, 4, 5) - 0.5) * 4
    veins = []
    for per_side, width, seed in ((5, 0.035, 11), (12, 0.02, 17)):
        ridge = np.abs(noise(bent_u % 1, bent_v % 1, (per_side, per_side), seed, 2) - 0.5)
        veins.append(_ranged(ridge, 0.0, width, (1.0, 0.0)))
    clouds = _ranged(noise(bent_u % 1, bent_v % 1, (4, 4), 23, 4), 0.42, 0.75, (0.0, 0.3))
    strength = _ranged(noise(u, v, (7, 7), 29, 2), 0.4, 0.65, (0.12, 0.8))
    share = veins[0] * strength + veins[1] * 0.28 + clouds
    return Tile(_mixed(share, linear(pattern.colours[0]), linear(pattern.colours[1])), (side, side))


def _wood(pattern: Pattern) -> Tile:
    u, v = coordinates(256, 256)
    rings = noise(u, v, (1, 4), 5, 3)
    bands = np.abs((rings * 9.0) % 1.0 * 2.0 - 1.0)
    fibres = noise(u, v, (2, 90), 7, 1)
    shade = noise(u, v, (1, 2), 9, 2)
    share = bands * 0.34 + _ranged(fibres, 0.35, 0.75, (0.0, 0.55))
    share = share + _ranged(shade, 0.3, 0.7, (-0.18, 0.2))
    rgb = _mixed(share, linear(pattern.colours[0]), linear(pattern.colours[1]))
    return Tile(rgb, (10.0 / pattern.scale, 3.6 / pattern.scale))


def _concrete(pattern: Pattern) -> Tile:
    base, dark, light = (linear(colour) for colour in pattern.colours[:3])
    u, v = coordinates(256, 256)
    clouds = noise(u, v, (4, 4), 13, 5)
    rgb = _mixed(_ranged(clouds, 0.22, 0.5, (0.0, 1.0)), dark, base)
    rgb = _mixed(_ranged(clouds, 0.5, 0.8, (0.0, 1.0)), rgb, light)
    fine = noise(u, v, (64, 64), 15, 2)
    rgb = rgb * _ranged(fine, 0.3, 0.7, (0.93, 1.06))[..., None]
    if pattern.bump > 0.1:  # noqa: PLR2004 - ground smooth there are no holes left
        border, mark, _ = cells_of(u, v, 48, 19)
        sparse = noise(u, v, (9, 9), 21, 2) > 0.56  # noqa: PLR2004 - holes come in patches
        hole = (border > 0.3) & (mark < 0.5) & sparse  # noqa: PLR2004 - the middle of some cells
        rgb = np.where(hole[..., None], dark, rgb)
    side = 4.0 / pattern.scale
    return Tile(rgb, (side, side))


def _terrazzo(pattern: Pattern) -> Tile:
    u, v = coordinates(512, 512)
    chips = np.array([linear(chip) for chip in pattern.colours[1:]])
    rgb: Rgb = np.broadcast_to(linear(pattern.colours[0]), (*u.shape, 3))
    for count, edge, kept, seed in ((8, 0.13, 0.3, 1), (17, 0.12, 0.34, 2), (40, 0.1, 0.3, 3)):
        border, which, chosen = cells_of(u, v, count, seed)
        inside = (border > edge) & (chosen < kept)
        colour = chips[np.minimum((which * len(chips)).astype(int), len(chips) - 1)]
        rgb = np.where(inside[..., None], colour, rgb)
    side = 16.0 / pattern.scale
    return Tile(rgb, (side, side))


def _laid(
    u: Field, v: Field, columns: int, rows: int, joint: tuple[float, float], shift: float
) -> tuple[Field, Field]:
    """A bond of bricks: 1 in its joints, and a random number for each brick."""
    row = np.floor(v * rows).astype(int)
    along = u * columns + shift * (row % 2)
    column = np.floor(along).astype(int) % columns
    in_row, in_column = (v * rows) % 1.0, along % 1.0
    open_ = (in_row < joint[1]) | (in_column < joint[0])
    marks = np.random.default_rng(31).uniform(0.0, 1.0, (rows, columns))
    return open_.astype(np.float64), marks[row, column]


def _brick(pattern: Pattern) -> Tile:
    first, second, mortar = (linear(colour) for colour in pattern.colours[:3])
    u, v = coordinates(384, 384)
    joints, mark = _laid(u, v, 6, 18, (0.03, 0.1), 0.5)
    fine = _ranged(noise(u, v, (60, 60), 33, 2), 0.3, 0.75, (0.75, 1.2))
    rgb = _mixed(joints, _mixed(mark, first, second) * fine[..., None], mortar)
    return Tile(rgb, (6 * 0.22 / pattern.scale, 18 * 0.072 / pattern.scale))


def _tile(pattern: Pattern) -> Tile:
    u, v = coordinates(256, 256)
    width = 0.0022 * pattern.scale
    joints, mark = _laid(u, v, 4, 4, (max(width, 0.016), max(width, 0.016)), 0.0)
    base = linear(pattern.colours[0]) * (0.985 + 0.03 * mark)[..., None]
    side = 4.0 / pattern.scale
    return Tile(_mixed(joints, base, linear(pattern.colours[1])), (side, side))


def _planks(pattern: Pattern) -> Tile:
    base, dark, joint = (linear(colour) for colour in pattern.colours[:3])
    u, v = coordinates(512, 512)
    joints, mark = _laid(u, v, 2, 12, (0.0025, 0.022), 0.37)
    fibres = noise((u + mark) % 1.0, v, (5, 70), 35, 2)
    rgb = _mixed(_ranged(fibres, 0.32, 0.72, (0.0, 0.8)), base, dark)
    rgb = rgb * (0.86 + 0.24 * mark)[..., None]
    size = (2 * 1.3 / pattern.scale, 12 * 0.14 / pattern.scale)
    return Tile(_mixed(joints, rgb, joint), size)


def _speckle(pattern: Pattern) -> Tile:
    base, spot = linear(pattern.colours[0]), linear(pattern.colours[1])
    u, v = coordinates(256, 256)
    fine = noise(u, v, (64, 64), 37, 1)
    tone = _ranged(noise(u, v, (2, 2), 39, 4), 0.35, 0.7, (0.0, 0.35))
    share = np.maximum(_ranged(fine, 0.66, 0.72, (0.0, 0.8)), tone)
    side = 128.0 / pattern.scale
    return Tile(_mixed(share, base, spot), (side, side))


_PAINTERS: dict[PatternKind, Callable[[Pattern], Tile]] = {
    PatternKind.GRADIENT: _gradient,
    PatternKind.MARBLE: _marble,
    PatternKind.WOOD: _wood,
    PatternKind.CONCRETE: _concrete,
    PatternKind.TERRAZZO: _terrazzo,
    PatternKind.BRICK: _brick,
    PatternKind.TILE: _tile,
    PatternKind.PLANKS: _planks,
    PatternKind.SPECKLE: _speckle,
}
_WOVEN = 0.27
"""How much of its darker yarn a cloth shows on average."""


@lru_cache(maxsize=512)
def tile_of(pattern: Pattern) -> Tile | None:
    """The picture of a pattern; None where it is too fine to be more than one colour."""
    painter = _PAINTERS.get(pattern.kind)
    return painter(pattern) if painter else None


def plain_colour(pattern: Pattern) -> Rgb:
    """The one colour, linear, of a pattern without a picture."""
    base = linear(pattern.colours[0])
    if pattern.kind is PatternKind.WEAVE:
        return np.asarray(base * (1 - _WOVEN) + linear(pattern.colours[1]) * _WOVEN)
    return base

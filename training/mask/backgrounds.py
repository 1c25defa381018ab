"""What may lie behind a product: rooms, streets, other photos, paper, colour ramps, fabric."""

import zlib
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
"""Shape (height, width, 3), sRGB 0..1."""

LOADED_SIDE = 288
HELD_OUT_PERCENT = 20
PHOTOS = {"caltech_other": 260, "grocery": 160}
"""How many photos of each set serve as surroundings."""


def _load(path: Path) -> NDArray[np.uint8]:
    """A picture, its longer side scaled down, as RGB."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise FileNotFoundError(path)
    scale = min(1.0, LOADED_SIDE / max(picture.shape[:2]))
    size = round(picture.shape[1] * scale), round(picture.shape[0] * scale)
    return cv2.cvtColor(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)


class Backgrounds:
    """A supply of backgrounds; places held out for measuring are never given for training.

    Args:
        data: Holds ``backdrops/`` and ``photos/``.
        held_out: Whether to give only the held-out places or only the others.
        seed: Which photos are taken.
    """

    def __init__(self, data: Path, held_out: bool, seed: int) -> None:
        def belongs(name: str) -> bool:
            return (zlib.crc32(name.encode()) % 100 < HELD_OUT_PERCENT) == held_out

        rooms = sorted((data / "backdrops").glob("*.jpg"))
        self._rooms = [_load(path) for path in rooms if belongs(path.name.split("__")[0])]
        draw = np.random.default_rng(seed)
        self._photos: list[NDArray[np.uint8]] = []
        for kind, count in PHOTOS.items():
            paths = sorted((data / "photos" / kind).rglob("*.jpg"))
            paths = [path for path in paths if belongs(path.name)]
            chosen = draw.permutation(len(paths))[:count]
            self._photos += [_load(paths[number]) for number in chosen]

    def draw(self, side: int, draw: np.random.Generator) -> tuple[Picture, bool]:
        """A square background, and whether it is a studio's (paper, ramp), not a place."""
        kind = draw.random()
        if kind < 0.36:
            return _blurred(_crop(self._rooms, side, draw), draw, 0.4), False
        if kind < 0.52:
            return _blurred(_crop(self._photos or self._rooms, side, draw), draw, 0.35), False
        if kind < 0.63:
            return _fabric(side, draw), False
        if kind < 0.75:
            return _table(_crop(self._rooms, side, draw), _surface(side, draw), draw), False
        return _paper(side, draw), True


def _crop(pictures: list[NDArray[np.uint8]], side: int, draw: np.random.Generator) -> Picture:
    picture = pictures[draw.integers(len(pictures))]
    height, width = picture.shape[:2]
    tall = int(height * draw.uniform(0.35, 1.0))
    wide = int(width * draw.uniform(0.35, 1.0))
    top, left = draw.integers(height - tall + 1), draw.integers(width - wide + 1)
    cut = picture[top : top + tall, left : left + wide]
    if draw.random() < 0.5:
        cut = cut[:, ::-1]
    smaller = cv2.resize(cut, (side, side), interpolation=cv2.INTER_LINEAR)
    return smaller.astype(np.float32) / np.float32(255)


def _blurred(picture: Picture, draw: np.random.Generator, share: float) -> Picture:
    if draw.random() < share:
        sigma = draw.uniform(0.5, 5.0) * picture.shape[0] / 160
        picture = cv2.GaussianBlur(picture, (0, 0), sigma)
    return picture


def colour(draw: np.random.Generator) -> NDArray[np.float32]:
    """Any colour; near white or grey more often than chance has it."""
    kind = draw.random()
    if kind < 0.3:
        return np.clip(draw.uniform(0.8, 1.0) + draw.normal(0, 0.015, 3), 0, 1).astype(np.float32)
    if kind < 0.5:
        return np.clip(draw.uniform(0, 0.8) + draw.normal(0, 0.03, 3), 0, 1).astype(np.float32)
    return draw.uniform(0, 1, 3).astype(np.float32)


def _ramp(side: int, one: Picture, other: Picture, draw: np.random.Generator) -> Picture:
    y, x = np.mgrid[-1 : 1 : complex(0, side), -1 : 1 : complex(0, side)].astype(np.float32)
    turn = draw.uniform(0, 2 * np.pi)
    if draw.random() < 0.5:
        along = 0.5 + 0.5 * (x * np.cos(turn) + y * np.sin(turn)) / 1.42
    else:
        along = np.hypot(x - draw.uniform(-0.5, 0.5), y - draw.uniform(-0.5, 0.5)) / 1.8
    along = np.clip(along, 0, 1)[..., None] ** draw.uniform(0.6, 1.8)
    ramp: Picture = (one * (1 - along) + other * along).astype(np.float32)
    return ramp


def _paper(side: int, draw: np.random.Generator) -> Picture:
    """One colour, a ramp, or a wall that meets a floor."""
    one = colour(draw)
    kind = draw.random()
    if kind < 0.3:
        return np.broadcast_to(one, (side, side, 3)).copy()
    other = np.clip(one * draw.uniform(0.55, 1.2) + draw.normal(0, 0.03, 3), 0, 1)
    paper = _ramp(side, one, other.astype(np.float32), draw)
    if kind > 0.7:
        edge = int(side * draw.uniform(0.35, 0.9))
        floor = np.clip(colour(draw) if draw.random() < 0.5 else one * draw.uniform(0.7, 1.1), 0, 1)
        paper[edge:] = _ramp(side, floor.astype(np.float32), paper[-1, 0], draw)[edge:]
        paper = cv2.GaussianBlur(paper, (0, 0), draw.uniform(0.4, 4.0))
    return paper


def _fabric(side: int, draw: np.random.Generator) -> Picture:
    """Grain, weave or stripes in two colours, as of wood, carpet, cloth, tiles."""
    one, other = colour(draw), colour(draw)
    coarse = max(2, int(side / draw.uniform(2, 40)))
    tall = max(2, int(coarse * draw.choice([1.0, 1.0, 0.15, 4.0])))
    noise = draw.random((min(tall, side), coarse)).astype(np.float32)
    way = cv2.INTER_CUBIC if draw.random() < 0.7 else cv2.INTER_NEAREST
    plane = np.clip(cv2.resize(noise, (side, side), interpolation=way), 0, 1)
    if draw.random() < 0.4:
        y, x = np.mgrid[:side, :side].astype(np.float32)
        turn, pitch = draw.uniform(0, np.pi), side / draw.uniform(3, 30)
        wave = np.sin((x * np.cos(turn) + y * np.sin(turn)) * 2 * np.pi / pitch)
        plane = 0.5 * plane + 0.5 * (wave > draw.uniform(-0.8, 0.8))
    strength = draw.uniform(0.1, 1.0)
    plane = (plane * strength)[..., None]
    return np.clip(one * (1 - plane) + other * plane, 0, 1).astype(np.float32)


def _surface(side: int, draw: np.random.Generator) -> Picture:
    return _fabric(side, draw) if draw.random() < 0.5 else _paper(side, draw)


def _table(room: Picture, surface: Picture, draw: np.random.Generator) -> Picture:
    """A table top before a room."""
    side = room.shape[0]
    room = cv2.GaussianBlur(room, (0, 0), draw.uniform(0.5, 4.0))
    edge = int(side * draw.uniform(0.3, 0.85))
    tilt = int(side * draw.uniform(-0.12, 0.12))
    mask = np.zeros((side, side), np.float32)
    corners = np.array([[0, edge + tilt], [side, edge - tilt], [side, side], [0, side]])
    cv2.fillPoly(mask, [corners], 1.0)
    mask = cv2.GaussianBlur(mask, (0, 0), draw.uniform(0.3, 2.0))[..., None]
    table: Picture = room * (1 - mask) + surface * mask
    return table

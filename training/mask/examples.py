"""Pairs of a photo and its mask, made as they are asked for."""

import csv
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.mask.backgrounds import Backgrounds
from training.mask.compose import Cutout, Plane, compose, developed

Batch = tuple[NDArray[np.uint8], Plane]
"""Photos (count, side, side, 3) and masks (count, side, side)."""

TAUGHT, CUT = 0.30, 0.22
"""Shares of photos as taken and of their cut-outs on backgrounds; the rest is rendered."""
MOST_FUZZ = 0.16
"""How undecided a teacher's mask may be: sum of m (1 - m) per pixel of product."""
LEAST_SHARE, MOST_SHARE = 0.03, 0.88
CUT_SHARE = 0.6
"""Only a mask below this share of its photo, and not at its edge, makes a cut-out."""
DISTRACTED = 0.15
TRAIN_SPLITS = ("train",)
HELD_OUT_SPLITS = ("test", "dev")


@dataclass(frozen=True)
class TaughtMask:
    """A photo with a teacher's mask.

    Attributes:
        kind: The set it comes from.
        rgb: Shape (height, width, 3).
        mask: 0..1 of the same size.
    """

    kind: str
    rgb: NDArray[np.uint8]
    mask: Plane


def load_renders(folder: Path, held_out: bool) -> list[Cutout]:
    """Rendered products, cropped to what is visible; whole meshes are held out."""
    wanted = HELD_OUT_SPLITS if held_out else TRAIN_SPLITS
    with (folder / "index.tsv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["split"] in wanted]
    paths = [folder / row["path"] for row in rows]
    drawn = [cv2.imread(str(path), cv2.IMREAD_UNCHANGED) for path in paths if path.exists()]
    return [cutout for cutout in map(_cropped, drawn) if cutout is not None]


def _cropped(picture: NDArray[np.uint8] | None) -> Cutout | None:
    if picture is None or picture.ndim != 3 or picture.shape[2] != 4:
        return None
    rows = np.flatnonzero((picture[..., 3] > 8).any(axis=1))
    columns = np.flatnonzero((picture[..., 3] > 8).any(axis=0))
    if rows.size < 8 or columns.size < 4:
        return None
    box = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return cv2.cvtColor(np.pad(box, ((2, 2), (2, 2), (0, 0))), cv2.COLOR_BGRA2RGBA)


def load_taught(folder: Path, held_out: bool) -> list[TaughtMask]:
    """Photos whose teacher's mask is decided enough to learn from or to measure against."""
    split = "test" if held_out else "train"
    with (folder / "index.tsv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["split"] == split]
    taught = []
    for row in rows:
        path = folder / f"{row['key']}.png"
        if not path.exists():
            continue
        photo = cv2.imread(str(path.with_suffix(".jpg")))
        kept = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if photo is None or kept is None or photo.shape[:2] != kept.shape:
            continue
        mask = kept.astype(np.float32) / np.float32(255)
        share = float((mask > 0.5).mean())
        fuzz = float((mask * (1 - mask)).sum()) / max(float((mask > 0.5).sum()), 1.0)
        if LEAST_SHARE <= share <= MOST_SHARE and fuzz <= MOST_FUZZ:
            taught.append(TaughtMask(row["kind"], cv2.cvtColor(photo, cv2.COLOR_BGR2RGB), mask))
    return taught


def cut_out(taught: list[TaughtMask]) -> list[Cutout]:
    """Cut-outs of the photos that show their product whole, edges drawn in a little."""
    cutouts = []
    for each in taught:
        edge = np.concatenate([each.mask[0], each.mask[-1], each.mask[:, 0], each.mask[:, -1]])
        if (each.mask > 0.5).mean() > CUT_SHARE or (edge > 0.3).mean() > 0.02:
            continue
        alpha = np.clip((each.mask - 0.45) / 0.4, 0, 1)
        rgba = np.dstack([each.rgb[..., ::-1], np.round(alpha * 255).astype(np.uint8)])
        cutout = _cropped(rgba)
        if cutout is not None:
            cutouts.append(cutout)
    return cutouts


class Examples:
    """Draws examples without end.

    Args:
        renders: Rendered products.
        taught: Photos with a teacher's masks.
        backgrounds: What may lie behind a product.
    """

    def __init__(
        self, renders: list[Cutout], taught: list[TaughtMask], backgrounds: Backgrounds
    ) -> None:
        self._renders = renders
        self._taught = taught
        self._cuts = cut_out(taught)
        self._backgrounds = backgrounds

    def draw(self, side: int, draw: np.random.Generator) -> tuple[NDArray[np.uint8], Plane]:
        """One photo of `side` pixels and its mask."""
        kind = draw.random()
        if kind < TAUGHT and self._taught:
            return _as_taken(self._taught[draw.integers(len(self._taught))], side, draw)
        cuts = kind < TAUGHT + CUT and bool(self._cuts)
        source = self._cuts if cuts else self._renders
        others = []
        if draw.random() < DISTRACTED:
            count = draw.integers(1, 4)
            others = [self._renders[draw.integers(len(self._renders))] for _ in range(count)]
        chosen = source[draw.integers(len(source))]
        return compose(chosen, others, self._backgrounds, side, draw)

    def batch(self, count: int, side: int, draw: np.random.Generator) -> Batch:
        """So many photos and their masks."""
        pairs = [self.draw(side, draw) for _ in range(count)]
        return np.stack([rgb for rgb, _ in pairs]), np.stack([mask for _, mask in pairs])


def _as_taken(
    each: TaughtMask, side: int, draw: np.random.Generator
) -> tuple[NDArray[np.uint8], Plane]:
    """A taught photo, cropped and mirrored by chance, with other light."""
    height, width = each.mask.shape
    keep = draw.uniform(0.75, 1.0, 2) if draw.random() < 0.6 else np.ones(2)
    tall, wide = max(8, int(height * keep[0])), max(8, int(width * keep[1]))
    top, left = draw.integers(height - tall + 1), draw.integers(width - wide + 1)
    rows, columns = slice(top, top + tall), slice(left, left + wide)
    rgb = cv2.resize(each.rgb[rows, columns], (side, side), interpolation=cv2.INTER_AREA)
    mask = cv2.resize(each.mask[rows, columns], (side, side), interpolation=cv2.INTER_AREA)
    if draw.random() < 0.5:
        rgb, mask = rgb[:, ::-1], mask[:, ::-1]
    turns = draw.choice([0, 0, 0, 0, 0, 1, 2, 3])
    rgb, mask = np.rot90(rgb, turns), np.rot90(mask, turns)
    photo = np.ascontiguousarray(rgb).astype(np.float32) / np.float32(255)
    # Sharper than the teacher, whose edges are soft for want of pixels.
    firm = np.clip((mask - 0.5) * 1.6 + 0.5, 0, 1)
    return developed(photo, draw), np.ascontiguousarray(firm)

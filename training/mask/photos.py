"""Which photos the mask network learns from, and on which side of the split each one lies."""

import csv
import random
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

SEED = 11
HELD_OUT_PERCENT = 15
QUOTAS = {
    "clothing": 230,
    "caltech": 340,
    "electronics": 130,
    "grocery": 40,
    "packages": 120,
    "bottles_cups_datacluster": 89,
    "saleor": 60,
    "caltech_other": 190,
}
"""How many photos of each set a teacher's mask is made for."""
PACKAGES = (
    "Juice",
    "Milk",
    "Yoghurt",
    "Soy-Milk",
    "Soyghurt",
    "Sour-Cream",
    "Oatghurt",
    "Oat-Milk",
)
"""Groceries that are held up one by one; the others mostly lie in heaps."""
SAME_BITS = 6
"""Photos whose 64-bit difference hashes differ in at most so many bits are one photo."""


@dataclass(frozen=True)
class TaughtPhoto:
    """A photo for the teacher.

    Attributes:
        path: Relative to the folder of photos.
        held_out: Whether it is for measuring only.
    """

    path: str
    held_out: bool

    @property
    def key(self) -> str:
        """A file name for what is made of it."""
        return self.path.replace("/", "__").rsplit(".", 1)[0]

    @property
    def kind(self) -> str:
        """The set it comes from."""
        return self.path.split("/", 1)[0]


def choose_photos(root: Path) -> list[TaughtPhoto]:
    """Choose photos by the quotas, the same every time; near-duplicates share a side.

    Args:
        root: Holds ``MANIFEST.tsv`` and the photos.
    """
    with (root / "MANIFEST.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    shelves: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        kind = row["path"].split("/", 1)[0]
        packed = kind == "grocery" and row["coarse"] in PACKAGES
        shelves.setdefault("packages" if packed else kind, []).append(row)
    draw = random.Random(SEED)
    chosen = [
        row
        for kind, quota in QUOTAS.items()
        if kind in shelves
        for row in draw.sample(shelves[kind], min(quota, len(shelves[kind])))
    ]
    draw.shuffle(chosen)
    families = _families(root, chosen)
    return [
        TaughtPhoto(row["path"], zlib.crc32(family.encode()) % 100 < HELD_OUT_PERCENT)
        for row, family in zip(chosen, families, strict=True)
    ]


def _families(root: Path, rows: list[dict[str, str]]) -> list[str]:
    """One name for photos that show the same: their group, or their first near-duplicate."""
    hashes = np.stack([_difference_hash(root / row["path"]) for row in rows])
    apart = (hashes[:, None] != hashes[None]).sum(axis=2)
    parents = list(range(len(rows)))

    def top(number: int) -> int:
        while parents[number] != number:
            number = parents[number]
        return number

    first: dict[str, int] = {}
    for number, row in enumerate(rows):
        alike = np.flatnonzero(apart[number, :number] <= SAME_BITS).tolist()
        if row["group"]:
            alike.append(first.setdefault(row["group"], number))
        for other in alike:
            parents[top(number)] = top(other)
    return [rows[top(number)]["path"] for number in range(len(rows))]


def _difference_hash(path: Path) -> np.ndarray:
    """64 bits: whether brightness rises from one cell to the next."""
    with Image.open(path) as picture:
        small = np.asarray(picture.convert("L").resize((9, 8), Image.Resampling.BILINEAR), np.int16)
    return (small[:, 1:] > small[:, :-1]).ravel()

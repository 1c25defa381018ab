"""All prepared views with their labels and splits, ready for training and testing."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.mini.split import assign, hashes, near_groups
from training.mini.words import LEFT_OUT, Label

SHARES = {
    "grocery": 0.22, "clothing": 0.2, "caltech": 0.19, "electronics": 0.09,
    "bottles_cups_datacluster": 0.01, "caltech_other": 0.07, "renders": 0.22,
}  # fmt: skip
"""How much of a batch each set gives."""
FEATURES, CLASSES = 1280, 1001
"""What the teacher says of a view: its pooled feature, its logits with the background class."""


@dataclass
class Pictures:
    """Rows of views; a photo has several.

    Attributes:
        views: Memory-mapped parts of (n, side, side, 3).
        where: Shape (rows, 2): part and row inside it.
        rows: Path, set, label, split and view number of each row.
    """

    views: list[NDArray[np.uint8]]
    where: NDArray[np.int64]
    rows: list[dict[str, str]]
    features: Tensor
    logits: Tensor

    def pixels(self, ats: NDArray[np.int64]) -> Tensor:
        """Views (n, 3, side, side) of 0 to 255, uint8."""
        picked = np.stack([self.views[p][r] for p, r in self.where[ats]])
        return torch.from_numpy(picked).permute(0, 3, 1, 2)

    def of_split(self, split: str, view: str | None = None) -> NDArray[np.int64]:
        """Row numbers of a split, all views or one."""
        return np.array(
            [i for i, r in enumerate(self.rows)
             if r["split"] == split and (view is None or r["view"] == view)],
            dtype=np.int64,
        )  # fmt: skip


def load(folder: Path, labels: dict[tuple[str, str], Label]) -> Pictures:
    """Reads every part in the folder and splits the photos."""
    views, rows, where, features, logits = [], [], [], [], []
    for table in sorted(folder.glob("views-*.tsv")):
        part = len(views)
        views.append(np.load(table.with_suffix(".npy"), mmap_mode="r"))
        features.append(_told(table, "features", FEATURES, len(views[-1])))
        logits.append(_told(table, "logits", CLASSES, len(views[-1])))
        with table.open(newline="") as lines:
            for at, row in enumerate(csv.DictReader(lines, delimiter="\t")):
                rows.append(dict(row))
                where.append((part, at))
    found = Pictures(
        views, np.array(where), rows,
        torch.from_numpy(np.concatenate(features)), torch.from_numpy(np.concatenate(logits)),
    )  # fmt: skip
    _split_photos(found, labels, folder / "split.json")
    return found


def _told(table: Path, what: str, columns: int, rows: int) -> NDArray[np.float16]:
    """What the teacher said of a part; NaN where it was not asked."""
    path = table.with_name(table.name.replace("views", what)).with_suffix(".npy")
    if path.exists():
        told: NDArray[np.float16] = np.load(path)
        return told
    return np.full((rows, columns), np.nan, np.float16)


def _split_photos(found: Pictures, labels: dict[tuple[str, str], Label], path: Path) -> None:
    """Fills the split of photos, once for a folder; left-out categories get their own."""
    if not path.exists():
        squeezed = [
            i for i, r in enumerate(found.rows) if r["kind"] == "photo" and r["view"] == "1"
        ]
        photos = [found.rows[i] for i in squeezed]
        small = np.concatenate([
            hashes(np.stack([found.views[p][r] for p, r in found.where[squeezed[s : s + 512]]]))
            for s in range(0, len(squeezed), 512)
        ])  # fmt: skip
        groups = near_groups(small, [r["group"] and f"{r['set']} {r['group']}" for r in photos])
        split = assign([r["set"] for r in photos], [r["label"] for r in photos], groups)
        path.write_text(json.dumps({r["path"]: s for r, s in zip(photos, split, strict=True)}))
    chosen = json.loads(path.read_text())
    for row in found.rows:
        if row["kind"] == "photo":
            row["split"] = chosen[row["path"]]
        names = row["label"].split("+") if row["kind"] == "photo" else [row["label"]]
        if any(labels[row["set"], name].category in LEFT_OUT for name in names):
            row["split"] = "left_out"


def weights(
    found: Pictures, ats: NDArray[np.int64], shares: Mapping[str, float] | None = None
) -> NDArray[np.float64]:
    """How likely each row is drawn: sets by SHARES, labels by count to the power of -1/2.

    Args:
        found: All pictures.
        ats: Those that are drawn from.
        shares: Of sets that give another share than usual.
    """
    wanted = SHARES | dict(shares or {})
    keys = [(found.rows[i]["set"], found.rows[i]["label"]) for i in ats]
    counts: dict[tuple[str, str], int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    raw = np.array([counts[key] ** -0.5 for key in keys])
    totals: dict[str, float] = {}
    for (kind, _), weight in zip(keys, raw, strict=True):
        totals[kind] = totals.get(kind, 0.0) + weight
    share = np.array([wanted[kind] / totals[kind] for kind, _ in keys])
    chosen: NDArray[np.float64] = raw * share
    return chosen / chosen.sum()

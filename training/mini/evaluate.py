"""What a checkpoint sees on photos it never trained on, each number with n and a 95 % interval."""

import argparse
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from backlot.encoder.mini_tower import MiniTower
from training.mini.pictures import Pictures, load
from training.mini.targets import names_of
from training.mini.weights import read_weights
from training.mini.words import LEFT_OUT, Label, Words, read_labels

SURE = 0.5
WANTED = 0.9
"""Of the sure answers on dev photos so many are to be right; the test asks for 0.8."""
SCALES = np.arange(4, 61, 1.0)


@dataclass
class Seen:
    """Pictures of one split: one vector each, the mean of its two plain views and their mirrors."""

    rows: list[dict[str, str]]
    vectors: Tensor


def rated(right: Sequence[bool] | NDArray[np.bool_]) -> dict[str, float | int]:
    """Share, n and Wilson's 95 % interval."""
    n, k = len(right), int(np.sum(right))
    if not n:
        return {"n": 0}
    z, p = 1.96, k / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return {
        "share": round(p, 3),
        "n": n,
        "low": round(middle - half, 3),
        "high": round(middle + half, 3),
    }


def see(tower: MiniTower, found: Pictures, split: str, side: int) -> Seen:
    """Runs the tower over a split."""
    rows, sums = [], []
    first = {}
    for at in found.of_split(split):
        row = found.rows[at]
        if row["view"] in {"0", "1"}:
            first.setdefault(row["path"], []).append(at)
    for path, ats in first.items():
        del path
        rows.append(found.rows[ats[0]])
        sums.append(ats)
    flat = np.array([at for ats in sums for at in ats], dtype=np.int64)
    parts = []
    with torch.inference_mode():
        for start in range(0, len(flat), 64):
            pixels = found.pixels(flat[start : start + 64]).float()
            if side != pixels.shape[-1]:
                pixels = functional.interpolate(
                    pixels, (side, side), mode="bilinear", antialias=True
                )
            pixels = pixels.contiguous(memory_format=torch.channels_last)
            both = [functional.normalize(tower(one), dim=1) for one in (pixels, pixels.flip(3))]
            parts.append((both[0] + both[1]) / 2)
    vectors = torch.cat(parts).split([len(ats) for ats in sums])
    return Seen(rows, functional.normalize(torch.stack([v.mean(0) for v in vectors]), dim=1))


class Judge:
    """Knows the right answers."""

    def __init__(self, words: Words, labels: dict[tuple[str, str], Label]) -> None:
        self.words, self.labels = words, labels
        self.slugs = list(words.categories)
        self.vectors = words.of_categories(self.slugs)

    def right(self, row: dict[str, str]) -> set[str]:
        """Categories that are right for a row."""
        found = [self.labels[row["set"], name] for name in names_of(row)]
        return {
            s for label in found for s in (label.category, *label.accept) if s and label.category
        }

    def inside(
        self, seen: Seen, kind: str, merge: dict[str, str] | None = None, drop: Sequence[str] = ()
    ) -> dict:
        """Accuracy among the labels of one set."""
        ats = [i for i, r in enumerate(seen.rows) if r["set"] == kind]
        names = sorted({n for i in ats for n in names_of(seen.rows[i])} - set(drop))
        vectors = self.words.of([self.labels[kind, name].words for name in names])
        shares = (30 * seen.vectors[ats] @ vectors.T).softmax(1).numpy()
        if merge:
            classes = sorted({merge[name] for name in names})
            fold = np.array([[merge[name] == c for c in classes] for name in names], float)
            shares, names = shares @ fold, classes
        best = [names[b] for b in shares.argmax(1)]
        truth = [[merge[n] if merge else n for n in names_of(seen.rows[i])] for i in ats]
        return rated([b in t for b, t in zip(best, truth, strict=True)])

    def shares(self, seen: Seen, scale: float) -> NDArray[np.float64]:
        """Softmax over all categories (n, categories)."""
        return (scale * seen.vectors @ self.vectors.T).softmax(1).double().numpy()

    def sure(
        self, seen: Seen, scale: float, known: bool
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which rows get an answer, and which answers are right; `known`: rows that have one."""
        keep = [i for i, r in enumerate(seen.rows) if self.right(r) or not known]
        shares = self.shares(Seen([seen.rows[i] for i in keep], seen.vectors[keep]), scale)
        best = shares.argmax(1)
        right = [self.slugs[b] in self.right(seen.rows[i]) for b, i in zip(best, keep, strict=True)]
        return shares.max(1) >= SURE, np.array(right)

    def group_shares(self, shares: NDArray[np.float64]) -> tuple[list[str], NDArray[np.float64]]:
        """Groups of categories and their shares."""
        groups = sorted(set(self.words.groups.values()))
        fold = np.array([[self.words.groups[s] == g for g in groups] for s in self.slugs], float)
        return groups, shares @ fold


def fitted_scale(judge: Judge, dev: Seen) -> float:
    """The scale with most answers of which WANTED are right, on dev photos, known or not."""
    best, most = float(SCALES[0]), -1
    for scale in SCALES:
        sure, right = judge.sure(dev, float(scale), known=False)
        if sure.sum() and right[sure].mean() >= WANTED and sure.sum() > most:
            best, most = float(scale), int(sure.sum())
    return best


def studio(judge: Judge, seen: Seen) -> dict:
    """Top-1 and top-5 over all categories: held-out renders and the shop mock-ups."""
    found = {}
    for name, kinds in (
        ("all", ("renders", "saleor")),
        ("renders", ("renders",)),
        ("saleor", ("saleor",)),
    ):
        ats = [i for i, r in enumerate(seen.rows) if r["set"] in kinds and judge.right(r)]
        if not ats:
            continue
        order = (seen.vectors[ats] @ judge.vectors.T).argsort(1, descending=True)[:, :5]
        hits = np.array(
            [
                [judge.slugs[c] in judge.right(seen.rows[i]) for c in row]
                for i, row in zip(ats, order, strict=True)
            ]
        )
        found[name] = {"top1": rated(hits[:, 0]), "top5": rated(hits.any(1))}
    return found


def report(judge: Judge, dev: Seen, test: Seen, left: Seen, coarse: dict[str, str]) -> dict:
    """All numbers; the scale comes from dev alone."""
    scale = fitted_scale(judge, dev)
    sure, right = judge.sure(test, scale, known=True)
    sure_all, right_all = judge.sure(test, scale, known=False)
    shares = judge.shares(left, scale)
    groups, grouped = judge.group_shares(shares)
    own = [next(iter(judge.right(r))) for r in left.rows]
    silent = shares.max(1) < SURE
    hit = np.array([judge.slugs[b] == o for b, o in zip(shares.argmax(1), own, strict=True)])
    rolled = np.array(
        [groups[g] == judge.words.groups[o] for g, o in zip(grouped.argmax(1), own, strict=True)]
    )
    rolled &= silent & (grouped.max(1) >= SURE)
    return {
        "scale": scale,
        "grocery_fine": judge.inside(test, "grocery"),
        "grocery_coarse": judge.inside(test, "grocery", coarse),
        "clothing": judge.inside(test, "clothing"),
        "caltech": judge.inside(test, "caltech"),
        "caltech_classes": len({r["label"] for r in test.rows if r["set"] == "caltech"}),
        "electronics": judge.inside(test, "electronics"),
        "studio": studio(judge, test),
        "sure_share": rated(sure),
        "sure_right": rated(right[sure]),
        "top1_all_categories": rated(right),
        "sure_with_unknown_things": rated(sure_all),
        "sure_right_with_unknown_things": rated(right_all[sure_all]),
        "left_out_silent": rated(silent),
        "left_out_silent_or_right": rated(silent | hit),
        "left_out_rolled_up": rated(rolled),
        "left_out_by_category": {s: rated(silent[[o == s for o in own]]) for s in LEFT_OUT},
    }


def coarse_of(data: Path) -> dict[str, str]:
    """Coarse class of each grocery label."""
    lines = (data / "photos" / "MANIFEST.tsv").read_text().splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    return {row[1]: row[2] for row in rows if row[0].startswith("grocery/")}


def main() -> None:
    """Prints the numbers as JSON; `--part dev` for choices, `test` for the report."""
    reader = argparse.ArgumentParser(description=main.__doc__)
    reader.add_argument("--data", type=Path, required=True)
    reader.add_argument("--views", type=Path, required=True)
    reader.add_argument("--meshes", type=Path, nargs="+", required=True)
    reader.add_argument(
        "--checkpoint", type=Path, required=True, help="Of the training, or shipped weights."
    )
    reader.add_argument("--side", type=int, default=128)
    reader.add_argument("--part", choices=("dev", "test"), default="dev")
    reader.add_argument("--out", type=Path)
    given = reader.parse_args()
    labels = read_labels(given.meshes)
    found = load(given.views, labels)
    tower, *space = read_weights(given.checkpoint)
    tower.to(memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
    words = Words((), given.views / "sentences.pt", (space[0], space[1]))
    judge = Judge(words, labels)
    parts = {name: see(tower, found, name, given.side) for name in {"dev", given.part}}
    left = see(tower, found, "left_out", given.side)
    numbers = report(judge, parts["dev"], parts[given.part], left, coarse_of(given.data))
    text = json.dumps(numbers, indent=1)
    print(text)
    if given.out:
        given.out.write_text(text + "\n")


if __name__ == "__main__":
    main()

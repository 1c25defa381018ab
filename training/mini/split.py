"""Which photos train, choose and test: whole groups of near-duplicates, seeded, at run time."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SEED = "mini-1"
TEST = 0.15
DEV = 0.05
NEAR = 20
"""Of 256 bits of difference hash: closer pictures count as the same."""
ALL_TEST = ("saleor",)


def hashes(views: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Difference hashes (n, 256) of -1 and 1 from squeezed views (n, side, side, 3)."""
    grey = views.astype(np.float32).mean(-1)
    side = grey.shape[1]
    rows = np.linspace(0, side, 17).astype(int)
    columns = np.linspace(0, side, 18).astype(int)
    cells = np.add.reduceat(np.add.reduceat(grey, rows[:-1], 1), columns[:-1], 2)
    cells /= np.diff(rows)[:, None] * np.diff(columns)[None, :]
    return (
        np.where(np.diff(cells, axis=2)[:, :, :16] > 0.4, 1.0, -1.0)
        .reshape(len(views), -1)
        .astype(np.float32)
    )


def near_groups(bits: NDArray[np.float32], given: Sequence[str]) -> list[int]:
    """Group numbers: what shares a given group or lies closer than NEAR is together."""
    parent = list(range(len(bits)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    first: dict[str, int] = {}
    for at, name in enumerate(given):
        if name:
            parent[root(at)] = root(first.setdefault(name, at))
    for start in range(0, len(bits), 1024):
        close = bits[start : start + 1024] @ bits.T > bits.shape[1] - 2 * NEAR
        for one, other in zip(*np.nonzero(close), strict=True):
            if start + one < other:
                parent[root(start + int(one))] = root(int(other))
    return [root(at) for at in range(len(bits))]


def assign(sets: Sequence[str], labels: Sequence[str], groups: Sequence[int]) -> list[str]:
    """`train`, `dev` or `test` for every photo, by whole groups, in every label's share."""
    members: dict[int, list[int]] = defaultdict(list)
    for at, group in enumerate(groups):
        members[group].append(at)
    by_label: dict[tuple[str, str], list[list[int]]] = defaultdict(list)
    for ats in members.values():
        by_label[sets[ats[0]], labels[ats[0]]].append(ats)
    split = ["train"] * len(groups)
    for (kind, label), found in sorted(by_label.items()):
        total = sum(map(len, found))
        taken = {"test": 0, "dev": 0, "train": 0}
        for ats in sorted(found, key=lambda ats: _draw(f"{kind} {label} {ats[0]}")):
            only_test = any(sets[at] in ALL_TEST for at in ats)
            part = "test" if only_test else _part(taken, len(ats), total)
            taken[part] += len(ats)
            for at in ats:
                split[at] = part
    return split


def _part(taken: dict[str, int], size: int, total: int) -> str:
    """Which part a group of this size goes to: test until it has its share, then dev."""
    if taken["test"] + size / 2 <= TEST * total:
        return "test"
    return "dev" if taken["dev"] + size / 2 <= DEV * total else "train"


def _draw(key: str) -> str:
    return hashlib.sha256(f"{SEED} {key}".encode()).hexdigest()

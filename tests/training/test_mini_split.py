"""Splits for mini's training keep near-duplicates together and test what never trains."""

import numpy as np

from training.mini import split
from training.mini.words import LEFT_OUT, read_labels


def _views(count: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    small = random.integers(0, 256, (count, 8, 8, 3))
    return small.repeat(16, 1).repeat(16, 2).astype(np.uint8)


def test_near_duplicates_stay_together() -> None:
    """A photo and a slightly brighter, noisier copy of it are one group; others are not."""
    views = _views(6, 1)
    noise = np.random.default_rng(2).integers(0, 3, views.shape)
    copies = np.clip(views * 0.95 + 8 + noise, 0, 255).astype(np.uint8)
    bits = split.hashes(np.concatenate([views, copies]))
    groups = split.near_groups(bits, [""] * 12)
    assert groups[:6] == groups[6:]
    assert len(set(groups)) == 6


def test_given_groups_stay_together() -> None:
    """What the data says belongs together stays together, however different it looks."""
    groups = split.near_groups(split.hashes(_views(4, 3)), ["a", "b", "a", ""])
    assert groups[0] == groups[2]
    assert len(set(groups)) == 3


def test_shares() -> None:
    """Every label gives about 15 % to test and 5 % to dev, always the same ones."""
    sets, labels = ["shop"] * 400, ["mug"] * 200 + ["lamp"] * 200
    chosen = split.assign(sets, labels, list(range(400)))
    for start in (0, 200):
        part = chosen[start : start + 200]
        assert part.count("test") == 30
        assert part.count("dev") == 10
    assert chosen == split.assign(sets, labels, list(range(400)))


def test_groups_are_not_torn() -> None:
    """All photos of a group are on one side."""
    groups = [at // 7 for at in range(350)]
    chosen = split.assign(["shop"] * 350, ["mug"] * 350, groups)
    for group in set(groups):
        assert len({part for part, own in zip(chosen, groups, strict=True) if own == group}) == 1


def test_mock_ups_only_test() -> None:
    """The shop mock-ups, and whatever looks like one of them, are never trained on."""
    chosen = split.assign(["saleor", "saleor", "shop"], ["a", "b", "c"], [0, 1, 1])
    assert chosen == ["test", "test", "test"]


def test_labels_name_categories() -> None:
    """Every label points at categories of the vocabulary, and the left-out ones exist."""
    from pathlib import Path

    from backlot.vocabulary import load_vocabulary

    table = Path(split.__file__).parent.parent / "renders" / "meshes.tsv"
    known = {term.id.split("/")[1] for term in load_vocabulary().facets["product_category"].terms}
    labels = read_labels([table])
    named = {slug for one in labels.values() for slug in (one.category, *one.accept) if slug}
    assert named <= known
    assert set(LEFT_OUT) <= named

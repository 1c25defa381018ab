"""Labelled photos in a folder: which there are, what they show, and which part they belong to."""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from backlot.contracts.errors import ConfigurationError
from backlot.vocabulary import Vocabulary
from services.vision_worker.looker import CATEGORY

MANIFEST = "MANIFEST.tsv"
SEVERAL = "+"
"""Between the labels of a photo that shows several things."""
PARTS = ("dev", "test")
DEV_SHARE = 0.3

Labels = Mapping[tuple[str, str], tuple[str, ...]]
"""Set and label to category ids: the right one first, then what is accepted as well; none for a
thing that the vocabulary does not sell."""


@dataclass(frozen=True)
class Labelled:
    """One photo and what it shows.

    Attributes:
        path: Where it lies.
        source: Which set it comes from.
        truths: Category ids, each of which is right; none for something that is no category.
        part: ``dev`` for choices, ``test`` for figures; anything else is left alone.
    """

    path: Path
    source: str
    truths: tuple[str, ...]
    part: str


def read_labels(path: Path, vocabulary: Vocabulary) -> Labels:
    """Read which category a set's label means: columns `set`, `label`, `category`, `accept`.

    Raises:
        ConfigurationError: The file is not there, lacks a column, or names an unknown category.
    """
    labels: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in _rows(path, ("set", "label", "category", "accept")):
        words = f"{row['category'] or ''} {row['accept'] or ''}".split()
        truths = tuple(f"{CATEGORY}/{word.removeprefix(CATEGORY + '/')}" for word in words)
        unknown = [truth for truth in truths if not vocabulary.has(truth)]
        if unknown:
            raise ConfigurationError(f"{path}: {row['label']} means unknown {', '.join(unknown)}.")
        labels[row["set"], row["label"]] = truths
    return labels


def read_photos(folder: Path, labels: Labels, splits: Path | None) -> tuple[Labelled, ...]:
    """List the photos of a folder whose label is known.

    Args:
        folder: With a manifest of columns `path`, `label` and `group`; the first folder of a
            path is its set.
        labels: What the labels mean.
        splits: Path to part, as TSV (`path`, `split`) or a JSON object: who trained on these
            photos says here which part each belongs to. Without it, near-duplicates (one
            `group`) stay on one side.

    Raises:
        ConfigurationError: A file is not there or lacks a column.
    """
    parts = None if splits is None else _parts(splits, folder)
    found = []
    for row in _rows(folder / MANIFEST, ("path", "label", "group")):
        source = row["path"].partition("/")[0]
        means = _meaning(source, row["label"], labels)
        if means is None:
            continue
        key = f"{source}/{row['group'] or row['path']}"
        part = _drawn(key) if parts is None else parts.get(row["path"], "")
        found.append(Labelled(folder / row["path"], source, means, part))
    return tuple(found)


def sampled(photos: Sequence[Labelled], most: int | None, seed: int) -> tuple[Labelled, ...]:
    """At most so many photos, the same for the same seed, spread over the sets."""
    by_source: dict[str, list[Labelled]] = {}
    for photo in sorted(photos, key=lambda one: _number(f"{seed} {one.path.name}")):
        by_source.setdefault(photo.source, []).append(photo)
    if most is None:
        return tuple(photos)
    taken: list[Labelled] = []
    while len(taken) < most and any(by_source.values()):
        for left in by_source.values():
            if left and len(taken) < most:
                taken.append(left.pop())
    return tuple(taken)


def _meaning(source: str, label: str, labels: Labels) -> tuple[str, ...] | None:
    """Every category that is right for a photo; None when one of its labels is unknown."""
    known = [labels.get((source, single)) for single in label.split(SEVERAL)]
    if any(truths is None for truths in known):
        return None
    return tuple(dict.fromkeys(truth for truths in known if truths for truth in truths))


def _parts(path: Path, folder: Path) -> Mapping[str, str]:
    """Part of each photo, by its path in the folder."""
    if path.suffix != ".json":
        return {row["path"]: row["split"] for row in _rows(path, ("path", "split"))}
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    return {name.removeprefix(f"{folder}/"): part for name, part in given.items()}


def _drawn(key: str) -> str:
    return PARTS[0] if _number(key) < DEV_SHARE * 2**32 else PARTS[1]


def _number(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4])


def _rows(path: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8") as lines:
            reader = csv.DictReader(lines, delimiter="\t")
            missing = set(columns) - set(reader.fieldnames or ())
            if missing:
                raise ConfigurationError(f"{path} has no column {', '.join(sorted(missing))}.")
            yield from reader
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error

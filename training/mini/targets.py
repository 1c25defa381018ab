"""What each row should be answered with: words, categories, the teacher's view."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.mini.pictures import Pictures
from training.mini.words import LEFT_OUT, Label, Words


class Targets:
    """Pools of vectors and, per row, where the right ones are.

    Attributes:
        fine: Words of every label that trains.
        slugs: Categories of the vocabulary that train.
        coarse: Number of each fine word's coarse class (grocery), -1 without one.
    """

    def __init__(self, found: Pictures, labels: dict[tuple[str, str], Label], words: Words) -> None:
        self.rows = found.rows
        self.labels = labels
        train = {(r["set"], n) for r in found.rows if r["split"] == "train" for n in names_of(r)}
        said = {labels[key].words for key in train} - {""}
        self.fine = sorted(said)
        self.slugs = [slug for slug in words.categories if slug not in LEFT_OUT]
        self.fine_vectors = words.of(self.fine)
        self.slug_vectors = words.of_categories(self.slugs)
        self._fine_at = {word: at for at, word in enumerate(self.fine)}
        self._slug_at = {slug: at for at, slug in enumerate(self.slugs)}

    def words_of(self, ats: NDArray[np.int64]) -> Tensor:
        """Shares (n, fine) of the right words; a row of zeros where there is none."""
        target = torch.zeros(len(ats), len(self.fine))
        for row, at in enumerate(ats):
            known = [self._fine_at.get(label.words) for label in self._labels(at)]
            for column in known:
                if column is not None:
                    target[row, column] = 1 / len(known)
        return target

    def categories_of(self, ats: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """Shares (n, slugs) of the right categories, and which others are no mistake (bool)."""
        target = torch.zeros(len(ats), len(self.slugs))
        spared = torch.zeros(len(ats), len(self.slugs), dtype=torch.bool)
        for row, at in enumerate(ats):
            for label in self._labels(at):
                if label.category:
                    target[row, self._slug_at[label.category]] += 1
                for slug in label.accept:
                    spared[row, self._slug_at[slug]] = True
        spared &= target == 0
        return target / target.sum(1, keepdim=True).clamp_min(1), spared

    def _labels(self, at: int) -> Sequence[Label]:
        row = self.rows[at]
        return [self.labels[row["set"], name] for name in names_of(row)]


def names_of(row: dict[str, str]) -> list[str]:
    """The labels of a row; a photo with several things has several."""
    return row["label"].split("+") if row["kind"] == "photo" else [row["label"]]

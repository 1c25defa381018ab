"""The words mini is trained towards, and where they lie."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from backlot.encoder import minilm
from backlot.encoder.mini_tower import bridged
from backlot.vocabulary import load_vocabulary
from backlot.vocabulary.phrases import fill

HERE = Path(__file__).parent
LEFT_OUT = (
    "pair-of-binoculars", "soccer-ball", "hooded-sweatshirt", "throw-pillow", "paint-can",
    "picture-frame", "skateboard", "finger-ring",
)  # fmt: skip
"""Categories that no picture, no label and no negative of the training names."""
POWER = -0.25
FLOOR = 0.02


@dataclass(frozen=True)
class Label:
    """What a data set's label means.

    Attributes:
        words: How it is said; empty when it says nothing.
        category: Slug of the vocabulary's category, or empty.
        accept: Other categories that are right as well.
    """

    words: str
    category: str
    accept: tuple[str, ...]


def read_labels(meshes: Sequence[Path]) -> dict[tuple[str, str], Label]:
    """Labels by (set, label); the meshes of the renders are the set `renders`."""
    labels = {}
    with (HERE / "labels.tsv").open(newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            accept = tuple((row["accept"] or "").split())
            labels[row["set"], row["label"]] = Label(row["words"], row["category"], accept)
    for table in meshes:
        with table.open(newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                words = re.sub(r"(_1k|_\d+|__\d+|\d+in)+$", "", row["mesh"])
                words = words.replace("_", " ").replace("-", " ").lower()
                labels["renders", row["mesh"]] = Label(words, row["category"] or "", ())
    return labels


class Words:
    """Vectors of words in the tower's space, each the mean over the product templates.

    Args:
        everything: All words that training will ask for; the space is laid around them.
        cache: Where their sentence vectors are kept.
        space: Mean and spread of a space that a tower has learnt already, instead.
    """

    def __init__(
        self,
        everything: Sequence[str],
        cache: Path,
        space: tuple[Tensor, Tensor] | None = None,
    ) -> None:
        self._encoder = minilm.MiniLmEncoder(minilm.bundled_folder(), torch.device("cpu"))
        self._cache = cache
        self._known: dict[str, Tensor] = torch.load(cache) if cache.exists() else {}
        facet = load_vocabulary().facets["product_category"]
        self._templates = facet.templates
        self.categories = {term.id.split("/")[1]: facet.prompts(term) for term in facet.terms}
        self.groups = {term.id.split("/")[1]: term.group or "" for term in facet.terms}
        self.mean, self.spread = self._laid_around(everything) if space is None else space

    def _laid_around(self, everything: Sequence[str]) -> tuple[Tensor, Tensor]:
        """The mean of the words' sentences, and what evens out their spread."""
        prompts = [*(fill(t, w, article=False) for w in everything for t in self._templates)]
        prompts += [prompt for prompts in self.categories.values() for prompt in prompts]
        sentences = self._sentences(prompts)
        mean = sentences.mean(0)
        centred = sentences - mean
        values, axes = torch.linalg.eigh(centred.T @ centred / len(centred))
        values = values.clamp_min(0) + FLOOR * values.max()
        return mean, (axes * (values / values.max()) ** POWER) @ axes.T

    def of(self, words: Sequence[str]) -> Tensor:
        """Vectors (n, 384) of free words."""
        return self._means(
            [tuple(fill(t, word, article=False) for t in self._templates) for word in words]
        )

    def of_categories(self, slugs: Sequence[str]) -> Tensor:
        """Vectors (n, 384) of the vocabulary's categories."""
        return self._means([self.categories[slug] for slug in slugs])

    def _means(self, prompts: Sequence[Sequence[str]]) -> Tensor:
        flat = [line for lines in prompts for line in lines]
        placed = bridged(self._sentences(flat), self.mean, self.spread)
        sums = torch.stack([part.sum(0) for part in placed.split([len(p) for p in prompts])])
        return torch.nn.functional.normalize(sums, dim=-1)

    def _sentences(self, prompts: Sequence[str]) -> Tensor:
        """Sentence vectors, each encoded once and kept on disk."""
        fresh = [prompt for prompt in dict.fromkeys(prompts) if prompt not in self._known]
        if fresh:
            vectors = torch.from_numpy(self._encoder.encode(fresh))
            self._known.update(
                {prompt: vector.clone() for prompt, vector in zip(fresh, vectors, strict=True)}
            )
            torch.save(self._known, self._cache)
        return torch.stack([self._known[prompt] for prompt in prompts])


def imagenet_names(path: Path) -> list[str]:
    """The teacher's 1,000 names without its background class; the first two words of each."""
    lines = path.read_text().splitlines()[1:]
    return [", ".join(line.split(", ")[:2]) for line in lines]

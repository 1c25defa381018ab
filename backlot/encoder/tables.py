"""Label tables: the terms of a facet encoded once, kept on disk, and searched exactly."""

import hashlib
import importlib.metadata
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import structlog
from numpy.typing import NDArray

from backlot.contracts.terms import TermId
from backlot.encoder.parts import encoded, parts_of
from backlot.encoder.port import ImageTextEncoder, SentenceEncoder, Vectors
from backlot.vocabulary import Facet, Term
from backlot.vocabulary.phrases import fill, has_hangul

log = structlog.get_logger()

FORMAT = 1
# What may change the vectors of the same words and weights.
LIBRARIES = ("torch", "open_clip_torch", "sentence-transformers", "tokenizers", "numpy")

Phrases = Sequence[tuple[str, ...]]
"""For every term, in order, what is encoded for it; never empty."""


class Scored(NamedTuple):
    """A term and its cosine to a query, -1 to 1."""

    term: TermId
    cosine: float


@dataclass(frozen=True)
class LabelTable:
    """The terms of one facet as vectors of one space.

    Attributes:
        facet: Facet name.
        space: Stamp of the vector space; queries must come from the same.
        terms: Term ids.
        vectors: Shape (rows, dim), rows of length 1; a term has one row or several.
        starts: Shape (terms,): the first row of every term.
    """

    facet: str
    space: str
    terms: tuple[TermId, ...]
    vectors: Vectors
    starts: NDArray[np.intp]

    def cosines(self, queries: Vectors) -> NDArray[np.float32]:
        """Return shape (queries, terms); a term with several rows counts by its nearest one."""
        per_term: NDArray[np.float32] = np.maximum.reduceat(
            queries @ self.vectors.T, self.starts, axis=1
        )
        return per_term

    def top_k(self, queries: Vectors, k: int) -> tuple[tuple[Scored, ...], ...]:
        """Return for every query its k nearest terms, nearest first; exact."""
        cosines = self.cosines(queries)
        order = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
        return tuple(
            tuple(Scored(self.terms[at], float(row[at])) for at in best)
            for row, best in zip(cosines, order, strict=True)
        )


def prompt_table(
    encoder: ImageTextEncoder,
    facet: Facet,
    cache: Path,
    templates: Sequence[str] | None = None,
) -> LabelTable:
    """Encode every term as the mean of its filled templates, for questions about pictures.

    Args:
        encoder: Its text tower is used, unless the table is on disk already.
        facet: Whose terms.
        cache: Folder for tables.
        templates: Instead of the facet's own, for example without product wording for sets.
    """

    def average(vectors: Vectors, starts: NDArray[np.intp]) -> tuple[Vectors, NDArray[np.intp]]:
        sums = np.add.reduceat(vectors, starts, axis=0)
        means = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return np.asarray(means, dtype=np.float32), np.arange(len(starts), dtype=np.intp)

    def prompts(term: Term) -> tuple[str, ...]:
        if templates is None:
            return facet.prompts(term)
        return tuple(fill(t, term.label.en, article=term.takes_article) for t in templates)

    phrases = [prompts(term) for term in facet.terms]
    return _table(
        encoder.encode_texts, encoder.space, facet, phrases, cache, "prompts", reduce=average
    )


def phrase_table(encoder: SentenceEncoder, facet: Facet, cache: Path) -> LabelTable:
    """Encode every term's label and synonyms, a row each, for questions about texts.

    Korean words are left out: the sentence encoders do not read them, and what they cannot read
    they place anywhere.
    """
    phrases = [
        (term.label.en, *(word for word in term.synonyms if not has_hangul(word)))
        for term in facet.terms
    ]
    return _table(encoder.encode, encoder.space, facet, phrases, cache, "phrases")


Reduce = Callable[[Vectors, NDArray[np.intp]], tuple[Vectors, NDArray[np.intp]]]


def _as_they_are(vectors: Vectors, starts: NDArray[np.intp]) -> tuple[Vectors, NDArray[np.intp]]:
    """Keep a row for every phrase."""
    return vectors, starts


def _table(
    encode: Callable[[Sequence[str]], Vectors],
    space: str,
    facet: Facet,
    phrases: Phrases,
    cache: Path,
    kind: str,
    reduce: Reduce = _as_they_are,
) -> LabelTable:
    """Read the table of exactly these words in exactly this space, or make and keep it."""
    path = cache / "tables" / f"{facet.name}-{_key(space, kind, facet, phrases)}.npz"
    kept = _read(path)
    if kept is None:
        counts = [len(words) for words in phrases]
        starts = np.concatenate(([0], np.cumsum(counts)[:-1])).astype(np.intp)
        kept = reduce(encoded(encode, [word for words in phrases for word in words], path), starts)
        _write(path, *kept)
        shutil.rmtree(parts_of(path), ignore_errors=True)
        log.info("label_table_built", facet=facet.name, space=space, rows=len(kept[0]))
    vectors, starts = kept
    return LabelTable(facet.name, space, tuple(term.id for term in facet.terms), vectors, starts)


def _key(space: str, kind: str, facet: Facet, phrases: Phrases) -> str:
    """Return a name that changes with everything the vectors depend on."""
    what = {
        "format": FORMAT,
        "kind": kind,
        "space": space,
        "terms": [term.id for term in facet.terms],
        "phrases": [list(words) for words in phrases],
        "libraries": [_version(name) for name in LIBRARIES],
    }
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:16]


def _version(distribution: str) -> str:
    """Return the installed version of a library; empty when it is not installed."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _read(path: Path) -> tuple[Vectors, NDArray[np.intp]] | None:
    """Return what was kept; None when there is nothing, or nothing that can be read."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            return kept["vectors"], kept["starts"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        log.warning("label_table_unreadable", path=path.name, error=str(error))
        return None


def _write(path: Path, vectors: Vectors, starts: NDArray[np.intp]) -> None:
    """Keep a table; another process sees the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, vectors=vectors, starts=starts)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise

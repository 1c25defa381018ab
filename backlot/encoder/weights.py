"""Weights files: which bytes a model is made of."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

STAMP_DIGITS = 8


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hex; raise OSError when it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stamp_of(paths: Iterable[Path]) -> str:
    """Return a short hash of weights files; a single file gives the start of its own SHA-256.

    The stamp is taken from the files, not from what is in memory, so that a tower alone or one in
    half precision lies in the same space as the whole model.
    """
    digests = sorted(sha256_of(path) for path in paths)
    whole = (
        digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
    )
    return whole[:STAMP_DIGITS]

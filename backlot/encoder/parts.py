"""Encodes many phrases in parts that are kept, so that an interrupted build resumes."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from backlot.encoder.port import Vectors

PART = 128
"""Phrases of a part; a large text tower on two cores takes some seconds for so many."""


def parts_of(table: Path) -> Path:
    """Return the folder in which the parts of a table wait until it is whole."""
    return table.with_suffix(".parts")


def encoded(
    encode: Callable[[Sequence[str]], Vectors], phrases: Sequence[str], table: Path
) -> Vectors:
    """Encode phrases, in order, with a progress bar where somebody is watching.

    Args:
        encode: Encodes texts, in order.
        phrases: What is encoded; not empty.
        table: Where the finished table will lie; its name says what the vectors depend on.
    """
    if len(phrases) <= PART:
        return encode(phrases)
    return np.concatenate(list(_shown(_parts(encode, phrases, parts_of(table)), table, phrases)))


def _parts(
    encode: Callable[[Sequence[str]], Vectors], phrases: Sequence[str], folder: Path
) -> Iterator[Vectors]:
    folder.mkdir(parents=True, exist_ok=True)
    for first in range(0, len(phrases), PART):
        wanted = phrases[first : first + PART]
        path = folder / f"{first:06d}.npy"
        part = _read(path, len(wanted))
        if part is None:
            part = encode(wanted)
            _write(path, part)
        yield part


def _shown(parts: Iterator[Vectors], table: Path, phrases: Sequence[str]) -> Iterator[Vectors]:
    """Show a bar on a terminal; a service's log is no place for one."""
    if not sys.stderr.isatty():
        return parts
    count = -(-len(phrases) // PART)
    name = f"label table {table.stem.rpartition('-')[0]}"
    bar = track(parts, name, total=count, console=Console(stderr=True), transient=True)
    return iter(bar)


def _read(path: Path, rows: int) -> Vectors | None:
    """Return a part that was kept; None when it is not there or not whole."""
    try:
        part: Vectors = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return part if len(part) == rows else None


def _write(path: Path, part: Vectors) -> None:
    """Keep a part; another process that builds the same table sees all of it or nothing.

    Whoever finishes the table first removes the folder under the others: they keep nothing more.
    """
    with suppress(FileNotFoundError):
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            np.save(file, part, allow_pickle=False)
        Path(name).replace(path)

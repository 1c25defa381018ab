"""A large label table is encoded in parts, by any number of processes."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from backlot.encoder.parts import PART, encoded, parts_of
from backlot.encoder.port import Vectors

PHRASES = [f"phrase {number}" for number in range(2 * PART + 3)]


def numbered(texts: Sequence[str]) -> Vectors:
    """A vector that says which phrase it is of."""
    return np.array([[float(text.split()[1])] for text in texts], dtype=np.float32)


def test_parts_that_are_there_are_not_encoded_again(tmp_path: Path) -> None:
    """A build that was stopped goes on where it was, and the order stays."""
    table, asked = tmp_path / "table.npz", list[int]()

    def counted(texts: Sequence[str]) -> Vectors:
        asked.append(len(texts))
        return numbered(texts)

    first = encoded(counted, PHRASES, table)
    (parts_of(table) / f"{PART:06d}.npy").unlink()
    assert np.array_equal(encoded(counted, PHRASES, table), first)
    assert asked == [PART, PART, 3, PART]
    assert first[:, 0].tolist() == list(range(len(PHRASES)))


def test_another_process_may_finish_first(tmp_path: Path) -> None:
    """It removes the folder of parts under this one's hands, which goes on without."""
    table = tmp_path / "table.npz"

    def overtaken(texts: Sequence[str]) -> Vectors:
        shutil.rmtree(parts_of(table), ignore_errors=True)
        return numbered(texts)

    assert len(encoded(overtaken, PHRASES, table)) == len(PHRASES)

"""Texts encoded lately: the same title, slot or label is not worth a second run."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock

import numpy as np

from backlot.encoder.port import Vectors

KEPT_TEXTS = 2048


class RecentTexts:
    """A least-recently-used memory of text vectors around an encoding function; thread-safe.

    Args:
        encode: Encodes texts, in order; called without the lock held and never with no texts.
        dim: Length of a vector.
        kept: How many texts are remembered; 2,048 of 768 floats are 6 MB.
    """

    def __init__(
        self, encode: Callable[[Sequence[str]], Vectors], dim: int, kept: int = KEPT_TEXTS
    ) -> None:
        self._encode = encode
        self._dim = dim
        self._kept = kept
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts, in order; shape (len(texts), dim), each distinct text at most once."""
        if not texts:
            return np.zeros((0, self._dim), dtype=np.float32)
        known = self._recall(texts)
        unseen = [text for text in dict.fromkeys(texts) if text not in known]
        if unseen:
            fresh = dict(zip(unseen, self._encode(unseen), strict=True))
            known.update(fresh)
            self._remember(fresh)
        return np.stack([known[text] for text in texts])

    def _recall(self, texts: Sequence[str]) -> dict[str, Vectors]:
        """Return what is remembered of these texts."""
        with self._lock:
            found = {text: self._vectors[text] for text in texts if text in self._vectors}
            for text in found:
                self._vectors.move_to_end(text)
        return found

    def _remember(self, fresh: dict[str, Vectors]) -> None:
        """Keep new vectors and forget the oldest."""
        with self._lock:
            for text, vector in fresh.items():
                # A row of a batch would keep the whole batch alive.
                self._vectors[text] = vector.copy()
            while len(self._vectors) > self._kept:
                self._vectors.popitem(last=False)

"""Lets the vision worker's own parts look at photos, and keeps the vectors."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from backlot.encoder.port import ImageTextEncoder, Vectors
from backlot.encoder.profiles import Role
from backlot.vocabulary import Vocabulary
from services.vision_worker.batching import BatchLimits, MicroBatcher
from services.vision_worker.evaluation.cutouts import Shelf
from services.vision_worker.evaluation.photos import Labelled
from services.vision_worker.eye import Eye
from services.vision_worker.learned import Finder
from services.vision_worker.looker import Views
from services.vision_worker.looking import Look, look
from services.vision_worker.photo import Photo, decode

CUTOUT_SIDE = 512
CHUNK = 64


@dataclass(frozen=True)
class Watched:
    """A photo that has been looked at."""

    shown: Labelled
    views: Views


class Watcher:
    """Decodes, cuts out and encodes as the worker does, without hints and without storing.

    Args:
        encoders: By role.
        vocabulary: The words.
        finder: Finds products for the cut-out.
        threads: How many photos are worked on at once.
        shelf: Keeps the cut-outs of labelled photos for the next evaluation.
    """

    def __init__(
        self,
        encoders: Mapping[Role, ImageTextEncoder],
        vocabulary: Vocabulary,
        finder: Finder | None = None,
        threads: int = 2,
        shelf: Shelf | None = None,
    ) -> None:
        self._batcher = MicroBatcher(BatchLimits())
        self._eye = Eye(encoders, self._batcher)
        self._vocabulary = vocabulary
        self._finder = finder
        self._threads = threads
        self._shelf = shelf

    def close(self) -> None:
        """End the engine thread."""
        self._batcher.close()

    def views(self, photo: Photo) -> Views:
        """Look at one photo."""
        return self._eye.look(photo, self.look(photo), _go_on, alone=False)

    def look(self, photo: Photo) -> Look:
        """Cut out and measure one photo, without any encoder."""
        return look(photo, self._vocabulary, CUTOUT_SIDE, _go_on, self._finder)

    def watch(self, photos: Sequence[Labelled]) -> Iterator[Watched]:
        """Look at labelled photos, in order."""
        with ThreadPoolExecutor(self._threads) as pool:
            for first in range(0, len(photos), CHUNK):
                part = photos[first : first + CHUNK]
                yield from map(Watched, part, pool.map(self._labelled, part))

    def _labelled(self, shown: Labelled) -> Views:
        """Look at a labelled photo, whose cut-out may be there already."""
        data = shown.path.read_bytes()
        photo = decode(data)
        if self._shelf is None:
            return self.views(photo)
        cut = self._shelf.find(data) or self._shelf.keep(data, self.look(photo))
        return self._eye.look(photo, cut, _go_on, alone=False)


@dataclass(frozen=True)
class Gallery:
    """Many photos' vectors by the product encoder, as matrices.

    Attributes:
        shown: What the photos show.
        product: Shape (n, dim): of the cut-outs; of the whole photo where there is none.
        photo: Shape (n, dim): of the whole photos.
        quality: Shape (n,): of the cut-outs, 0 where there is none.
    """

    shown: tuple[Labelled, ...]
    product: Vectors
    photo: Vectors
    quality: Vectors

    def cosines(self, labels: Vectors, weight: float) -> Vectors:
        """Shape (n, labels), blended as the worker does it."""
        share = (weight * self.quality)[:, None].astype(np.float32)
        cut, whole = self.product @ labels.T, self.photo @ labels.T
        return np.asarray(share * cut + (1 - share) * whole, np.float32)

    def only(self, wanted: Sequence[bool]) -> "Gallery":
        """A part of it."""
        rows = np.flatnonzero(wanted)
        return Gallery(
            tuple(self.shown[row] for row in rows),
            self.product[rows],
            self.photo[rows],
            self.quality[rows],
        )


def hang(watched: Iterable[Watched]) -> Gallery:
    """Collect what was looked at; photos without a product encoder's vector are left out."""
    kept = [one for one in watched if one.views.photo is not None]
    photos = [one.views.photo for one in kept if one.views.photo is not None]
    cuts = [
        photo if one.views.product is None else one.views.product
        for one, photo in zip(kept, photos, strict=True)
    ]
    quality = [0.0 if one.views.product is None else one.views.quality for one in kept]
    return Gallery(
        tuple(one.shown for one in kept),
        np.concatenate(cuts),
        np.concatenate(photos),
        np.asarray(quality, np.float32),
    )


def _go_on() -> None:
    """Nobody cancels an evaluation."""

"""Photos out of the blob store; cut-outs and vectors into it."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import numpy as np

from backlot.blobs.port import BlobMissingError, BlobStore, BlobUnavailableError
from backlot.contracts.caption import Cutout, EmbeddingRef
from backlot.contracts.errors import PermanentStageError, TransientStageError
from backlot.encoder.port import ImageTextEncoder, Vectors
from backlot.encoder.profiles import Role
from backlot.line.work import Work
from services.vision_worker.looking import Look
from services.vision_worker.photo import Photo, UnreadablePhotoError, decode, encode_cutout

CUTOUT = "cutout.webp"
CUTOUT_MEDIA = "image/webp"
VECTOR_MEDIA = "application/octet-stream"


class PictureStore:
    """What the caption stage reads and writes, under keys that no other claim uses.

    Args:
        blobs: Where everything lies.
    """

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    def photo(self, work: Work) -> Photo:
        """Read and decode the photo of a job.

        Raises:
            PermanentStageError: There is none, it is gone, or it cannot be decoded.
            TransientStageError: The store does not answer.
        """
        if work.photo is None:
            raise PermanentStageError("missing-photo", "The job has no photo to look at.")
        try:
            with _answering():
                data = self._blobs.get(work.photo.key)
            return decode(data)
        except BlobMissingError as error:
            raise PermanentStageError("photo-gone", "The stored photo is gone.") from error
        except UnreadablePhotoError as error:
            raise PermanentStageError(
                "photo-unreadable", "The stored photo cannot be decoded."
            ) from error

    def put_cutout(self, work: Work, looked: Look) -> Cutout | None:
        """Store the cut-out, if there is one.

        Raises:
            TransientStageError: The store does not answer.
        """
        if looked.mask is None or looked.lifted is None:
            return None
        key = work.blob_key(CUTOUT)
        with _answering():
            self._blobs.put(key, encode_cutout(looked.lifted.rgba), CUTOUT_MEDIA)
        return Cutout(
            key=key,
            method=looked.mask.method,
            quality=looked.mask.quality,
            box=looked.lifted.box,
        )

    def put_vector(
        self,
        work: Work,
        role: Role,
        vectors: Vectors,
        encoder: ImageTextEncoder,
    ) -> EmbeddingRef:
        """Store one vector, shape (1, dim), as fp16; raises as `put_cutout`."""
        key = work.blob_key(f"{role}.npy")
        out = BytesIO()
        np.save(out, vectors[0].astype(np.float16), allow_pickle=False)
        with _answering():
            self._blobs.put(key, out.getvalue(), VECTOR_MEDIA)
        return EmbeddingRef(key=key, space=encoder.space, dim=encoder.dim)


@contextmanager
def _answering() -> Iterator[None]:
    """Turn a store that does not answer into a stage that is tried again later."""
    try:
        yield
    except BlobUnavailableError as error:
        raise TransientStageError("blobs-unavailable", "The store does not answer.") from error

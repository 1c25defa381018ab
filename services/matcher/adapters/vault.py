"""Vectors of photos out of the blob store, where the caption stage has put them."""

from io import BytesIO

import numpy as np
import structlog

from backlot.blobs.port import BlobMissingError, BlobStore
from backlot.contracts.caption import EmbeddingRef
from backlot.encoder.port import Vectors

log = structlog.get_logger(__name__)


class BlobVault:
    """Reads stored vectors.

    Args:
        blobs: Where they lie.
    """

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    def vector(self, ref: EmbeddingRef) -> Vectors | None:
        """Return one vector; None when its time is over or it is not what the caption says.

        Raises:
            BlobUnavailableError: The store does not answer.
        """
        try:
            stored = np.load(BytesIO(self._blobs.get(ref.key)), allow_pickle=False)
        except BlobMissingError:
            return None
        except (ValueError, EOFError, OSError):
            log.warning("vector_unreadable", key=ref.key)
            return None
        vector = np.asarray(stored, dtype=np.float32)
        length = float(np.linalg.norm(vector))
        if vector.shape != (ref.dim,) or not np.isfinite(length) or length == 0:
            log.warning("vector_unreadable", key=ref.key)
            return None
        return vector / np.float32(length)

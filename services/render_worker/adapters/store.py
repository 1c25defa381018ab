"""Products out of the blob store; finished pictures into it, each as soon as it is done."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from pydantic import ValidationError

from backlot.blobs.port import BlobMissingError, BlobStore, BlobUnavailableError
from backlot.contracts.errors import PermanentStageError, TransientStageError
from backlot.contracts.jobs import StoredPhoto
from backlot.contracts.render import Picture, PictureFormat
from backlot.line.work import Work
from services.render_worker.adapters.encoding import MEDIA, SUFFIX
from services.render_worker.composite import cropped
from services.render_worker.sets.parts.backdrops import PhotoBackdrop
from services.render_worker.sets.parts.brought import BroughtModel
from services.render_worker.sets.recipe import SetPlan

JSON = "application/json"
BACKGROUND_FILES = "library/files"
"""Where the files of backgrounds lie that were brought in; the API puts them there."""


class ShotStore:
    """What `render` and `view` read and write.

    A picture's keys name job, generation and what it was planned as, not the claim: a redelivered
    job finds the pictures that are done and goes on behind them.

    Args:
        blobs: Where everything lies.
    """

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    def model(self, key: str, folder: Path) -> Path:
        """Fetch the product's GLB into a folder."""
        path = folder / "product.glb"
        path.write_bytes(self._get(key, "product-gone"))
        return path

    def cutout(self, key: str, folder: Path) -> Path | None:
        """Fetch the cut-out, cropped to the product; None when nothing of it is visible."""
        path = folder / "cutout.png"
        try:
            with Image.open(io.BytesIO(self._get(key, "cutout-gone"))) as opened:
                cropped(opened).save(path, "PNG", compress_level=1)
        except (OSError, ValueError):
            return None
        return path

    def done(self, work: Work, digest: str) -> Picture | None:
        """The picture of an earlier claim of this stage, if it was finished."""
        try:
            with answering():
                return Picture.model_validate_json(self._blobs.get(_key(work, digest, "done.json")))
        except (BlobMissingError, ValidationError):
            return None

    def keep(
        self, work: Work, digest: str, data: bytes, kind: PictureFormat, recipe: bytes
    ) -> tuple[str, str]:
        """Store a picture and its recipe; returns their keys."""
        key = _key(work, digest, SUFFIX[kind])
        recipe_key = _key(work, digest, "recipe.json")
        with answering():
            self._blobs.put(key, data, MEDIA[kind])
            self._blobs.put(recipe_key, recipe, JSON)
        return key, recipe_key

    def commit(self, work: Work, digest: str, picture: Picture) -> None:
        """Say that a picture is finished: from now on nobody takes it again."""
        with answering():
            self._blobs.put(
                _key(work, digest, "done.json"), picture.model_dump_json().encode(), JSON
            )

    def set_files(self, plan: SetPlan, folder: Path) -> None:
        """Fetch the pictures and models that a shot's set needs into a folder."""
        for part in plan.parts:
            key = ""
            if isinstance(part, PhotoBackdrop):
                key = part.picture
            elif isinstance(part, BroughtModel):
                key = part.model
            path = folder / Path(key).name
            if key and not path.exists():
                path.write_bytes(self._get(key, "backdrop-gone"))

    def keep_photo(self, work: Work, data: bytes, width: int, height: int) -> StoredPhoto:
        """Store the photo taken of a product that came without one."""
        key = work.blob_key("photo.jpg")
        with answering():
            self._blobs.put(key, data, MEDIA["jpeg"])
        return StoredPhoto(
            key=key, width=width, height=height, has_alpha=False, media_type="image/jpeg",
            changes=("taken-from-model",),
        )  # fmt: skip

    def keep_preview(self, background_id: str, name: str, data: bytes) -> str:
        """Store a picture of a background beside its model; returns its key."""
        key = f"{BACKGROUND_FILES}/{background_id}/{name}.webp"
        with answering():
            self._blobs.put(key, data, MEDIA["webp"])
        return key

    def _get(self, key: str, gone: str) -> bytes:
        try:
            with answering():
                return self._blobs.get(key)
        except BlobMissingError as error:
            raise PermanentStageError(gone, "A file that the job needs is gone.") from error


def sha256_of(path: Path) -> str:
    """Checksum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _key(work: Work, digest: str, suffix: str) -> str:
    return f"jobs/{work.job_id}/{work.stage}/{work.generation}/{digest}.{suffix}"


@contextmanager
def answering() -> Iterator[None]:
    """Say what a silent store means for the stage."""
    try:
        yield
    except BlobUnavailableError as error:
        raise TransientStageError("blobs-unavailable", "The object store is away.") from error

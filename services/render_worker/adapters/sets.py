"""Sets that were made: their recipes, previews and painted backdrops in the blob store."""

import hashlib
import io
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image
from pydantic import ValidationError

from backlot.backgrounds import BackgroundRecords
from backlot.blobs.port import BlobMissingError, BlobStore
from backlot.contracts.background import Preview
from backlot.contracts.errors import PermanentStageError
from backlot.contracts.ingest import SetDraft
from services.render_worker.adapters.pictures import write_within
from services.render_worker.adapters.store import JSON, answering
from services.render_worker.composing.brought import brought_model, brought_photo
from services.render_worker.sets.recipe import Recipe

FILES = "library/files"
WEBP = "image/webp"
_PREVIEW_BYTES = 60_000
_BACKDROP_SIDE = 2048
_LOW_SHARE = 0.12
"""Of a backdrop's height: its lowest strip, which the floor before it takes up."""


class SetStore:
    """What `build` writes, and what `render` reads of it.

    Args:
        blobs: Where everything lies.
    """

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    def draft(self, set_id: str) -> SetDraft | None:
        """The draft of an earlier claim, or of the same wish, if it was finished."""
        try:
            with answering():
                return SetDraft.model_validate_json(self._blobs.get(_key(set_id, "draft.json")))
        except (BlobMissingError, ValidationError):
            return None

    def keep_draft(self, set_id: str, draft: SetDraft) -> None:
        """Say that a set is finished."""
        with answering():
            self._blobs.put(_key(set_id, "draft.json"), draft.model_dump_json().encode(), JSON)

    def keep_recipe(self, set_id: str, text: str) -> str:
        """Store a recipe under its own hash; returns its key."""
        key = _key(set_id, f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.recipe.json")
        with answering():
            self._blobs.put(key, text.encode(), JSON)
        return key

    def keep_preview(self, set_id: str, view: str, source: Path) -> Preview:
        """Store a picture of the empty set as WebP."""
        key = _key(set_id, f"{view}.webp")
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "preview.webp"
            write_within(source, target, _PREVIEW_BYTES)
            data = target.read_bytes()
        with answering():
            self._blobs.put(key, data, WEBP)
        with Image.open(io.BytesIO(data)) as opened:
            return Preview(view=view, key=key, width=opened.width, height=opened.height)

    def keep_backdrop(self, data: bytes) -> tuple[str, str]:
        """Store a painted picture; returns its key and the colour of its foot, as hex.

        Raises:
            PermanentStageError: It cannot be read as a picture.
        """
        try:
            with Image.open(io.BytesIO(data)) as opened:
                picture = opened.convert("RGB")
        except OSError as error:
            detail = "The image model's answer is no picture."
            raise PermanentStageError("painter-answer", detail) from error
        picture.thumbnail((_BACKDROP_SIDE, _BACKDROP_SIDE))
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=92)
        key = f"{FILES}/backdrops/{hashlib.sha256(data).hexdigest()[:32]}.webp"
        with answering():
            self._blobs.put(key, out.getvalue(), WEBP)
        return key, foot_colour(picture)

    def backdrop(self, key: str) -> tuple[str, float] | None:
        """Colour of a stored picture's foot, sRGB hex, and its width over height; None if gone."""
        try:
            with answering():
                data = self._blobs.get(key)
            with Image.open(io.BytesIO(data)) as opened:
                return foot_colour(opened), opened.width / opened.height
        except (BlobMissingError, OSError):
            return None

    def recipe(self, key: str) -> Recipe | None:
        """A stored recipe; None when it is gone or no recipe of this version."""
        try:
            with answering():
                return Recipe.model_validate_json(self._blobs.get(key))
        except (BlobMissingError, ValidationError):
            return None


class RecipeShelf:
    """Finds the recipe of any set that can be shot in: a starter set, one made, one brought.

    Args:
        starter: Of the library that ships, by id.
        records: Of the sets that were brought or made.
        store: Holds the recipes of those.
    """

    def __init__(
        self, starter: Mapping[str, Recipe], records: BackgroundRecords, store: SetStore
    ) -> None:
        self._starter = starter
        self._records = records
        self._store = store

    def find(self, set_id: str) -> Recipe | None:
        """The recipe as it is now.

        Returns:
            None for a set that is unknown or whose files are gone.

        Raises:
            PermanentStageError: The set is there, but only as an HDRI.
        """
        if set_id in self._starter:
            return self._starter[set_id]
        with answering():
            record = self._records.newest(set_id)
        if record is None or record.asset is None:
            return None
        files = record.asset.files
        if files.recipe is not None:
            recipe = self._store.recipe(files.recipe)
            return recipe and recipe.model_copy(update={"version": record.version})
        if files.backdrop is not None:
            seen = self._store.backdrop(files.backdrop)
            return seen and brought_photo(record.asset, files.backdrop, *seen)
        if files.glb is not None:
            return brought_model(record.asset, files.glb)
        raise PermanentStageError(
            "background-light-only",
            f"{set_id} can be recommended but not shot in yet: it is a light probe and has no "
            "floor; bring a picture or a GLB of it, or choose another background.",
        )


def foot_colour(picture: Image.Image) -> str:
    """Mean colour of a picture's lowest strip, sRGB hex."""
    height = picture.height
    strip = picture.crop((0, round(height * (1 - _LOW_SHARE)), picture.width, height))
    mean = np.asarray(strip.convert("RGB"), dtype=np.float64).reshape(-1, 3).mean(axis=0)
    return "#" + "".join(f"{round(float(value)):02x}" for value in mean)


def _key(set_id: str, name: str) -> str:
    return f"{FILES}/{set_id}/{name}"

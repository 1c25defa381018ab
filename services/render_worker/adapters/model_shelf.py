"""Where the starter sets' GLBs are kept: in the object store, and in a folder of an image."""

import hashlib
from collections.abc import Mapping
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from PIL import Image

from backlot.blobs.port import BlobStore
from backlot.starter_models import FOLDER, StarterModel, read_models, write_models
from services.render_worker.sets.models import SetModel

GLB = "model/gltf-binary"
_QUALITY = 82
_SERVICE = Path(__file__).resolve().parents[1]
_MADE_BY = (
    "scene.py",
    "surfaces.py",
    "warmth.py",
    "gltf",
    "sets",
    "shapes",
    "adapters/quadrics.py",
)
_ENGINES = ("numpy", "fast-simplification")


def builder() -> str:
    """A hash over the code and the engines that make the files, so that none is ever stale."""
    digest = hashlib.sha256()
    for name in _MADE_BY:
        place = _SERVICE / name
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(path.read_bytes())
    digest.update(" ".join(version(engine) for engine in _ENGINES).encode())
    return digest.hexdigest()


def as_jpeg(rgb: NDArray[Any]) -> bytes:
    """Encode an 8-bit picture (height, width, 3)."""
    out = BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


class ModelShelf:
    """The files there are, and the list of them.

    Args:
        blobs: Where they lie and are listed.
        baked: A folder of files that were made before, by digest; None without one.
    """

    def __init__(self, blobs: BlobStore, baked: Path | None = None) -> None:
        self._blobs = blobs
        self._baked = baked
        self.models: dict[str, StarterModel] = read_models(blobs)

    def lacks(self, wanted: Mapping[str, str]) -> list[str]:
        """Ids of sets, given with their digests, whose file is not there or is an older one."""
        return [
            set_id
            for set_id, digest in wanted.items()
            if set_id not in self.models
            or self.models[set_id].digest != digest
            or not self._blobs.exists(self.models[set_id].key)
        ]

    def baked(self, digest: str) -> SetModel | None:
        """A file that was made before; None when there is none."""
        path = baked_path(self._baked, digest) if self._baked else None
        if path is None or not path.is_file():
            return None
        return SetModel(path.read_bytes(), int(path.with_suffix(".txt").read_text()))

    def put(self, set_id: str, digest: str, model: SetModel) -> None:
        """Store a file; it is listed by the next `tell`."""
        key = f"{FOLDER}{set_id}-{digest}.glb"
        self._blobs.put(key, model.glb, GLB)
        self.models[set_id] = StarterModel(
            key=key, digest=digest, bytes=len(model.glb), triangles=model.triangles
        )

    def tell(self, wanted: Mapping[str, str]) -> None:
        """List the files of the sets that there are, and forget those of older versions."""
        listed = {set_id: self.models[set_id] for set_id in wanted if set_id in self.models}
        write_models(self._blobs, listed)

    def sweep(self) -> None:
        """Remove files that are not listed any more."""
        kept = {model.key for model in read_models(self._blobs).values()}
        for key in [key for key in self._blobs.keys(FOLDER) if key.endswith(".glb")]:
            if key not in kept:
                self._blobs.delete(key)


def baked_path(folder: Path, digest: str) -> Path:
    """Where a file that is made ahead lies."""
    return folder / f"{digest}.glb"


def bake(folder: Path, digest: str, model: SetModel) -> None:
    """Keep a file for an image; its triangles stand in a text beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = baked_path(folder, digest)
    path.with_suffix(".txt").write_text(str(model.triangles))
    path.write_bytes(model.glb)

"""The starter library's 3D files in the object store: which are there, and under which key."""

import secrets
from collections.abc import Iterable, Mapping

from pydantic import Field

from backlot.backgrounds import JSON, TEXT, TOKEN
from backlot.blobs.port import BlobMissingError, BlobStore
from backlot.contracts.background import BackgroundAsset, BackgroundId
from backlot.contracts.frozen import Frozen

FOLDER = "library/starter/"
INDEX = f"{FOLDER}index.json"


class StarterModel(Frozen):
    """The GLB of one starter set.

    Attributes:
        key: Where it lies in the object store.
        digest: Of the recipe and the builder it was made from.
    """

    key: str
    digest: str
    bytes: int = Field(gt=0)
    triangles: int = Field(gt=0)


class StarterModels(Frozen):
    """All that are there, by the set's id."""

    models: dict[BackgroundId, StarterModel]


def read_models(blobs: BlobStore) -> dict[BackgroundId, StarterModel]:
    """Return what is there; nothing before the first was made."""
    try:
        return StarterModels.model_validate_json(blobs.get(INDEX)).models
    except BlobMissingError:
        return {}


def write_models(blobs: BlobStore, models: Mapping[BackgroundId, StarterModel]) -> None:
    """Say what is there, and tell every process that shows the library."""
    listed = StarterModels(models=dict(sorted(models.items())))
    blobs.put(INDEX, listed.model_dump_json().encode(), JSON)
    blobs.put(TOKEN, secrets.token_hex(8).encode(), TEXT)


def with_models(
    assets: Iterable[BackgroundAsset], models: Mapping[BackgroundId, StarterModel]
) -> tuple[BackgroundAsset, ...]:
    """Return the starter sets with the files that are there for them."""
    return tuple(_with(asset, models.get(asset.id)) for asset in assets)


def _with(asset: BackgroundAsset, model: StarterModel | None) -> BackgroundAsset:
    if model is None:
        return asset
    files = asset.files.model_copy(update={"glb": model.key})
    facts = {"files": files, "bytes": model.bytes, "triangles": model.triangles}
    return asset.model_copy(update=facts)

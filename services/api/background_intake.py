"""From a received background to an accepted ingest job: files are stored before the job exists."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from PIL import Image

from backlot.blobs.port import BlobStore
from backlot.catalog import load_starter
from backlot.contracts.background import Preview
from backlot.contracts.errors import RefusedInputError
from backlot.contracts.ingest import IndexOrder, NewBackground, SetDraft
from backlot.contracts.jobs import JobKind, JobRequest, JobWarning, Manifest
from backlot.contracts.priorities import Priority
from backlot.contracts.stages import Stage
from services.api.background_file import content_of, heaviness, kind_of, read_model
from services.api.decoding import DecodePool
from services.api.job_request import read_contract
from services.api.photo import NormalisedPhoto
from services.api.received import ReceivedFile
from services.api.upload import UploadLimits

FILES = "library/files"
GLB, HDR = "model/gltf-binary", "image/vnd.radiance"
MOST_PREVIEWS = 6
_HEAD = 16


def limit_of(limits: UploadLimits, name: str) -> int | None:
    """Bytes a part of the form may have; None for a part nobody knows."""
    if name == "metadata":
        return limits.request_bytes
    if name == "file":
        return limits.product_bytes
    known = name == "preview" or name in {f"preview{n}" for n in range(2, MOST_PREVIEWS + 1)}
    return limits.photo_bytes if known else None


class BackgroundIntake:
    """Takes backgrounds in.

    Args:
        blobs: Where their files go, under keys that their content gives.
        pool: Decodes pictures.
        can_view: Whether somebody takes pictures of a model that came without any.
    """

    def __init__(
        self, blobs: BlobStore, pool: DecodePool, can_view: Callable[[], bool] = lambda: False
    ) -> None:
        self._blobs = blobs
        self._pool = pool
        self._can_view = can_view

    async def draft(
        self, parts: Mapping[str, ReceivedFile]
    ) -> tuple[SetDraft, tuple[JobWarning, ...]]:
        """Check and store what came, and say what it is.

        Raises:
            RefusedInputError: With the code of what is wrong; nothing is stored then.
            UnavailableError: The store does not answer.
        """
        if "metadata" not in parts or "file" not in parts:
            detail = "Send the parts 'file' and 'metadata'."
            raise RefusedInputError("malformed-request", detail)
        said = read_contract(NewBackground, parts["metadata"].content())
        refuse_starter(said.id)
        file = parts["file"]
        with file.opened() as opened:
            kind = kind_of(opened.read(_HEAD))
        pictures = {
            name: await self._pool.normalise(part.source())
            for name, part in sorted(parts.items())
            if name.startswith("preview")
        }
        hashes = [parts[name].sha256 for name in pictures]
        content = content_of(file.sha256, *hashes, said.model_dump_json())
        draft = SetDraft(said=said, content=content, bytes=file.size)
        warnings: tuple[JobWarning, ...] = ()
        if kind == "glb":
            with file.opened() as opened:
                model = read_model(opened, file.size)
            warnings = heaviness(model, file.size)
            facts = {"triangles": model.triangles, "size_m": model.size_m, "palette": model.palette}
            staged = said.model_copy(update={"stage": said.stage or model.stage})
            glb = self._stored(said.id, file, "glb", GLB)
            draft = draft.model_copy(update={**facts, "said": staged, "glb": glb})
        elif kind == "hdri":
            draft = draft.model_copy(update={"hdri": self._stored(said.id, file, "hdr", HDR)})
        else:
            backdrop = await self._backdrop(file)
            draft = draft.model_copy(update={"backdrop": self._pictured(said.id, file, backdrop)})
        previews = tuple(
            Preview(
                view="front" if name == "preview" else name,
                key=self._pictured(said.id, parts[name], picture),
                width=picture.width,
                height=picture.height,
            )
            for name, picture in pictures.items()
        )
        to_view = draft.glb is not None and not previews and self._can_view()
        return draft.model_copy(update={"previews": previews, "to_view": to_view}), warnings

    async def _backdrop(self, file: ReceivedFile) -> NormalisedPhoto:
        """Read a file that is neither GLB nor HDRI; one that is no picture either is told so."""
        try:
            return await self._pool.normalise(file.source())
        except RefusedInputError as error:
            if error.problem_code == "photo-empty":
                detail = "The background cannot be used: its file has no bytes."
            elif error.problem_code == "photo-format":
                detail = (
                    "The background cannot be used: it is neither a GLB (glTF 2.0, binary) nor an "
                    "HDRI, and no picture in a known format; send one of these."
                )
            else:
                raise
            raise RefusedInputError("background-broken", detail) from error

    def _stored(self, background_id: str, file: ReceivedFile, suffix: str, media: str) -> str:
        """Store a file under its own hash: the same file twice is one."""
        key = f"{FILES}/{background_id}/{file.sha256[:32]}.{suffix}"
        source = file.source()
        if isinstance(source, Path):
            self._blobs.put_file(key, source, media)
        else:
            self._blobs.put(key, source, media)
        return key

    def _pictured(self, background_id: str, file: ReceivedFile, picture: NormalisedPhoto) -> str:
        """Store a decoded picture as WebP, under the hash of what was sent."""
        key = f"{FILES}/{background_id}/{file.sha256[:32]}.webp"
        out = BytesIO()
        with Image.open(BytesIO(picture.data)) as opened:
            opened.convert("RGB").save(out, "WEBP", quality=85)
        self._blobs.put(key, out.getvalue(), "image/webp")
        return key


def manifest_of(
    draft: SetDraft, warnings: tuple[JobWarning, ...], tenant: str
) -> Callable[[str], Manifest]:
    """Return what makes the manifest of an ingest job for its id."""

    def made(job_id: str) -> Manifest:
        return _manifest(
            job_id, tenant, draft.content, {Stage.BUILD: draft.model_dump_json()}, warnings
        )

    return made


def reindex_manifest(tenant: str) -> Callable[[str], Manifest]:
    """Return what makes the manifest of a job that makes the index anew."""

    def made(job_id: str) -> Manifest:
        inputs = {Stage.DESCRIBE: IndexOrder().model_dump_json()}
        return _manifest(job_id, tenant, content_of("reindex"), inputs, ())

    return made


def refuse_starter(background_id: str) -> None:
    """Refuse to change a set that ships."""
    if any(asset.id == background_id for asset in load_starter()):
        detail = f"{background_id} belongs to the starter library."
        raise RefusedInputError("background-ours", detail)


def _manifest(
    job_id: str,
    tenant: str,
    fingerprint: str,
    inputs: dict[Stage, str],
    warnings: tuple[JobWarning, ...],
) -> Manifest:
    return Manifest(
        job_id=job_id,
        tenant=tenant,
        kind=JobKind.INGEST,
        created_at=datetime.now(UTC),
        fingerprint=fingerprint,
        request=JobRequest(priority=Priority.LOW),  # whoever waits for a picture goes first
        photo=None,
        inputs=inputs,
        warnings=warnings,
    )

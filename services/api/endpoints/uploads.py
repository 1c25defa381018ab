"""/v1/uploads: a place for a file; and the forms that the folder store takes itself."""

from collections.abc import Mapping

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from backlot.blobs.folder import FolderStore
from backlot.blobs.signing import FORM_FIELDS, PostPolicy
from backlot.contracts.errors import RefusedInputError
from backlot.contracts.uploads import NewUpload, Upload
from services.api.parts import PartsOf, TenantOf
from services.api.problem_responses import declared
from services.api.received import ReceivedFile
from services.api.upload import received_parts

router = APIRouter(prefix="/v1", tags=["uploads"])

_FIELD_BYTES = 1000
_NOT_OURS = RefusedInputError("not-found", "This form was not made here, or it has expired.")


@router.post(
    "/uploads",
    operation_id="createUpload",
    summary="Get a form to upload a file with",
    status_code=201,
    responses=declared(
        "unauthorized", "malformed-request", "invalid-request", "body-too-large",
        "too-many-jobs", "unavailable",
    ),
)  # fmt: skip
async def make(wish: NewUpload, parts: PartsOf, tenant: TenantOf) -> Upload:
    """Get a form that puts one file into the object store; then submit a job with its id."""
    return await to_thread.run_sync(parts.uploads.make, tenant, wish)


@router.post("/files", status_code=204, include_in_schema=False)
async def store(request: Request, parts: PartsOf) -> Response:
    """Take a file through a form of the folder store; its signature is the permission."""
    blobs = parts.blobs
    if not isinstance(blobs, FolderStore):
        raise _NOT_OURS  # any other store takes its own forms
    policies: list[PostPolicy] = []

    def limit_of(name: str, earlier: Mapping[str, ReceivedFile]) -> int | None:
        if name != "file":
            return _FIELD_BYTES if name in {*FORM_FIELDS, "signature"} else None
        fields = {part: file.content().decode("utf-8", "replace") for part, file in earlier.items()}
        policy = blobs.verify_form(fields, parts.clock())
        if policy is None:
            raise _NOT_OURS
        policies.append(policy)
        return policy.max_bytes

    limits = parts.settings.upload_limits
    async with received_parts(request.headers, request.stream(), limits, limit_of) as files:
        file = files.get("file")
        if file is None or not policies:
            raise RefusedInputError("malformed-request", "The form has no part 'file'.")
        if file.size == 0:
            raise RefusedInputError("photo-empty", "The file has no bytes.")
        await to_thread.run_sync(_put, blobs, policies[0], file)
    return Response(status_code=204)


def _put(blobs: FolderStore, policy: PostPolicy, file: ReceivedFile) -> None:
    source = file.source()
    if isinstance(source, bytes):
        blobs.put(policy.key, source, policy.media_type)
    else:
        blobs.put_file(policy.key, source, policy.media_type)

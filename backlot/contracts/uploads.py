"""Uploads: a file goes to the object store first, and a job names it afterwards."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from backlot.contracts.frozen import Frozen
from backlot.contracts.jobs import JobRequest

UploadId = Annotated[str, StringConstraints(pattern=r"^upl_[0-9a-f]{32}$")]
UploadType = Literal[
    "image/jpeg", "image/png", "image/webp", "image/heic", "image/avif", "model/gltf-binary"
]


class NewUpload(Frozen):
    """What a client is going to upload."""

    media_type: UploadType
    size: int = Field(ge=1, description="Bytes.", examples=[123_456])
    sha256: str | None = Field(
        default=None, pattern=r"^[0-9a-f]{64}$", description="If given, the file must have it."
    )


class Upload(Frozen):
    """Where the file goes: a form of multipart/form-data with these fields and the part `file`."""

    upload_id: UploadId
    method: Literal["POST"] = "POST"
    url: str
    fields: dict[str, str] = Field(description="Sent first, all of them, as they are.")
    file_field: Literal["file"] = "file"
    expires_at: datetime = Field(description="The file has to be there, and the job made, by then.")


class JobSubmission(JobRequest):
    """A job whose files were uploaded before; each upload makes one job."""

    upload_id: UploadId | None = Field(default=None, description="Of the photo.")
    product_upload_id: UploadId | None = Field(default=None, description="Of the GLB.")

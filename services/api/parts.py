"""What the endpoints work with, made once by `services.api.app` and handed to every request."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import Headers

from backlot.blobs.port import BlobStore
from backlot.contracts.background import BackgroundAsset
from backlot.line.changes import Changes
from backlot.line.record import JobRecords
from backlot.line.upkeep import Upkeep
from backlot.vocabulary import Vocabulary
from services.api.access import Access
from services.api.decoding import DecodePool
from services.api.settings import ApiSettings
from services.api.submit import Submitter


@dataclass(frozen=True)
class Parts:
    """The wired parts of one API process.

    Attributes:
        backgrounds: Gives the starter library; reads it on the first call.
        vocabulary: Gives the controlled words; reads them on the first call.
        check_webhook: Refuses addresses that may not be called.
    """

    settings: ApiSettings
    access: Access
    blobs: BlobStore
    records: JobRecords
    upkeep: Upkeep
    changes: Changes
    pool: DecodePool
    submitter: Submitter
    backgrounds: Callable[[], tuple[BackgroundAsset, ...]]
    vocabulary: Callable[[], Vocabulary]
    check_webhook: Callable[[str], None]


async def parts_of(request: Request) -> Parts:
    """The parts of this process."""
    parts: Parts = request.app.state.parts
    return parts


PartsOf = Annotated[Parts, Depends(parts_of)]


async def tenant_of(request: Request, parts: PartsOf) -> str:
    """Who asks; refuses those who do not say."""
    headers: Headers = request.headers
    return parts.access.tenant(headers.get("authorization"))


TenantOf = Annotated[str, Depends(tenant_of)]

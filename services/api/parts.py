"""What the endpoints work with, made once by `services.api.app` and handed to every request."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import Headers

from backlot.backgrounds import BackgroundRecords, LibraryReader
from backlot.blobs.port import BlobStore
from backlot.line.archive import JobReader
from backlot.line.changes import Changes
from backlot.line.clock import LineClock
from backlot.line.control import JobControl
from backlot.line.journal import Journal
from backlot.line.listing import JobList
from backlot.line.record import JobRecords
from backlot.line.upkeep import Upkeep
from backlot.vocabulary import Vocabulary
from services.api.access import Access
from services.api.batches import Batches
from services.api.cursors import Cursors
from services.api.decoding import DecodePool
from services.api.deleting import Deleter
from services.api.doorman import Doorman
from services.api.feeds import Feeds
from services.api.pace import Pace
from services.api.settings import ApiSettings
from services.api.submit import Submitter
from services.api.uploads import Uploads
from services.api.webhook_desk import WebhookDesk
from services.api.window.session import authorization_of


@dataclass(frozen=True)
class Parts:
    """The wired parts of one API process.

    Attributes:
        backgrounds: Gives the whole library; reads it on the first call and when it changes.
        own_backgrounds: Records of those that were brought in.
        vocabulary: Gives the controlled words; reads them on the first call.
        check_webhook: Refuses addresses that may not be called.
    """

    settings: ApiSettings
    clock: LineClock
    access: Access
    blobs: BlobStore
    records: JobRecords
    upkeep: Upkeep
    changes: Changes
    journal: Journal
    feeds: Feeds
    pace: Pace
    reader: JobReader
    listing: JobList
    control: JobControl
    deleter: Deleter
    cursors: Cursors
    batches: Batches
    pool: DecodePool
    submitter: Submitter
    backgrounds: LibraryReader
    own_backgrounds: BackgroundRecords
    vocabulary: Callable[[], Vocabulary]
    check_webhook: Callable[[str], None]
    webhooks: WebhookDesk
    doorman: Doorman
    uploads: Uploads


async def parts_of(request: Request) -> Parts:
    """The parts of this process."""
    parts: Parts = request.app.state.parts
    return parts


PartsOf = Annotated[Parts, Depends(parts_of)]


async def tenant_of(request: Request, parts: PartsOf) -> str:
    """Who asks; refuses those who do not say."""
    headers: Headers = request.headers
    admission = await parts.doorman.admit(
        request.method, request.url.path, authorization_of(headers)
    )
    request.state.answer_headers = admission.headers
    request.state.may_hurry = admission.may_hurry
    return admission.tenant


TenantOf = Annotated[str, Depends(tenant_of)]

"""The client that is awaited."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from backlot.client import calls
from backlot.client.calls import Answer, Brought, Call, File, Job, Update, Wish
from backlot.client.errors import (
    JobUnfinishedError,
    ProblemError,
    TooManyError,
    UnreachableError,
    refusal,
)
from backlot.client.following import Following, NoStreamError
from backlot.client.patience import ATTEMPTS, RETRIED, Deadline, pause_s
from backlot.client.wire import httpx
from backlot.contracts.background import BackgroundCard
from backlot.contracts.feedback import Feedback, FeedbackRequest
from backlot.contracts.jobs import JobBody, JobRequest, JobStatus
from backlot.contracts.rematch import RematchRequest

T = TypeVar("T")
POLL_S = 20.0
TIMEOUT_S = 60.0


class AsyncClient:
    """Talks to one line; what may be repeated safely is repeated when the network fails.

    Args:
        address: Of the API, such as ``http://127.0.0.1:8000``.
        api_key: Not needed on the machine of an open line. Never sent to other hosts.
        timeout_s: How long a connection may be silent.
        trust_env: Whether proxies of the environment are used.
        transport: Another one than httpx's own.
    """

    def __init__(
        self,
        address: str,
        api_key: str | None = None,
        *,
        timeout_s: float = TIMEOUT_S,
        trust_env: bool = True,
        transport: "httpx.AsyncBaseTransport | None" = None,
    ) -> None:
        self._key = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._timeout_s = timeout_s
        self._http = httpx.AsyncClient(
            base_url=address, timeout=timeout_s, trust_env=trust_env, transport=transport
        )

    async def __aenter__(self) -> Self:
        """Open."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        await self.close()

    async def close(self) -> None:
        """Let all connections go."""
        await self._http.aclose()

    async def submit(
        self,
        photo: File | None = None,
        *,
        product: File | None = None,
        request: JobRequest | Wish | None = None,
        idempotency_key: str | None = None,
        wait_s: float = 0,
    ) -> JobBody:
        """Send a product; the job is safe when this returns.

        Args:
            photo: A path, or the bytes of a JPEG, PNG, WebP, HEIC or AVIF.
            product: A GLB, beside the photo or instead of it.
            request: Title, category and all other wishes.
            idempotency_key: Made anew for each call, if not given. Give your own to repeat a call
                safely after your program was started again.
            wait_s: Return when the job has ended, or so many seconds on, 60 at most.
        """
        return await self._do(calls.submit(photo, product, request, idempotency_key, wait_s))

    async def job(self, job: Job) -> JobBody:
        """A job as it is now."""
        return await self._do(calls.show(job, 0))

    async def jobs(
        self,
        *,
        status: Sequence[JobStatus] = (),
        kind: str | None = None,
        metadata: str | None = None,
    ) -> AsyncIterator[JobBody]:
        """All your jobs, newest first; `metadata` is a key, or key:value."""
        cursor: str | None = None
        while True:
            page = await self._do(calls.jobs(status, kind, metadata, cursor))
            for job in page.jobs:
                yield job
            cursor = page.next_cursor
            if cursor is None:
                return

    async def wait(
        self,
        job: Job,
        *,
        within_s: float | None = None,
        changed: Callable[[JobBody], object] | None = None,
    ) -> JobBody:
        """Return the job when it has ended, however it has ended.

        Follows its events, and polls where streams do not get through.

        Args:
            job: What is waited for.
            within_s: When to give up; never, if not given.
            changed: Called with the job whenever it has changed.

        Raises:
            JobUnfinishedError: It did not end in time; it goes on.
        """
        deadline = Deadline.within(within_s)
        tell = changed or (lambda _: None)
        try:
            async for update in self._updates(Following(job, None, deadline, tries=2)):
                tell(update.job)
        except (NoStreamError, TooManyError, UnreachableError):
            return await self._polled(job, deadline, tell)
        return await self.job(job)

    def events(
        self, job: Job, *, after: str | None = None, within_s: float | None = None
    ) -> AsyncIterator[Update]:
        """What has happened to a job, then what happens, until it has ended.

        A broken stream goes on where it broke; with `after`, an event's id, so does a new one.
        """
        return self._updates(Following(job, after, Deadline.within(within_s), ATTEMPTS))

    async def rematch(
        self,
        job: Job,
        wish: RematchRequest | Wish | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> JobBody:
        """Match the same product again with the seller's own brief, as a new job."""
        return await self._do(calls.rematch(job, wish, idempotency_key))

    async def cancel(self, job: Job) -> JobBody:
        """End a job at once while it waits, as soon as its worker notices while it runs."""
        return await self._do(calls.cancel(job))

    async def retry(self, job: Job) -> JobBody:
        """Run a job that failed, expired or was canceled again, from where it ended."""
        return await self._do(calls.retry(job))

    async def delete(self, job: Job) -> None:
        """Remove a job with everything that was made of it."""
        await self._do(calls.delete(job))

    async def feedback(self, job: Job, said: FeedbackRequest | Wish) -> Feedback:
        """Say what you made of the result."""
        return await self._do(calls.feedback(job, said))

    async def backgrounds(
        self, *, kind: str | None = None, terms: Sequence[str] = ()
    ) -> AsyncIterator[BackgroundCard]:
        """The library, in the order of ids."""
        cursor: str | None = None
        while True:
            page = await self._do(calls.backgrounds(kind, terms, cursor))
            for card in page.backgrounds:
                yield card
            cursor = page.next_cursor
            if cursor is None:
                return

    async def bring(
        self,
        file: Path,
        metadata: Wish,
        *,
        preview: Path | None = None,
        idempotency_key: str | None = None,
    ) -> Brought:
        """Bring a GLB, an HDRI or a photo backdrop into the library."""
        return await self._do(calls.bring(file, preview, metadata, idempotency_key))

    async def reindex(self) -> JobBody:
        """Make the library's index anew."""
        return await self._do(calls.reindex())

    async def line(self) -> dict[str, Any]:
        """How busy every stage is, as /v1/line shows it."""
        return await self._do(calls.line())

    async def fetch(self, url: str) -> bytes:
        """A picture, cut-out or recipe; its signed address is the permission."""
        return await self._do(calls.fetch(url))

    async def download(self, url: str, path: Path) -> Path:
        """Put a file on the disk; it is whole once it is there."""
        part = path.with_name(path.name + ".part")
        await asyncio.to_thread(part.write_bytes, await self.fetch(url))
        return await asyncio.to_thread(part.replace, path)

    async def _do(self, call: Call[T]) -> T:
        attempt = 0
        while True:
            attempt += 1
            try:
                return call.read(await self._send(call))
            except httpx.TransportError as error:
                pause = pause_s(attempt, None) if call.safe else None
                if pause is None:
                    raise UnreachableError(f"{call.method} {call.path}: {error}") from error
            except ProblemError as error:
                if error.problem.status not in RETRIED:
                    raise
                pause = pause_s(attempt, error.retry_after_s) if call.safe else None
                if pause is None:
                    raise
            await asyncio.sleep(pause)

    async def _send(self, call: Call[Any]) -> Answer:
        key: Mapping[str, str] = self._key if call.keyed else {}
        answer = await self._http.request(
            call.method, call.path, params=call.params or None,
            headers={**key, **call.headers}, timeout=self._timeout_s + call.wait_s, **call.body,
        )  # fmt: skip
        if answer.is_error:
            raise refusal(answer.status_code, answer.content, answer.headers.get("retry-after"))
        return Answer(answer.content, answer.headers)

    async def _updates(self, following: Following) -> AsyncIterator[Update]:
        while not following.has_ended:
            try:
                async for update in self._stream(following):
                    yield update
                pause = following.pause_s(None)
            except (httpx.TransportError, ProblemError) as error:
                pause = following.pause_s(error)
            await asyncio.sleep(pause)

    async def _stream(self, following: Following) -> AsyncIterator[Update]:
        timeout = httpx.Timeout(self._timeout_s, read=following.silence_s)
        headers = {**self._key, **following.headers}
        async with self._http.stream(
            "GET", following.path, headers=headers, timeout=timeout
        ) as answer:
            if answer.is_error:
                body = await answer.aread()
                raise refusal(answer.status_code, body, answer.headers.get("retry-after"))
            if not following.begin(answer.status_code, answer.headers.get("content-type", "")):
                return
            async for line in answer.aiter_lines():
                update = following.heard(line)
                if update is not None:
                    yield update

    async def _polled(
        self, job: Job, deadline: Deadline, tell: Callable[[JobBody], object]
    ) -> JobBody:
        while True:
            body = await self._do(calls.show(job, deadline.left_s(POLL_S)))
            tell(body)
            if body.status.is_final:
                return body
            if deadline.is_over:
                raise JobUnfinishedError(f"{body.job_id} has not ended in time")

"""How full the line is, and who may put more into it."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from anyio import to_thread

from backlot.contracts.errors import RefusedInputError, UnavailableError
from backlot.line.scripting import Scripts

FRESH_S = 0.5
RETRY_AFTER_S = 5


class Shares(NamedTuple):
    """How much of the line everybody may have.

    Attributes:
        jobs: Unfinished jobs of all tenants.
        tenant_jobs: Of one tenant, however empty the line is.
        memory: Share of Redis' memory.
    """

    jobs: int
    tenant_jobs: int
    memory: float


class Reading(NamedTuple):
    """The line at one moment.

    Attributes:
        unfinished: Jobs by tenant, only of those who have any.
        memory: Share of Redis' memory that is used; 0 where it has no limit.
    """

    unfinished: Mapping[str, int]
    memory: float


class LimitedError(RefusedInputError):
    """Too much for now.

    Args:
        code: ``rate-limited`` or ``too-many-jobs``.
        detail: Of what.
        retry_after_s: When it may be repeated.
        headers: More headers of the answer.
    """

    def __init__(
        self, code: str, detail: str, retry_after_s: int, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code, detail)
        self.headers = {"Retry-After": str(retry_after_s), **(headers or {})}


class Pressure:
    """Refuses new jobs before the line is full; reads it twice a second at most.

    Args:
        scripts: Redis.
        shares: Who may have how much.
        clock: Seconds that only grow.
    """

    def __init__(
        self, scripts: Scripts, shares: Shares, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._scripts = scripts
        self._shares = shares
        self._clock = clock
        self._last: Reading | None = None
        self._read_at = 0.0
        self._turn = asyncio.Lock()

    async def check(self, tenant: str, jobs: int = 1) -> None:
        """Let a tenant make one more job, or several.

        Raises:
            RefusedInputError: ``too-many-jobs``.
            UnavailableError: Redis is nearly full, or does not answer.
        """
        reading = await self._reading()
        if reading.memory >= self._shares.memory:
            raise UnavailableError(f"Redis is {reading.memory:.0%} full")
        share = share_of(tenant, reading.unfinished, self._shares)
        if reading.unfinished.get(tenant, 0) + jobs > share:
            raise LimitedError(
                "too-many-jobs",
                f"At most {share} of your jobs may be unfinished now.",
                RETRY_AFTER_S,
            )

    async def _reading(self) -> Reading:
        if self._last is not None and self._clock() - self._read_at < FRESH_S:
            return self._last
        async with self._turn:
            if self._last is None or self._clock() - self._read_at >= FRESH_S:
                self._last = await to_thread.run_sync(self._read)
                self._read_at = self._clock()
            return self._last

    def _read(self) -> Reading:
        key = self._scripts.key("unfinished")
        counts = self._scripts.ask(lambda client: client.zrange(key, 0, -1, withscores=True))
        memory = self._scripts.ask(lambda client: client.info("memory"))
        most = int(memory.get("maxmemory", 0))
        return Reading(
            {tenant: int(count) for tenant, count in counts},
            int(memory["used_memory"]) / most if most else 0.0,
        )


def share_of(tenant: str, unfinished: Mapping[str, int], shares: Shares) -> int:
    """How many unfinished jobs a tenant may have.

    While the line is less than half full, as many as any tenant may; above that everybody who has
    jobs in it gets the same part of the whole.
    """
    if sum(unfinished.values()) < shares.jobs / 2:
        return shares.tenant_jobs
    sharing = len(unfinished) + (tenant not in unfinished)
    return min(shares.tenant_jobs, max(1, shares.jobs // sharing))

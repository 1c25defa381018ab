"""Lets requests in: whose key it is, what it may do, and how often."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from anyio import to_thread

from backlot.api_keys import Scope
from backlot.contracts.errors import RefusedInputError
from backlot.line.scripting import Scripts
from services.api.access import LOCAL_TENANT, Access, unauthorized
from services.api.pressure import LimitedError, Pressure

WINDOW_S = 60
SUBMIT, OTHER = "submit", "other"
_CREATES = re.compile(r"/v1/(jobs|batches|uploads)|/v1/jobs/[^/]+/(rematch|retry)")
_SCOPES: tuple[tuple[re.Pattern[str], frozenset[str], Scope], ...] = (
    (re.compile(r"/v1/webhook-.*"), frozenset(), Scope.WEBHOOKS),
    (re.compile(r".*"), frozenset({"GET", "HEAD", "OPTIONS"}), Scope.READ),
    (re.compile(r"/v1/backgrounds.*"), frozenset(), Scope.LIBRARY),
    (re.compile(r".*"), frozenset(), Scope.WRITE),
)
"""Path, methods (none: all of them) and the scope they need; the first that fits counts."""


class Quotas(NamedTuple):
    """Requests a key may make a minute, by bucket; 0 is no limit."""

    submit: int
    other: int


@dataclass(frozen=True)
class Admission:
    """A request that was let in.

    Attributes:
        headers: What its answer says of the key's quota.
        may_hurry: Whether its jobs may be of the high class.
    """

    tenant: str
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    may_hurry: bool = True


class Doorman:
    """Asks for keys where they are needed, and keeps everybody within their quota.

    Args:
        access: Whether keys are needed, and those of the settings.
        scripts: Where the other keys and all buckets are.
        quotas: Of keys that have none of their own.
        pressure: Says when no more jobs can be taken.
    """

    def __init__(
        self, access: Access, scripts: Scripts, quotas: Quotas, pressure: Pressure
    ) -> None:
        self._access = access
        self._scripts = scripts
        self._quotas = {SUBMIT: quotas.submit, OTHER: quotas.other}
        self._pressure = pressure

    async def admit(self, method: str, path: str, authorization: str | None) -> Admission:
        """Let a request in.

        Raises:
            RefusedInputError: ``unauthorized``, ``scope-missing``, ``rate-limited`` or
                ``too-many-jobs``.
            UnavailableError: The line takes no more jobs now, or Redis does not answer.
        """
        is_submit = method == "POST" and _CREATES.fullmatch(path)
        return await self._admit(
            SUBMIT if is_submit else OTHER, scope_of(method, path), authorization, 1
        )

    async def admit_jobs(self, authorization: str | None, count: int) -> None:
        """Let more jobs in with a request that has been admitted as one; raises as `admit`."""
        if count > 0:
            await self._admit(SUBMIT, Scope.WRITE, authorization, count)

    async def _admit(
        self, bucket: str, scope: Scope, authorization: str | None, count: int
    ) -> Admission:
        if self._access.is_open:
            admission = Admission(LOCAL_TENANT)
        else:
            digest = self._access.digest(authorization)
            ask = partial(self._ask, digest, bucket, scope, count)
            admission = await to_thread.run_sync(ask)
        if bucket == SUBMIT:
            await self._pressure.check(admission.tenant, count)
        return admission

    def _ask(self, digest: str, bucket: str, scope: Scope, count: int) -> Admission:
        answer = self._scripts.run(
            "admit", digest, self._access.known(digest) or "", bucket, self._quotas[bucket],
            WINDOW_S * 1000, count,
        )  # fmt: skip
        if answer[0] == "unknown":
            raise unauthorized()
        verdict, tenant, scopes, quota, left, full_ms, next_ms = answer
        headers = _headers(bucket, quota, left, full_ms) if quota else {}
        if verdict == "limited":
            wait_s = -(-next_ms // 1000)
            raise LimitedError(
                "rate-limited", f"At most {quota} a minute of this kind.", wait_s, headers
            )
        granted = frozenset(Scope if scopes is None else scopes.split(","))
        if scope not in granted:
            raise scope_missing(scope)
        return Admission(tenant, headers, may_hurry=Scope.PRIORITY in granted)


def scope_missing(scope: Scope) -> RefusedInputError:
    """A key that may not do this."""
    return RefusedInputError("scope-missing", f"This needs the scope {scope.value!r}.")


def scope_of(method: str, path: str) -> Scope:
    """What a key needs for a request."""
    return next(
        scope
        for pattern, methods, scope in _SCOPES
        if pattern.fullmatch(path) and (not methods or method in methods)
    )


def _headers(bucket: str, quota: int, left: int, full_ms: int) -> dict[str, str]:
    """Fields of draft-ietf-httpapi-ratelimit-headers."""
    return {
        "RateLimit-Policy": f'"{bucket}";q={quota};w={WINDOW_S}',
        "RateLimit": f'"{bucket}";r={left};t={-(-full_ms // 1000)}',
    }

"""The port to a small shared memory: answers kept for a while, and what was spent."""

from typing import Protocol

from backlot.contracts.errors import UnavailableError
from backlot.contracts.frozen import Frozen


class StoreUnavailableError(UnavailableError):
    """The store does not answer."""


class Spent(Frozen):
    """What an account has used; millionths of a US dollar, so that sums are exact."""

    micro_usd: int = 0
    tokens: int = 0


class Store(Protocol):
    """Shared by threads, and by processes where the adapter can.

    Every method may raise `StoreUnavailableError`. Kept texts may be forgotten early.
    """

    def get(self, key: str) -> str | None:
        """Return a kept text; None when there is none, or no longer."""
        ...

    def put(self, key: str, text: str, ttl_s: int) -> None:
        """Keep or replace a text for so many seconds."""
        ...

    def spent(self, account: str) -> Spent:
        """Return what an account has used so far; nothing for an unknown one."""
        ...

    def spend(self, account: str, amount: Spent) -> Spent:
        """Add to an account in one step and return the new sums; kept for two days."""
        ...

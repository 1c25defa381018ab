"""What the command line asks of a line, through the same client as everybody."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from backlot.contracts.jobs import JobBody

if TYPE_CHECKING:
    from backlot.client import Client as HttpClient

GIVE_UP_S = 120.0
GIVE_UP_RENDER_S = 900.0
"""Pictures take their time, more so on a machine that does other things."""

KEY = "BACKLOT_API_KEY"
"""Environment variable with the API key, where a line needs one."""


@dataclass(frozen=True)
class Order:
    """A product to send, as photo, 3D model or both, with what the seller says of it."""

    name: str
    photo: bytes | None
    request: dict[str, object] = field(default_factory=dict)
    product: bytes | None = None


class Client:
    """Talks to one line.

    Args:
        address: Of the API.

    Raises:
        MissingExtraError: There is no HTTP client in this installation.
    """

    def __init__(self, address: str) -> None:
        self._line = _http_client(address)

    def __enter__(self) -> Self:
        """Open."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self._line.close()

    def submit(self, order: Order) -> JobBody:
        """Send a photo; the answer is there as soon as the job is safe."""
        return self._line.submit(order.photo, product=order.product, request=order.request)

    def rematch(self, job_id: str, wish: dict[str, object]) -> JobBody:
        """Ask again for a product the line knows already, with other wishes."""
        return self._line.rematch(job_id, wish)

    def backgrounds(self) -> list[str]:
        """Ids of every set of the library."""
        return [card.id for card in self._line.backgrounds()]

    def bring(
        self, file: Path, preview: Path | None, metadata: dict[str, Any], key: str
    ) -> tuple[JobBody, bool]:
        """Send a background; the same key again is the same job, and it is said whether it was."""
        return self._line.bring(file, metadata, preview=preview, idempotency_key=key)

    def reindex(self) -> JobBody:
        """Ask for a new index."""
        return self._line.reindex()

    def follow(
        self, job_id: str, changed: Callable[[JobBody], None], within_s: float = GIVE_UP_S
    ) -> JobBody:
        """Wait until the job is final, telling of every change on the way."""
        return self._line.wait(job_id, within_s=within_s, changed=changed)

    def can_render(self) -> bool:
        """Whether a render worker takes orders."""
        return bool(self._line.line()["stages"]["render"]["workers"])

    def fetch(self, url: str) -> bytes:
        """Read a picture."""
        return self._line.fetch(url)


def _http_client(address: str) -> "HttpClient":
    # Every image has this command line, and only some have an HTTP client.
    from backlot.client import Client as HttpClient  # noqa: PLC0415

    return HttpClient(address, os.environ.get(KEY), timeout_s=90, trust_env=False)

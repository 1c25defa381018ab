"""The threads that deliver webhooks, and what they are made of."""

import threading
import time
from collections.abc import Callable

import structlog

from backlot.blobs.port import BlobStore
from backlot.contracts.errors import UnavailableError
from backlot.line.scripting import Scripts
from backlot.webhooks.endpoints import Endpoints
from backlot.webhooks.outbox import Delivery, Outbox
from backlot.webhooks.settings import WebhookSettings
from services.conductor.webhooks import Courier, Post, Schedule

log = structlog.get_logger()
IDLE_S = 0.5
AWAY_S = 1.0


def make_courier(
    settings: WebhookSettings,
    scripts: Scripts,
    blobs: BlobStore,
    body_of: Callable[[str], bytes | None],
    post: Post,
    clock: Callable[[], float] = time.time,
) -> Courier:
    """A courier for this installation.

    Args:
        settings: Keys and times.
        scripts: Redis.
        blobs: Where endpoints are kept.
        body_of: The body of a job as GET shows it, None when the job is gone.
        post: Sends.
        clock: Unix seconds; signatures carry it, and receivers refuse what is five minutes off.
    """
    endpoints = Endpoints(scripts, blobs, settings.sealer(), clock)

    def bodies(delivery: Delivery) -> bytes | None:
        if not delivery.about:
            return body_of(delivery.job_id)
        endpoint = endpoints.find(delivery.about)
        return endpoint.model_dump_json().encode() if endpoint else None

    return Courier(
        outbox=Outbox(scripts, settings.webhook_disable_after_s),
        endpoints=endpoints,
        keyring=settings.keyring(),
        bodies=bodies,
        post=post,
        schedule=Schedule(settings.webhook_schedule_s, settings.webhook_jitter),
        clock=clock,
    )


class WebhookSenders:
    """Threads that share a courier; half of them never call a receiver that failed last.

    So receivers that hang can take half of the senders at most, and the others wait for nobody.

    Args:
        courier: Delivers.
        settings: How many and how patient.
        stop: Set to have them leave after their current attempt.
    """

    def __init__(self, courier: Courier, settings: WebhookSettings, stop: threading.Event) -> None:
        self._courier = courier
        self._settings = settings
        self._stop = stop
        self._threads = [
            threading.Thread(
                target=self._deliver, args=(number % 2 == 0,), name=f"sender-{number}", daemon=True
            )
            for number in range(settings.webhook_senders)
        ]

    def start(self) -> None:
        """Begin, unless they have begun."""
        for thread in self._threads:
            if thread.ident is None:
                thread.start()

    def join(self) -> None:
        """Wait until all have left."""
        for thread in self._threads:
            thread.join()

    def _deliver(self, failing: bool) -> None:
        lease_s = self._settings.webhook_timeout_s * 2 + 5
        while not self._stop.is_set():
            try:
                if not self._courier.deliver_one(lease_s, failing=failing):
                    self._stop.wait(IDLE_S)
            except UnavailableError as error:
                log.warning("delivery_missed", why=str(error))
                self._stop.wait(AWAY_S)
            except Exception:  # one bad delivery must not end a sender; its lease brings it back
                log.exception("delivery_broke")
                self._stop.wait(AWAY_S)

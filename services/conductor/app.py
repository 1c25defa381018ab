"""Wires the conductor and runs it: `python -m services.conductor.app`."""

import os
import signal
import socket
import threading
import time

import structlog

from backlot.blobs.settings import BlobSettings, open_blobs
from backlot.contracts.errors import UnavailableError
from backlot.contracts.stages import Stage
from backlot.egress.addresses import parse_networks
from backlot.egress.client import GuardedClient
from backlot.egress.policy import EgressPolicy
from backlot.egress.wire import Limits
from backlot.line.body import job_body
from backlot.line.broker import make_app
from backlot.line.logs import set_up_logs
from backlot.line.publish import Publisher
from backlot.line.record import JobRecords
from backlot.line.scripting import Scripts, open_scripts
from backlot.line.settings import LineSettings
from backlot.line.upkeep import Upkeep
from services.conductor.adapters.receiver import Receiver
from services.conductor.reconcile import look
from services.conductor.settings import ConductorSettings
from services.conductor.webhooks import Courier, Signer, derived_secret

log = structlog.get_logger()


class Conductor:
    """One replica: reconciles while it leads, delivers webhooks always."""

    def __init__(self, settings: ConductorSettings, line: LineSettings) -> None:
        self._settings = settings
        self._name = f"conductor@{socket.gethostname()}-{os.getpid()}"
        self._stop = threading.Event()
        self._scripts = open_scripts(line)
        self._upkeep = Upkeep(self._scripts, line)
        self._queue_prefix = f"{line.prefix}q:"
        self._publisher = Publisher(make_app("conductor", line))
        self._courier = _courier(settings, line, self._scripts, self._upkeep)

    def stop(self, *_: object) -> None:
        """Leave after the current look."""
        self._stop.set()

    def run(self) -> None:
        """Work until stopped."""
        senders = [
            threading.Thread(target=self._deliver, name=f"sender-{n}", daemon=True)
            for n in range(self._settings.webhook_senders)
        ]
        for sender in senders:
            sender.start()
        log.info("conductor_ready", worker=self._name)
        while not self._stop.wait(self._settings.pass_s):
            try:
                self._upkeep.beat(self._name)
                if self._upkeep.elect(self._name, self._settings.term_s):
                    look(self._upkeep, self._publisher.hint, self._hints_waiting)
            except UnavailableError as error:
                log.warning("look_missed", why=str(error))

    def _hints_waiting(self, stage: Stage) -> int:
        key = f"{self._queue_prefix}{stage}"
        return int(self._scripts.ask(lambda client: client.llen(key)))

    def _deliver(self) -> None:
        lease_s = self._settings.webhook_timeout_s * 2 + 5
        while not self._stop.is_set():
            try:
                if not self._courier.deliver_one(lease_s):
                    self._stop.wait(self._settings.pass_s / 2)
            except UnavailableError as error:
                log.warning("delivery_missed", why=str(error))
                self._stop.wait(self._settings.pass_s)


def _courier(
    settings: ConductorSettings, line: LineSettings, scripts: Scripts, upkeep: Upkeep
) -> Courier:
    records = JobRecords(scripts, line)
    blobs = open_blobs(BlobSettings())

    def body_of(job_id: str) -> bytes | None:
        record = records.get(job_id)
        if record is None:
            return None
        body = job_body(record, blobs, settings.public_url)
        return body.model_dump_json().encode()

    secret = settings.webhook_secret
    word = (
        secret.get_secret_value()
        if secret
        else derived_secret(settings.secret.get_secret_value().encode())
    )
    client = GuardedClient(
        EgressPolicy(allow=parse_networks(settings.egress_allow)),
        limits=Limits(total_s=settings.webhook_timeout_s),
    )
    return Courier(
        upkeep, body_of, Receiver(client), Signer(word), settings.webhook_schedule_s, time.time
    )


def main() -> None:
    """Run one conductor until it is told to stop."""
    set_up_logs("conductor")
    conductor = Conductor(ConductorSettings(), LineSettings())
    signal.signal(signal.SIGTERM, conductor.stop)
    signal.signal(signal.SIGINT, conductor.stop)
    conductor.run()


if __name__ == "__main__":
    main()

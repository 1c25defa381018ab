"""Wires the conductor and runs it: `python -m services.conductor.app`."""

import os
import signal
import socket
import threading

import structlog

from backlot.blobs.settings import BlobSettings, open_blobs
from backlot.contracts.errors import UnavailableError
from backlot.egress.addresses import parse_networks
from backlot.egress.client import GuardedClient
from backlot.egress.policy import EgressPolicy
from backlot.egress.tunnel import parse_proxy
from backlot.egress.wire import Limits
from backlot.line.archive import Archive, JobReader
from backlot.line.body import job_body
from backlot.line.broker import make_app
from backlot.line.clock import LineClock
from backlot.line.control import JobControl
from backlot.line.journal import Journal
from backlot.line.logs import set_up_logs
from backlot.line.publish import Publisher
from backlot.line.record import JobRecords
from backlot.line.retained import EndedJobs
from backlot.line.scripting import Scripts, open_scripts
from backlot.line.settings import LineSettings
from backlot.line.upkeep import Upkeep
from backlot.line.wire import queue_key
from backlot.webhooks.settings import WebhookSettings
from services.conductor.adapters.receiver import Receiver
from services.conductor.reconcile import look
from services.conductor.retention import Keeper
from services.conductor.settings import ConductorSettings
from services.conductor.webhook_senders import WebhookSenders, make_courier
from services.conductor.webhooks import Courier

log = structlog.get_logger()


class Conductor:
    """One replica: reconciles while it leads, delivers webhooks always."""

    def __init__(self, settings: ConductorSettings, line: LineSettings) -> None:
        self._settings = settings
        self._name = f"conductor@{socket.gethostname()}-{os.getpid()}"
        self._stop = threading.Event()
        self._scripts = open_scripts(line)
        self._upkeep = Upkeep(self._scripts, line)
        self._prefix = line.prefix
        self._publisher = Publisher(make_app("conductor", line))
        webhooks = WebhookSettings()
        self._clock = LineClock(self._scripts)
        courier = _courier(settings, line, webhooks, self._scripts, self._clock)
        self._senders = WebhookSenders(courier, webhooks, self._stop)
        self._leads = threading.Event()
        self._keeper = _keeper(settings, line, self._scripts)

    def stop(self, *_: object) -> None:
        """Leave after the current look."""
        self._stop.set()

    def run(self) -> None:
        """Work until stopped."""
        threading.Thread(target=self._keep, name="keeper", daemon=True).start()
        log.info("conductor_ready", worker=self._name)
        while not self._stop.wait(self._settings.pass_s):
            try:
                self._clock.refresh()
                self._senders.start()  # not before the line's time is known
                self._upkeep.beat(self._name)
                self._lead(self._upkeep.elect(self._name, self._settings.term_s))
                if self._leads.is_set():
                    look(self._upkeep, self._publisher.hint, self._hints_waiting)
            except UnavailableError as error:
                self._leads.clear()
                log.warning("look_missed", why=str(error))

    def _lead(self, leads: bool) -> None:
        if leads:
            self._leads.set()
        else:
            self._leads.clear()

    def _keep(self) -> None:
        """Look after ended jobs while this replica leads; two at it would only waste time."""
        while not self._stop.wait(self._settings.pass_s):
            try:
                while self._leads.is_set() and not self._stop.is_set() and self._keeper.tidy():
                    pass
            except UnavailableError as error:
                log.warning("retention_missed", why=str(error))

    def _hints_waiting(self, queue: str) -> int:
        key = queue_key(self._prefix, queue)
        return int(self._scripts.ask(lambda client: client.llen(key)))


def _keeper(settings: ConductorSettings, line: LineSettings, scripts: Scripts) -> Keeper:
    control = JobControl(scripts, JobRecords(scripts, line), line)
    blobs = open_blobs(BlobSettings())
    return Keeper(EndedJobs(scripts), Journal(scripts), control, blobs, settings)


def _courier(
    settings: ConductorSettings,
    line: LineSettings,
    webhooks: WebhookSettings,
    scripts: Scripts,
    clock: LineClock,
) -> Courier:
    blobs = open_blobs(BlobSettings(), clock)
    reader = JobReader(JobRecords(scripts, line), Journal(scripts), Archive(blobs))

    def body_of(job_id: str) -> bytes | None:
        record = reader.get(job_id)
        if record is None:
            return None
        body = job_body(record, blobs, settings.public_url, clock=clock)
        return body.model_dump_json().encode()

    client = GuardedClient(
        EgressPolicy(allow=parse_networks(settings.egress_allow)),
        limits=Limits(total_s=webhooks.webhook_timeout_s),
        proxy=parse_proxy(settings.egress_proxy.get_secret_value()),
    )
    return make_courier(webhooks, scripts, blobs, body_of, Receiver(client, clock), clock)


def main() -> None:
    """Run one conductor until it is told to stop."""
    set_up_logs("conductor")
    conductor = Conductor(ConductorSettings(), LineSettings())
    signal.signal(signal.SIGTERM, conductor.stop)
    signal.signal(signal.SIGINT, conductor.stop)
    conductor.run()


if __name__ == "__main__":
    main()

"""Makes the parts of the API from its settings."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from backlot.backgrounds import BackgroundRecords, LibraryReader
from backlot.blobs.port import BlobStore
from backlot.blobs.settings import BlobSettings, open_blobs
from backlot.blobs.signing import MIN_SECRET_BYTES
from backlot.catalog import load_starter
from backlot.contracts.errors import ConfigurationError
from backlot.contracts.jobs import JobBody
from backlot.egress.addresses import parse_networks
from backlot.egress.policy import EgressPolicy
from backlot.egress.resolver import SystemResolver
from backlot.line.archive import Archive, JobReader
from backlot.line.body import job_body
from backlot.line.changes import Changes
from backlot.line.clock import LineClock
from backlot.line.control import JobControl
from backlot.line.journal import Journal, Reading
from backlot.line.listing import JobList
from backlot.line.record import JobRecords
from backlot.line.scripting import Scripts, open_scripts
from backlot.line.settings import LineSettings
from backlot.line.upkeep import Upkeep
from backlot.starter_models import read_models, with_models
from backlot.vocabulary import load_vocabulary
from backlot.webhooks.endpoints import Endpoints
from backlot.webhooks.outbox import Outbox
from backlot.webhooks.settings import WebhookSettings
from services.api.access import Access, read_keys
from services.api.batches import Batches
from services.api.cursors import Cursors
from services.api.decoding import DecodePool
from services.api.deleting import Deleter
from services.api.doorman import Doorman
from services.api.feeds import Feeds
from services.api.pace import Pace
from services.api.parts import Parts
from services.api.pressure import Pressure
from services.api.reuse import Reuse
from services.api.settings import ApiSettings
from services.api.submit import Submitter
from services.api.uploads import Uploads
from services.api.webhook_desk import WebhookDesk
from services.api.webhook_urls import WebhookUrls


class _Ground(NamedTuple):
    """What the other parts stand on."""

    settings: ApiSettings
    line: LineSettings
    scripts: Scripts
    clock: LineClock
    blobs: BlobStore
    records: JobRecords
    journal: Journal
    reader: JobReader
    check_webhook: Callable[[str], None]

    @property
    def secret(self) -> bytes:
        """The installation's."""
        return self.settings.secret.get_secret_value().encode()


def wire(settings: ApiSettings, line_settings: LineSettings, blob_settings: BlobSettings) -> Parts:
    """Make every part; nothing is asked over the network yet.

    Raises:
        ConfigurationError: Settings that make no sense together.
    """
    access = Access(
        read_keys(settings.api_keys.get_secret_value()),
        settings.host,
        closed=settings.access == "keys",
    )
    ground = _ground(settings, line_settings, blob_settings)
    scripts, blobs, records = ground.scripts, ground.blobs, ground.records
    upkeep = Upkeep(scripts, line_settings)
    changes = Changes(line_settings)
    pace = Pace(upkeep, ground.journal.rank, ground.clock)
    control = JobControl(scripts, records, line_settings)
    pool = _pool(settings)
    submitter, uploads = _submitter(ground, pool), _uploads(ground)
    return Parts(
        settings=settings,
        clock=ground.clock,
        access=access,
        blobs=blobs,
        records=records,
        upkeep=upkeep,
        changes=changes,
        journal=ground.journal,
        feeds=_feeds(ground, changes, pace),
        pace=pace,
        reader=ground.reader,
        listing=JobList(scripts, ground.reader.get),
        control=control,
        deleter=Deleter(records, control, blobs),
        cursors=Cursors(ground.secret),
        batches=_batches(ground, submitter, uploads),
        pool=pool,
        submitter=submitter,
        uploads=uploads,
        backgrounds=LibraryReader(
            BackgroundRecords(blobs), lambda: with_models(load_starter(), read_models(blobs))
        ),
        own_backgrounds=BackgroundRecords(blobs),
        vocabulary=load_vocabulary,
        check_webhook=ground.check_webhook,
        webhooks=_webhooks(ground),
        doorman=Doorman(access, scripts, settings.quotas, Pressure(scripts, settings.shares)),
    )


def _ground(settings: ApiSettings, line: LineSettings, blob_settings: BlobSettings) -> _Ground:
    if len(settings.secret.get_secret_value().encode()) < MIN_SECRET_BYTES:
        raise ConfigurationError(f"BACKLOT_SECRET needs {MIN_SECRET_BYTES} bytes or more.")
    scripts = open_scripts(line)
    clock = LineClock(scripts)
    blobs = open_blobs(blob_settings, clock)
    records, journal = JobRecords(scripts, line), Journal(scripts)
    policy = EgressPolicy(allow=parse_networks(settings.egress_allow))
    return _Ground(
        settings=settings,
        line=line,
        scripts=scripts,
        clock=clock,
        blobs=blobs,
        records=records,
        journal=journal,
        reader=JobReader(records, journal, Archive(blobs)),
        check_webhook=WebhookUrls(policy, SystemResolver()).check,
    )


def _pool(settings: ApiSettings) -> DecodePool:
    return DecodePool(
        settings.photo_limits,
        workers=settings.decode_workers,
        waiting=settings.decode_waiting,
        timeout_s=settings.decode_timeout_s,
        memory_bytes=settings.decode_memory_mb * 2**20,
    )


def _submitter(ground: _Ground, pool: DecodePool) -> Submitter:
    return Submitter(
        blobs=ground.blobs,
        records=ground.records,
        pool=pool,
        check_webhook=ground.check_webhook,
        secret=ground.secret,
        idempotency=timedelta(seconds=ground.line.idempotency_ttl_s),
        reuse=Reuse(ground.scripts, ground.reader, ground.settings.reuse_s),
        clock=ground.clock,
    )


def _uploads(ground: _Ground) -> Uploads:
    return Uploads(
        ground.scripts,
        ground.blobs,
        ground.settings.upload_limits,
        life_s=ground.settings.upload_life_s,
        memory_s=ground.line.idempotency_ttl_s,
        clock=ground.clock,
    )


def _batches(ground: _Ground, submitter: Submitter, uploads: Uploads) -> Batches:
    return Batches(
        blobs=ground.blobs,
        submitter=submitter,
        uploads=uploads,
        read=ground.reader.get,
        secret=ground.secret,
        public_url=ground.settings.public_url,
    )


def _webhooks(ground: _Ground) -> WebhookDesk:
    settings = WebhookSettings(secret=ground.settings.secret)
    endpoints = Endpoints(ground.scripts, ground.blobs, settings.sealer(), ground.clock)
    return WebhookDesk(endpoints, Outbox(ground.scripts), settings.keyring(), ground.check_webhook)


def _feeds(ground: _Ground, changes: Changes, pace: Pace) -> Feeds:
    def show(reading: Reading) -> JobBody:
        place = pace.place(reading.record)
        return job_body(
            reading.record, ground.blobs, ground.settings.public_url, place, ground.clock
        )

    return Feeds(
        ground.reader.read,
        show,
        changes,
        per_tenant=ground.settings.streams_per_tenant,
        most=ground.settings.streams,
        heartbeat_s=ground.settings.stream_heartbeat_s,
    )

"""What becomes of ended jobs: put away, let go of, and in the end forgotten, class by class."""

from collections.abc import Callable
from typing import NamedTuple

import structlog

from backlot.blobs.port import BlobStore
from backlot.contracts.errors import UnavailableError
from backlot.line.archive import Archive
from backlot.line.control import JobControl
from backlot.line.erasing import erase, manifest_of, remove_all
from backlot.line.journal import Journal
from backlot.line.places import (
    archive_key,
    manifest_key,
    photo_prefix,
    pictures_prefix,
    work_prefix,
)
from backlot.line.retained import EndedJobs
from services.conductor.settings import ConductorSettings

log = structlog.get_logger()


class Rule(NamedTuple):
    """What is done with a job when it ended so long ago; may be done again without harm."""

    purpose: str
    age_s: float
    act: Callable[[str], None]


class Keeper:
    """Looks after ended jobs.

    Args:
        ended: Their index.
        journal: Their records.
        control: Forgets jobs.
        blobs: Their files.
        settings: How long each class is kept.
        batch: Jobs of one rule looked at in one go.
    """

    def __init__(
        self,
        ended: EndedJobs,
        journal: Journal,
        control: JobControl,
        blobs: BlobStore,
        settings: ConductorSettings,
        batch: int = 100,
    ) -> None:
        self._ended = ended
        self._journal = journal
        self._control = control
        self._blobs = blobs
        self._archive = Archive(blobs)
        self._batch = batch
        self._rules = (
            Rule("archive", settings.archive_after_s, self._put_away),
            Rule("record", settings.keep_record_s, self._let_go),
            Rule("photo", settings.keep_photo_s, self._drop_photo),
            Rule("derivatives", settings.keep_derivatives_s, self._drop_derivatives),
            Rule("pictures", settings.keep_pictures_s, self._drop_pictures),
            Rule("archived", settings.keep_archive_s, self._forget),
        )

    def tidy(self) -> bool:
        """Do what is due; True when there may be more of it.

        Raises:
            UnavailableError: Redis or the object store does not answer; nothing is skipped.
        """
        # All of them: a rule that has much to do must not hold up the others.
        more = [self._apply(rule) for rule in self._rules]
        return self._erase_again() or any(more)

    def _apply(self, rule: Rule) -> bool:
        due = self._ended.next(rule.purpose, rule.age_s, self._batch)
        for one in due:
            try:
                rule.act(one.job_id)
            except UnavailableError:
                raise
            except Exception:  # one record nobody can read must not stop the rest
                log.exception("retention_defect", job_id=one.job_id, purpose=rule.purpose)
        if due:
            self._ended.done(rule.purpose, due[-1])
            log.info("jobs_retained", purpose=rule.purpose, count=len(due))
        return len(due) >= self._batch

    def _put_away(self, job_id: str) -> None:
        reading = self._journal.read(job_id)
        if reading is None or reading.record.is_archived or not reading.record.status.is_final:
            return
        self._archive.put(reading)

    def _let_go(self, job_id: str) -> None:
        self._put_away(job_id)
        kept = self._archive.get(job_id)
        if kept is not None:
            self._ended.trim(job_id, kept.record.fields["final_event"])

    def _drop_photo(self, job_id: str) -> None:
        remove_all(self._blobs, photo_prefix(job_id))

    def _drop_derivatives(self, job_id: str) -> None:
        pictures = pictures_prefix(job_id)
        for key in list(self._blobs.keys(work_prefix(job_id))):
            if not key.startswith(pictures):
                self._blobs.delete(key)

    def _drop_pictures(self, job_id: str) -> None:
        remove_all(self._blobs, pictures_prefix(job_id))

    def _forget(self, job_id: str) -> None:
        self._blobs.delete(manifest_key(job_id))  # first: without it nothing brings the job back
        self._blobs.delete(archive_key(job_id))
        remove_all(self._blobs, photo_prefix(job_id))
        remove_all(self._blobs, work_prefix(job_id))
        self._control.delete(job_id)

    def _erase_again(self) -> bool:
        erasures = self._control.to_erase(self._batch)
        for one in erasures:
            manifest = manifest_of(self._blobs, one.job_id)
            if manifest is not None:  # else it was forgotten after its time, not deleted
                erase(self._blobs, one.job_id, manifest.tenant)
            self._control.erased(one)
        return len(erasures) >= self._batch

"""An event stream that may break, without its I/O: where it stands and when to go on."""

from http import HTTPStatus

from backlot.client.calls import Job, Update, id_of, update_of
from backlot.client.errors import ClientError, JobUnfinishedError, ProblemError, UnreachableError
from backlot.client.messages import MessageReader
from backlot.client.patience import RETRIED, Deadline, pause_s

MEDIA_TYPE = "text/event-stream"
SILENCE_S = 45.0
"""Three missed heartbeats: the connection is dead, whatever TCP thinks of it."""


class NoStreamError(ClientError):
    """Something on the way does not let streams through."""

    code = "no-stream"


class Following:
    """One job as followed by one client, over as many connections as it takes.

    Args:
        job: What is followed.
        after: Id of the last event that is known already.
        deadline: When to give up; looked at whenever something is heard.
        tries: Connections in a row that may bring nothing.
    """

    def __init__(self, job: Job, after: str | None, deadline: Deadline, tries: int) -> None:
        self.job_id = id_of(job)
        self.path = f"/v1/jobs/{self.job_id}/events"
        self._last_id = after
        self._deadline = deadline
        self._tries = tries
        self._fruitless = 0
        self._final = False
        self._reader = MessageReader()

    @property
    def headers(self) -> dict[str, str]:
        """Of the next connection: go on after what was heard."""
        known = {"Last-Event-ID": self._last_id} if self._last_id else {}
        return {"Accept": MEDIA_TYPE, **known}

    @property
    def silence_s(self) -> float:
        """How long the next connection may say nothing."""
        return max(0.05, self._deadline.left_s(SILENCE_S))

    @property
    def has_ended(self) -> bool:
        """Whether the last event was the job's last."""
        return self._final

    def begin(self, status: int, media_type: str) -> bool:
        """Take a new connection; false when there is nothing to hear any more.

        Raises:
            NoStreamError: It is not an event stream.
        """
        if status == HTTPStatus.NO_CONTENT:
            self._final = True
            return False
        if media_type.partition(";")[0].strip() != MEDIA_TYPE:
            raise NoStreamError(f"{self.path} is answered with {media_type or 'nothing'}")
        self._reader = MessageReader()
        return True

    def heard(self, line: str) -> Update | None:
        """Take a line of the stream.

        Raises:
            JobUnfinishedError: The time is over.
        """
        message = self._reader.read(line)
        if message is None:
            self._check_time()
            return None
        update = update_of(message.data)
        self._fruitless, self._last_id = 0, message.event_id
        self._final = update.event.status.is_final
        return update

    def pause_s(self, error: Exception | None) -> float:
        """Seconds until the next connection, after one has ended; 0 if there is no next.

        Raises:
            JobUnfinishedError: The time is over.
            ProblemError: The API refuses, and would again.
            UnreachableError: There were too many in vain.
        """
        if self._final:
            return 0
        self._check_time()
        if isinstance(error, ProblemError) and error.problem.status not in RETRIED:
            raise error
        self._fruitless += 1
        told_s = error.retry_after_s if isinstance(error, ProblemError) else None
        pause = pause_s(self._fruitless, told_s)
        if self._fruitless >= self._tries or pause is None:
            if isinstance(error, ProblemError):
                raise error
            raise UnreachableError(f"the events of {self.job_id} break off: {error}") from error
        return self._deadline.left_s(pause)

    def _check_time(self) -> None:
        if self._deadline.is_over:
            raise JobUnfinishedError(f"{self.job_id} has not ended in time")

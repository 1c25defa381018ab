"""Jobs that have ended, in the order in which they did: what is still to be done about each."""

from typing import Any, NamedTuple

from backlot.line.archive import Archived
from backlot.line.scripting import Scripts


class Ended(NamedTuple):
    """A job, and when it ended, Unix milliseconds."""

    job_id: str
    finished: int


class EndedJobs:
    """The index of ended jobs. Sync and thread-safe; raises `UnavailableError` without Redis.

    Each purpose goes through the index by itself, oldest first, and remembers how far it is.
    """

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts

    def next(self, purpose: str, age_s: float, limit: int) -> list[Ended]:
        """Jobs that ended so long ago and were not done with for this purpose."""
        rows: list[Any] = self._scripts.run("finished", purpose, int(age_s * 1000), limit)
        return [Ended(one, int(at)) for one, at in zip(rows[::2], rows[1::2], strict=True)]

    def done(self, purpose: str, ended: Ended) -> None:
        """Take note that this purpose is done with every job up to this one."""
        key = self._scripts.key("looked")
        self._scripts.ask(lambda client: client.hset(key, purpose, ended.finished))

    def trim(self, job_id: str, final_event: str) -> bool:
        """Let Redis go of what the archive has; False when the job has moved on since."""
        return bool(self._scripts.run("trim", job_id, final_event))

    def adopt(self, kept: Archived) -> bool:
        """List an archived job again after Redis was lost; False when it is there."""
        fields = {name: text for name, text in kept.fields.items() if ":" not in name}
        pairs = [word for pair in fields.items() for word in pair]
        return bool(self._scripts.run("adopt", kept.job_id, *pairs))

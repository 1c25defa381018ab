"""What the conductor and the operators ask of the record: due jobs, deadlines, deliveries, load."""

from backlot.contracts.frozen import Frozen
from backlot.contracts.hints import Hint
from backlot.contracts.priorities import Priority
from backlot.contracts.problems import problem
from backlot.contracts.stages import Stage, StageState
from backlot.line.classes import queue_name
from backlot.line.scripting import Scripts
from backlot.line.settings import LineSettings
from backlot.line.table import STAGES

LIVE_WORKER_MS = 15_000
"""A worker that has not said it consumes for this long is not counted."""
CONDUCTOR = "conductor"
"""The name conductors beat under, beside the stages."""
BATCH = 500
"""Jobs looked at in one pass, so that a pass stays well below the leader's term."""


class StageLoad(Frozen):
    """How busy a stage is; `load` is the number to scale on, null without workers."""

    service: str
    workers: int
    slots: int
    waiting: int
    waiting_by_priority: dict[Priority, int]
    running: int
    load: float | None


class Upkeep:
    """The record as the conductor sees it. Sync and thread-safe."""

    def __init__(self, scripts: Scripts, settings: LineSettings) -> None:
        self._scripts = scripts
        self._settings = settings
        self._poison = problem(
            "poison",
            f"The stage was started {settings.max_claims} times and never came to an end.",
        ).model_dump_json()
        self._late = problem("deadline-exceeded").model_dump_json()

    def elect(self, candidate: str, term_s: float) -> bool:
        """Lead, or go on leading, for a term; False while another one leads."""
        return bool(self._scripts.run("elect", candidate, int(term_s * 1000)))

    def line(self) -> dict[Stage, StageLoad]:
        """How busy every stage is."""
        rows = self._scripts.run("line", LIVE_WORKER_MS, *STAGES)
        return {Stage(row[0]): self._load(Stage(row[0]), *row[1:]) for row in rows}

    @staticmethod
    def _load(stage: Stage, running: int, workers: list[str], *by_class: int) -> StageLoad:
        slots = sum(int(worker.rpartition("|")[2]) for worker in workers)
        waiting = sum(by_class)
        return StageLoad(
            service=STAGES[stage].service,
            workers=len(workers),
            slots=slots,
            waiting=waiting,
            waiting_by_priority=dict(zip(Priority, by_class, strict=True)),
            running=running,
            load=round((waiting + running) / slots, 3) if slots else None,
        )

    def beat(self, conductor: str) -> None:
        """Say that this conductor is at work."""
        self._scripts.run("beat", conductor, 1, CONDUCTOR)

    def workers(self, stage: str) -> list[str]:
        """Names of those who consume a stage now, or of the conductors."""
        rows = self._scripts.run("line", LIVE_WORKER_MS, stage)
        return [worker.rpartition("|")[0] for worker in rows[0][2]]

    def totals(self) -> dict[str, int]:
        """Counters since the record began: created, per final status, and per stage."""
        key = self._scripts.key("totals")
        rows: dict[str, str] = self._scripts.ask(lambda client: client.hgetall(key))
        return {name: int(value) for name, value in rows.items()}

    def overdue(self) -> list[str]:
        """End every job whose deadline has passed; returns their ids."""
        return list(self._scripts.run("deadline", BATCH, self._late))

    def due(self) -> list[str]:
        """Jobs nobody has moved for as long as was allowed."""
        return list(self._scripts.run("due", BATCH))

    def reap(self, job_id: str, *, may_hint: bool) -> tuple[str, Hint | None]:
        """Look after one due job: what was done, and the hint to publish if one is needed."""
        settings = self._settings
        action, stage, generation, *priority = self._scripts.run(
            "reap", job_id, int(may_hint), int(settings.retry_s * 1000),
            int(settings.max_retry_s * 1000), settings.max_claims, self._poison,
        )  # fmt: skip
        if action != "hint":
            return str(action), None
        return "hint", Hint(
            job_id=job_id,
            stage=Stage(stage),
            generation=int(generation),
            priority=Priority(priority[0]),
        )

    def where(self, job_id: str) -> tuple[str, StageState] | None:
        """The queue of the stage a job is in, and that stage's state; None for an unknown job."""
        key = self._scripts.key("job", job_id)
        stage, word = self._scripts.ask(lambda client: client.hmget(key, "stage", "priority"))
        if not stage:
            return None
        state = self._scripts.ask(lambda client: client.hget(key, f"{stage}:state"))
        return queue_name(stage, Priority(word or Priority.NORMAL)), StageState(state)

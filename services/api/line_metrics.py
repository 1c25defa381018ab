"""The line's figures as Prometheus metrics, read from Redis at every scrape."""

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from backlot.contracts.stages import Stage
from backlot.line.upkeep import StageLoad, Upkeep

_GAUGES: Mapping[str, tuple[str, Callable[[StageLoad], float | None]]] = {
    "workers": ("Workers that consume the stage", lambda load: load.workers),
    "slots": ("Jobs those workers can run at once", lambda load: load.slots),
    "waiting": ("Jobs that wait for the stage", lambda load: load.waiting),
    "running": ("Jobs the stage works on", lambda load: load.running),
    "load": ("(running + waiting) / slots", lambda load: load.load),
}
WEBHOOK = "webhook"
_SECONDS = {"run_ms": "running", "queued_ms": "waiting"}


def exposition(upkeep: Upkeep, decoding: int) -> bytes:
    """Everything in Prometheus' text format.

    Args:
        upkeep: The line.
        decoding: Photos being decoded or waiting for it in this process.
    """
    registry = CollectorRegistry()
    registry.register(_Line(upkeep, decoding))
    return generate_latest(registry)


class _Line(Collector):
    def __init__(self, upkeep: Upkeep, decoding: int) -> None:
        self._upkeep = upkeep
        self._decoding = decoding

    def describe(self) -> Iterable[Metric]:
        """Nothing: asking for names must not ask Redis."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Read Redis once and give all metrics."""
        yield from _stages(self._upkeep.line())
        yield from _totals(self._upkeep.totals())
        yield GaugeMetricFamily(
            "backlot_api_photos_decoding", "Photos in this process' decoders", self._decoding
        )


def _stages(loads: Mapping[Stage, StageLoad]) -> Iterable[Metric]:
    for name, (text, value_of) in _GAUGES.items():
        family = GaugeMetricFamily(f"backlot_stage_{name}", text, labels=("stage", "service"))
        for stage, load in loads.items():
            value = value_of(load)
            if value is not None:
                family.add_metric((stage, load.service), value)
        yield family
    waiting = GaugeMetricFamily(
        "backlot_stage_waiting_by_priority",
        "Jobs that wait for the stage, by class",
        labels=("stage", "service", "priority"),
    )
    for stage, load in loads.items():
        for priority, jobs in load.waiting_by_priority.items():
            waiting.add_metric((stage, load.service, priority), jobs)
    yield waiting


def _totals(totals: Mapping[str, int]) -> Iterable[Metric]:
    jobs = CounterMetricFamily("backlot_jobs", "Jobs by what became of them", labels=("event",))
    stages = CounterMetricFamily(
        "backlot_stage_outcomes", "Stages by outcome", labels=("stage", "outcome")
    )
    webhooks = CounterMetricFamily(
        "backlot_webhooks", "Attempts by outcome, and endpoints given up", labels=("outcome",)
    )
    seconds = CounterMetricFamily(
        "backlot_stage_seconds", "Time jobs spent in a stage", labels=("stage", "doing")
    )
    for name, value in sorted(totals.items()):
        stage, _, fact = name.rpartition(":")
        if not stage:
            jobs.add_metric((name,), value)
        elif stage == WEBHOOK:
            webhooks.add_metric((fact,), value)
        elif fact in _SECONDS:
            seconds.add_metric((stage, _SECONDS[fact]), value / 1000)
        else:
            stages.add_metric((stage, fact), value)
    return jobs, stages, webhooks, seconds

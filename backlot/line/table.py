"""The stage table and the lines: who does a stage, and which stages a job goes through."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from backlot.contracts.ingest import SetDraft
from backlot.contracts.jobs import JobKind, Manifest
from backlot.contracts.stages import Stage


class StageRow(NamedTuple):
    """One stage.

    Attributes:
        service: Who does it; also the folder, the image and the compose service.
        lease_s: How long a claim counts without a heartbeat.
        limit_s: A run longer than this is stuck: its lease is given up.
    """

    service: str
    lease_s: float
    limit_s: float


STAGES: Mapping[Stage, StageRow] = {
    Stage.VIEW: StageRow("render_worker", 15, 300),
    Stage.CAPTION: StageRow("vision_worker", 15, 120),
    Stage.REFINE: StageRow("lm_worker", 15, 120),
    Stage.MATCH: StageRow("matcher", 15, 120),
    Stage.BUILD: StageRow("render_worker", 15, 900),
    Stage.DESCRIBE: StageRow("vision_worker", 15, 120),
    Stage.INDEX: StageRow("matcher", 15, 120),
    Stage.RENDER: StageRow("render_worker", 15, 1800),
}


def stages_of(service: str) -> tuple[Stage, ...]:
    """The stages a service does, which are also the queues it consumes."""
    return tuple(stage for stage, row in STAGES.items() if row.service == service)


Condition = Callable[[Manifest], bool]


def _always(_: Manifest) -> bool:
    return True


def _without_photo(manifest: Manifest) -> bool:
    return manifest.photo is None


def _with_pictures(manifest: Manifest) -> bool:
    return manifest.request.render != "none"


def _to_view(manifest: Manifest) -> bool:
    draft = manifest.inputs.get(Stage.BUILD)
    return draft is not None and SetDraft.model_validate_json(draft).to_view


def _with_new_set(manifest: Manifest) -> bool:
    return manifest.request.generate == "always"


def _undescribed(manifest: Manifest) -> bool:
    return Stage.DESCRIBE not in manifest.inputs


LINES: Mapping[JobKind, tuple[tuple[Stage, Condition], ...]] = {
    JobKind.RECOMMEND: (
        (Stage.VIEW, _without_photo),
        (Stage.CAPTION, _always),
        (Stage.REFINE, _always),
        (Stage.MATCH, _always),
        (Stage.BUILD, _with_new_set),
        (Stage.RENDER, _with_pictures),
    ),
    JobKind.INGEST: (
        (Stage.VIEW, _to_view),
        (Stage.DESCRIBE, _undescribed),
        (Stage.INDEX, _always),
    ),
    JobKind.REMATCH: (
        (Stage.MATCH, _always),
        (Stage.BUILD, _with_new_set),
        (Stage.RENDER, _with_pictures),
    ),
}
"""`match` puts `build` in where nothing suits; `build` puts `describe` and `index` behind itself:
a job whose set could not be built goes on without them."""


def line_for(manifest: Manifest) -> tuple[Stage, ...]:
    """The stages this job goes through, in order."""
    return tuple(stage for stage, holds in LINES[manifest.kind] if holds(manifest))


def following(line: tuple[Stage, ...], stage: Stage) -> Stage | None:
    """The stage after this one; None after the last."""
    after = line[line.index(stage) + 1 :]
    return after[0] if after else None


def inserted(line: tuple[Stage, ...], stage: Stage, extra: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """The line with extra stages right after this one; those it already has stay where they are."""
    at = line.index(stage) + 1
    return (*line[:at], *(s for s in extra if s not in line), *line[at:])

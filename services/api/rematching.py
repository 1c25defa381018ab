"""The manifest of a rematch: the parent's product, the seller's brief, and nothing to upload."""

import hashlib
from datetime import UTC, datetime

from backlot.contracts.brief import Briefs
from backlot.contracts.errors import RefusedInputError
from backlot.contracts.jobs import JobKind, Manifest
from backlot.contracts.match import Match
from backlot.contracts.rematch import RematchRequest
from backlot.contracts.stages import Stage
from backlot.line.record import JobRecord
from backlot.vocabulary import Vocabulary
from services.api.rematch import rewritten

_OWN = ("kinds", "top_k", "taste")
_NEVER_INHERITED = ("webhook_url", "metadata", "render", "renders", "shot", "generate", "generator")


def manifest_for(
    parent: JobRecord, wish: RematchRequest, vocabulary: Vocabulary, job_id: str
) -> Manifest:
    """The manifest of the new job.

    Raises:
        RefusedInputError: ``job-unfinished`` while the parent has no brief, ``invalid-request``
            for a slot that cannot hold a term.
    """
    outputs = parent.outputs
    if Stage.CAPTION not in outputs or Stage.MATCH not in outputs:
        raise RefusedInputError("job-unfinished", "Rematch once the job has a brief.")
    before = Match.model_validate_json(outputs[Stage.MATCH]).brief
    brief, warnings = rewritten(before, wish, vocabulary)
    overrides = {name: value for name in _OWN if (value := getattr(wish, name)) is not None}
    own = {name: getattr(wish, name) for name in _NEVER_INHERITED}
    words = f"{parent.job_id}\n{parent.generation}\n{wish.model_dump_json()}"
    return Manifest(
        job_id=job_id,
        tenant=parent.tenant,
        kind=JobKind.REMATCH,
        created_at=datetime.now(UTC),
        fingerprint=hashlib.sha256(words.encode()).hexdigest(),
        request=parent.request.model_copy(update={**overrides, **own}),
        photo=parent.photo,
        product_key=parent.fields["product_key"] or None,
        parent_id=parent.job_id,
        inputs={
            Stage.CAPTION: outputs[Stage.CAPTION],
            Stage.REFINE: Briefs(candidates=(brief,)).model_dump_json(),
        },
        warnings=warnings,
    )

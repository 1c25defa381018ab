"""JSON schemas of the contracts, written where a change shows in a diff."""

import json
import sys
from pathlib import Path

from pydantic import BaseModel

from backlot.contracts.background import BackgroundAsset
from backlot.contracts.batches import BatchBody, BatchRequest
from backlot.contracts.brief import Briefs, StudioBrief
from backlot.contracts.caption import Caption
from backlot.contracts.events import JobEvent
from backlot.contracts.feedback import Feedback, FeedbackRequest
from backlot.contracts.hints import Hint
from backlot.contracts.ingest import IndexOrder, NewBackground, SetDraft
from backlot.contracts.jobs import JobBody, JobPage, JobRequest, Manifest, View
from backlot.contracts.match import Match, Recommendation
from backlot.contracts.problems import Problem
from backlot.contracts.render import Pictures, Render
from backlot.contracts.uploads import JobSubmission, NewUpload, Upload
from backlot.contracts.webhooks import NewWebhookEndpoint, WebhookDelivery, WebhookEndpoint

CONTRACTS: tuple[type[BaseModel], ...] = (
    BackgroundAsset, IndexOrder, NewBackground, SetDraft, BatchBody, BatchRequest, Briefs,
    Caption, Feedback, FeedbackRequest, Hint, JobBody, JobEvent, JobPage, JobRequest,
    JobSubmission, Manifest, Match, NewUpload,
    NewWebhookEndpoint, Pictures, Problem, Recommendation, Render, StudioBrief, Upload, View,
    WebhookDelivery, WebhookEndpoint,
)  # fmt: skip


def schema_text(contract: type[BaseModel]) -> str:
    """The approved form of a contract's schema."""
    return json.dumps(contract.model_json_schema(), indent=2, sort_keys=True) + "\n"


def write(folder: Path) -> None:
    """Write every schema."""
    folder.mkdir(parents=True, exist_ok=True)
    for contract in CONTRACTS:
        (folder / f"{contract.__name__}.json").write_text(schema_text(contract))


if __name__ == "__main__":
    write(Path(sys.argv[1]))

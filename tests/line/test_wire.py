"""Our hints are what Celery itself would have sent."""

import base64
import json
from typing import Any

import pytest
from record_fixtures import make_manifest

from backlot.contracts.hints import Hint
from backlot.contracts.priorities import Priority
from backlot.contracts.stages import Stage
from backlot.line.broker import make_app
from backlot.line.classes import queue_name
from backlot.line.publish import Publisher
from backlot.line.record import JobRecords
from backlot.line.scripting import Scripts
from backlot.line.settings import LineSettings
from backlot.line.wire import queue_key

MADE_UP = {"id", "root_id", "correlation_id", "delivery_tag", "origin", "reply_to", "ignore_result"}
"""Fields that differ from message to message, or that say only where an answer would go."""


def popped(scripts: Scripts, queue: str) -> dict[str, Any]:
    """Take a queue's oldest hint, ids blanked and body read."""
    text = scripts.client.rpop(queue_key(scripts.prefix, queue))
    read: dict[str, Any] = json.loads(text)
    read["body"] = json.loads(base64.b64decode(read["body"]))
    for part in (read["headers"], read["properties"]):
        for name in MADE_UP & set(part):
            part[name] = "made up"
    return read


@pytest.mark.parametrize("priority", Priority)
def test_a_script_pushes_what_celery_sends(
    records: JobRecords, scripts: Scripts, line_settings: LineSettings, priority: Priority
) -> None:
    """Field by field, the pushed hint equals the one `send_task` puts on the same queue."""
    manifest = make_manifest(priority=priority)
    queue = queue_name(Stage.CAPTION, priority)
    records.create(manifest)
    ours = popped(scripts, queue)
    publisher = Publisher(make_app("test", line_settings))
    hint = Hint(job_id=manifest.job_id, stage=Stage.CAPTION, generation=1, priority=priority)
    assert publisher.hint(hint)
    assert ours == popped(scripts, queue)

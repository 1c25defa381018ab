"""A hint as Celery's worker reads it from Redis, so that a script can publish it by itself.

The record's scripts push the next stage's hint in the same step that opens the stage: nothing is
lost between the two, and a round trip and a Redis client per message are saved. The form is
Celery's message protocol 2 in Kombu's Redis envelope; `tests/line/test_wire.py` holds it to what
`send_task` of the installed Celery writes.
"""

import base64
import json
import uuid
from typing import Any

from backlot.contracts.hints import Hint
from backlot.line.classes import queue_name

_EMBED = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}


def queue_key(prefix: str, queue: str) -> str:
    """The Redis list of a queue, see `broker.transport_options`."""
    return f"{prefix}q:{queue}"


def message(hint: Hint) -> str:
    """The text to push for a hint."""
    task_id = str(uuid.uuid4())
    args = [hint.job_id, hint.generation]
    body = json.dumps([args, {}, _EMBED]).encode()
    properties = {
        "correlation_id": task_id,
        "reply_to": "",
        "delivery_mode": 2,
        "delivery_info": {"exchange": "", "routing_key": queue_name(hint.stage, hint.priority)},
        "priority": 0,
        "body_encoding": "base64",
        "delivery_tag": str(uuid.uuid4()),
    }
    return json.dumps(
        {
            "body": base64.b64encode(body).decode(),
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": _headers(hint, task_id, args),
            "properties": properties,
        }
    )


def _headers(hint: Hint, task_id: str, args: list[Any]) -> dict[str, Any]:
    return {
        "lang": "py",
        "task": hint.stage.value,
        "id": task_id,
        "shadow": None,
        "eta": None,
        "expires": None,
        "group": None,
        "group_index": None,
        "retries": 0,
        "timelimit": [None, None],
        "root_id": task_id,
        "parent_id": None,
        "argsrepr": repr(tuple(args)),
        "kwargsrepr": "{}",
        "origin": "backlot",
        "ignore_result": True,
        "replaced_task_nesting": 0,
        "stamped_headers": None,
        "stamps": {},
    }

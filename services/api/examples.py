"""Examples of requests and answers for the API's description, by operation and status.

`data/job.json` is a job as the line gave it, shortened.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

JOB: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "job.json").read_text("utf-8"))
_BEGUN: dict[str, Any] = {
    **JOB, "status": "queued", "stage": "caption", "updated_at": JOB["created_at"],
    "finished_at": None, "result": {},
    "stages": {name: {"state": "waiting", "attempts": 0} for name in JOB["stages"]},
}  # fmt: skip
_INGEST = {**_BEGUN, "kind": "ingest", "stage": "build", "stages": {}, "metadata": {}}
_CANCELED = {**_BEGUN, "status": "canceled", "stage": None, "finished_at": JOB["finished_at"]}
_REMATCH = {**_BEGUN, "kind": "rematch", "stage": "refine", "parent_id": JOB["job_id"]}
_RETRIED = {**_BEGUN, "generation": 2, "stage": "match"}
_CARD: dict[str, Any] = JOB["result"]["recommendations"][0]["background"]

_UPLOAD_ID = "upl_3b1f9d0c52a84e6fb7d21c60e9a8f457"
_WISHES = {
    "title": "Eau de parfum, 50 ml glass bottle",
    "locale": "ko",
    "dimensions_cm": {"width": 5.8, "depth": 3.2, "height": 10.7},
    "metadata": {"order": "7"},
}
_FEEDBACK = {"background_id": _CARD["id"], "chosen": True, "note": "just right"}
_BATCH_ID = "bat_8e64a1f2c07d4b139a5b2d7c6f10e3a9"
_ENDPOINT = {
    "endpoint_id": "whe_40c6a2d9b1e84f7390ad5e1f27b3c86d",
    "url": "https://shop.example/hooks/backlot",
    "events": ["job.succeeded", "job.failed"],
    "description": "Listings",
    "status": "active",
    "disabled_reason": None,
    "disabled_at": None,
    "created_at": JOB["created_at"],
    "failing_since": None,
    "last_delivered_at": None,
}
_SECRET = {"endpoint": _ENDPOINT, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
_DELIVERY = {
    "delivery_id": "whd_example", "event_id": "evt_example", "type": "job.succeeded",
    "job_id": JOB["job_id"], "url": _ENDPOINT["url"], "state": "delivered", "attempts": 1,
    "replays": 0, "created_at": JOB["finished_at"], "next_attempt_at": None, "last_status": 200,
    "last_note": None,
}  # fmt: skip
_DELIVERIES = {"deliveries": [_DELIVERY], "next_cursor": None}

REQUESTS: Mapping[str, Mapping[str, Any]] = {
    "submitJob": {**_WISHES, "upload_id": _UPLOAD_ID},
    "createUpload": {"media_type": "image/jpeg", "size": 123_456},
    "createBatch": {"items": [{**_WISHES, "upload_id": _UPLOAD_ID}]},
    "rematchJob": {"text": "a dark studio with a rim light, no plants", "top_k": 3},
    "giveFeedback": _FEEDBACK,
    "createWebhookEndpoint": {"url": _ENDPOINT["url"], "events": _ENDPOINT["events"]},
    "updateWebhookEndpoint": {"enabled": True},
    "rotateWebhookSecret": {"overlap_s": 3600},
    "replayWebhookDeliveries": {"since": "2026-01-01T00:00:00Z", "states": ["failed"]},
}
"""JSON bodies."""

METADATA = {
    "id": "our-oak-table",
    "kind": "space",
    "name": {"en": "Our oak table", "ko": "우리 오크 테이블"},
    "licence": {"id": "CC0-1.0", "evidence": "photographed by us"},
}
"""What goes with a background."""

_TOLD = {
    "event": {
        "event_id": f"{JOB['job_id']}-1-7", "type": "job.succeeded", "job_id": JOB["job_id"],
        "generation": 1, "status": "succeeded", "stage": None, "at": JOB["finished_at"],
        "data": None,
    },
    "job": JOB,
}  # fmt: skip
STREAM = f"id: {JOB['job_id']}-1-7\nevent: job.succeeded\ndata: {json.dumps(_TOLD)}\n\n"
"""The last message of an event stream."""

RESPONSES: Mapping[tuple[str, int], Any] = {
    ("submitJob", 202): _BEGUN,
    ("submitJob", 200): JOB,
    ("getJob", 200): JOB,
    ("cancelJob", 200): _CANCELED,
    ("retryJob", 202): _RETRIED,
    ("rematchJob", 202): _REMATCH,
    ("importBackground", 202): _INGEST,
    ("reindexBackgrounds", 202): {**_INGEST, "stage": "index"},
    ("listJobs", 200): {"jobs": [JOB], "next_cursor": None},
    ("listBackgrounds", 200): {"backgrounds": [_CARD], "next_cursor": "b2FrLXRhYmxl"},
    ("createUpload", 201): {
        "upload_id": _UPLOAD_ID,
        "url": "http://127.0.0.1:8000/v1/files",
        "fields": {"key": f"uploads/{_UPLOAD_ID}", "policy": "eyJ9", "signature": "c2lnbmVk"},
        "expires_at": JOB["finished_at"],
    },
    ("getBatch", 200): {
        "batch_id": _BATCH_ID,
        "created_at": JOB["created_at"],
        "finished": True,
        "counts": {"succeeded": 1},
        "items": [
            {
                "index": 0, "job_id": JOB["job_id"], "status": "succeeded", "problem": None,
                "link": JOB["links"]["self"],
            }
        ],
        "link": f"http://127.0.0.1:8000/v1/batches/{_BATCH_ID}",
    },
    ("createWebhookEndpoint", 201): _SECRET,
    ("rotateWebhookSecret", 200): _SECRET,
    ("getWebhookEndpoint", 200): _ENDPOINT,
    ("updateWebhookEndpoint", 200): {**_ENDPOINT, "url": "https://shop.example/hooks/new"},
    ("listWebhookEndpoints", 200): {"endpoints": [_ENDPOINT]},
    ("listWebhookDeliveries", 200): _DELIVERIES,
    ("listJobDeliveries", 200): _DELIVERIES,
    ("getWebhookDelivery", 200): _DELIVERY,
    ("replayWebhookDelivery", 200): {**_DELIVERY, "state": "pending", "replays": 1},
    ("replayWebhookDeliveries", 200): {"replayed": 12, "more": False},
    ("getWebhookSecret", 200): {"secret": _SECRET["secret"]},
    ("createBatch", 202): {
        "batch_id": _BATCH_ID,
        "created_at": JOB["created_at"],
        "finished": False,
        "counts": {"queued": 1},
        "items": [
            {
                "index": 0, "job_id": JOB["job_id"], "status": "queued", "problem": None,
                "link": JOB["links"]["self"],
            }
        ],
        "link": f"http://127.0.0.1:8000/v1/batches/{_BATCH_ID}",
    },
    ("giveFeedback", 201): {
        "job_id": JOB["job_id"],
        "tenant": "local",
        "generation": 1,
        "at": JOB["finished_at"],
        "said": _FEEDBACK,
        "kind": "recommend",
        "locale": "ko",
        "brief": JOB["result"]["brief"],
        "recommended": [_CARD["id"]],
        "rank": 1,
        "versions": {name: stage["versions"] for name, stage in JOB["stages"].items()},
    },
    ("listWebhookKeys", 200): {
        "keys": [
            {
                "public_key": "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=",
                "kid": "1SiA4o9h",
                "x": "1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4",
            }
        ]
    },
    ("getBackground", 200): {
        "files": {"glb": "http://127.0.0.1:8000/v1/files/sets/oak-tabletop.glb", "hdri": None,
                  "backdrop": None},
        **_CARD,
        "facets": {"setting_studio": [{"term": "setting_studio/draped-fabric-set"}]},
        "cameras": [],
        "lights": [],
        "triangles": 18_240,
        "bytes": 1_204_224,
        "licence": {"id": "CC0-1.0", "evidence": "made for the starter library"},
        "version": 1,
        "source": "starter",
    },
    ("getVocabulary", 200): {
        "version": "1+06dd81a9",
        "facets": {
            "material": [
                {
                    "term": "material/clear-glass",
                    "label": {"en": "clear glass", "ko": "투명 유리"},
                }
            ]
        },
        "layout": {"placement": {"behind-left": {"en": "behind left", "ko": "왼쪽 뒤"}}},
    },
    ("isAlive", 200): {"status": "live"},
    ("isReady", 200): {"status": "ready"},
    ("getLine", 200): {
        "stages": {
            "caption": {
                "service": "vision_worker", "workers": 2, "slots": 2, "waiting": 3, "running": 2,
                "waiting_by_priority": {"high": 1, "normal": 2, "low": 0}, "load": 2.5,
            }
        }
    },
}  # fmt: skip
"""JSON bodies of answers."""

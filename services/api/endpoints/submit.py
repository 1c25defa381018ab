"""POST /v1/jobs: a form with the files, or JSON that names uploads."""

import secrets
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response

from backlot.contracts.jobs import JobBody
from services.api.following import current
from services.api.job_ids import check_key
from services.api.job_request import parse_submission
from services.api.parts import Parts, PartsOf, TenantOf
from services.api.preferences import wait_s
from services.api.problem_responses import declared
from services.api.showing import shown
from services.api.submit import Submitted
from services.api.upload import received, received_json

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

_FORM: dict[str, Any] = {
    "parameters": [
        {
            "name": "Prefer",
            "in": "header",
            "required": False,
            "description": "`wait=N`: answer when the job has ended, or N seconds on, 60 at most.",
            "schema": {"type": "string"},
            "example": "wait=10",
        },
    ],
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["photo"],
                    "additionalProperties": False,
                    "properties": {
                        "photo": {"type": "string", "format": "binary"},
                        "product": {"type": "string", "format": "binary"},
                        "request": {"$ref": "#/components/schemas/JobRequest"},
                    },
                },
                "encoding": {"request": {"contentType": "application/json"}},
            },
            "application/json": {"schema": {"$ref": "#/components/schemas/JobSubmission"}},
        },
    },
}


@router.post(
    "",
    operation_id="submitJob",
    summary="Submit a product",
    status_code=202,
    response_class=Response,
    responses={
        202: {"model": JobBody, "description": "Accepted; Location is where to look."},
        200: {
            "model": JobBody,
            "description": "It has ended while you waited (Prefer), or an earlier job is the answer"
            " (reuse, then Job-Reused is true).",
        },
        **declared(
            "malformed-request", "idempotency-key-invalid", "unauthorized",
            "body-too-large", "photo-format", "photo-missing", "photo-empty", "photo-broken",
            "photo-animated", "photo-too-many-pixels", "photo-timeout", "product-broken",
            "webhook-url-refused", "invalid-request", "idempotency-mismatch", "upload-unknown",
            "upload-unfinished", "upload-used", "upload-mismatch", "too-many-jobs",
            "unavailable",
        ),
    },
    openapi_extra=_FORM,
)  # fmt: skip
async def submit(request: Request, parts: PartsOf, tenant: TenantOf) -> Response:
    """Submit a product photo; the answer comes at once, the recommendation later."""
    key = check_key(request.headers.get("idempotency-key"))
    submitted = await _submitted(request, parts, tenant, key)
    record = submitted.record
    headers = {"Location": f"/v1/jobs/{record.job_id}"}
    if submitted.replayed:
        headers["Idempotency-Replayed"] = "true"
    if submitted.reused:
        headers["Job-Reused"] = "true"
    patience_s = wait_s(request.headers.get("prefer"), parts.settings.wait_max_s)
    if patience_s:
        headers["Preference-Applied"] = f"wait={patience_s:.0f}"
        record = await current(parts.reader, parts.changes, tenant, record.job_id, patience_s)
    is_answer = submitted.reused or (bool(patience_s) and record.status.is_final)
    return await shown(record, parts, 200 if is_answer else 202, headers)


async def _submitted(request: Request, parts: Parts, tenant: str, key: str | None) -> Submitted:
    limits = parts.settings.upload_limits
    may_hurry: bool = request.state.may_hurry
    if not _is_json(request):
        async with received(request.headers, request.stream(), limits) as upload:
            return await parts.submitter.submit(tenant, key, upload, may_hurry=may_hurry)
    text = await received_json(request.headers, request.stream(), limits)
    submission, wishes = parse_submission(text)
    owner = f"{tenant} {key}" if key is not None else secrets.token_hex(16)
    async with parts.uploads.taken(
        tenant, submission.upload_id, submission.product_upload_id, owner
    ) as files:
        whole = replace(files, request=wishes)
        return await parts.submitter.submit(tenant, key, whole, may_hurry=may_hurry)


def _is_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0]
    return kind.strip().lower() == "application/json"

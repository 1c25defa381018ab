"""Writes docs/problems.md from the problem codes: ``python -m services.api.problem_page``."""

from pathlib import Path

from backlot.contracts.problems import PROBLEMS, TYPE_PREFIX

PAGE = Path(__file__).resolve().parents[2] / "docs" / "problems.md"

ADVICE = {
    "malformed-request": "Send multipart/form-data with a photo; the part `request` is JSON.",
    "invalid-request": "Each wrong field is listed in `errors`. Unknown fields are wrong too.",
    "unauthorized": "Send `Authorization: Bearer <key>`. Without keys only programs on the same"
    " machine are answered.",
    "not-found": "The id is unknown or another tenant's, or a file's address has expired.",
    "method-not-allowed": "The header `Allow` says which methods there are.",
    "job-final": "A job that has ended stays as it is.",
    "job-unfinished": "Wait until the job has succeeded, then rematch it.",
    "idempotency-key-invalid": "1 to 255 visible ASCII characters, no spaces.",
    "idempotency-mismatch": "Use a new key for a new photo, product or request.",
    "body-too-large": "25 MB of photo, 100 MB of model and 64 kB of request are taken unless the"
    " operator has set other limits; the detail names the one that was passed.",
    "photo-missing": "Send the photo as the part `photo`.",
    "photo-empty": "The file has no bytes; the upload may have been cut off in your own program.",
    "photo-format": "JPEG, PNG, WebP, HEIC and AVIF are taken, told by content and not by name.",
    "photo-broken": "The file is damaged or cut short: export or upload it again.",
    "photo-too-many-pixels": "Send at most 50 megapixels, or 25 as WebP, whose decoder needs more"
    " memory.",
    "photo-animated": "Send one still picture.",
    "photo-timeout": "The file decodes unusually slowly: export it again as JPEG.",
    "background-broken": "The detail says what is wrong with the GLB, HDRI or picture.",
    "background-ours": "Choose another id.",
    "product-broken": "The detail says what is wrong with the GLB. Everything must be inside it.",
    "too-many-streams": "Close streams you do not need, or poll with `wait`.",
    "job-not-retriable": "Only a job that failed, expired or was canceled can be retried, and only"
    " while its record is kept. Else submit it again.",
    "too-many-endpoints": "Remove one first; an endpoint can hear of several kinds of events.",
    "endpoint-disabled": 'Enable it with `PATCH` and `{"enabled": true}`, then replay.',
    "delivery-pending": "Wait until it was delivered or has failed; only then it can be replayed.",
    "scope-missing": "The detail names the scope. Use a key that has it.",
    "rate-limited": "Repeat it after `Retry-After` seconds. `RateLimit-Policy` says what is"
    " allowed, `RateLimit` what is left of it.",
    "too-many-jobs": "Wait until some of your jobs have ended: `Retry-After` is a guess.",
    "upload-unknown": "Ids of uploads come from `POST /v1/uploads` and live for an hour.",
    "upload-unfinished": "Send the file to the address that came with the upload, then submit.",
    "upload-used": "An upload makes one job. Use an Idempotency-Key to repeat a submit safely.",
    "upload-mismatch": "The bytes differ in size or hash from what was announced: upload again.",
    "webhook-url-refused": "Use https on a public host, port 443 or 8443.",
    "deadline-exceeded": "The job did not end within its `deadline_s`. Submit it again.",
    "poison": "The job took its workers down several times and will not be tried again.",
    "stage-failed": "`reason` says why. Submitting the same again will most likely fail again.",
    "unavailable": "Nothing is wrong with the request: repeat it after `Retry-After` seconds, with"
    " the same Idempotency-Key.",
    "internal-error": "A mistake of ours; it is in our log. Repeating may help.",
}
"""What a client can do, by problem code."""

_HEAD = f"""# Problems

Every error is an [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) document of the type
`application/problem+json`. A job that failed carries the same document in its field `error`.

| field | meaning |
|---|---|
| `type` | `{TYPE_PREFIX}` and the code |
| `code` | one of the codes below; it never changes its meaning |
| `status` | the HTTP status |
| `title` | what the code always means |
| `detail` | what it means here, for a person |
| `instance` | the path that was asked for |
| `errors` | the fields that are not valid, each with `field` and `detail` |
| `reason` | machine word of a failed stage |

| code | status | means | what to do |
|---|---|---|---|
"""


def render() -> str:
    """The whole page."""
    rows = (
        f"| `{code}` | {kind.status} | {kind.title} | {ADVICE[code]} |\n"
        for code, kind in PROBLEMS.items()
    )
    foot = "\nThis page is made by `python -m services.api.problem_page`.\n"
    return _HEAD + "".join(rows) + foot


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")

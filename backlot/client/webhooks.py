"""A webhook as its receiver takes it: checked first, read afterwards."""

from collections.abc import Mapping

from backlot.contracts.jobs import JobBody
from backlot.webhooks.verifying import Verifier


def read_webhook(verifier: Verifier, body: bytes, headers: Mapping[str, str]) -> JobBody:
    """Give the job a webhook is about.

    Args:
        verifier: Made once, with the secret or public key of the endpoint.
        body: As it was received, before anything has parsed it.
        headers: Names in any case.

    Raises:
        WebhookRefusedError: It is not from who it says, or not from now.
    """
    verifier.verify(body, headers)
    return JobBody.model_validate_json(body, extra="ignore")

"""A webhook through the whole line: signed, identical to GET, delivered once."""

import httpx
import pytest
from harness import Line, until
from hook_receiver import Receiver
from standardwebhooks import Webhook

from backlot.webhooks.keyring import Keyring

pytestmark = pytest.mark.line


def test_the_end_of_a_job_is_delivered_signed_and_once(
    shared_line: Line, receiver: Receiver
) -> None:
    """The body is the one GET shows, the signature verifies, and nothing comes twice."""
    job_id = shared_line.submit(hook=receiver.url)
    shared_line.settle([job_id])
    until(lambda: bool(receiver.got), 15, "the webhook")
    until(lambda: shared_line.delivery(job_id)["state"] == "delivered", 10, "its settling")
    [(headers, body)] = receiver.got
    Webhook(Keyring(b"s" * 32).tenant_secret("local")).verify(body, headers)
    assert headers["webhook-id"] == shared_line.record(job_id).fields["final_event"]
    assert httpx.get(f"{shared_line.address}/v1/jobs/{job_id}", timeout=5).content == body


def test_a_failing_receiver_is_tried_again_later(shared_line: Line, receiver: Receiver) -> None:
    """After a 500 the delivery waits for its next turn and keeps its id."""
    receiver.failures = 1
    job_id = shared_line.submit(hook=receiver.url)
    shared_line.settle([job_id])
    until(lambda: len(receiver.got) == 2, 30, "the second attempt")
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1

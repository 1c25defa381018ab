"""What tests of webhooks share: jobs that end, and deliveries brought forward."""

from record_fixtures import make_manifest

from backlot.contracts.hints import Hint
from backlot.contracts.stages import Stage
from backlot.line.record import Claim, JobRecords
from backlot.line.scripting import Scripts

HOOK = "https://hooks.example.com/of/jobs"


def finish_job(records: JobRecords, tenant: str = "local", hook: str | None = None) -> str:
    """A job that has gone its whole way; returns its id."""
    manifest = make_manifest(webhook_url=hook).model_copy(update={"tenant": tenant})
    created = records.create(manifest)
    line = created.record.line
    for stage, after in zip(line, (*line[1:], None), strict=True):
        held = records.claim(Hint(job_id=manifest.job_id, stage=Stage(stage), generation=1), "w")
        assert isinstance(held, Claim)
        records.commit(held, "{}", "{}", line, after)
    return manifest.job_id


def bring_forward(scripts: Scripts) -> None:
    """Make every waiting delivery due now."""
    client = scripts.client
    for key in client.scan_iter(scripts.key("outbox", "*")):
        for delivery_id in client.zrange(key, 0, -1):
            client.zadd(key, {delivery_id: 0})
    for queue in ("receivers", "receivers:failing"):
        for receiver in client.zrange(scripts.key(queue), 0, -1):
            client.zadd(scripts.key(queue), {receiver: 0})

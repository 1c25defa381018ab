"""The plumbing: stage table, job record and its scripts, the claim-run-commit runner, Celery."""

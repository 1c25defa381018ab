"""The line from Python: submit a product, follow it, fetch what was made of it.

Needs the extra `client`. `Client` waits, `AsyncClient` is awaited; both are otherwise the same.
"""

from backlot.client.asynchronous import AsyncClient
from backlot.client.calls import Job, Update
from backlot.client.client import Client
from backlot.client.errors import (
    ClientError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    JobUnfinishedError,
    MissingError,
    ProblemError,
    ServiceError,
    TooManyError,
    UnauthorizedError,
    UnreachableError,
)
from backlot.client.webhooks import read_webhook
from backlot.webhooks.verifying import Verifier, WebhookRefusedError

__all__ = [
    "AsyncClient",
    "Client",
    "ClientError",
    "ConflictError",
    "ForbiddenError",
    "InvalidError",
    "Job",
    "JobUnfinishedError",
    "MissingError",
    "ProblemError",
    "ServiceError",
    "TooManyError",
    "UnauthorizedError",
    "UnreachableError",
    "Update",
    "Verifier",
    "WebhookRefusedError",
    "read_webhook",
]

"""Settings every program on the line shares: one Redis for record and broker, one set of times."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class LineSettings(BaseSettings):
    """Where the line lives and how patient it is.

    All programs on one broker must run with the same values: the shortest visibility timeout of
    any of them wins for all.
    """

    model_config = SettingsConfigDict(
        env_prefix="BACKLOT_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    redis_url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")
    prefix: str = Field(default="bl", pattern=r"^[a-z0-9]+$", description="Of all keys.")
    lease_s: float | None = Field(default=None, gt=0, description="Instead of the table's leases.")
    visibility_timeout_s: int = Field(default=300, ge=1)
    retry_s: float = Field(default=5.0, gt=0, description="A lost hint is published again after.")
    max_retry_s: float = Field(default=300.0, gt=0)
    max_claims: int = Field(default=3, ge=1, description="Claims without an outcome until poison.")
    max_tries: int = Field(
        default=5, ge=1, description="Transient failures of a stage until it fails."
    )
    idempotency_ttl_s: int = Field(default=86_400, ge=60)
    redis_retries: int = Field(default=6, ge=0, description="Tries while Redis is away.")
    slots: int = Field(default=4, ge=1, le=256, description="Threads of a worker process.")
    stuck_exit_s: float = Field(
        default=60.0, gt=0, description="A worker leaves this long after a stage outran its limit."
    )

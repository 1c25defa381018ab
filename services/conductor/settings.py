"""Settings of the conductor."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ConductorSettings(BaseSettings):
    """How often the conductor looks, and how webhooks are sent."""

    model_config = SettingsConfigDict(
        env_prefix="BACKLOT_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    pass_s: float = Field(default=1.0, gt=0, description="Seconds between two looks at the line.")
    term_s: float = Field(default=10.0, gt=0, description="How long an election counts.")
    public_url: str = "http://127.0.0.1:8000"
    webhook_secret: SecretStr | None = Field(
        default=None,
        description="whsec_ and base64; without it webhooks are derived from `secret`.",
    )
    secret: SecretStr = SecretStr("")
    webhook_senders: int = Field(default=8, ge=1, le=64)
    webhook_timeout_s: float = Field(default=20.0, gt=0)
    webhook_schedule_s: tuple[float, ...] = Field(
        default=(5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400),
        description="Delays after failed attempts, as the Standard Webhooks example has them.",
    )
    egress_allow: str = Field(
        default="", description="Networks that may be called although they are inside, for tests."
    )

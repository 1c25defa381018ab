"""Settings of webhooks that API and conductor share."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from backlot.webhooks.keyring import Keyring
from backlot.webhooks.sealing import Sealer


class WebhookSettings(BaseSettings):
    """What webhooks are signed with and when they are sent again."""

    model_config = SettingsConfigDict(
        env_prefix="BACKLOT_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    secret: SecretStr = SecretStr("")
    webhook_secret: SecretStr | None = Field(
        default=None,
        description="whsec_ and base64, for the addresses that jobs name; without it every tenant"
        " has one that follows from `secret`.",
    )
    webhook_signing_keys: SecretStr = Field(
        default=SecretStr(""),
        description="whsk_ keys for v1a, comma between, the newest first; all of them sign."
        " Without any, one follows from `secret`.",
    )
    webhook_schedule_s: tuple[float, ...] = Field(
        default=(5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400),
        description="Delays after failed attempts, as the Standard Webhooks example has them.",
    )
    webhook_jitter: float = Field(default=0.2, ge=0, lt=1)
    webhook_disable_after_s: float = Field(
        default=432_000, gt=0, description="An endpoint that only fails for so long is disabled."
    )
    webhook_timeout_s: float = Field(default=20.0, gt=0)
    webhook_senders: int = Field(
        default=8, ge=2, le=64, description="Half of them only serve receivers that do not fail."
    )

    def keyring(self) -> Keyring:
        """The keys."""
        return Keyring(
            self.secret.get_secret_value().encode(),
            self.webhook_signing_keys.get_secret_value(),
            self.webhook_secret.get_secret_value() if self.webhook_secret else None,
        )

    def sealer(self) -> Sealer:
        """What endpoints' secrets are sealed with."""
        return Sealer(self.secret.get_secret_value().encode())

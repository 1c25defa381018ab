"""Settings of the language worker; every name is an environment variable with prefix BACKLOT_."""

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class LmSettings(BaseSettings):
    """How briefs are written. Without a model, or without a key and address, the rules write."""

    model_config = SettingsConfigDict(
        env_prefix="BACKLOT_", env_ignore_empty=True, extra="ignore", frozen=True
    )

    engines: Literal["real", "fake"] = Field(
        default="real", description="fake: one minimal brief at once, for measuring the line."
    )
    lm_base_url: str | None = Field(
        default=None, description="Address of an OpenAI-compatible endpoint, up to /v1."
    )
    lm_api_key: SecretStr | None = Field(
        default=None, description="Key for it; local endpoints need none."
    )
    lm_model: str | None = Field(default=None, description="Name of the model there.")
    lm_timeout_s: float = Field(
        default=20.0, gt=0, le=300, description="For one job's answer, repair included."
    )
    lm_max_tokens: int = Field(default=4000, ge=500, description="Longest answer.")
    lm_limit_parameter: Literal["max_completion_tokens", "max_tokens"] = Field(
        default="max_completion_tokens",
        description="How the endpoint calls that limit; older ones only know max_tokens.",
    )
    lm_temperature: float | None = Field(
        default=None, ge=0, le=2, description="Left out when unset; some models refuse it."
    )
    lm_max_reply_bytes: int = Field(default=262_144, ge=10_000, description="Longest reply read.")
    lm_candidates: int = Field(default=3, ge=1, le=3, description="Briefs per job.")
    lm_attempts: int = Field(
        default=3,
        ge=1,
        description="On this try of a job the rules take over from a failing model.",
    )
    lm_patience_s: float = Field(
        default=60.0,
        ge=0,
        description="A model that asks for a longer wait than this loses the job to the rules.",
    )
    lm_breaker_failures: int = Field(
        default=5, ge=1, le=10, description="Failures in a row until the model is given a rest."
    )
    lm_cache_ttl_s: int = Field(
        default=604_800, ge=0, description="How long an answer is found again; 0 keeps none."
    )
    cache_url: SecretStr | None = Field(
        default=None,
        description="Redis for answers and spending; without one each process has its own memory.",
    )
    lm_daily_usd: float = Field(
        default=0.0, ge=0, description="What one tenant may spend in a day (UTC); 0 is no limit."
    )
    lm_daily_tokens: int = Field(
        default=0, ge=0, description="Tokens one tenant may use in a day (UTC); 0 is no limit."
    )
    lm_sees_photo: bool = Field(
        default=False,
        description="Show the model the product's photo as well; it must be able to see.",
    )

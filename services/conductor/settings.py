"""Settings of the conductor."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ConductorSettings(BaseSettings):
    """How often the conductor looks, and whom it may call."""

    model_config = SettingsConfigDict(
        env_prefix="BACKLOT_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    pass_s: float = Field(default=1.0, gt=0, description="Seconds between two looks at the line.")
    term_s: float = Field(default=10.0, gt=0, description="How long an election counts.")
    public_url: str = "http://127.0.0.1:8000"
    archive_after_s: float = Field(
        default=10.0, gt=0, description="An ended job is put into the object store this late."
    )
    keep_record_s: float = Field(
        default=86_400.0, gt=0, description="Then Redis lets go of its results and events."
    )
    keep_photo_s: float = Field(
        default=30 * 86_400.0, gt=0, description="Normalised photo and product model."
    )
    keep_derivatives_s: float = Field(
        default=30 * 86_400.0, gt=0, description="Cut-outs and whatever else stages made."
    )
    keep_pictures_s: float = Field(default=90 * 86_400.0, gt=0, description="Sale pictures.")
    keep_archive_s: float = Field(
        default=365 * 86_400.0, gt=0, description="Everything that is left of a job."
    )
    egress_allow: str = Field(
        default="", description="Networks that may be called although they are inside, for tests."
    )
    egress_proxy: SecretStr = Field(
        default=SecretStr(""),
        description="http://[user:password@]host:port of a CONNECT proxy that webhooks leave by.",
    )

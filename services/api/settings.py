"""Settings of the API process."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.api.doorman import Quotas
from services.api.photo import PhotoLimits
from services.api.pressure import Shares
from services.api.upload import UploadLimits


class ApiSettings(BaseSettings):
    """Where the API listens, whom it knows and how much it takes.

    Redis and the object store have settings of their own: `backlot.line.settings`,
    `backlot.blobs.settings`.
    """

    model_config = SettingsConfigDict(
        env_prefix="BACKLOT_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65_535)
    public_url: str = Field(
        default="http://127.0.0.1:8000", description="Where clients reach this API; no slash last."
    )
    secret: SecretStr = Field(
        default=SecretStr(""), description="The installation's secret, 16 bytes or more."
    )
    api_keys: SecretStr = Field(
        default=SecretStr(""),
        description="tenant:SHA-256 of its key in hexadecimal, comma between; empty: open on"
        " loopback only.",
    )

    access: Literal["auto", "keys"] = Field(
        default="auto",
        description="`keys`: only with a key, of BACKLOT_API_KEYS or made by `backlot keys make`;"
        " `auto`: as long as BACKLOT_API_KEYS is empty, everybody on this machine.",
    )
    rate_submit_per_min: int = Field(
        default=600, ge=0, description="Jobs and uploads a key may make a minute; 0: no limit."
    )
    rate_other_per_min: int = Field(
        default=3000, ge=0, description="Everything else a key may ask a minute; 0: no limit."
    )
    max_jobs_per_tenant: int = Field(default=5000, ge=1, description="Unfinished ones.")
    max_jobs: int = Field(
        default=20_000, ge=2, description="Of all tenants; above half of it each has a fair share."
    )
    memory_ceiling: float = Field(
        default=0.8, gt=0, le=1, description="Share of Redis' memory above which no job is taken."
    )

    egress_allow: str = Field(
        default="", description="Networks webhooks may reach although they are inside, for tests."
    )

    max_photo_bytes: int = Field(default=25_000_000, ge=1)
    max_product_bytes: int = Field(default=100_000_000, ge=1)
    max_photo_pixels: int = Field(default=50_000_000, ge=1)
    photo_long_side: int = Field(default=1600, ge=64, le=8192)
    upload_timeout_s: float = Field(default=300.0, gt=0)
    upload_memory_bytes: int = Field(
        default=1_000_000, ge=0, description="A larger part waits in a temporary file."
    )
    upload_folder: Path | None = Field(default=None, description="For those temporary files.")

    upload_life_s: int = Field(
        default=3600, ge=60, le=604_800, description="An upload can be used for so long."
    )
    reuse_s: int = Field(default=604_800, ge=1, description="Jobs are found by content so long.")

    decode_workers: int = Field(default=2, ge=1, le=64)
    decode_waiting: int = Field(default=64, ge=0, description="Photos that may wait for a child.")
    decode_timeout_s: float = Field(default=10.0, gt=0)
    decode_memory_mb: int = Field(
        default=600,
        ge=64,
        description="Address space of a decoding child above what it starts with. Measured at 50"
        " Mpx: PNG 310, HEIC 420, AVIF 450, progressive JPEG 300, WebP 770; of WebP with alpha"
        " 25 Mpx fit into the default.",
    )

    streams_per_tenant: int = Field(
        default=1000, ge=1, description="Event streams of one tenant open in one process."
    )
    streams: int = Field(default=2000, ge=1, description="Event streams open in one process.")
    stream_heartbeat_s: float = Field(default=15.0, gt=0)
    wait_max_s: float = Field(default=60.0, ge=0, description="Longest long-poll.")
    threads: int = Field(default=64, ge=4, description="For calls to Redis and the object store.")

    @property
    def photo_limits(self) -> PhotoLimits:
        """What is decoded."""
        return PhotoLimits(max_pixels=self.max_photo_pixels, long_side=self.photo_long_side)

    @property
    def quotas(self) -> Quotas:
        """What a key may ask a minute."""
        return Quotas(self.rate_submit_per_min, self.rate_other_per_min)

    @property
    def shares(self) -> Shares:
        """How much of the line everybody may have."""
        return Shares(self.max_jobs, self.max_jobs_per_tenant, self.memory_ceiling)

    @property
    def upload_limits(self) -> UploadLimits:
        """What is received."""
        return UploadLimits(
            photo_bytes=self.max_photo_bytes,
            product_bytes=self.max_product_bytes,
            memory_bytes=self.upload_memory_bytes,
            seconds=self.upload_timeout_s,
            folder=self.upload_folder,
        )

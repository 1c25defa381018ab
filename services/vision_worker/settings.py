"""Settings of the vision worker."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class VisionSettings(BaseSettings):
    """What the vision worker makes of a photo; which encoders it uses is in `EncoderSettings`."""

    model_config = SettingsConfigDict(
        env_prefix="BACKLOT_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    engines: Literal["real", "fake"] = Field(
        default="real", description="`fake` answers every caption at once, without looking."
    )
    caption_texts: int = Field(
        default=8, ge=4, le=16, description="At most so many sentences about a product."
    )
    cutout_side: int = Field(
        default=1024, ge=64, le=4096, description="Longer side of the cut-out, at most, in pixels."
    )
    vision_threads: int | None = Field(
        default=None, ge=1, le=256, description="Threads of one picture operation; None: all cores."
    )

"""Settings of the vision worker."""

from pathlib import Path
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
    cutout_network: str = Field(
        default="own",
        description="What finds the product where a plain background does not: `own`, the small "
        "network that ships; `none`, by what stands out; or a model of rembg by its name, for "
        "example `isnet-general-use` (needs the extra `rembg` and downloads the model).",
    )
    vision_threads: int | None = Field(
        default=None, ge=1, le=256, description="Threads of one picture operation; None: all cores."
    )
    batch_size: int = Field(
        default=16,
        ge=1,
        le=512,
        description="At most so many pictures go through a network at once.",
    )
    batch_wait_ms: float = Field(
        default=0.0,
        ge=0,
        le=1000,
        description="How long a batch that is not full waits for more; 0 takes what is there.",
    )
    engine_stuck_s: float = Field(
        default=60.0, gt=0, description="A batch that takes longer ends the process."
    )
    calibrations: Path | None = Field(
        default=None, description="Folder with calibrations of your own, asked before the shipped."
    )

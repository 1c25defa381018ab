"""Settings of the render worker."""

import sys
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class RenderSettings(BaseSettings):
    """What takes the pictures and what it may use up."""

    model_config = SettingsConfigDict(
        env_prefix="BACKLOT_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    engines: Literal["real", "fake"] = Field(
        default="real", description="`fake` draws flat pictures without Blender."
    )
    render_python: str = Field(
        default=sys.executable, description="The Python that has bpy; it runs on its own."
    )
    render_device: Literal["auto", "cpu", "cuda", "optix"] = "auto"
    render_limit_s: float = Field(default=600, gt=0, description="Of one picture.")
    render_start_s: float = Field(default=180, gt=0, description="Until Blender is there.")
    images_base_url: str = Field(
        default="",
        pattern=r"^(https?://.+)?$",
        description="OpenAI-compatible endpoint for painted backdrops; empty: there is none.",
    )
    images_model: str = ""
    images_api_key: SecretStr = SecretStr("")
    images_timeout_s: float = Field(default=120, gt=0)
    render_memory_mb: int = Field(default=8000, ge=500, description="Of Blender's process.")

"""Settings of the matcher."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class MatcherSettings(BaseSettings):
    """Where the index lives and what is in the library."""

    model_config = SettingsConfigDict(
        env_prefix="BACKLOT_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    engines: Literal["real", "fake"] = Field(
        default="real", description="`fake` answers every match at once, with no background."
    )
    qdrant_url: str = Field(default="", description="Empty: embedded, in `qdrant_folder`.")
    qdrant_api_key: SecretStr = SecretStr("")
    qdrant_folder: Path = Field(
        default=Path(".state/qdrant"), description="Of the embedded engine; one process only."
    )
    qdrant_collection: str = Field(
        default="backgrounds", pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Alias of the index."
    )
    qdrant_timeout_s: int = Field(default=10, ge=1, le=300)
    qdrant_wait_s: float = Field(
        default=15.0, ge=0, description="For another matcher to let go of the folder, at start."
    )
    reindex: bool = Field(
        default=False, description="Rebuild the index from the records at this start."
    )
    catalog: Path | None = Field(
        default=None, description="Folder of the starter library; None takes the one that ships."
    )

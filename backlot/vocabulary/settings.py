"""Which words of one's own are added."""

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class VocabularySettings(BaseSettings):
    """Facet files beside the shipped ones; all programs on one line must name the same."""

    model_config = SettingsConfigDict(
        env_prefix="BACKLOT_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    vocabulary_files: str = Field(
        default="", description="Paths of facet files, separated as PATH is."
    )

    @property
    def files(self) -> tuple[Path, ...]:
        """The paths, in order."""
        return tuple(Path(name) for name in self.vocabulary_files.split(os.pathsep) if name)

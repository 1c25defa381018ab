"""Reads the stylist's data files; a slug that is no vocabulary term stops the process at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from backlot.contracts.errors import ConfigurationError
from backlot.vocabulary import Vocabulary

DATA = Path(__file__).parent.parent / "data"
M = TypeVar("M", bound=BaseModel)

# A slug after one of these keys, at any depth, is a term of that facet; several are tried in order.
_FACETS_OF_KEY: Mapping[str, tuple[str, ...]] = {
    "colours": ("colour_name",),
    "colour": ("colour_name",),
    "surfaces": ("material",),
    "surfaces_not": ("material",),
    "textures": ("finish_texture",),
    "light": ("lighting",),
    "lights": ("lighting",),
    "moods": ("mood",),
    "styles": ("style",),
    "props": ("props",),
    "settings": ("setting_studio", "setting_space"),
    "studios": ("setting_studio",),
    "spaces": ("setting_space",),
    "season": ("season_occasion",),
    "sets": ("setting_studio", "setting_space"),
    "instead_of": ("product_category",),
    "avoid": ("lighting", "setting_studio", "setting_space", "props", "photo_technique"),
}


class DataFile:
    """One YAML file of this service.

    Args:
        name: Path below the data folder, without the suffix.
    """

    def __init__(self, name: str, folder: Path = DATA) -> None:
        self.path = folder / f"{name}.yaml"
        try:
            self.content: Any = yaml.safe_load(self.path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise ConfigurationError(f"{self.path}: cannot be read: {error}") from error

    def entries(self, facets: tuple[str, ...], vocabulary: Vocabulary) -> dict[str, Any]:
        """Return the entries by term id, with every slug inside resolved to a term id."""
        return {
            self._term(slug, facets, vocabulary): self.resolved(entry, vocabulary)
            for slug, entry in self.content.items()
        }

    def resolved(self, value: Any, vocabulary: Vocabulary, key: str = "") -> Any:
        """Replace slugs by term ids wherever the key above them says which facet they are of."""
        facets = _FACETS_OF_KEY.get(key)
        if isinstance(value, dict):
            return {
                self._key(name, facets, vocabulary): self.resolved(
                    below, vocabulary, name if name in _FACETS_OF_KEY else key
                )
                for name, below in value.items()
            }
        if isinstance(value, list):
            return [self.resolved(item, vocabulary, key) for item in value]
        if isinstance(value, str) and facets:
            return self._term(value, facets, vocabulary)
        return value

    def parse(self, model: type[M], content: Any = None) -> M:
        """Return the content as a model; the first misfit is a ConfigurationError."""
        try:
            return model.model_validate(self.content if content is None else content)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(step) for step in first["loc"])
            raise ConfigurationError(f"{self.path}: {where}: {first['msg']}") from None

    def _key(self, name: str, facets: tuple[str, ...] | None, vocabulary: Vocabulary) -> str:
        """Resolve a key where keys are slugs too, as in ``light: {large-softbox: 0.6}``."""
        if facets is None or name in _FACETS_OF_KEY:
            return name
        found = (f"{facet}/{name}" for facet in facets)
        return next((term for term in found if vocabulary.has(term)), name)

    def _term(self, slug: str, facets: tuple[str, ...], vocabulary: Vocabulary) -> str:
        candidates = [slug] if "/" in slug else [f"{facet}/{slug}" for facet in facets]
        for term in candidates:
            if vocabulary.has(term):
                return term
        raise ConfigurationError(f"{self.path}: {slug!r} is no term of {' or '.join(facets)}")

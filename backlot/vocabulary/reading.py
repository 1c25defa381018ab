"""Reads the YAML files of the vocabulary; every complaint names file and line."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from backlot.contracts.errors import ConfigurationError

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML without libyaml reads the same, slower
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

Loc = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class SourceFile:
    """One YAML file: where it lies and what it says."""

    path: Path
    text: str
    data: Any

    def refuse(self, complaint: str, loc: Loc = ()) -> ConfigurationError:
        """Return the error for a complaint about the entry at `loc` (keys and indexes)."""
        return ConfigurationError(f"{self.path}:{self._line_of(loc)}: {complaint}")

    def parse(self, model: type[M]) -> M:
        """Return the content as a model; raise ConfigurationError for the first misfit."""
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            first = error.errors()[0]
            named = ".".join(str(step) for step in first["loc"]) or "file"
            raise self.refuse(
                f"{named}: {first['msg']}{self._term_at(first['loc'])}", first["loc"]
            ) from None

    def _line_of(self, loc: Loc) -> int:
        """Return the line of the entry, or of the nearest entry around it; counted from 1."""
        node = yaml.compose(self.text, Loader=_Loader)
        line = 0
        for step in loc:
            below = _child(node, step)
            if below is None:
                break
            node = below
            line = node.start_mark.line
        return int(line) + 1

    def _term_at(self, loc: Loc) -> str:
        """Return " (term id)" when the entry lies in a term, else nothing."""
        node, named = self.data, ""
        for step in loc:
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                break
            if isinstance(node, dict) and isinstance(node.get("id"), str):
                named = f" ({node['id']})"
        return named


def read_yaml(path: Path) -> SourceFile:
    """Read one YAML file; raise ConfigurationError if it is missing, unreadable or not YAML."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot be read as a vocabulary file: {error}") from error
    try:
        data = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - derived from the safe loader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{path}:{line}: not valid YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path}: not valid YAML: {error}") from error
    return SourceFile(path, text, data)


class _StrictLoader(_Loader):
    """The safe loader, refusing a key that stands twice in one mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping; raise ConstructorError at the second of two equal keys."""
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"{key.value!r} stands twice", key.start_mark
                    )
                seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    """Return the node below `node` under a key or an index, or None."""
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        below: yaml.Node = node.value[step]
        return below
    return None

"""Recipes, sample shots and the manifest as YAML files."""

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import ValidationError

from backlot.contracts.background import BackgroundAsset
from backlot.contracts.errors import ConfigurationError
from services.render_worker.products.shot import SampleShot
from services.render_worker.sets.recipe import Recipe

_Read = TypeVar("_Read", Recipe, SampleShot)

# libyaml reads the library's recipes in 1 s, the same parser in Python in 10 s.
_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_HEADER = (
    "# Written by `python -m services.render_worker.studio manifest` out of the recipes and what\n"
    "# was measured in the previews; change a recipe, not this file.\n"
)


def read_recipes(folder: Path) -> tuple[Recipe, ...]:
    """Read every recipe of a folder in the order of their file names.

    Raises:
        ConfigurationError: A file is no recipe, or is not named after its id.
    """
    return tuple(_read(path, Recipe) for path in sorted(folder.glob("*.yaml")))


def read_shots(folder: Path) -> tuple[SampleShot, ...]:
    """Read every sample shot of a folder; raises ConfigurationError like `read_recipes`."""
    return tuple(_read(path, SampleShot) for path in sorted(folder.glob("*.yaml")))


def write_manifest(path: Path, assets: Iterable[BackgroundAsset]) -> None:
    """Write the records of the starter library."""
    backgrounds = [asset.model_dump(mode="json", exclude_defaults=True) for asset in assets]
    _write(path, _HEADER, {"version": 1, "backgrounds": backgrounds})


def write_samples(path: Path, rows: list[dict[str, object]]) -> None:
    """Write what is known of the sample photos."""
    header = "# Written by `python -m services.render_worker.studio samples`.\n"
    _write(path, header, {"licence": "Apache-2.0", "samples": rows})


def _write(path: Path, header: str, data: dict[str, object]) -> None:
    """Write a YAML file in one step."""
    body = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100)
    half_done = path.with_suffix(".part")
    half_done.write_text(header + body, encoding="utf-8")
    half_done.replace(path)


def _read(path: Path, model: type[_Read]) -> _Read:
    """Read and check one file."""
    try:
        read = model.model_validate(yaml.load(path.read_text(encoding="utf-8"), _SafeLoader))  # noqa: S506 - safe, in C
    except (yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"{path}: {error}") from error
    if read.id != path.stem:
        raise ConfigurationError(f"{path}: holds {read.id}; a file is named after its id")
    return read

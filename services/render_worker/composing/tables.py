"""What sets are composed from, read from the tables beside this file."""

from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import Field, ValidationError

from backlot.contracts.errors import ConfigurationError
from backlot.contracts.frozen import Frozen
from services.render_worker.scene import LightKind, Vec3

Gobo = Literal["window", "blind", "leaf"]
_HERE = Path(__file__).parent
_Read = TypeVar("_Read", bound=Frozen)


class Room(Frozen):
    """Where a product may stand, metres.

    Attributes:
        y: Height of what it stands on.
        z: Towards the camera.
    """

    y: float = 0.0
    z: float = 0.0
    width: float = Field(gt=0)
    depth: float = Field(gt=0)
    height: float = Field(gt=0)


class Camera(Frozen):
    """The front camera of an open space."""

    position: Vec3
    target: Vec3
    lens_mm: float


class Family(Frozen):
    """Sets that are built alike.

    Attributes:
        parts: As recipes spell them, with `$` words for colours and surfaces.
        floor: For products too large for `stage`; None where the set is scaled instead.
    """

    stage: Room
    parts: tuple[dict[str, Any], ...]
    floor: Room | None = None
    camera: Camera | None = None
    gobo: Gobo | None = None
    neon: bool = False
    outdoors: bool = False


class Setting(Frozen):
    """One setting of the vocabulary, by what it is built.

    Attributes:
        things: More parts.
        top: Surface where the brief names none.
        lightness: CIELAB bounds of the ground.
    """

    family: str
    top: str = "oak"
    floor: str = "stone"
    lightness: tuple[float, float] = (25.0, 90.0)
    chroma: float = 60.0
    neon: bool = False
    things: tuple[dict[str, Any], ...] = ()


class Table(Frozen):
    """A file of families and settings."""

    families: dict[str, Family]
    settings: dict[str, Setting]


class LightRow(Frozen):
    """How one light of the vocabulary is built; see the table."""

    kind: LightKind
    size: tuple[float, float]
    strength: float
    elevation: float
    fill: float
    world: float
    rim: float = 0.0
    spread: float = 180.0
    gobo: Gobo | None = None
    gel: bool = False
    neon: bool = False
    glow: bool = False


class LightTable(Frozen):
    """The file of lights."""

    lights: dict[str, LightRow]


class Choice(Frozen):
    """A setting and how it is built."""

    term: str
    setting: Setting
    family: Family

    @property
    def is_space(self) -> bool:
        """Whether it is an open space and not a studio."""
        return self.term.startswith("setting_space/")


def choice_for(term: str) -> Choice | None:
    """How a setting is built; None for one that nobody has written down."""
    facet, _, slug = term.partition("/")
    table = _tables().get(facet)
    setting = table.settings.get(slug) if table else None
    if table is None or setting is None:
        return None
    return Choice(term=term, setting=setting, family=table.families[setting.family])


def light_row(term: str) -> LightRow:
    """How a light is built; a softbox for one that nobody has written down."""
    lights = _lights()
    return lights.get(term.partition("/")[2], lights["large-softbox"])


@cache
def _tables() -> dict[str, Table]:
    return {
        "setting_studio": _read("studios.yaml", Table),
        "setting_space": _read("spaces.yaml", Table),
    }


@cache
def _lights() -> dict[str, LightRow]:
    return _read("lighting.yaml", LightTable).lights


def _read(name: str, model: type[_Read]) -> _Read:
    try:
        return model.model_validate(yaml.safe_load((_HERE / name).read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"{name}: {error}") from error

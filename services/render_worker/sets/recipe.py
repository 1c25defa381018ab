"""Recipes: a set and what is known of it, as plain data."""

from typing import Annotated, Literal

from pydantic import Field

from backlot.contracts.background import BackgroundKind, StageArea
from backlot.contracts.frozen import Frozen, Localized
from backlot.contracts.terms import FacetName, TermId
from services.render_worker.scene import LightKind, Vec3
from services.render_worker.sets.catalogue_of_parts import AnyPart

Hex = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]


class LightPlan(Frozen):
    """One light of a set; see `scene.Light` for the meaning of each value."""

    name: str
    type: TermId
    kind: LightKind
    position: Vec3
    target: Vec3 = (0.0, 0.1, 0.0)
    strength: float = Field(gt=0)
    size: tuple[float, float] = (1.0, 1.0)
    kelvin: int = Field(default=5500, ge=1000, le=15000)
    hue: Hex | None = None
    spread_deg: float = 180.0
    reflected: bool = True


class WorldPlan(Frozen):
    """Light from all around."""

    low: Hex = "#808080"
    high: Hex = "#808080"
    strength: float = 0.3
    sun_elevation_deg: float | None = None
    sun_turn_deg: float = 0.0


class CameraPlan(Frozen):
    """One camera of a set."""

    name: str
    position: Vec3
    target: Vec3
    lens_mm: float = Field(default=50.0, gt=0)
    f_stop: float | None = None
    focus: Vec3 | None = None


class LookPlan(Frozen):
    """How light becomes colour."""

    exposure: float = 0.0
    white_kelvin: int = 5500
    samples: int = Field(default=16, ge=1)
    caustics: bool = False


class SetPlan(Frozen):
    """What a scene is built from."""

    parts: tuple[AnyPart, ...] = Field(min_length=1)
    lights: tuple[LightPlan, ...] = ()
    world: WorldPlan = WorldPlan()
    cameras: tuple[CameraPlan, ...] = Field(min_length=1)
    look: LookPlan = LookPlan()


class Recipe(Frozen):
    """A background set of the library: its words, its stage and its plan.

    Attributes:
        facets: Facet name to term slug to how strongly it shows.
    """

    id: str
    kind: BackgroundKind
    name: Localized
    caption: Localized
    facets: dict[FacetName, dict[str, float]]
    stage: StageArea
    plan: SetPlan
    version: int = Field(default=1, ge=1)
    licence: Literal["Apache-2.0"] = "Apache-2.0"

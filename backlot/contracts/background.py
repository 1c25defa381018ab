"""Backgrounds: the sets of the library and how a recommendation shows them."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from backlot.contracts.frozen import Frozen, Localized, Swatch
from backlot.contracts.terms import FacetName, TermId, WeightedTerm

BackgroundId = str


class BackgroundKind(StrEnum):
    """A studio set, or an open space."""

    STUDIO = "studio"
    SPACE = "space"


class StageArea(Frozen):
    """Where a product may stand. Metres, +Y up, +Z towards the camera."""

    anchor: tuple[float, float, float] = Field(description="Bottom-centre of the product.")
    yaw_deg: float = 0.0
    width_m: float = Field(gt=0)
    depth_m: float = Field(gt=0)
    height_m: float = Field(gt=0)
    floor_area_m2: float = Field(gt=0)


class SetCamera(Frozen):
    """A camera that comes with the set."""

    name: str
    position: tuple[float, float, float]
    target: tuple[float, float, float]
    lens_mm: float = Field(gt=0)


class SetLight(Frozen):
    """A light that comes with the set."""

    name: str
    type: TermId
    kelvin: int = Field(ge=1000, le=15000)


class Preview(Frozen):
    """A picture of the empty set."""

    view: str
    key: str = Field(description="Blob key, or path below the catalog folder for starter sets.")
    width: int = Field(gt=0)
    height: int = Field(gt=0)


class SetFiles(Frozen):
    """What is stored for a set."""

    glb: str | None = None
    hdri: str | None = Field(default=None, description="Light and surroundings as one picture.")
    backdrop: str | None = Field(default=None, description="A flat picture behind the product.")
    recipe: str | None = Field(default=None, description="What a set of parts is built from.")
    previews: tuple[Preview, ...] = ()


class Licence(Frozen):
    """Under which terms the set may be used, and how that is known."""

    id: str
    evidence: str


class BackgroundAsset(Frozen):
    """One background with everything needed to choose it and to shoot in it."""

    id: BackgroundId = Field(pattern=r"^[a-z0-9][a-z0-9-]{2,63}$")
    kind: BackgroundKind
    name: Localized
    caption: Localized
    facets: dict[FacetName, tuple[WeightedTerm, ...]]
    palette: tuple[Swatch, ...]
    stage: StageArea
    cameras: tuple[SetCamera, ...] = ()
    lights: tuple[SetLight, ...] = ()
    files: SetFiles = SetFiles()
    triangles: int = Field(default=0, ge=0)
    bytes: int = Field(default=0, ge=0)
    licence: Licence
    version: int = Field(default=1, ge=1)
    source: Literal["starter", "imported", "generated"]


class BackgroundCard(Frozen):
    """A background as a recommendation or a list shows it."""

    id: BackgroundId
    kind: BackgroundKind
    name: Localized
    caption: Localized
    setting: tuple[TermId, ...]
    lighting: tuple[TermId, ...]
    mood: tuple[TermId, ...]
    style: tuple[TermId, ...]
    palette: tuple[Swatch, ...]
    previews: tuple[str, ...] = Field(description="Addresses of pictures.")
    stage: StageArea


class BackgroundPage(Frozen):
    """A page of the library."""

    backgrounds: tuple[BackgroundCard, ...]
    next_cursor: str | None = Field(description="For the next page; null on the last.")


class BackgroundFiles(Frozen):
    """Addresses of a background's files, which expire; null where there is none."""

    glb: str | None = Field(default=None, description="The set in 3D, light enough for a browser.")
    hdri: str | None = None
    backdrop: str | None = None


class BackgroundDetail(BackgroundCard):
    """Everything a client may know of one background."""

    files: BackgroundFiles
    facets: dict[FacetName, tuple[WeightedTerm, ...]]
    cameras: tuple[SetCamera, ...]
    lights: tuple[SetLight, ...]
    triangles: int
    bytes: int
    licence: Licence
    version: int
    source: Literal["starter", "imported", "generated"]


class Taste(Frozen):
    """What a seller says of sets they have seen."""

    more: tuple[BackgroundId, ...] = Field(
        default=(), max_length=6, description="Sets like these come first."
    )
    less: tuple[BackgroundId, ...] = Field(
        default=(), max_length=6, description="These are left out, and sets like them come last."
    )
    pin: tuple[BackgroundId, ...] = Field(
        default=(), max_length=6, description="These keep the first places, in this order."
    )


class Reason(Frozen):
    """Why a background was recommended, for one slot of the brief."""

    slot: str
    text: Localized
    weight: float = Field(description="Part of the score; negative for what is given up.")


class RankedBackground(Frozen):
    """One result of `match`."""

    rank: int = Field(ge=1)
    score: float = Field(description="Raw fused score; variety may put a lower one first.")
    background_id: BackgroundId
    reasons: tuple[Reason, ...]

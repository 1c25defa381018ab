"""Bringing a background of one's own into the library."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from backlot.contracts.background import (
    BackgroundAsset,
    BackgroundKind,
    Licence,
    Preview,
    SetCamera,
    SetLight,
    StageArea,
)
from backlot.contracts.frozen import Frozen, Localized, Swatch
from backlot.contracts.terms import FacetName, WeightedTerm

NewBackgroundId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{2,63}$")]


class NewBackground(Frozen):
    """What is said of a background when it is sent; what is left out is read from the file.

    Sent again under the same id it is a new version.
    """

    id: NewBackgroundId
    kind: BackgroundKind
    name: Localized
    caption: Localized | None = None
    facets: dict[FacetName, tuple[WeightedTerm, ...]] = Field(
        default={}, description="A facet that is not named is tagged from name, caption, previews."
    )
    stage: StageArea | None = Field(
        default=None, description="Null: a GLB's `product_anchor`, else from its size."
    )
    cameras: tuple[SetCamera, ...] = ()
    lights: tuple[SetLight, ...] = ()
    licence: Licence = Field(description="Under which terms it may be used, and how that is known.")


class SetDraft(Frozen):
    """A background as `build` or an upload gives it: files are stored, words may be missing.

    Attributes:
        content: Hash of what was sent; the same content is no new version.
    """

    said: NewBackground
    content: str
    source: Literal["imported", "generated"] = "imported"
    glb: str | None = None
    hdri: str | None = None
    backdrop: str | None = None
    recipe: str | None = Field(default=None, description="What a set of parts is built from.")
    previews: tuple[Preview, ...] = ()
    palette: tuple[Swatch, ...] = Field(default=(), description="Of a GLB's own materials.")
    size_m: tuple[float, float, float] | None = Field(
        default=None, description="Width, depth and height of everything in a GLB."
    )
    triangles: int = Field(default=0, ge=0)
    bytes: int = Field(default=0, ge=0)
    to_view: bool = Field(default=False, description="Pictures of its model are taken first.")


class NotBuilt(Frozen):
    """Output of `build` where no set came of it and the job goes on without one."""

    reason: str


class IndexOrder(Frozen):
    """What `index` is to do: store one described background, or make the index anew.

    Attributes:
        background: As described; its version is given when it is stored.
        content: Of the draft.
    """

    background: BackgroundAsset | None = None
    content: str = ""


class Indexed(Frozen):
    """Output of `index`.

    Attributes:
        fresh: False when the same content was there already.
        points: How many the index holds after it was made anew.
    """

    background_id: str | None = None
    version: int | None = None
    fresh: bool = True
    points: int | None = None

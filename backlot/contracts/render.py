"""Output of the `render` stage."""

from typing import Literal

from pydantic import Field

from backlot.contracts.frozen import Frozen


class RenderCheck(Frozen):
    """One machine-made check of a picture."""

    name: str
    passed: bool
    detail: str = ""


class Picture(Frozen):
    """One sale picture in the blob store."""

    background_id: str
    key: str
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    quality: Literal["draft", "final"]
    product_from: Literal["model", "cutout"]
    checks: tuple[RenderCheck, ...] = ()
    seconds: float = Field(ge=0)


class Pictures(Frozen):
    """Output of `render`."""

    pictures: tuple[Picture, ...]


class Render(Frozen):
    """One sale picture as clients see it."""

    background_id: str
    url: str
    width: int
    height: int
    quality: Literal["draft", "final"]
    product_from: Literal["model", "cutout"]
    checks: tuple[RenderCheck, ...] = ()
    seconds: float

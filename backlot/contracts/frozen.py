"""The base of every contract: frozen, and closed to unknown fields."""

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """A value that never changes and refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")


class Localized(Frozen):
    """One text in every language the product speaks."""

    en: str
    ko: str


class Swatch(Frozen):
    """One measured or planned colour, sRGB."""

    hex: str = Field(pattern=r"^#[0-9a-f]{6}$", examples=["#c8a27a"])
    name: str = Field(
        pattern=r"^colour_name/[a-z0-9-]+$", description="Vocabulary term of the nearest name."
    )
    share: float = Field(ge=0, le=1, description="Share of the measured area.")

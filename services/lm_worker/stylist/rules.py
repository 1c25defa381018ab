"""The shapes of the stylist's rules: what data files say of sets, lights, props, products."""

from typing import Literal

from pydantic import Field

from backlot.contracts.brief import Direction, Placement
from backlot.contracts.frozen import Frozen
from backlot.contracts.terms import TermId

Key = Literal["light", "mid", "dark"]
Stand = Literal["table", "floor"]
SizeClass = Literal["tiny", "palm", "tabletop", "large", "room"]
Variant = Literal["safe", "bold", "lifestyle"]
SIZES: tuple[SizeClass, ...] = ("tiny", "palm", "tabletop", "large", "room")
VARIANTS: tuple[Variant, ...] = ("safe", "bold", "lifestyle")


class SetRule(Frozen):
    """What a studio set or an open space is good for."""

    key: Key
    lightness: float | None = Field(default=None, description="CIELAB L* of the backdrop.")
    colours: tuple[TermId, ...] = ()
    stands: tuple[Stand, ...]
    boldness: float = Field(ge=0, le=1)
    outdoors: bool = False
    wet: bool = False
    surfaces: dict[Stand, tuple[TermId, ...]]
    bars: frozenset[str] = frozenset()
    textures: tuple[TermId, ...]
    lights: tuple[TermId, ...]
    moods: tuple[TermId, ...]
    styles: tuple[TermId, ...]
    props: tuple[TermId, ...] = ()


class LightRule(Frozen):
    """How a light behaves. Kelvin."""

    kelvin: int
    low: int
    high: int
    directions: tuple[Direction, ...] = Field(alias="from")
    contrast: Literal["low", "medium", "high"]
    key: Key
    where: tuple[Literal["studio", "inside", "outdoors"], ...]
    edge: bool = Field(default=False, description="Lights edges, so that it may be a second light.")


class TechniqueRule(Frozen):
    """How a picture may be taken."""

    part: Literal["angle", "framing", "optics"]
    lens_mm: int
    large_mm: int
    boldness: float = Field(ge=0, le=1)
    possible: bool = True
    needs: frozenset[str] = frozenset()
    only: tuple[Variant, ...] = VARIANTS


class PropRule(Frozen):
    """What a prop is for."""

    size: SizeClass | Literal["same"]
    role: Literal["scale", "life", "story", "stage"]
    where: tuple[Placement, ...]
    colour: TermId | None
    needs: frozenset[str] = frozenset()
    bars: frozenset[str] = frozenset()
    instead_of: frozenset[TermId] = frozenset()
    sets: frozenset[TermId] = frozenset()
    studio_only: bool = False


class MatterRule(Frozen):
    """What a material or a finish asks of light and set."""

    shine: float = Field(ge=0, le=1)
    clear: bool = False
    tags: frozenset[str] = frozenset()
    light: dict[TermId, float] = {}
    settings: dict[TermId, float] = {}
    surfaces_not: frozenset[TermId] = frozenset()
    avoid: tuple[TermId, ...] = ()


class Taste(Frozen):
    """Moods and styles of one candidate."""

    moods: tuple[TermId, ...]
    styles: tuple[TermId, ...]


class GroupRule(Frozen):
    """What sells a group of products."""

    en: str
    ko: str
    size: SizeClass
    tags: frozenset[str] = frozenset()
    safe: Taste
    bold: Taste
    lifestyle: Taste

    def taste(self, variant: Variant) -> Taste:
        """Return the moods and styles of a candidate."""
        tastes: dict[Variant, Taste] = {
            "safe": self.safe,
            "bold": self.bold,
            "lifestyle": self.lifestyle,
        }
        return tastes[variant]


class CategoryRule(Frozen):
    """What is particular about one product category."""

    en: str
    ko: str
    full: str | None = None
    num: Literal["sg", "pl", "mass"] = "sg"
    size: SizeClass | None = None
    tags: frozenset[str] = frozenset()
    studios: tuple[TermId, ...] = ()
    spaces: tuple[TermId, ...] = ()
    only: bool = False
    season: TermId | None = None
    props: tuple[TermId, ...] = ()
    moods: dict[Variant, tuple[TermId, ...]] = {}
    styles: dict[Variant, tuple[TermId, ...]] = {}


class MoodRule(Frozen):
    """What a mood asks of colour and light."""

    hue: float = Field(ge=0, lt=360)
    chroma: float = Field(ge=0, le=100)
    key: Key
    kelvin: int = Field(description="Shift of the colour temperature.")


class SeasonRule(Frozen):
    """What a season brings."""

    props: tuple[TermId, ...] = ()


class Contradiction(Frozen):
    """Words that must not stand in one brief: any of `a` with any of `b`."""

    name: str
    a: tuple[TermId, ...]
    b: tuple[TermId, ...]


class PropGap(Frozen):
    """By how many classes of size a prop may differ from the product."""

    larger: int
    smaller: int


class Weights(Frozen):
    """Orders of preference; not probabilities."""

    asked_for: tuple[float, ...]
    prior: tuple[float, ...]
    own_props: tuple[float, ...]
    adventure: float
    set_light: tuple[float, ...]
    mood: float
    style: float
    seen_style: float
    boldness: float
    contrast: float
    used_before: float
    jitter: float


class HouseRule(Frozen):
    """Proportions and weights."""

    sizes_cm: dict[SizeClass, float]
    shape_sizes: dict[str, SizeClass]
    prop_gap: PropGap
    neutral_chroma: float
    weights: Weights
    avoid: dict[Key, tuple[TermId, ...]]

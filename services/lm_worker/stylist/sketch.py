"""A brief in the making: the slots chosen so far and what each choice rests on."""

from dataclasses import dataclass, field

from backlot.contracts.background import BackgroundKind
from backlot.contracts.brief import (
    Evidence,
    LightingPlan,
    PalettePlan,
    Prop,
    TechniquePlan,
)
from services.lm_worker.stylist.ballot import Dice, Option
from services.lm_worker.stylist.product import Product
from services.lm_worker.stylist.rulebook import Rulebook
from services.lm_worker.stylist.rules import SetRule, Variant


@dataclass
class Sketch:
    """One candidate while it is being put together; slots are filled in reading order."""

    product: Product
    variant: Variant
    kind: BackgroundKind
    dice: Dice
    earlier: tuple["Sketch", ...] = ()
    settings: tuple[str, ...] = ()
    surface: str | None = None
    textures: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    season: str | None = None
    backdrop: tuple[str, ...] = ()
    palette: PalettePlan | None = None
    lighting: LightingPlan | None = None
    technique: TechniquePlan | None = None
    props: tuple[Prop, ...] = ()
    avoid: tuple[str, ...] = ()
    reasons: dict[str, Evidence] = field(default_factory=dict)
    backdrop_lightness: float | None = None

    @property
    def rulebook(self) -> Rulebook:
        """The rules it follows."""
        return self.product.rulebook

    @property
    def place(self) -> SetRule:
        """The rule of the chosen set."""
        return self.rulebook.sets[self.settings[0]]

    @property
    def where(self) -> str:
        """Which lights can be had there: studio, inside or outdoors."""
        if self.kind is BackgroundKind.STUDIO:
            return "studio"
        return "outdoors" if self.place.outdoors else "inside"

    @property
    def words(self) -> frozenset[str]:
        """Every term chosen so far."""
        lights = self.lighting.types if self.lighting else ()
        angles = self.technique.types if self.technique else ()
        props = tuple(prop.term for prop in self.props)
        season = (self.season,) if self.season else ()
        chosen = (*self.settings, *self.moods, *self.styles, *lights, *angles, *props, *season)
        return frozenset(chosen)

    def fits(self, term: str) -> bool:
        """Tell whether a term contradicts nothing chosen so far."""
        return self.rulebook.fits(term, self.words)

    def jitter(self, option: Option) -> None:
        """Let equally good options fall differently for different products."""
        roll = self.dice.roll(f"{self.variant}|{option.term}")
        option.weight += (2 * roll - 1) * self.product.rulebook.house.weights.jitter

"""The product as the rules see it: facts plus what the rulebook knows of such products."""

from dataclasses import dataclass
from functools import cached_property

from backlot.contracts.background import BackgroundKind
from backlot.contracts.brief import Evidence
from backlot.contracts.frozen import Swatch
from backlot.contracts.terms import FacetTerm
from backlot.vocabulary import RulePrior
from backlot.vocabulary.harmony import Lch, hue_gap, lch_of, shade_of
from services.lm_worker.facts import ProductFacts
from services.lm_worker.stylist.rulebook import UNKNOWN_GROUP, Rulebook
from services.lm_worker.stylist.rules import (
    VARIANTS,
    CategoryRule,
    GroupRule,
    MatterRule,
    SizeClass,
    Stand,
    Taste,
    Variant,
)

_MIRROR_SHINE = 1.0
_ACCENT_SHARE = 0.12
# Within these, L* and degrees, two colours may go by one name.
_ONE_GRAY = 30.0
_ONE_HUE = 45.0


@dataclass(frozen=True)
class Product:
    """Facts read by the rulebook."""

    facts: ProductFacts
    rulebook: Rulebook

    @cached_property
    def category(self) -> CategoryRule | None:
        """What is particular about the category, where it is known."""
        known = self.facts.category
        return self.rulebook.categories.get(known.term) if known else None

    @cached_property
    def group(self) -> GroupRule:
        """What sells the group; the neutral rule where no group is known."""
        groups = self.rulebook.groups
        return groups.get(self.facts.group or UNKNOWN_GROUP, groups[UNKNOWN_GROUP])

    @property
    def is_known(self) -> bool:
        """Whether at least the group is known."""
        return self.facts.group is not None

    @cached_property
    def prior(self) -> RulePrior:
        """The vocabulary's rule prior for it."""
        known = self.facts.category
        return self.rulebook.vocabulary.prior_for(known.term if known else None, self.facts.group)

    @cached_property
    def matters(self) -> tuple[tuple[FacetTerm, MatterRule], ...]:
        """Materials and finishes that were seen, with their rules."""
        seen = (*self.facts.finishes, *self.facts.materials)
        rules = self.rulebook.matters
        return tuple((fact, rules[fact.term]) for fact in seen if fact.term in rules)

    @cached_property
    def tags(self) -> frozenset[str]:
        """What it is in the words of the rules; a tag with a minus takes the group's away."""
        own = self.category.tags if self.category else frozenset()
        inherited = self.group.tags | {tag for _, rule in self.matters for tag in rule.tags}
        dropped = {tag[1:] for tag in own if tag.startswith("-")}
        return frozenset(inherited - dropped) | {tag for tag in own if not tag.startswith("-")}

    @cached_property
    def size(self) -> SizeClass:
        """How large it is: told, else usual for the category, else seen, else of the group."""
        house = self.rulebook.house
        told = self.largest_side_cm
        if told is not None:
            fitting = (name for name, limit in house.sizes_cm.items() if told <= limit)
            return next(fitting, "room")
        if self.category and self.category.size:
            return self.category.size
        if self.category is None:
            for fact in self.facts.shapes:
                slug = fact.term.partition("/")[2]
                if slug in house.shape_sizes:
                    return house.shape_sizes[slug]
        return self.group.size

    @property
    def largest_side_cm(self) -> float | None:
        """The largest side the seller gave, centimetres."""
        given = self.facts.dimensions_cm
        if given is None:
            return None
        return max(
            (side for side in (given.width, given.depth, given.height) if side), default=None
        )

    @property
    def stand(self) -> Stand:
        """Whether it stands on a table or on the floor."""
        return "floor" if self.size in ("large", "room") else "table"

    @cached_property
    def is_clear(self) -> bool:
        """Whether light passes through it."""
        return any(rule.clear for _, rule in self.matters)

    @cached_property
    def is_mirror(self) -> bool:
        """Whether it shows its surroundings like a mirror."""
        return any(rule.shine >= _MIRROR_SHINE for _, rule in self.matters)

    @cached_property
    def avoid(self) -> tuple[str, ...]:
        """What spoils its materials and finishes."""
        return tuple(dict.fromkeys(term for _, rule in self.matters for term in rule.avoid))

    @cached_property
    def main_swatch(self) -> Swatch | None:
        """The colour it is known by: the largest one, or a strong one that is large enough."""
        if not self.facts.palette:
            return None
        largest = max(self.facts.palette, key=lambda swatch: swatch.share)
        strong = [
            swatch
            for swatch in self.facts.palette
            if swatch.share >= _ACCENT_SHARE and not self.is_neutral(lch_of(swatch.hex))
        ]
        if self.is_neutral(lch_of(largest.hex)) and strong and largest.share < 2 * strong[0].share:
            return max(strong, key=lambda swatch: swatch.share * lch_of(swatch.hex).chroma)
        return largest

    @cached_property
    def colour_term(self) -> str | None:
        """The word for its main colour: the seller's, where the photo shows something like it.

        A white shoe measures light gray in its own shade, and no seller calls it that.
        """
        if self.main_swatch is None:
            return None
        alike = (said.term for said in self.facts.colours if self._shows(said.term))
        return next(alike, self.main_swatch.name)

    def _shows(self, colour_name: str) -> bool:
        """Tell whether the main colour may be called so: of one hue, or both of none."""
        shade = shade_of(colour_name)
        if shade is None or self.colour is None:
            return False
        said, own = lch_of(shade), self.colour
        if self.is_neutral(said) != self.is_neutral(own):
            return False
        if self.is_neutral(said):
            return abs(said.lightness - own.lightness) < _ONE_GRAY
        return hue_gap(said.hue, own.hue) < _ONE_HUE

    @cached_property
    def colour(self) -> Lch | None:
        """The polar form of the main colour."""
        return lch_of(self.main_swatch.hex) if self.main_swatch else None

    def is_neutral(self, colour: Lch) -> bool:
        """Tell whether a colour counts as black, white or gray."""
        return colour.chroma < self.rulebook.house.neutral_chroma

    @cached_property
    def lightness(self) -> float | None:
        """Measured mean L* of the product; None where nothing was measured."""
        return self.facts.measures.lightness if self.facts.measures else None

    @cached_property
    def season(self) -> tuple[str, Evidence] | None:
        """The season it belongs to, and why; None for every day."""
        if self.facts.seasons:
            fact = self.facts.seasons[0]
            return fact.term, self.facts.evidence(fact)
        if self.category and self.category.season:
            name = f"season/{self.category.season.partition('/')[2]}"
            return self.category.season, Evidence(kind="rule", ref=name)
        return None

    @cached_property
    def evidence(self) -> dict[str, Evidence]:
        """Where each fact comes from, by term."""
        return {fact.term: self.facts.evidence(fact) for fact in self.facts.seen}

    def taste(self, variant: Variant) -> Taste:
        """Return moods and styles for a candidate: the category's own before the group's."""
        return self._tastes[variant]

    @cached_property
    def _tastes(self) -> dict[Variant, Taste]:
        return {variant: self._taste(variant) for variant in VARIANTS}

    def _taste(self, variant: Variant) -> Taste:
        usual = self.group.taste(variant)
        if self.category is None:
            return usual
        moods = (*self.category.moods.get(variant, ()), *usual.moods)
        styles = (*self.category.styles.get(variant, ()), *usual.styles)
        return Taste(moods=tuple(dict.fromkeys(moods)), styles=tuple(dict.fromkeys(styles)))

    def kind_for(self, variant: Variant) -> BackgroundKind:
        """Return studio or space: what the candidate prefers, within what the seller allows.

        Large furniture looks lost on a sweep, so only its bold candidate stays in a studio.
        """
        spacious = "furniture" in self.tags and self.stand == "floor"
        wants_space = variant == "lifestyle" or (spacious and variant == "safe")
        wanted = BackgroundKind.SPACE if wants_space else BackgroundKind.STUDIO
        return wanted if wanted in self.facts.kinds else self.facts.kinds[0]

"""Why a set is recommended, slot by slot, and what it gives up, with swatches and numbers."""

from collections.abc import Collection, Iterator, Sequence

from backlot.contracts.background import BackgroundKind, Reason
from backlot.contracts.frozen import Localized
from backlot.vocabulary import Vocabulary
from backlot.vocabulary.words import ScaleRule
from services.matcher.overlap import wanted_by
from services.matcher.palette import EDGE_LIGHTS
from services.matcher.ranking import Scored
from services.matcher.sayings import Value, say
from services.matcher.scale import CM_PER_M
from services.matcher.weights import Slot, Weights

MOST_MET, MOST_GIVEN_UP = 7, 2
WORDS_SAID = 2
WELL_MATCHED = 0.7
"""Colour parts below this are not worth a sentence."""

NOTICED_TASTE = 0.1

SAID_SLOTS: tuple[Slot, ...] = ("lighting", "mood", "style", "surface", "props", "season")
KIND_WORDS = {
    BackgroundKind.STUDIO: Localized(en="studio", ko="스튜디오"),
    BackgroundKind.SPACE: Localized(en="space", ko="공간"),
}
VARIANT_WORDS = {
    "safe": Localized(en="safe", ko="무난한"),
    "bold": Localized(en="bold", ko="과감한"),
    "lifestyle": Localized(en="lifestyle", ko="라이프스타일"),
    "seller": Localized(en="seller's", ko="판매자"),
}


def reasons_for(
    scored: Scored,
    vocabulary: Vocabulary,
    weights: Weights,
    lead_kinds: Collection[BackgroundKind] = (),
) -> tuple[Reason, ...]:
    """Return what speaks for a set, the heaviest first, and then what it gives up.

    A weight is what the slot adds to the score; below zero, what was lost there.

    Args:
        scored: The set.
        vocabulary: Words for its terms.
        weights: All numbers.
        lead_kinds: Kinds that the chosen brief is for.
    """
    teller = _Teller(scored, vocabulary, weights, lead_kinds)
    told = [
        *teller.setting(), *teller.words(), *teller.colours(), *teller.size(), *teller.taste()
    ]  # fmt: skip
    for_it = sorted((one for one in told if one.weight >= 0), key=lambda one: -one.weight)
    against = sorted((one for one in told if one.weight < 0), key=lambda one: one.weight)
    return (*teller.kind(), *for_it[:MOST_MET], *against[:MOST_GIVEN_UP])


class _Teller:
    """Turns one scored set into sentences."""

    def __init__(
        self,
        scored: Scored,
        vocabulary: Vocabulary,
        weights: Weights,
        lead_kinds: Collection[BackgroundKind],
    ) -> None:
        self._scored = scored
        self._set = scored.stocked
        self._brief = scored.order.brief
        self._product = scored.order.product
        self._vocabulary = vocabulary
        self._weights = weights
        self._rule: ScaleRule = vocabulary.rules.scale
        self._wanted = wanted_by(scored.order.brief, weights)
        self._lead_kinds = lead_kinds

    def kind(self) -> Iterator[Reason]:
        """Say where a set comes from that the chosen brief did not ask for."""
        if self._scored.order.companion:
            other_kind = self._set.asset.kind not in self._lead_kinds
            yield Reason(
                slot="kind",
                text=say(
                    "kind_companion" if other_kind else "variant_companion",
                    {
                        "kind": KIND_WORDS[self._set.asset.kind],
                        "variant": VARIANT_WORDS[self._brief.variant],
                    },
                ),
                weight=0.0,
            )

    def setting(self) -> Iterator[Reason]:
        """Say whether the setting is the first choice, another one, near, or missed."""
        kind = self._set.asset.kind
        facet = f"setting_{kind}"
        wanted = [term for term in self._brief.settings if term.startswith(f"{facet}/")]
        clear = self._wanted.met("setting", self._set.shown)
        met = [term for term in wanted if term in clear]
        own = self._label(met[0] if met else self._set.main_setting)
        if met and met[0] == wanted[0]:
            yield self._told("setting", "setting_first", set=own, kind=KIND_WORDS[kind])
        elif met:
            yield self._told("setting", "setting_among", set=own)
        else:
            yield self._other_setting(own, wanted or list(self._brief.settings))

    def words(self) -> Iterator[Reason]:
        """Say which words of the other slots the set shows; of light also what it lacks."""
        for slot in SAID_SLOTS:
            met = self._wanted.met(slot, self._set.shown)
            if met:
                yield self._told(slot, f"{slot}_met", words=self._listed(met[:WORDS_SAID]))
            elif slot == "lighting" and self._set.main_light:
                yield self._lost(
                    slot,
                    "lighting_missed",
                    self._unmet(slot),
                    words=self._listed(self._wanted.missed(slot, self._set.shown)[:1]),
                    own=self._label(self._set.main_light),
                )

    def colours(self) -> Iterator[Reason]:
        """Say how the colours of set and product stand to each other."""
        yield from self._contrast()
        measured, own = self._scored.measured, self._product.tones
        if self._brief.backdrop and measured.backdrop >= WELL_MATCHED:
            yield self._told(
                "backdrop", "backdrop_met", tone=self._label(self._set.main_tone.name),
                hex=self._set.main_tone.hex, noun=self._product.noun,
            )  # fmt: skip
        if own and measured.harmony >= WELL_MATCHED:
            yield self._told(
                "harmony", "harmony_met", own_tone=self._label(own[0].name), own_hex=own[0].hex,
                noun=self._product.noun,
            )  # fmt: skip

    def size(self) -> Iterator[Reason]:
        """Say how much of the free height the product takes."""
        share = self._scored.measured.scale.share
        dimensions = self._product.dimensions_cm
        if share is None or dimensions is None or dimensions.height is None:
            return
        values: dict[str, Value] = {
            "height": f"{dimensions.height:g}",
            "share": f"{100 * share:.0f}",
            "room": f"{CM_PER_M * self._set.asset.stage.height_m:.0f}",
        }
        if self._rule.min_height_share <= share <= self._rule.max_height_share:
            yield self._told("scale", "scale_good", **values)
        else:
            key = "scale_small" if share < self._rule.min_height_share else "scale_tall"
            lost = self._weights.parts["scale"] * (1 - self._scored.measured.scale.value)
            yield self._lost("scale", key, lost, **values)

    def taste(self) -> Iterator[Reason]:
        """Say that it is like what the seller wants more of, and what usually sells a product."""
        if self._scored.given.get("taste", 0.0) >= NOTICED_TASTE:
            yield self._told("taste", "taste_more")
        habit = self._scored.measured.habit
        if habit >= WELL_MATCHED and not self._wanted.met("setting", self._set.shown):
            own = self._label(self._set.main_setting)
            yield self._told("habit", "habit_met", set=own, noun=self._product.noun)

    def _contrast(self) -> Iterator[Reason]:
        """Say whether the edge of the product reads."""
        contrast = self._scored.measured.contrast
        if contrast.gap is None:
            return
        values = self._contrast_values(contrast.gap)
        if contrast.verdict == "clear":
            key = "contrast_lighter" if contrast.gap > 0 else "contrast_darker"
            yield self._told("contrast", key, **values)
        elif contrast.verdict == "edge-light":
            edge = next(light for light in sorted(EDGE_LIGHTS) if light in self._set.shown)
            yield self._told("contrast", "contrast_edge_light", light=self._label(edge), **values)
        else:
            key = f"contrast_{contrast.verdict.replace('-', '_')}"
            lost = self._weights.parts["contrast"] * (1 - contrast.value)
            yield self._lost("contrast", key, lost, **values)

    def _contrast_values(self, gap: float) -> dict[str, Value]:
        """Return both swatches and the difference."""
        own = self._product.tones
        return {
            "tone": self._label(self._set.main_tone.name),
            "hex": self._set.main_tone.hex,
            "gap": f"{abs(gap):.0f}",
            "noun": self._product.noun,
            "own_hex": own[0].hex if own else f"L* {self._product.lightness or 0:.0f}",
        }

    def _other_setting(self, own: Localized, wanted: Sequence[str]) -> Reason:
        """Say that the setting is another one: near to what was wanted, or simply not it."""
        first = self._label(wanted[0])
        if self._scored.setting_similarity >= self._weights.suits.setting_similarity:
            return self._told("setting", "setting_near", set=own, wanted=first)
        return self._lost(
            "setting", "setting_missed", self._unmet("setting"), set=own, wanted=first
        )

    def _unmet(self, slot: Slot) -> float:
        """Return what the words of a slot could have given and did not."""
        missing = self._wanted.whole[slot] - self._scored.measured.words[slot]
        return self._weights.parts["overlap"] * missing

    def _told(self, slot: str, key: str, **values: Value) -> Reason:
        """Return a sentence for the set, weighted with what the slot gave."""
        weight = self._scored.given.get(slot, 0.0)
        return Reason(slot=_public(slot), text=say(key, values), weight=round(weight, 4))

    def _lost(self, slot: str, key: str, lost: float, **values: Value) -> Reason:
        """Return a sentence on what is given up."""
        return Reason(slot=_public(slot), text=say(key, values), weight=-round(lost, 4))

    def _label(self, term_id: str) -> Localized:
        """Return a term's words; the id itself for a word this vocabulary lost."""
        if self._vocabulary.has(term_id):
            return self._vocabulary.label(term_id)
        return Localized(en=term_id, ko=term_id)

    def _listed(self, term_ids: Sequence[str]) -> Localized:
        """Return several words as one phrase."""
        labels = [self._label(term_id) for term_id in term_ids]
        return Localized(
            en=" and ".join(label.en for label in labels),
            ko=", ".join(label.ko for label in labels),
        )


def _public(slot: str) -> str:
    """Return the slot a client reads: all that is colour is one."""
    return "palette" if slot in {"backdrop", "contrast", "harmony"} else slot

"""Facts: what a brief may rest on."""

from lm_builders import TUMBLER, caption, fact, facts

from backlot.contracts.brief import Evidence
from backlot.contracts.caption import Caption, ProductGroup
from backlot.contracts.terms import FactSource
from backlot.vocabulary import load_vocabulary


def _with(seen: Caption, **facets: object) -> Caption:
    return seen.model_copy(update={"facets": {**seen.facets, **facets}})


class TestCategory:
    """What the product is, and who says so."""

    def test_the_sellers_category_leads(self) -> None:
        """What the seller names beats what the photo looks like."""
        known = facts(TUMBLER, category="coffee mug")
        assert known.category is not None
        assert known.category.term == "product_category/coffee-mug"
        assert known.evidence(known.category) == Evidence(kind="hint", ref="category", score=1.0)

    def test_a_hint_of_the_caption_beats_what_was_seen(self) -> None:
        """A title understood by the sentence encoder counts more than the picture."""
        hinted = fact("product_category/perfume-bottle", 0.6, FactSource.HINT)
        seen = fact("product_category/coffee-mug", 0.95)
        known = facts(_with(TUMBLER, product_category=(seen, hinted)), title="Eau")
        assert known.category is not None
        assert known.category.term == "product_category/perfume-bottle"
        assert known.evidence(known.category).ref == "title"

    def test_a_korean_title_is_understood(self) -> None:
        """Labels and synonyms count in any language."""
        mug = load_vocabulary().label("product_category/coffee-mug").ko
        known = facts(caption(None), title=f"선물용 {mug}")
        assert known.category is not None
        assert known.category.term == "product_category/coffee-mug"

    def test_a_doubtful_category_is_not_used(self) -> None:
        """A low score leaves the product unknown rather than wrong."""
        known = facts(caption("coffee-mug", score=0.1))
        assert known.category is None
        assert known.group is None

    def test_many_doubtful_ones_of_a_group_give_the_group(self) -> None:
        """Three kinds of furniture at a quarter each are furniture."""
        doubtful = tuple(
            fact(f"product_category/{slug}", 0.25) for slug in ("sofa", "armchair", "bar-stool")
        )
        known = facts(_with(caption(None), product_category=doubtful))
        assert known.category is None
        assert known.group == "Furniture"

    def test_a_group_alone(self) -> None:
        """Where the photo shows the group only, the group is a fact, unless it is doubtful."""
        group = ProductGroup(name="Furniture", score=0.8, source=FactSource.SEEN)
        known = facts(caption(None).model_copy(update={"group": group}))
        assert known.category is None
        assert (known.group, known.group_score) == ("Furniture", 0.8)
        doubtful = group.model_copy(update={"score": 0.1})
        assert facts(caption(None).model_copy(update={"group": doubtful})).group is None


class TestMaterials:
    """What it is made of."""

    def test_a_material_in_the_title_is_a_hint(self) -> None:
        """The seller's word for the material is used and marked as theirs."""
        known = facts(caption("insulated-tumbler"), title="Bamboo tumbler")
        assert [one.term for one in known.materials] == ["material/bamboo"]
        assert known.evidence(known.materials[0]).kind == "hint"

    def test_a_material_seen_and_said_stands_once(self) -> None:
        """Two sources for one material are one fact."""
        known = facts(caption("insulated-tumbler", ["bamboo"]), title="Bamboo tumbler")
        assert [one.term for one in known.materials] == ["material/bamboo"]


class TestSeason:
    """When it is for."""

    def test_a_season_in_the_title_is_heard(self) -> None:
        """An occasion the seller names becomes a fact with its source."""
        known = facts(TUMBLER, title="Christmas tumbler")
        assert [one.term for one in known.seasons] == ["season_occasion/christmas"]


class TestSupports:
    """What a claim may point to."""

    def test_only_what_is_there_is_supported(self) -> None:
        """Facets, measures and hints must exist; rules and advice are no facts."""
        known = facts(TUMBLER, title="Steel tumbler")
        assert known.supports(Evidence(kind="facet", ref="finish_texture/brushed-metal"))
        assert known.supports(Evidence(kind="measured", ref="lightness"))
        assert known.supports(Evidence(kind="measured", ref="palette"))
        assert known.supports(Evidence(kind="hint", ref="title"))
        assert not known.supports(Evidence(kind="facet", ref="material/clear-glass"))
        assert not known.supports(Evidence(kind="measured", ref="weight"))
        assert not known.supports(Evidence(kind="hint", ref="dimensions_cm"))
        assert not known.supports(Evidence(kind="rule", ref="contrast"))


def test_the_seed_follows_the_facts() -> None:
    """The same facts give the same seed, another title another one."""
    assert facts(TUMBLER).seed == facts(TUMBLER).seed
    assert facts(TUMBLER).seed != facts(TUMBLER, title="x").seed

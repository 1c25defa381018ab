"""What usually sells a product, and the other candidates beside the chosen one."""

from matcher_builders import VOCABULARY, brief, caption, matcher_of, work

from backlot.contracts.brief import StudioBrief
from backlot.contracts.caption import ProductGroup
from backlot.contracts.jobs import JobRequest
from backlot.contracts.match import Match
from backlot.contracts.terms import FactSource
from services.matcher.habit import follows, habit_of
from services.matcher.product import Product, product_of

WHITE = "setting_studio/seamless-white-studio-backdrop"
WOOD = "setting_studio/wooden-tabletop"


def product(category: str | None, group: str | None = None) -> Product:
    """A product of which this is known."""
    said = caption(category)
    if group is not None:
        of_group = ProductGroup(name=group, score=0.8, source=FactSource.SEEN)
        said = said.model_copy(update={"group": of_group})
    return product_of(said, JobRequest(), VOCABULARY)


def shown(*candidates: StudioBrief, **changes: object) -> list[str]:
    """Ids of what a job is shown."""
    output = matcher_of()(work(*candidates, **changes)).output
    assert isinstance(output, Match)
    return [one.background_id for one in output.ranked]


class TestHabit:
    """The vocabulary's priors against a set."""

    def test_the_category_names_the_habit(self) -> None:
        """A tumbler is sold as drinkware is."""
        prior = habit_of(product("product_category/insulated-tumbler"), VOCABULARY)
        assert prior is not None
        assert prior.name == "drinkware"

    def test_the_group_stands_in_for_a_category_nobody_is_sure_of(self) -> None:
        """Cosmetics stay cosmetics although it is not clear which."""
        group = VOCABULARY.group_of("product_category/lipstick")
        by_group = habit_of(product(None, group), VOCABULARY)
        assert by_group is not None
        assert by_group.name != "any-product"

    def test_an_unknown_product_has_no_habit(self) -> None:
        """Then nothing is added to any set."""
        assert habit_of(product(None), VOCABULARY) is None
        assert follows(None, {WHITE: 1.0}) == 0.0

    def test_the_first_setting_is_worth_most(self) -> None:
        """And more of the light and the props is worth more."""
        prior = habit_of(product("product_category/insulated-tumbler"), VOCABULARY)
        assert prior is not None
        first, last = prior.setting_studio[0], prior.setting_studio[-1]
        assert 1 >= follows(prior, {first: 1.0}) > follows(prior, {last: 1.0}) > 0
        assert follows(prior, {first: 1.0, prior.lighting[0]: 1.0}) > follows(prior, {first: 1.0})


class TestCandidates:
    """One brief has few words."""

    def test_what_else_was_proposed_comes_next(self) -> None:
        """The setting of the second candidate is shown before one that nobody proposed."""
        white, wood = brief(WHITE, kind="studio"), brief(WOOD, kind="studio")
        alone, both = shown(white, kinds=("studio",)), shown(white, wood, kinds=("studio",))
        assert both[0] in {"white-softbox", "white-greenery"}
        assert both.index("oak-table") < alone.index("oak-table")

    def test_a_sellers_brief_speaks_alone(self) -> None:
        """No habit and no other candidate beside what the seller wrote."""
        neon = "setting_studio/neon-lit-set"
        sellers = brief(neon, kind="studio", lighting=("lighting/neon-glow",), source="seller")
        output = matcher_of()(work(sellers, kinds=("studio",))).output
        assert isinstance(output, Match)
        assert output.ranked[0].background_id == "neon-set"
        assert all(reason.slot != "habit" for one in output.ranked for reason in one.reasons)

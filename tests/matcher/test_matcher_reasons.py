"""What is said for a set, and what it gives up."""

import re

import pytest
from matcher_builders import VOCABULARY, asset, brief, caption, work

from backlot.contracts.background import BackgroundAsset, Reason
from backlot.contracts.brief import StudioBrief
from backlot.contracts.caption import Caption
from backlot.contracts.frozen import Localized
from backlot.contracts.jobs import Dimensions
from backlot.contracts.terms import FactSource
from services.matcher.index import point_id_of
from services.matcher.orders import Order
from services.matcher.port import Hit, Where
from services.matcher.product import product_of
from services.matcher.ranking import rank
from services.matcher.reasons import reasons_for
from services.matcher.sayings import Korean, _sayings, ends_closed, say
from services.matcher.shelf import stock
from services.matcher.weights import load_weights

WHITE, WOOD = "setting_studio/seamless-white-studio-backdrop", "setting_studio/wooden-tabletop"
ROOM = "setting_space/reading-room"


def told(
    of: BackgroundAsset,
    asked: StudioBrief,
    *,
    said: Caption | None = None,
    similar: float = 0.0,
    height: float | None = None,
) -> dict[str, list[Reason]]:
    """Reasons for one set, by slot."""
    dimensions = Dimensions(height=height) if height else None
    product = product_of(said or caption(), work(dimensions_cm=dimensions).request, VOCABULARY)
    order = Order(asked, product, Where())
    hits = {"setting": [Hit(point_id_of(of), similar)]}
    (scored,) = rank(order, stock([of]), hits, load_weights(), VOCABULARY.rules)  # type: ignore[arg-type]
    by_slot: dict[str, list[Reason]] = {}
    for reason in reasons_for(scored, VOCABULARY, load_weights()):
        by_slot.setdefault(reason.slot, []).append(reason)
    return by_slot


def test_the_contrast_is_told_with_both_swatches_and_the_number() -> None:
    """Who reads it sees which colours, how far apart, and for which product."""
    reasons = told(asset("a-set", WHITE, hexes=("#e6e6e6",)), brief(WHITE))["palette"]
    sentence = next(one.text.en for one in reasons if "lighter" in one.text.en)
    assert "#e6e6e6" in sentence
    assert "#3b4a5a" in sentence
    assert "insulated tumbler" in sentence
    assert re.search(r"is 6\d L\* lighter", sentence)


def test_what_is_given_up_is_told_last_and_below_zero() -> None:
    """A weak edge and a missing light are said, after what speaks for the set."""
    grey = asset("a-set", WHITE, "lighting/candlelight", hexes=("#3f4e5e",))
    reasons = told(grey, brief(WHITE, lighting=("lighting/large-softbox",)))
    flat = [one for ones in reasons.values() for one in ones]
    assert "candlelight instead of a large softbox" in reasons["lighting"][0].text.en
    assert reasons["lighting"][0].weight < 0
    assert any("edge may sink in" in one.text.en and one.weight < 0 for one in reasons["palette"])
    assert reasons["setting"][0].weight > 0
    assert flat


def test_reasons_come_heaviest_first_then_losses() -> None:
    """The order of the list is the order of importance."""
    of = asset("a-set", WHITE, "lighting/large-softbox", "mood/romantic", hexes=("#3f4e5e",))
    asked = brief(WHITE, moods=("mood/romantic",))
    product = product_of(caption(), work().request, VOCABULARY)
    order = Order(asked, product, Where())
    (scored,) = rank(order, stock([of]), {}, load_weights(), VOCABULARY.rules)
    weights = [one.weight for one in reasons_for(scored, VOCABULARY, load_weights())]
    gains = [weight for weight in weights if weight >= 0]
    losses = [weight for weight in weights if weight < 0]
    assert weights == gains + losses
    assert gains == sorted(gains, reverse=True)
    assert losses == sorted(losses)
    assert sum(gains) <= scored.score + 1e-3


@pytest.mark.parametrize(
    ("asked", "similar", "words"),
    [
        (brief(ROOM), 0.0, "A reading room is the brief's first choice of space."),
        (brief("setting_space/library", ROOM), 0.0, "among the settings the brief asks for"),
        (brief("setting_space/library"), 0.7, "comes close to a library"),
        (brief("setting_space/library"), 0.1, "It is a reading room, not a library"),
        (brief(WHITE), 0.1, "not a seamless white studio backdrop"),
    ],
)
def test_the_setting_is_named_for_what_it_is(
    asked: StudioBrief, similar: float, words: str
) -> None:
    """First choice, another choice, near, or not what was asked: each is said as such."""
    (reason,) = told(asset("a-room", ROOM), asked, similar=similar)["setting"]
    assert words in reason.text.en
    assert (reason.weight < 0) == ("not " in words)


@pytest.mark.parametrize(
    ("height", "words", "for_it"),
    [
        (20, "A height of 20 cm is 40 % of the 50 cm", True),
        (4, "only 8 %", False),
        (45, "little air", False),
    ],
)
def test_scale_is_told_in_numbers(height: float, words: str, for_it: bool) -> None:
    """Centimetres and percent, for and against."""
    (reason,) = told(asset("a-set", WHITE), brief(WHITE), height=height)["scale"]
    assert words in reason.text.en
    assert (reason.weight > 0) is for_it


def test_an_unknown_size_is_not_talked_about() -> None:
    """No dimensions, no sentence about size."""
    assert "scale" not in told(asset("a-set", WHITE), brief(WHITE))


def test_glass_and_mirror_have_their_own_words() -> None:
    """Optics are explained, not only counted."""
    white = asset("a-set", WHITE, hexes=("#f6f6f6",))
    glass = told(white, brief(WHITE), said=caption(None, "material/clear-glass"))["palette"]
    mirror = told(white, brief(WHITE), said=caption(None, "finish_texture/mirror-polished"))
    assert any("Clear glass loses its edge" in one.text.en for one in glass)
    assert any("mirror finish" in one.text.en for one in mirror["palette"])


def test_an_unsure_category_is_not_named() -> None:
    """A guess is not called by its name; what the seller said is."""
    unsure = caption("product_category/lipstick", score=0.2)
    product = product_of(unsure, work().request, VOCABULARY)
    assert product.noun == Localized(en="product", ko="제품")
    (term,) = unsure.facets["product_category"]
    hinted = {"product_category": (term.model_copy(update={"source": FactSource.HINT}),)}
    said = unsure.model_copy(update={"facets": hinted})
    assert product_of(said, work().request, VOCABULARY).noun.en == "lipstick"


def test_every_reason_is_written_in_korean() -> None:
    """Each sentence has Hangul in Korean and none in English, and leaves no bracket open."""
    of = asset(
        "a-set", WOOD, "lighting/rim-lighting-from-behind", "mood/romantic", "style/minimalist",
        "props/green-leaves", "material/marble", "season_occasion/spring", hexes=("#3f4e5e",),
    )  # fmt: skip
    asked = brief(
        WOOD, lighting=("lighting/rim-lighting-from-behind",), moods=("mood/romantic",),
        styles=("style/minimalist",), props=("props/green-leaves",), surface="material/marble",
        season="season_occasion/spring", backdrop=("colour_name/charcoal-gray",),
    )  # fmt: skip
    reasons = [one for ones in told(of, asked, height=20).values() for one in ones]
    assert len(reasons) >= 5
    for reason in reasons:
        assert re.search("[가-힣]", reason.text.ko)
        assert not re.search("[가-힣]", reason.text.en)
        assert not re.search(r"[{}]", reason.text.en + reason.text.ko)


class TestSayings:
    """Sentences and Korean particles."""

    @pytest.mark.parametrize(
        ("word", "said"),
        [("열람실", "열람실은"), ("회의실 의자", "회의실 의자는"), ("소프트박스", "소프트박스는"),
         ("흰색 스튜디오 배경", "흰색 스튜디오 배경은"), ("배경(#f4f4f2)", "배경(#f4f4f2)는"),
         ("LED", "LED는"), ("24", "24는"), ("L* 21", "L* 21은")],
    )  # fmt: skip
    def test_a_particle_follows_the_last_sound(self, word: str, said: str) -> None:
        """Closed syllables take the one form, open ones the other."""
        assert f"{Korean(word):은/는}" == said

    def test_a_word_without_particle_stays(self) -> None:
        """Nothing is added where nothing is asked."""
        assert f"{Korean('배경')}" == "배경"
        assert ends_closed("") is False

    def test_every_sentence_can_be_said(self) -> None:
        """Both languages of every sentence fill with the same values."""
        for key, saying in _sayings().items():
            names = {name.lower() for name in re.findall(r"{(\w+)", saying.en + saying.ko)}
            filled = say(key, dict.fromkeys(names, "x"))
            assert "{" not in filled.en + filled.ko

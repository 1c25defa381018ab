"""The judged products, and how their rules grade a set."""

from pathlib import Path
from typing import Any

import pytest

from backlot.cli.evaluate import JUDGED
from backlot.contracts.background import BackgroundAsset, BackgroundKind, Licence, StageArea
from backlot.contracts.errors import ConfigurationError
from backlot.contracts.frozen import Localized, Swatch
from backlot.contracts.terms import WeightedTerm
from backlot.vocabulary import load_vocabulary
from backlot.vocabulary.colour import name_of
from services.matcher.evaluation.judgments import Half, Judge, Judged, Words, load_judges

VOCABULARY = load_vocabulary()
WORDS = Words(
    settings={"dark": ("dark-low-key-studio",), "wood": ("wooden-tabletop",),
              "white": ("seamless-white-studio-backdrop",), "bath": ("bathroom-vanity",),
              "studios": ("dark-low-key-studio", "wooden-tabletop", "neon-lit-set")},
    looks={"warm": ("lighting/warm-lamp-light",), "cute": ("style/cute-kawaii",)},
)  # fmt: skip


def judge(**changes: Any) -> Judge:
    """A product that likes wood, puts up with dark, and hates white."""
    fields: dict[str, Any] = {
        "id": "thing", "category": "coffee-mug", "seen": (), "colours": {"#ffffff": 1.0},
        "cm": (10, 10, 10), "ideal": ("wood",), "fits": ("dark",), "absurd": ("white",),
    }  # fmt: skip
    return Judge(Judged(**{**fields, **changes}), WORDS)


def a_set(*terms: str, hex_: str = "#777777", metres: float = 0.5) -> BackgroundAsset:
    """A set that shows these terms, each `facet/slug` or `facet/slug:score`."""
    facets: dict[str, tuple[WeightedTerm, ...]] = {}
    for said in terms:
        term, _, score = said.partition(":")
        facet = term.partition("/")[0]
        shown = WeightedTerm(term=term, score=float(score or 1))
        facets[facet] = (*facets.get(facet, ()), shown)
    studio = any(term.startswith("setting_studio/") for term in terms)
    words = Localized(en="a set", ko="세트")
    return BackgroundAsset(
        id="a-set",
        kind=BackgroundKind.STUDIO if studio else BackgroundKind.SPACE,
        name=words,
        caption=words,
        facets=facets,
        palette=(Swatch(hex=hex_, name=name_of(hex_), share=1.0),),
        stage=StageArea(
            anchor=(0, 0, 0), width_m=metres, depth_m=metres, height_m=metres, floor_area_m2=1
        ),
        licence=Licence(id="Apache-2.0", evidence="made for this test"),
        source="starter",
    )


DARK, WOOD = "setting_studio/dark-low-key-studio", "setting_studio/wooden-tabletop"
WHITE = "setting_studio/seamless-white-studio-backdrop"


class TestGrades:
    """The rules of the data folder's README, one by one."""

    def test_the_setting_decides(self) -> None:
        """Ideal, fitting, not named, absurd."""
        neutral = "setting_studio/neon-lit-set"
        assert [judge().grade(a_set(one)) for one in (WOOD, DARK, neutral, WHITE)] == [3, 2, 1, 0]

    def test_a_setting_by_itself_wins_over_its_family(self) -> None:
        """Named twice, the nearer word counts."""
        product = judge(ideal=("wood",), fits=(), absurd=("studios",))
        assert [product.grade(a_set(one)) for one in (WOOD, DARK)] == [3, 0]

    def test_a_second_setting_counts_for_less(self) -> None:
        """And saves no absurd main one; what hardly shows does not count."""
        neon = "setting_studio/neon-lit-set"
        assert judge().grade(a_set(neon, f"{WOOD}:0.7")) == 2
        assert judge().grade(a_set(neon, f"{WOOD}:0.3")) == 1
        assert judge().grade(a_set(WHITE, f"{WOOD}:0.7")) == 0

    def test_an_ideal_set_without_what_is_needed_only_fits(self) -> None:
        """One of the needed looks is enough."""
        product = judge(needs=("warm",))
        assert product.grade(a_set(WOOD)) == 2
        assert product.grade(a_set(WOOD, "lighting/warm-lamp-light")) == 3

    def test_what_spoils_and_what_drowns_cost_a_grade_each(self) -> None:
        """Never below nothing."""
        product = judge(spoils=("cute",), drowns=("white",))
        cute = a_set(WOOD, "style/cute-kawaii", hex_="#ffffff")
        assert product.grade(a_set(WOOD, hex_="#ffffff")) == 2
        assert product.grade(cute) == 1
        assert product.grade(a_set(WHITE, "style/cute-kawaii", hex_="#ffffff")) == 0

    @pytest.mark.parametrize(("festive", "grade"), [(None, 1), ("welcome", 2), ("ideal", 3)])
    def test_festive_sets_are_for_those_who_want_them(
        self, festive: str | None, grade: int
    ) -> None:
        """Christmas sells few things."""
        assert judge(festive=festive).grade(a_set(DARK, "mood/festive")) == grade

    def test_size_counts(self) -> None:
        """Too large does not fit; a speck is lost."""
        assert judge(cm=(60, 10, 10)).grade(a_set(WOOD)) == 0
        assert not judge(cm=(60, 10, 10)).has_room(a_set(WOOD))
        assert judge(cm=(4, 4, 4)).grade(a_set(WOOD, metres=1.0)) == 1


class TestFiles:
    """What ships."""

    @pytest.mark.parametrize(("half", "least"), [("dev", 40), ("locked", 40)])
    def test_both_halves_can_be_read(self, half: Half, least: int) -> None:
        """Every word is known, every id stands once, and there are enough of them."""
        judges = load_judges(JUDGED, half, VOCABULARY)
        names = [one.product.id for one in judges]
        assert len(names) >= least
        assert len(set(names)) == len(names)

    def test_the_halves_share_no_product(self) -> None:
        """What is tuned on is not what is reported."""
        halves: tuple[Half, Half] = ("dev", "locked")
        one, other = (
            {judge.product.id for judge in load_judges(JUDGED, half, VOCABULARY)} for half in halves
        )
        assert one.isdisjoint(other)

    def test_nothing_that_serves_reads_them(self) -> None:
        """Neither stylist nor matcher knows where they are."""
        services = Path(__file__).parents[2] / "services"
        readers = {
            path.parent.name
            for path in services.rglob("*.py")
            if "evaluation/ranking" in path.read_text(encoding="utf-8")
            or "load_judges" in path.read_text(encoding="utf-8")
        }
        assert readers <= {"evaluation"}

    def test_an_unknown_word_is_refused_with_its_place(self, tmp_path: Path) -> None:
        """A typing error must not become a neutral grade."""
        words = (JUDGED / "words.yaml").read_text(encoding="utf-8")
        (tmp_path / "words.yaml").write_text(words, encoding="utf-8")
        text = (JUDGED / "dev.yaml").read_text(encoding="utf-8")
        broken = text.replace("ideal: [white, gradient]", "ideal: [whyte, gradient]", 1)
        (tmp_path / "dev.yaml").write_text(broken, encoding="utf-8")
        with pytest.raises(ConfigurationError, match=r"dev\.yaml:\d+: nobody knows whyte"):
            load_judges(tmp_path, "dev", VOCABULARY)

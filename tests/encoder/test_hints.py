"""The seller's words become terms, or nothing; never a guess sold as knowledge."""

from itertools import chain
from pathlib import Path

import pytest

from backlot.contracts.terms import FacetTerm, FactSource
from backlot.encoder.hints import HintReader
from backlot.encoder.minilm import MiniLmEncoder
from backlot.encoder.synthetic import SyntheticSentenceEncoder
from backlot.vocabulary import load_vocabulary

Titles = dict[str, list[dict[str, str | None]]]


@pytest.fixture(scope="module")
def reader(minilm: MiniLmEncoder, tmp_path_factory: pytest.TempPathFactory) -> HintReader:
    """A reader with the bundled encoder."""
    return HintReader(load_vocabulary(), minilm, tmp_path_factory.mktemp("tables"))


def category_of(found: tuple[FacetTerm, ...]) -> str | None:
    """Return the slug of the category among the terms; there is at most one."""
    slugs = [t.term.split("/")[1] for t in found if t.term.startswith("product_category/")]
    assert len(slugs) <= 1
    return slugs[0] if slugs else None


def terms_of(found: tuple[FacetTerm, ...], facet: str) -> set[str]:
    """Return the slugs of a facet."""
    return {t.term.split("/")[1] for t in found if t.term.startswith(f"{facet}/")}


def counts(reader: HintReader, group: list[dict[str, str | None]]) -> tuple[int, int]:
    """Return how many titles are answered, and how many of these rightly."""
    answers = [(category_of(reader.read(row["title"])), row["category"]) for row in group]
    answered = [(said, true) for said, true in answers if said is not None]
    return len(answered), sum(said == true for said, true in answered)


def test_accuracy(reader: HintReader, titles: Titles) -> None:
    """Of the answered titles of the measuring list at least 90 in 100 are right."""
    rows = list(chain.from_iterable(g for name, g in titles.items() if name != "held_out"))
    answered, right = counts(reader, rows)
    assert answered >= len(rows) / 2
    assert right >= 0.9 * answered


def test_accuracy_on_held_out_titles(reader: HintReader, titles: Titles) -> None:
    """The same holds for titles that the thresholds were not set on."""
    answered, right = counts(reader, titles["held_out"])
    assert answered >= len(titles["held_out"]) / 2
    assert right >= 0.9 * answered


def test_brand_names(reader: HintReader, titles: Titles) -> None:
    """Brand names alone are hardly ever answered."""
    answered, _ = counts(reader, titles["brands"])
    assert answered <= 1


@pytest.mark.parametrize(
    "given",
    ["product_category/coffee-mug", "coffee mug", "Coffee Mug", "teacup", "머그컵", " mug "],
)
def test_given_category(reader: HintReader, given: str) -> None:
    """A category as id, label or synonym, in either language, wins over the title."""
    first = reader.read("Stainless steel tumbler", given)[0]
    assert first.term == "product_category/coffee-mug"
    assert (first.score, first.raw, first.source) == (1.0, False, FactSource.HINT)


@pytest.mark.parametrize("given", ["Home & Kitchen > Drinkware > Mugs", "ceramic mugs"])
def test_category_in_other_words(reader: HintReader, given: str) -> None:
    """A shop's own category path is read like a title, before the title."""
    assert category_of(reader.read("A lamp", given)) == "coffee-mug"


def test_unknown_category_leaves_the_title(reader: HintReader) -> None:
    """A category that says nothing does not stand in the title's way."""
    assert category_of(reader.read("Perfect grey sofa", "SKU 12-B")) == "sofa"


@pytest.mark.parametrize("words", [None, "", "   ", "!!!", "12345"])
def test_no_words(reader: HintReader, words: str | None) -> None:
    """No words, no terms."""
    assert reader.read(words, words) == ()


def test_what_the_title_says(reader: HintReader) -> None:
    """Materials, finishes, colours and styles in the title are terms too."""
    found = reader.read("Matte navy ceramic mug, minimalist, walnut lid")
    assert category_of(found) == "coffee-mug"
    assert terms_of(found, "material") >= {"glazed-ceramic", "dark-walnut-wood"}
    assert terms_of(found, "finish_texture") == {"matte"}
    assert terms_of(found, "colour_name") == {"navy-blue"}
    assert terms_of(found, "style") == {"minimalist"}
    assert all(t.source is FactSource.HINT and t.raw for t in found)


def test_what_a_korean_title_says(reader: HintReader) -> None:
    """Korean words are found by the vocabulary."""
    found = reader.read("네이비 스테인리스 텀블러 500ml")
    assert category_of(found) == "insulated-tumbler"
    assert terms_of(found, "material") == {"stainless-steel"}
    assert terms_of(found, "colour_name") == {"navy-blue"}


def test_colour_inside_the_thing(reader: HintReader) -> None:
    """A colour that is part of the thing's name is no colour of the product."""
    found = reader.read("Orange juice, 1 L")
    assert category_of(found) == "carton-of-juice"
    assert terms_of(found, "colour_name") == set()


@pytest.mark.parametrize(
    "title",
    ["Guitar strap, woven", "Lid for tumbler 500 ml", "Bicycle bell, brass", "Yoga mat bag"],
)
def test_accessories(reader: HintReader, title: str) -> None:
    """An accessory is not taken for the thing it belongs to."""
    assert category_of(reader.read(title)) is None


def test_scores_order(reader: HintReader) -> None:
    """Given is above named, named above nearest, and the nearer the higher."""
    given = reader.read(None, "sofa")[0].score
    named = reader.read("Perfect grey sofa")[0].score
    nearer = reader.read("27-inch 144 Hz display for gamers")[0].score
    near = reader.read("True wireless in-ear buds with charging case")[0].score
    assert given > named > nearer > near > 0


def test_with_the_synthetic_encoder(tmp_path: Path) -> None:
    """Words that are in the vocabulary need no model."""
    reader = HintReader(load_vocabulary(), SyntheticSentenceEncoder(), tmp_path)
    assert category_of(reader.read("Red ceramic mug")) == "coffee-mug"

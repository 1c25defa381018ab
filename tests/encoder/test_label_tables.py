"""Label tables are built once, kept, and searched exactly."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backlot.encoder.port import Vectors
from backlot.encoder.synthetic import SyntheticImageTextEncoder, SyntheticSentenceEncoder
from backlot.encoder.tables import LabelTable, phrase_table, prompt_table
from backlot.vocabulary import load_vocabulary

MATERIAL = load_vocabulary().facets["material"]
CATEGORY = load_vocabulary().facets["product_category"]


class Counting(SyntheticSentenceEncoder):
    """Counts its batches."""

    def __init__(self) -> None:
        self.batches = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode and count."""
        self.batches += 1
        return super().encode(texts)


class Elsewhere(Counting):
    """The same in another vector space."""

    @property
    def space(self) -> str:
        """Stamp of another space."""
        return "sentence:elsewhere@1"


def test_built_once(tmp_path: Path) -> None:
    """The second table of the same words comes from disk, equal, without encoding."""
    encoder = Counting()
    first = phrase_table(encoder, MATERIAL, tmp_path)
    second = phrase_table(encoder, MATERIAL, tmp_path)
    assert encoder.batches == 1
    assert np.array_equal(first.vectors, second.vectors)
    assert np.array_equal(first.starts, second.starts)
    assert first.terms == second.terms == tuple(term.id for term in MATERIAL.terms)


def test_leaves_nothing_half_made(tmp_path: Path) -> None:
    """Beside the finished table there is no other file."""
    phrase_table(SyntheticSentenceEncoder(), MATERIAL, tmp_path)
    assert [path.suffix for path in (tmp_path / "tables").iterdir()] == [".npz"]


def test_other_words_other_table(tmp_path: Path) -> None:
    """A changed word, template or space is another table."""
    encoder = SyntheticImageTextEncoder()
    words = MATERIAL.model_copy(update={"terms": MATERIAL.terms[:-1]})
    prompt_table(encoder, MATERIAL, tmp_path)
    prompt_table(encoder, words, tmp_path)
    prompt_table(encoder, MATERIAL, tmp_path, templates=("a set made of {}",))
    phrase_table(Counting(), MATERIAL, tmp_path)
    phrase_table(Elsewhere(), MATERIAL, tmp_path)
    assert len(list((tmp_path / "tables").iterdir())) == 5


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 half a file", b"nonsense"])
def test_damaged_table(tmp_path: Path, damage: bytes) -> None:
    """A file that cannot be read is made again."""
    whole = phrase_table(Counting(), MATERIAL, tmp_path)
    (path,) = (tmp_path / "tables").iterdir()
    path.write_bytes(damage)
    encoder = Counting()
    again = phrase_table(encoder, MATERIAL, tmp_path)
    assert encoder.batches == 1
    assert np.array_equal(whole.vectors, again.vectors)
    phrase_table(encoder, MATERIAL, tmp_path)
    assert encoder.batches == 1


def test_prompts_are_averaged(tmp_path: Path) -> None:
    """A term's vector is the direction of the mean of its filled templates."""
    encoder = SyntheticImageTextEncoder()
    table = prompt_table(encoder, CATEGORY, tmp_path)
    mean = encoder.encode_texts(CATEGORY.prompts(CATEGORY.terms[0])).mean(axis=0)
    assert table.vectors.shape == (len(CATEGORY.terms), encoder.dim)
    assert np.allclose(table.vectors[0], mean / np.linalg.norm(mean), atol=1e-5)


def test_nearest_phrase_counts(tmp_path: Path) -> None:
    """A term is as near as the nearest of its label and synonyms."""
    encoder = SyntheticSentenceEncoder()
    table = phrase_table(encoder, CATEGORY, tmp_path)
    ((best,),) = table.top_k(encoder.encode(["thermos"]), 1)
    assert best.term == "product_category/insulated-tumbler"
    assert best.cosine == pytest.approx(1, abs=1e-5)


def test_no_korean_rows(tmp_path: Path, minilm: SyntheticSentenceEncoder) -> None:
    """Words the encoder cannot read are not in the table, so that no noise meets noise."""
    ((best,),) = phrase_table(minilm, CATEGORY, tmp_path).top_k(minilm.encode(["텀블러"]), 1)
    assert best.cosine < 0.9


def test_exact() -> None:
    """The k nearest are those a plain loop finds, nearest first, and no more than there are."""
    random = np.random.default_rng(5)
    rows = random.normal(size=(9, 4)).astype(np.float32)
    table = LabelTable("f", "s", ("f/a", "f/b", "f/c"), rows, np.array([0, 2, 5]))
    queries = random.normal(size=(20, 4)).astype(np.float32)
    spans = {"f/a": rows[0:2], "f/b": rows[2:5], "f/c": rows[5:9]}
    for query, found in zip(queries, table.top_k(queries, 5), strict=True):
        by_hand = {term: max(float(row @ query) for row in span) for term, span in spans.items()}
        assert [scored.term for scored in found] == sorted(by_hand, key=by_hand.__getitem__)[::-1]
        for scored in found:
            assert scored.cosine == pytest.approx(by_hand[scored.term], abs=1e-5)


def test_photo_finds_its_colour(tmp_path: Path) -> None:
    """From picture to term, whole: a navy picture is nearest to a blue term."""
    encoder = SyntheticImageTextEncoder()
    table = prompt_table(encoder, load_vocabulary().facets["colour_name"], tmp_path)
    picture = Image.new("RGB", (64, 64), "#000080")
    ((best,),) = table.top_k(encoder.encode_images([picture]), 1)
    assert best.term == "colour_name/navy-blue"


class Interrupted(SyntheticImageTextEncoder):
    """Is stopped after some batches."""

    def __init__(self, batches: int) -> None:
        self.left = batches

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode until the time is over."""
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return super().encode_texts(texts)


def test_an_interrupted_build_goes_on(tmp_path: Path) -> None:
    """What was encoded before the interruption is not encoded again, and nothing is left over."""
    with pytest.raises(KeyboardInterrupt):
        prompt_table(Interrupted(4), CATEGORY, tmp_path)
    table = prompt_table(Interrupted(3), CATEGORY, tmp_path)
    whole = prompt_table(SyntheticImageTextEncoder(), CATEGORY, tmp_path / "fresh")
    assert np.array_equal(table.vectors, whole.vectors)
    assert [path.suffix for path in (tmp_path / "tables").iterdir()] == [".npz"]


@pytest.mark.parametrize("damage", [b"", b"half"])
def test_a_damaged_part_is_made_again(tmp_path: Path, damage: bytes) -> None:
    """A part that was not written whole counts as not there."""
    with pytest.raises(KeyboardInterrupt):
        prompt_table(Interrupted(2), CATEGORY, tmp_path)
    first = min((tmp_path / "tables").rglob("*.npy"))
    first.write_bytes(damage)
    table = prompt_table(SyntheticImageTextEncoder(), CATEGORY, tmp_path)
    whole = prompt_table(SyntheticImageTextEncoder(), CATEGORY, tmp_path / "fresh")
    assert np.array_equal(table.vectors, whole.vectors)

"""What every sentence encoder promises, on the bundled, the general and the synthetic one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from backlot.encoder.port import SentenceEncoder
from backlot.encoder.synthetic import SyntheticSentenceEncoder

TEXTS = ["Espresso cup, red ceramic", "garden hose", "a", "Steel tumbler, 500 ml, with a lid"]


@pytest.fixture(scope="module", params=["bundled", "sentence-transformers", "synthetic"])
def encoder(request: pytest.FixtureRequest) -> Iterator[SentenceEncoder]:
    """Each encoder in turn."""
    if request.param == "synthetic":
        yield SyntheticSentenceEncoder()
    else:
        fixture = "minilm" if request.param == "bundled" else "sentence_transformers_encoder"
        yield request.getfixturevalue(fixture)


class TestSentenceEncoders:
    """One class for the port."""

    def test_rows(self, encoder: SentenceEncoder) -> None:
        """A text gives one row of float32, `dim` wide and of length 1."""
        vectors = encoder.encode(TEXTS)
        assert vectors.dtype == np.float32
        assert vectors.shape == (len(TEXTS), encoder.dim)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_order(self, encoder: SentenceEncoder) -> None:
        """Rows come in the order of the texts, and company does not change a text."""
        together = encoder.encode(TEXTS[::-1])
        alone = np.concatenate([encoder.encode([text]) for text in TEXTS[::-1]])
        assert np.allclose(together, alone, atol=1e-5)

    def test_no_texts(self, encoder: SentenceEncoder) -> None:
        """No texts give no rows, of the right width."""
        assert encoder.encode([]).shape == (0, encoder.dim)

    @pytest.mark.parametrize("text", ["", "   ", "!?", "텀블러", "word " * 2000])
    def test_odd_texts(self, encoder: SentenceEncoder, text: str) -> None:
        """Empty, unreadable and endless texts still give a row of length 1."""
        (vector,) = encoder.encode([text])
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)

    def test_likeness(self, encoder: SentenceEncoder) -> None:
        """Texts about the same thing are nearer than texts about another."""
        mug, like_it, other = encoder.encode(
            ["red ceramic coffee mug", "a coffee mug in red ceramic", "rubber garden hose"]
        )
        assert mug @ like_it > mug @ other + 0.2

    def test_own_rows(self, encoder: SentenceEncoder) -> None:
        """What a caller does with its rows does not reach the next caller."""
        first = encoder.encode(["garden hose"])
        kept = first.copy()
        first[:] = 0
        assert np.array_equal(encoder.encode(["garden hose"]), kept)

    def test_threads(self, encoder: SentenceEncoder) -> None:
        """Threads that encode at the same time get what one alone gets."""
        texts = [[f"{text} number {number}" for text in TEXTS] for number in range(8)]
        with ThreadPoolExecutor(8) as pool:
            at_once = list(pool.map(encoder.encode, texts))
        for vectors, group in zip(at_once, texts, strict=True):
            assert np.allclose(vectors, encoder.encode(group), atol=1e-5)

    def test_space(self, encoder: SentenceEncoder) -> None:
        """The stamp says which kind, which model and which weights."""
        kind, rest = encoder.space.split(":", 1)
        name, weights = rest.split("@")
        assert kind == "sentence"
        assert name
        assert weights

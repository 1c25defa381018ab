"""The Socratic check: what the photo says of a brief's claims."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matcher_builders import VOCABULARY, brief, caption, matcher_of, work
from numpy.typing import NDArray

from backlot.blobs.memory import MemoryStore
from backlot.contracts.caption import Caption, EmbeddingRef
from backlot.contracts.match import Match
from backlot.encoder.calibration import (
    SHIPPED,
    Calibration,
    FacetCalibration,
    Provenance,
    calibration_for,
)
from backlot.encoder.port import Vectors
from backlot.encoder.synthetic import SyntheticImageTextEncoder
from backlot.encoder.tables import prompt_table
from backlot.encoder.weights import sha256_of
from services.matcher.adapters.vault import BlobVault
from services.matcher.engines import levels_of
from services.matcher.weights import Support, load_weights
from services.matcher.witness import VISUAL_FACETS, Witness

ENCODER = SyntheticImageTextEncoder()
STEEL, VELVET = "material/stainless-steel", "material/velvet"
SUPPORT = Support(least=0.9, unmeasured=0.4)
KEY = "jobs/job_0/caption/1-1/product.npy"


def photo_of(*words: str) -> Vectors:
    """The vector of a photo that shows these terms and nothing else: their prompts' mean."""
    facets = (VOCABULARY.facets[word.partition("/")[0]] for word in words)
    tables = [prompt_table(ENCODER, facet, Path("unused")) for facet in facets]
    rows = [t.vectors[t.terms.index(word)] for t, word in zip(tables, words, strict=True)]
    mean: Vectors = np.mean(rows, axis=0)
    return mean / np.linalg.norm(mean)


@pytest.fixture
def blobs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> MemoryStore:
    """An empty store; label tables go to a folder of their own."""
    monkeypatch.chdir(tmp_path)
    return MemoryStore()


def witness_of(blobs: MemoryStore, least: float = 0.5) -> Witness:
    """A witness that reads this store."""
    tables = {
        name: prompt_table(ENCODER, VOCABULARY.facets[name], Path("unused"))
        for name in VISUAL_FACETS
    }
    return Witness(BlobVault(blobs), tables, dict.fromkeys(VISUAL_FACETS, least))


def stored(blobs: MemoryStore, vector: NDArray[Any]) -> None:
    """Put a vector where the caption stage puts it."""
    out = BytesIO()
    np.save(out, vector.astype(np.float16), allow_pickle=False)
    blobs.put(KEY, out.getvalue(), "application/octet-stream")


def calibrated(silent: tuple[str, ...]) -> Calibration:
    """A calibration of which only the category has labels."""
    return Calibration(
        space=ENCODER.space,
        facets={
            name: FacetCalibration(
                scale=40, answer=0.5, raw=name != "product_category", silent=name in silent
            )
            for name in VISUAL_FACETS
        },
        provenance=Provenance(made="today", command="a test", data={}, n=1, seed=1, vocabulary="1"),
    )


def said(*words: str, space: str = ENCODER.space) -> Caption:
    """A caption whose photo's vector is stored."""
    ref = EmbeddingRef(key=KEY, space=space, dim=ENCODER.dim)
    plain = caption("product_category/insulated-tumbler", *words)
    return plain.model_copy(update={"embeddings": {"product": ref}})


class TestTestimony:
    """What one photo says of words."""

    def test_right_claims_stand_and_wrong_ones_fall(self, blobs: MemoryStore) -> None:
        """Planted: of every material, what the photo shows is supported, most others are not."""
        terms = [term.id for term in VOCABULARY.facets["material"].terms]
        wrong = right = 0
        for at, term in enumerate(terms):
            stored(blobs, photo_of(term))
            testimony = witness_of(blobs).asked(said())
            assert testimony is not None
            other = terms[(at + len(terms) // 2) % len(terms)]
            own, foreign = (brief(claims=[("facet", word)]).claims[0] for word in (term, other))
            right += not testimony.denies(own)
            wrong += testimony.denies(foreign)
        assert right == len(terms)
        assert wrong / len(terms) > 0.3  # half the facet lies below the middle by chance

    def test_only_what_was_seen_can_be_denied(self, blobs: MemoryStore) -> None:
        """A hint, a rule, advice and what no encoder sees are not the photo's to deny."""
        stored(blobs, photo_of(STEEL))
        testimony = witness_of(blobs, least=1.0).asked(said())
        assert testimony is not None
        grounds = [
            ("hint", "title"),
            ("rule", VELVET),
            ("advice", VELVET),
            ("facet", "mood/dramatic"),
        ]
        claims = brief(claims=grounds).claims  # type: ignore[arg-type]  # plain tuples of words
        assert not any(testimony.denies(claim) for claim in claims)

    @pytest.mark.parametrize("broken", ["gone", "other-space", "garbage", "other-length"])
    def test_a_photo_that_cannot_be_asked_says_nothing(
        self, blobs: MemoryStore, broken: str
    ) -> None:
        """No vector, one of another space, or no vector at all: the check is skipped."""
        if broken == "garbage":
            blobs.put(KEY, b"not an array", "application/octet-stream")
        elif broken != "gone":
            stored(blobs, np.ones(3) if broken == "other-length" else photo_of(STEEL))
        asked = said(space="another@1") if broken == "other-space" else said()
        assert witness_of(blobs).asked(asked) is None


class TestLevels:
    """Which facets are asked about, and from which place on a word counts as shown."""

    def test_without_a_calibration_every_facet_is_asked_mildly(self) -> None:
        """Nobody knows what the encoder sees."""
        assert levels_of(None, SUPPORT) == dict.fromkeys(VISUAL_FACETS, 0.4)

    def test_a_facet_the_encoder_does_not_see_is_not_asked_about(self) -> None:
        """Its order of words means nothing; where labels stood behind the fit, more is asked."""
        assert levels_of(calibrated(silent=("material",)), SUPPORT) == {
            "product_category": 0.9,
            "finish_texture": 0.4,
            "shape_size": 0.4,
        }

    def test_mini_is_asked_about_categories_alone(self) -> None:
        """So it was measured, see docs/decisions/0060-what-the-witness-is-asked.md."""
        space = f"mini@{sha256_of(SHIPPED / 'mini.safetensors')[:8]}"
        weights = load_weights()
        assert levels_of(calibration_for(space), weights.witness) == {
            "product_category": weights.witness.least
        }


class TestMatch:
    """The check within the stage."""

    def test_a_denied_claim_stays_as_advice(self, blobs: MemoryStore) -> None:
        """It no longer says that it was seen, is counted, and the versions name the witness."""
        stored(blobs, photo_of(STEEL))
        claimed = brief(claims=[("facet", STEEL), ("facet", VELVET)])
        least = witness_of(blobs, least=0.99)
        outcome = matcher_of(witness=least)(work(claimed, said=said(STEEL, VELVET)))
        assert isinstance(outcome.output, Match)
        kinds = {c.evidence.ref: c.evidence.kind for c in outcome.output.brief.claims}
        assert kinds == {STEEL: "facet", VELVET: "advice"}
        assert outcome.output.dropped_claims == 1
        assert outcome.versions["witness"] == ENCODER.space

    def test_the_candidate_that_the_photo_supports_is_chosen(self, blobs: MemoryStore) -> None:
        """Both rest on what the caption says; the photo tells them apart."""
        stored(blobs, photo_of(STEEL))
        wrong, right = brief(claims=[("facet", VELVET)]), brief(claims=[("facet", STEEL)])
        handler = matcher_of(witness=witness_of(blobs, least=0.99))
        output = handler(work(wrong, right, said=said(STEEL, VELVET))).output
        assert isinstance(output, Match)
        assert output.chosen == 1

    def test_a_sellers_brief_is_warned_about_and_not_trimmed(self, blobs: MemoryStore) -> None:
        """Their words stay as they are."""
        stored(blobs, photo_of(STEEL))
        sellers = brief(claims=[("facet", VELVET)], source="seller", variant="seller")
        handler = matcher_of(witness=witness_of(blobs, least=0.99))
        outcome = handler(work(sellers, said=said(VELVET)))
        assert isinstance(outcome.output, Match)
        assert outcome.output.brief == sellers
        assert "claims-not-seen" in {warning.code for warning in outcome.warnings}

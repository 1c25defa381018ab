"""What is seen: calibrated or marked raw, silent where unsure; plumbing, shown without weights."""

from pathlib import Path

import numpy as np
import pytest

from backlot.contracts.terms import FactSource
from backlot.encoder.calibration import Calibration, FacetCalibration, Provenance
from backlot.encoder.synthetic import SyntheticImageTextEncoder
from backlot.vocabulary import load_vocabulary
from backlot.vocabulary.phrases import lookup_key
from services.vision_worker.distractors import distractors_of
from services.vision_worker.looker import BLIND, CATEGORY, Looker, Views, near_terms

WORDS = load_vocabulary()
ENCODER = SyntheticImageTextEncoder()
SURE = FacetCalibration(scale=60, cutout_weight=0.5, answer=0.5, group=0.6)


def looker(folder: Path, **facets: FacetCalibration) -> Looker:
    """Looks with the encoder that needs no weights; this proves plumbing, not sight."""
    provenance = Provenance(
        made="2026-01-01", command="none", data={"none": 1}, n=1, seed=0, vocabulary=WORDS.version
    )
    calibration = Calibration(space=ENCODER.space, facets=facets, provenance=provenance)
    encoders = {"product": ENCODER, "scene": ENCODER}
    return Looker(WORDS, encoders, folder, [calibration] if facets else [])  # type: ignore[arg-type]


def saying(product: str | None, photo: str, quality: float = 1.0) -> Views:
    """Views of a photo that says some words, and a cut-out that says others."""
    whole = ENCODER.encode_texts([photo])
    cutout = None if product is None else ENCODER.encode_texts([product])
    return Views(cutout, whole, whole, quality)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Label tables, made once."""
    return tmp_path_factory.mktemp("tables")


def test_only_visible_facets_are_looked_at(folder: Path) -> None:
    """Staging facets are never read off the photo; without a calibration all scores are raw."""
    raw = looker(folder)
    assert set(raw.sights) == {n for n, facet in WORDS.facets.items() if facet.role == "seen"}
    seen = raw.look(saying("stainless steel", "stainless steel"))
    assert seen.facets["material"][0].term == "material/stainless-steel"
    for name, terms in seen.facets.items():
        assert len(terms) <= WORDS.facets[name].top_k
        assert all(term.raw and term.source is FactSource.SEEN for term in terms)


def test_calibrated_scores_are_not_raw(folder: Path) -> None:
    """With a calibration of this space the scores are marked as what they are."""
    seen = looker(folder, product_category=SURE).look(saying("coffee mug", "a coffee mug"))
    assert seen.facets[CATEGORY][0].term == "product_category/coffee-mug"
    assert not seen.facets[CATEGORY][0].raw
    assert seen.facets["material"][0].raw


def test_abstain(folder: Path) -> None:
    """Words that mean no product give no category and no group."""
    calm = SURE.model_copy(update={"scale": 15})
    seen = looker(folder, product_category=calm).look(saying("qqq zzz", "xxx jjj"))
    assert CATEGORY not in seen.facets
    assert seen.group is None


def test_distractors_win(folder: Path) -> None:
    """A bare wall is nothing to sell, though some product is always the nearest."""
    seen = looker(folder, product_category=SURE).look(saying(None, "a bare wall"))
    assert CATEGORY not in seen.facets


def test_roll_up(folder: Path) -> None:
    """Where the chairs share the answer among them, their group is it."""
    chairs = "dining chair, office chair, armchair, wooden bench, sofa"
    level = SURE.model_copy(update={"answer": 0.95, "group": 0.7, "scale": 25})
    seen = looker(folder, product_category=level).look(saying(None, chairs))
    assert CATEGORY not in seen.facets
    assert seen.group is not None
    assert seen.group.name == "Furniture"
    assert not seen.group.raw


def test_cutout_counts_by_its_quality(folder: Path) -> None:
    """A good cut-out outvotes a scene that names something else; a poor one does not."""
    sure = SURE.model_copy(update={"cutout_weight": 0.8, "answer": 0.2})
    looks = looker(folder, product_category=sure)
    best = {
        quality: looks.look(saying("wristwatch", "sofa", quality)).facets[CATEGORY][0].term
        for quality in (1.0, 0.2)
    }
    assert best == {1.0: "product_category/wristwatch", 0.2: "product_category/sofa"}


def test_thresholds(folder: Path) -> None:
    """Where several may hold, each has its own threshold; those below are not said."""
    table = looker(folder).sights["material"].table
    said = ENCODER.encode_texts(["brass and marble"])
    cosines = dict(zip(table.terms, table.cosines(said)[0], strict=True))
    rule = FacetCalibration(
        scale=200, cutout_weight=0, answer=0.5, raw=True,
        thresholds=dict.fromkeys(table.terms, 0.9)
        | {"material/brass": float(cosines["material/brass"]) - 0.05},
    )  # fmt: skip
    seen = looker(folder, material=rule).look(saying(None, "brass and marble"))
    assert [term.term for term in seen.facets["material"]] == ["material/brass"]
    assert seen.facets["material"][0].score > 0.99
    assert seen.facets["material"][0].raw


def test_silent_facets(folder: Path) -> None:
    """A facet for which the encoder is not to be asked is not there."""
    silent = SURE.model_copy(update={"silent": True})
    assert "mood" not in looker(folder, mood=silent).look(saying(None, "romantic mood")).facets


def test_without_encoders_nothing_is_seen(tmp_path: Path) -> None:
    """No image weights: no seen facets, and no table is made."""
    assert Looker(WORDS, {}, tmp_path).look(BLIND).facets == {}
    assert list(tmp_path.iterdir()) == []


def test_one_encoder_alone(tmp_path: Path) -> None:
    """With a scene encoder only, only what it sees is said."""
    whole = ENCODER.encode_texts(["romantic"])
    seen = Looker(WORDS, {"scene": ENCODER}, tmp_path).look(Views(None, None, whole, 0.0))
    assert set(seen.facets) <= {"style", "mood", "photo_condition"}
    assert seen.facets["mood"][0].term == "mood/romantic"


def test_distractors_are_not_for_sale() -> None:
    """No distractor is a word of the vocabulary, and each is a phrase that stands by itself."""
    for name in (CATEGORY, "material", "finish_texture"):
        facet = WORDS.facets[name]
        others = distractors_of(facet)
        assert others is not None
        sold = {
            lookup_key(words) for term in facet.terms for words in (term.label.en, *term.synonyms)
        }
        assert sold.isdisjoint(lookup_key(term.label.en) for term in others.terms)
        assert len(others.prompts(others.terms[0])) == len(facet.templates)
    assert distractors_of(WORDS.facets["mood"]) is None


def test_near_terms(folder: Path) -> None:
    """Which terms are near is symmetric, and never a term with itself."""
    for sight in looker(folder).sights.values():
        near = near_terms(sight.table)
        assert (near == near.T).all()
        assert not near.diagonal().any()
        assert near.mean() < 0.1


def test_same_alone_and_in_company(folder: Path) -> None:
    """The order of calls changes nothing."""
    looks = looker(folder)
    views = [saying("coffee mug", "a coffee mug"), saying(None, "a sofa")]
    first = [looks.look(view) for view in views]
    assert [looks.look(view) for view in reversed(views)] == first[::-1]
    assert np.isfinite([t.score for s in first for f in s.facets.values() for t in f]).all()

"""The whole evaluation, on encoders without models."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backlot.catalog import load_starter
from backlot.cli.evaluate import JUDGED, PHOTOS
from backlot.contracts.brief import Briefs
from backlot.contracts.errors import ConfigurationError
from backlot.encoder.synthetic import SyntheticSentenceEncoder
from backlot.vocabulary import load_vocabulary
from services.matcher.adapters.exact import ExactIndex
from services.matcher.evaluation.cases import Case, brief_by_hand, case_of, work_of
from services.matcher.evaluation.contest import BY_HAND, Contest, lesser
from services.matcher.evaluation.judgments import Judge, load_judges
from services.matcher.evaluation.photos import by_look, photos_in
from services.matcher.evaluation.report import OURS, Evaluation, line_of
from services.matcher.evaluation.systems import Stock
from services.matcher.library import sync
from services.matcher.match import Matcher
from services.matcher.port import VectorSpace
from services.matcher.stockroom import Stockroom
from services.matcher.weights import Weights, load_weights

VOCABULARY = load_vocabulary()
PLUMBING = 6


@cache
def judges() -> tuple[Judge, ...]:
    """Some judged products."""
    return load_judges(JUDGED, "dev", VOCABULARY)[:PLUMBING]


@cache
def cases() -> tuple[Case, ...]:
    """Cases whose briefs the judgments write: with them the ranking alone is judged."""
    made = []
    for judge in judges():
        case = case_of(judge, VOCABULARY)
        made.append(case.model_copy(update={"briefs": brief_by_hand(judge, VOCABULARY)}))
    return tuple(made)


@cache
def contest() -> Contest:
    """The starter library, in memory."""
    encoder, assets = SyntheticSentenceEncoder(), load_starter()
    index = ExactIndex(VectorSpace(encoder.space, encoder.dim))
    sync(index, assets, encoder, VOCABULARY)
    room = Stockroom(lambda: assets, VOCABULARY)

    def matcher_of(weights: Weights) -> Matcher:
        return Matcher(index, encoder, room, VOCABULARY, weights)

    return Contest(assets, encoder, VOCABULARY, load_weights(), matcher_of, seed=3)


@cache
def evaluation() -> Evaluation:
    """One evaluation."""
    found = contest().evaluate("dev", cases(), judges(), parts=False)
    return found.model_copy(update={"sweep": contest().sweep(cases())})


def test_the_judgments_own_briefs_beat_chance_by_far() -> None:
    """Planted: what the judgments ask for is what they grade highly."""
    systems = evaluation().systems
    assert systems[OURS].figures["ndcg5"].value > systems["random"].figures["ndcg5"].value + 0.2
    assert systems[OURS].figures == systems[BY_HAND].figures


def test_every_baseline_stands_in_the_table() -> None:
    """None is left out because it does well."""
    named = {"random", "most popular", "category lookup", "lexical only", "single vector"}
    assert set(evaluation().baselines) == named
    assert named <= set(evaluation().systems)


def test_no_constraint_is_broken() -> None:
    """Kind, what a brief avoids, and room."""
    assert evaluation().violations == 0
    sweep = evaluation().sweep
    assert sweep is not None
    assert sweep.violations == 0


def test_sets_nobody_is_shown_have_a_reason() -> None:
    """Six products cannot reach a library; every other set says why."""
    sweep = evaluation().sweep
    assert sweep is not None
    reached = round(sweep.library_share * evaluation().backgrounds)
    assert reached + len(sweep.unreached) == evaluation().backgrounds
    assert all(one.reason for one in sweep.unreached)


def test_the_last_line_can_be_read_by_a_script() -> None:
    """Every figure is key=value, without spaces but those between."""
    values = dict(pair.split("=", 1) for pair in line_of(evaluation()).split(" ") if "=" in pair)
    assert {"ndcg5", "bad5", "violations", "lead_low", "most_first"} <= values.keys()
    assert float(values["ndcg5"]) == pytest.approx(
        evaluation().systems[OURS].figures["ndcg5"].value, abs=1e-4
    )


def test_every_part_can_be_taken_away() -> None:
    """And what is left still makes a whole."""
    weights = load_weights()
    lesser_ones = dict(lesser(weights))
    assert set(weights.parts) <= set(lesser_ones)
    assert all(sum(one.parts.values()) == pytest.approx(1) for one in lesser_ones.values())


def test_a_case_without_briefs_is_refused() -> None:
    """Nobody ranks for a product nothing was written for."""
    bare = cases()[0].model_copy(update={"briefs": None})
    with pytest.raises(ValueError, match="nobody has written"):
        contest().sweep([bare])


def test_a_case_is_a_whole_job() -> None:
    """The caption and the briefs reach the handler as the line would hand them over."""
    case = cases()[0]
    assert case.briefs is not None
    job = work_of(case, case.briefs)
    assert {stage.value for stage in job.outputs} == {"caption", "refine"}
    assert Briefs.model_validate_json(job.outputs[next(s for s in job.outputs if s == "refine")])


def test_a_baseline_that_looks_is_held_against_ours_on_what_it_can_see() -> None:
    """Planted: a photo exactly like the previews of the best set puts that set first."""
    able = [case.id for case in cases()[:2]]
    stocked = Stock(load_starter(), VOCABULARY)
    best = {case.id: stocked.of(case)[0].id for case in cases()[:2]}
    axes = np.eye(3, dtype=np.float32)
    views = dict.fromkeys(best.values(), axes[:2])
    looks = dict.fromkeys(able, axes[1])
    look = by_look(stocked, views, looks)
    assert [look(case)[0] for case in cases()[:2]] == [best[name] for name in able]
    found = contest().evaluate(
        "dev", cases(), judges(), seeing={"direct": (look, able)}, parts=False
    )
    report = found.systems["direct"]
    assert report.figures["ndcg5"].n == 2
    assert report.lead is not None
    assert "direct" not in found.baselines


def test_photos_are_found_by_category(tmp_path: Path) -> None:
    """By the list of the samples that ship, or by file names; an empty folder is refused."""
    assert "coffee-mug" in photos_in(PHOTOS)
    Image.new("RGB", (8, 8)).save(tmp_path / "wristwatch.png")
    assert photos_in(tmp_path) == {"wristwatch": tmp_path / "wristwatch.png"}
    (tmp_path / "wristwatch.png").unlink()
    with pytest.raises(ConfigurationError):
        photos_in(tmp_path)

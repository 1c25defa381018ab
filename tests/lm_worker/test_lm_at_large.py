"""Two hundred products at one fixed seed: valid, grounded, free of faults, and different."""

import re
from collections import Counter

import pytest
from lm_builders import many_facts, stylist

from backlot.contracts.brief import Briefs, StudioBrief
from services.lm_worker.facts import ProductFacts
from services.lm_worker.guards import check
from services.lm_worker.stylist.rulebook import shipped_rulebook

Made = list[tuple[ProductFacts, tuple[StudioBrief, ...]]]


@pytest.fixture(scope="module")
def made() -> Made:
    """Two hundred products with their briefs."""
    writer = stylist()
    return [(known, writer.briefs(known)) for known in many_facts(200)]


def test_every_brief_is_valid(made: Made) -> None:
    """Each survives a round trip through its schema, unchanged."""
    for _, briefs in made:
        output = Briefs(candidates=briefs)
        assert Briefs.model_validate_json(output.model_dump_json()) == output


def test_the_guards_find_nothing(made: Made) -> None:
    """No unknown word, contradiction, forbidden claim, unseen material or wrong length."""
    rulebook = shipped_rulebook()
    found = [
        (finding, brief.prose)
        for known, briefs in made
        for brief in briefs
        for finding in check(brief, known, rulebook)
    ]
    assert not found


def test_every_claim_has_its_evidence(made: Made) -> None:
    """Facets, measures and hints are in the facts with that score; rules are in the rulebook."""
    names = shipped_rulebook().rule_names
    for known, briefs in made:
        scores = {fact.term: fact.score for fact in known.seen}
        for claim in (claim for brief in briefs for claim in brief.claims):
            evidence = claim.evidence
            if evidence.kind == "rule":
                assert evidence.ref in names
            elif evidence.kind != "advice":
                assert known.supports(evidence)
            if evidence.kind == "facet":
                assert evidence.score == scores[evidence.ref]


def test_recommendations_differ(made: Made) -> None:
    """At least 150 of 200 products get a set, light, camera, mood and props of their own."""
    combinations = {
        (
            briefs[0].settings[0],
            briefs[0].lighting.types[0],
            briefs[0].technique.types[0],
            briefs[0].moods[:1],
            tuple(prop.term for prop in briefs[0].props),
        )
        for _, briefs in made
    }
    assert len(combinations) >= 150


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_sentence_is_everywhere(made: Made, language: str) -> None:
    """No sentence of the prose is shared by more than one product in twenty."""
    shared: Counter[str] = Counter()
    for _, briefs in made:
        texts = (getattr(brief.prose, language) for brief in briefs)
        shared.update({one for text in texts for one in re.split(r"(?<=[.!?])\s+", text)})
    sentence, count = shared.most_common(1)[0]
    assert count <= len(made) * 0.05, sentence


def test_no_set_swallows_the_others(made: Made) -> None:
    """The safe candidate is not the same studio for everybody."""
    firsts = Counter(briefs[0].settings[0] for _, briefs in made)
    assert firsts.most_common(1)[0][1] <= len(made) * 0.3
    assert len({brief.settings[0] for _, briefs in made for brief in briefs}) >= 40

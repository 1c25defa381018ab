"""The schema a model answers in, and what becomes of its answer."""

import json
from typing import Any

from lm_builders import TUMBLER, facts, stylist

from backlot.contracts.brief import Usage
from backlot.vocabulary import load_vocabulary
from services.lm_worker.draft import LlmAnswer, LlmBrief, answer_schema
from services.lm_worker.fake import draft_of
from services.lm_worker.grounding import grounded

SCHEMA = answer_schema(load_vocabulary())


def _nodes(node: Any) -> list[dict[str, Any]]:
    """Every object inside a schema."""
    if isinstance(node, list):
        return [one for item in node for one in _nodes(item)]
    if not isinstance(node, dict):
        return []
    return [node, *(one for item in node.values() for one in _nodes(item))]


def _draft(**changes: Any) -> LlmBrief:
    draft = draft_of(stylist().briefs(facts(TUMBLER))[0])
    return LlmBrief.model_validate({**draft.model_dump(), **changes})


class TestSchema:
    """What the model is asked to fill in."""

    def test_is_closed_and_complete(self) -> None:
        """Strict answers need every field required and no other field allowed."""
        for node in _nodes(SCHEMA):
            if node.get("type") == "object":
                assert node["additionalProperties"] is False
                assert node["required"] == list(node["properties"])

    def test_has_no_limits_an_endpoint_may_refuse(self) -> None:
        """Lengths and ranges are checked by us; some endpoints refuse schemas with them."""
        refused = {
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "minimum",
            "maximum",
            "default",
        }
        assert not [node for node in _nodes(SCHEMA) if refused & node.keys()]

    def test_spells_out_the_vocabulary_once(self) -> None:
        """Terms are enums behind references, and all of a facet's terms are there."""
        lights = {term.id for term in load_vocabulary().facets["lighting"].terms}
        assert set(SCHEMA["$defs"]["lighting"]["enum"]) == lights
        assert json.dumps(SCHEMA).count('"lighting/large-softbox"') == 2

    def test_stays_small(self) -> None:
        """At most 1000 enum values, which is what structured answers allow, and under 24 kB."""
        values = sum(len(node["enum"]) for node in _nodes(SCHEMA) if "enum" in node)
        assert values <= 1000
        assert len(json.dumps(SCHEMA)) < 24_000

    def test_a_fake_answer_follows_it(self) -> None:
        """What the fake gives is an answer like any other."""
        drafts = [draft_of(brief) for brief in stylist().briefs(facts(TUMBLER))]
        answer = {"briefs": [draft.model_dump(mode="json") for draft in drafts]}
        assert LlmAnswer.model_validate_json(json.dumps(answer)).briefs == tuple(drafts)


class TestGrounding:
    """What becomes of a draft."""

    def test_labels_become_ids(self) -> None:
        """A model that writes a label instead of an id is understood."""
        brief = grounded(
            _draft(settings=["a marble tabletop"], lighting=["large softbox"]),
            facts(TUMBLER),
            load_vocabulary(),
            Usage(),
        )
        assert brief is not None
        assert brief.settings == ("setting_studio/marble-tabletop",)
        assert brief.lighting.types == ("lighting/large-softbox",)

    def test_unknown_words_are_dropped(self) -> None:
        """What the vocabulary does not have does not travel on."""
        brief = grounded(
            _draft(moods=["mood/smug", "mood/calm-and-serene"], backdrop=["colour_name/ultra"]),
            facts(TUMBLER),
            load_vocabulary(),
            Usage(),
        )
        assert brief is not None
        assert brief.moods == ("mood/calm-and-serene",)
        assert brief.backdrop == ()

    def test_a_color_without_a_value_paints_nothing(self) -> None:
        """A set may be multicolored; that paints no shade."""
        brief = grounded(
            _draft(backdrop=["colour_name/multicolored"], palette=["colour_name/white"]),
            facts(TUMBLER),
            load_vocabulary(),
            Usage(),
        )
        assert brief is not None
        assert len(brief.palette.hexes) == 1

    def test_an_empty_slot_that_matters_gives_no_brief(self) -> None:
        """Without a known set there is nothing to search for."""
        assert (
            grounded(_draft(settings=["nowhere"]), facts(TUMBLER), load_vocabulary(), Usage())
            is None
        )

    def test_reasons_point_to_facts_or_are_advice(self) -> None:
        """An invented fact id makes a reason advice; a real one carries its score."""
        reason = {"slot": "lighting", "en": "x", "ko": "x"}
        brief = grounded(
            _draft(
                reasons=[
                    {**reason, "fact": "material/stainless-steel"},
                    {**reason, "fact": "lightness"},
                    {**reason, "fact": "f99"},
                ]
            ),
            facts(TUMBLER),
            load_vocabulary(),
            Usage(),
        )
        assert brief is not None
        assert [claim.evidence.kind for claim in brief.claims] == ["facet", "measured", "advice"]
        assert brief.claims[0].evidence.score == 0.8

"""The writer port: the fake and the OpenAI adapter keep the same promises."""

from collections.abc import Iterator

import pytest
from lm_builders import TUMBLER, UNKNOWN, facts, stylist
from pydantic import SecretStr
from stub_llm import StubLlm, answering

from backlot.contracts.brief import Usage
from backlot.contracts.errors import CanceledError
from backlot.vocabulary import load_vocabulary
from services.lm_worker.adapters.openai_chat import Endpoint, OpenAiWriter
from services.lm_worker.fake import FakeWriter, draft_of
from services.lm_worker.prices import shipped_prices
from services.lm_worker.stylist.rulebook import shipped_rulebook
from services.lm_worker.writer import Errand, Writer


def _go_on() -> None:
    """Let the stage go on."""


@pytest.fixture(params=["fake", "openai"])
def writer(request: pytest.FixtureRequest, stub_llm: StubLlm) -> Iterator[Writer]:
    """Either writer, ready."""
    if request.param == "fake":
        yield FakeWriter(stylist())
        return
    drafts = [draft_of(brief) for brief in stylist().briefs(facts(TUMBLER))]
    stub_llm.behave(answering(drafts))
    endpoint = Endpoint(base_url=stub_llm.base_url, model="stub", api_key=SecretStr("k"))
    real = OpenAiWriter(endpoint, load_vocabulary(), shipped_prices())
    yield real
    real.close()


class TestWriter:
    """What every writer promises."""

    def test_gives_different_candidates(self, writer: Writer) -> None:
        """Three were asked for, three variants come."""
        drafts = writer.write(facts(TUMBLER), 3, _go_on)
        assert [draft.variant for draft in drafts.briefs] == ["safe", "bold", "lifestyle"]

    def test_speaks_the_vocabulary(self, writer: Writer) -> None:
        """Slots hold terms of the vocabulary."""
        vocabulary = load_vocabulary()
        for draft in writer.write(facts(TUMBLER), 3, _go_on).briefs:
            for term in (*draft.settings, *draft.lighting, *draft.technique, *draft.moods):
                assert vocabulary.has(term)

    def test_says_what_it_cost(self, writer: Writer) -> None:
        """Tokens and model are recorded."""
        usage = writer.write(facts(TUMBLER), 3, _go_on).usage
        assert usage.model
        assert usage.prompt_tokens > 0
        assert usage.completion_tokens > 0
        assert usage.cost_usd >= 0

    def test_presents_the_bill(self, writer: Writer) -> None:
        """Whoever ordered is told once what was spent."""
        bill: list[Usage] = []
        usage = writer.write(facts(TUMBLER), 3, _go_on, Errand(paid=bill.append)).usage
        assert bill == [usage]

    def test_names_its_model_and_prompt(self, writer: Writer) -> None:
        """The job's record can say how a brief was made."""
        assert {"model", "prompt"} <= writer.versions.keys()

    def test_is_repeatable(self, writer: Writer) -> None:
        """The same facts get the same answer from an endpoint that answers the same."""
        first = writer.write(facts(UNKNOWN), 3, _go_on)
        assert writer.write(facts(UNKNOWN), 3, _go_on) == first

    def test_stops_before_spending_when_told_to(self, writer: Writer, stub_llm: StubLlm) -> None:
        """A canceled job pays for nothing."""

        def stop() -> None:
            raise CanceledError

        with pytest.raises(CanceledError):
            writer.write(facts(TUMBLER), 3, stop)
        assert stub_llm.requests == []


def test_the_fake_keeps_to_what_lights_can_do() -> None:
    """What the fake writes could come from a model that follows every rule."""
    drafts = FakeWriter(stylist()).write(facts(TUMBLER), 3, _go_on)
    lights = shipped_rulebook().lights
    assert all(
        lights[draft.lighting[0]].low <= draft.kelvin <= lights[draft.lighting[0]].high
        for draft in drafts.briefs
    )

"""The OpenAI adapter against an endpoint that misbehaves in every way."""

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from lm_builders import TUMBLER, facts, stylist
from pydantic import SecretStr
from stub_llm import (
    Behaviour,
    StubLlm,
    answering,
    completion,
    cutting,
    failing,
    hanging,
    raw,
    saying,
    trickling,
)

from backlot.contracts.brief import Usage
from backlot.contracts.errors import (
    CanceledError,
    PermanentStageError,
    StageError,
    TransientStageError,
)
from backlot.vocabulary import load_vocabulary
from services.lm_worker.adapters.openai_chat import Endpoint, OpenAiWriter
from services.lm_worker.breaker import Breaker
from services.lm_worker.errors import (
    LlmBrokenJsonError,
    LlmBusyError,
    LlmCutShortError,
    LlmEmptyError,
    LlmFilteredError,
    LlmPausedError,
    LlmRefusedError,
    LlmRejectedError,
    LlmSlowError,
    LlmTooLongError,
    LlmUnavailableError,
    LlmWrongShapeError,
)
from services.lm_worker.fake import draft_of
from services.lm_worker.prices import shipped_prices
from services.lm_worker.writer import Drafts, Errand

KEY = "sk-very-secret-0123456789"
CANARY = "CANARY-TITLE-31337"
KNOWN = facts(TUMBLER, title=CANARY)
DRAFTS = [draft_of(brief) for brief in stylist().briefs(KNOWN)]
GOOD = answering(DRAFTS)


def _go_on() -> None:
    """Let the stage go on."""


Maker = Callable[..., OpenAiWriter]


@pytest.fixture
def make(stub_llm: StubLlm) -> Iterator[Maker]:
    """Makes writers for the stub and closes them."""
    made: list[OpenAiWriter] = []

    def writer(breaker: Breaker | None = None, **changes: object) -> OpenAiWriter:
        settings: dict[str, object] = {
            "base_url": stub_llm.base_url,
            "model": "gpt-5-mini",
            "api_key": SecretStr(KEY),
            **changes,
        }
        made.append(
            OpenAiWriter(
                Endpoint(**settings),  # type: ignore[arg-type]
                load_vocabulary(),
                shipped_prices(),
                breaker,
            )
        )
        return made[-1]

    yield writer
    for one in made:
        one.close()


def failure(writer: OpenAiWriter) -> StageError:
    """What a call fails with."""
    with pytest.raises(StageError) as caught:
        writer.write(KNOWN, 3, _go_on)
    return caught.value


class TestRequest:
    """What is sent."""

    def test_is_one_call_with_a_strict_schema(self, make: Maker, stub_llm: StubLlm) -> None:
        """All candidates come from a single request; never one after the other."""
        stub_llm.behave(GOOD)
        assert len(make().write(KNOWN, 3, _go_on).briefs) == 3
        (asked,) = stub_llm.requests
        assert asked.path == "/v1/chat/completions"
        assert asked.headers["authorization"] == f"Bearer {KEY}"
        form = asked.body["response_format"]
        assert form["type"] == "json_schema"
        assert form["json_schema"]["strict"] is True
        assert asked.body["max_completion_tokens"] == 4000
        assert "temperature" not in asked.body
        assert json.loads(asked.body["messages"][1]["content"])["wanted"]["candidates"] == 3

    def test_speaks_to_older_endpoints_too(self, make: Maker, stub_llm: StubLlm) -> None:
        """Name of the token limit and temperature follow the settings; no key is needed."""
        stub_llm.behave(GOOD)
        writer = make(limit_parameter="max_tokens", temperature=0.5, api_key=SecretStr(""))
        writer.write(KNOWN, 3, _go_on)
        assert stub_llm.requests[0].body["max_tokens"] == 4000
        assert stub_llm.requests[0].body["temperature"] == 0.5

    def test_tokens_and_cost_are_recorded(self, make: Maker, stub_llm: StubLlm) -> None:
        """From the reply's own figures and the price table, cached tokens at their rate."""
        stub_llm.behave(answering(DRAFTS, cached=400))
        usage = make().write(KNOWN, 3, _go_on).usage
        assert (usage.prompt_tokens, usage.completion_tokens) == (1000, 200)
        assert usage.cost_usd == pytest.approx((600 * 0.25 + 400 * 0.025 + 200 * 2.0) / 1e6)


class TestTransient:
    """What may work later."""

    @pytest.mark.parametrize(
        ("name", "wait", "least", "most"),
        [
            ("retry-after", "300", 300, 300),
            ("retry-after-ms", "1200", 1.2, 1.2),
            ("retry-after", timedelta(hours=1), 3000, 3600),
        ],
    )
    def test_busy_says_when_to_come_back(
        self,
        make: Maker,
        stub_llm: StubLlm,
        name: str,
        wait: str | timedelta,
        least: float,
        most: float,
    ) -> None:
        """429 is put off by what the endpoint asks for, in all three spellings, and at once."""
        value = wait if isinstance(wait, str) else format_datetime(datetime.now(UTC) + wait)
        stub_llm.behave(failing(429, {name: value}))
        error = failure(make())
        assert isinstance(error, LlmBusyError)
        assert error.retry_after_s is not None
        assert least <= error.retry_after_s <= most
        assert len(stub_llm.requests) == 1

    def test_busy_without_a_time_leaves_it_to_the_line(
        self, make: Maker, stub_llm: StubLlm
    ) -> None:
        """No number is invented."""
        stub_llm.behave(failing(429))
        error = failure(make())
        assert isinstance(error, TransientStageError)
        assert error.retry_after_s is None

    @pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 409])
    def test_a_failing_endpoint_may_be_tried_again(
        self, make: Maker, stub_llm: StubLlm, status: int
    ) -> None:
        """The client library's own retries are off: one request, one failure."""
        stub_llm.behave(failing(status))
        assert isinstance(failure(make()), LlmUnavailableError)
        assert len(stub_llm.requests) == 1

    @pytest.mark.parametrize("behaviour", [cutting, raw(b"<html>gateway</html>"), raw(b"")])
    def test_a_broken_reply_may_be_tried_again(
        self, make: Maker, stub_llm: StubLlm, behaviour: Behaviour
    ) -> None:
        """A cut stream or a proxy's page is the endpoint's fault, not the product's."""
        stub_llm.behave(behaviour)
        assert isinstance(failure(make()), LlmUnavailableError)

    def test_nobody_there(self, make: Maker) -> None:
        """A refused connection may be tried again."""
        error = failure(make(base_url="http://127.0.0.1:9/v1"))
        assert isinstance(error, LlmUnavailableError)
        assert error.reason == "llm-unreachable"

    @pytest.mark.parametrize("behaviour", [hanging, trickling])
    def test_one_deadline_holds_for_silence_and_for_a_trickle(
        self, make: Maker, stub_llm: StubLlm, behaviour: Behaviour
    ) -> None:
        """Bytes that keep coming, one by one, do not buy time."""
        stub_llm.behave(behaviour)
        error = failure(make(timeout_s=0.4))
        assert isinstance(error, LlmSlowError)
        assert error.reason == "llm-slow"


class TestOutage:
    """An endpoint that is down for long."""

    @pytest.mark.parametrize("behaviour", [failing(429), failing(503), cutting])
    def test_is_soon_left_alone(self, make: Maker, stub_llm: StubLlm, behaviour: Behaviour) -> None:
        """Four threads and a hundred jobs make ten calls at most; the others are turned away."""
        now_s = [0.0]
        stub_llm.behave(behaviour)
        writer = make(breaker=Breaker(clock=lambda: now_s[0]))
        with ThreadPoolExecutor(4) as threads:
            errors = list(threads.map(lambda _: failure(writer), range(100)))
        calls = len(stub_llm.requests)
        assert calls <= 10
        assert sum(isinstance(error, LlmPausedError) for error in errors) == 100 - calls
        for second in range(1, 6):
            now_s[0] = float(second)
            for _ in range(20):
                failure(writer)
            assert len(stub_llm.requests) == calls + second

    def test_is_over_with_the_first_good_answer(self, make: Maker, stub_llm: StubLlm) -> None:
        """The probe's own job gets its briefs, and so does the next."""
        now_s = [0.0]
        stub_llm.behave(*[failing(500)] * 5, GOOD)
        writer = make(breaker=Breaker(failures=5, clock=lambda: now_s[0]))
        for _ in range(5):
            failure(writer)
        assert isinstance(failure(writer), LlmPausedError)
        now_s[0] = 1.0
        assert [len(writer.write(KNOWN, 3, _go_on).briefs) for _ in range(2)] == [3, 3]

    def test_silence_counts_too(self, make: Maker, stub_llm: StubLlm) -> None:
        """Our own deadline is a failure of the endpoint."""
        stub_llm.behave(hanging)
        writer = make(timeout_s=0.05, breaker=Breaker(failures=2))
        assert [type(failure(writer)) for _ in range(3)] == [LlmSlowError] * 2 + [LlmPausedError]

    def test_bad_answers_are_no_outage(self, make: Maker, stub_llm: StubLlm) -> None:
        """A model that refuses everything is still there."""
        stub_llm.behave(saying(None, refusal="no"))
        writer = make(breaker=Breaker(failures=2))
        assert [type(failure(writer)) for _ in range(5)] == [LlmRefusedError] * 5


class TestPermanent:
    """What will not work."""

    @pytest.mark.parametrize(
        ("behaviour", "kind"),
        [
            (failing(401), LlmRejectedError),
            (failing(404), LlmRejectedError),
            (failing(400), LlmRejectedError),
            (failing(429, code="insufficient_quota"), LlmRejectedError),
            (failing(400, code="content_filter"), LlmFilteredError),
            (saying(None, refusal="I cannot help with that."), LlmRefusedError),
            (saying("{}", finish="length"), LlmCutShortError),
            (saying(None, finish="content_filter"), LlmFilteredError),
            (saying(""), LlmEmptyError),
            (saying(None), LlmEmptyError),
            (raw(b'{"choices": []}'), LlmEmptyError),
        ],
    )
    def test_each_way_has_its_own_error(
        self,
        make: Maker,
        stub_llm: StubLlm,
        behaviour: Behaviour,
        kind: type[PermanentStageError],
    ) -> None:
        """Refusal, length stop, filter, emptiness and rejection are told apart, and not retried."""
        stub_llm.behave(behaviour)
        assert type(failure(make())) is kind
        assert len(stub_llm.requests) == 1

    def test_a_flood_is_not_read_to_its_end(self, make: Maker, stub_llm: StubLlm) -> None:
        """A megabyte of text is refused after the allowed part."""
        stub_llm.behave(raw(completion("x" * 1_000_000)))
        assert isinstance(failure(make()), LlmTooLongError)


class TestRepair:
    """The second chance."""

    @pytest.mark.parametrize("broken", ['{"briefs": [', "Sure! Here is your brief.", '{"plan": 1}'])
    def test_one_repair_is_asked_for(self, make: Maker, stub_llm: StubLlm, broken: str) -> None:
        """Broken JSON or another shape gets one more chance, and both calls are paid for."""
        stub_llm.behave(saying(broken), GOOD)
        drafts = make().write(KNOWN, 3, _go_on)
        assert isinstance(drafts, Drafts)
        assert len(drafts.briefs) == 3
        assert drafts.usage.prompt_tokens == 2000
        repair = stub_llm.requests[1].body["messages"]
        assert [message["role"] for message in repair] == ["system", "user", "assistant", "user"]
        assert repair[2]["content"] == broken

    @pytest.mark.parametrize(
        ("broken", "kind"),
        [('{"briefs": [', LlmBrokenJsonError), ('{"plan": 1}', LlmWrongShapeError)],
    )
    def test_a_second_broken_answer_is_final(
        self, make: Maker, stub_llm: StubLlm, broken: str, kind: type[PermanentStageError]
    ) -> None:
        """There is no third call."""
        stub_llm.behave(saying(broken))
        assert type(failure(make())) is kind
        assert len(stub_llm.requests) == 2

    @pytest.mark.parametrize(
        "second", [saying("still not"), failing(500), saying("", finish="length")]
    )
    def test_a_useless_answer_is_paid_for_all_the_same(
        self, make: Maker, stub_llm: StubLlm, second: Behaviour
    ) -> None:
        """The bill is presented before the error."""
        stub_llm.behave(saying("nope"), second)
        bill: list[Usage] = []
        with pytest.raises(StageError):
            make().write(KNOWN, 3, _go_on, Errand(paid=bill.append))
        assert bill[0].prompt_tokens >= 1000
        assert len(bill) == 1

    def test_a_canceled_job_is_not_repaired(self, make: Maker, stub_llm: StubLlm) -> None:
        """Cancel between the calls stops the spending."""
        stub_llm.behave(saying("nope"), GOOD)
        calls = iter([None, CanceledError()])

        def checkpoint() -> None:
            error = next(calls)
            if error is not None:
                raise error

        with pytest.raises(CanceledError):
            make().write(KNOWN, 3, checkpoint)
        assert len(stub_llm.requests) == 1


class TestSecrecy:
    """What is never shown."""

    @pytest.mark.parametrize(
        "behaviour", [GOOD, failing(500), failing(401), saying("nope"), saying(CANARY)]
    )
    def test_neither_key_nor_prompt_is_logged_or_raised(
        self,
        make: Maker,
        stub_llm: StubLlm,
        behaviour: Behaviour,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """Not even at debug level, and not in an error's text."""
        caplog.set_level(logging.DEBUG)
        stub_llm.behave(behaviour)
        said = ""
        try:
            make().write(KNOWN, 3, _go_on)
        except StageError as error:
            said = f"{error!r} {error}"
        everything = said + caplog.text + repr(make())
        assert KEY not in everything
        assert CANARY not in everything

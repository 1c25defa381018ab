"""Candidate briefs from an OpenAI-compatible endpoint: one call, a strict schema, our own clock."""

import asyncio
import base64
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from threading import Thread
from typing import Any, TypeVar

import anyio
from pydantic import SecretStr, ValidationError

from backlot.contracts.brief import Usage
from backlot.contracts.errors import MissingExtraError
from backlot.vocabulary import Vocabulary
from services.lm_worker.adapters.outcomes import Reply, TokenUsage, content_of, error_of_status
from services.lm_worker.breaker import Breaker
from services.lm_worker.draft import LlmAnswer, answer_schema
from services.lm_worker.errors import (
    LlmBrokenJsonError,
    LlmSlowError,
    LlmTooLongError,
    LlmUnavailableError,
    LlmWrongShapeError,
)
from services.lm_worker.facts import ProductFacts
from services.lm_worker.prices import PriceTable
from services.lm_worker.prompt import PHOTO_VERSION, PROMPT_VERSION, system_prompt, user_message
from services.lm_worker.writer import NO_ERRAND, Drafts, Errand

try:
    import httpx2
    import openai
except ImportError as error:
    raise MissingExtraError("openai", "lm") from error

_CONNECT_S = 5.0
# How much of a broken answer is sent back for repair; more costs tokens and helps nobody.
_SHOWN_CHARACTERS = 12_000
_MOST_COMPLAINTS = 8
Messages = list[dict[str, Any]]


@dataclass(frozen=True)
class Endpoint:
    """Where the model is and how it is asked.

    Attributes:
        limit_parameter: Name under which the endpoint takes the limit of answer tokens.
        temperature: None leaves it out; some models refuse it.
        timeout_s: For everything together: connecting, waiting, reading, and one repair.
        max_reply_bytes: A reply is read up to here and no further.
        sees_photo: The model takes pictures, and is to be shown the product's.
    """

    base_url: str
    model: str
    api_key: SecretStr
    timeout_s: float = 20.0
    max_tokens: int = 4000
    limit_parameter: str = "max_completion_tokens"
    temperature: float | None = None
    max_reply_bytes: int = 262_144
    sees_photo: bool = False


Result = TypeVar("Result")


class OpenAiWriter:
    """Writes candidates with a chat model.

    The calls run on one event loop of their own, so that a single deadline holds whatever the
    endpoint does (a slow trickle of bytes passes every read timeout), connections are reused, and
    worker threads can share it. Call `close` when done.

    Args:
        endpoint: Where and how to ask.
        vocabulary: The words an answer may use.
        prices: What tokens cost.
        breaker: Holds calls back while the endpoint fails; one for all threads.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        vocabulary: Vocabulary,
        prices: PriceTable,
        breaker: Breaker | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._prices = prices
        self._breaker = breaker or Breaker()
        self._format: dict[str, Any] = {
            "type": "json_schema",
            "json_schema": {
                "name": "studio_briefs",
                "strict": True,
                "schema": answer_schema(vocabulary),
            },
        }
        # A daemon, as a worker that is told to stop must not wait for a loop that nobody ends.
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="lm-writer", daemon=True)
        self._thread.start()
        self._client = openai.AsyncOpenAI(
            base_url=endpoint.base_url,
            api_key=endpoint.api_key.get_secret_value() or "none",
            max_retries=0,
            timeout=httpx2.Timeout(endpoint.timeout_s, connect=_CONNECT_S),
        )
        # Loads the rest of the client library now, and not within the first job.
        self._create: Any = self._client.chat.completions.with_streaming_response.create

    @property
    def versions(self) -> Mapping[str, str]:
        """Model, prompt and price table."""
        return {
            "model": self._endpoint.model,
            "prompt": _prompt_version(shown=self._endpoint.sees_photo),
            "prices": self._prices.note(self._endpoint.model),
        }

    def write(
        self,
        facts: ProductFacts,
        n: int,
        checkpoint: Callable[[], None],
        errand: Errand = NO_ERRAND,
    ) -> Drafts:
        """Write up to n candidates in one call; one more call if the answer needs repair."""
        checkpoint()
        photo = errand.photo if self._endpoint.sees_photo else None
        messages = _messages(facts, n, photo)
        used: list[TokenUsage] = []
        try:
            answer = self._on_loop(self._write(messages, checkpoint, used))
        finally:
            if used:
                errand.paid(self._usage(used))
        return Drafts(briefs=answer.briefs, usage=self._usage(used))

    def close(self) -> None:
        """Close the connections and the event loop."""
        self._on_loop(self._client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _on_loop(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run on the writer's loop and wait for it here."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _write(
        self, messages: Messages, checkpoint: Callable[[], None], used: list[TokenUsage]
    ) -> LlmAnswer:
        try:
            with anyio.fail_after(self._endpoint.timeout_s):
                return await self._answered(messages, checkpoint, used)
        except TimeoutError:
            detail = f"No answer within {self._endpoint.timeout_s:g} s."
            raise LlmSlowError("llm-slow", detail) from None

    async def _answered(
        self, messages: Messages, checkpoint: Callable[[], None], used: list[TokenUsage]
    ) -> LlmAnswer:
        text = await self._text(messages, used)
        try:
            return LlmAnswer.model_validate_json(text)
        except ValidationError as error:
            complaint = _complaint(error)
        checkpoint()
        repair: Messages = [
            *messages,
            {"role": "assistant", "content": text[:_SHOWN_CHARACTERS]},
            {"role": "user", "content": complaint},
        ]
        try:
            return LlmAnswer.model_validate_json(await self._text(repair, used))
        except ValidationError as error:
            raise _lasting(error) from None

    async def _text(self, messages: Messages, used: list[TokenUsage]) -> str:
        """Make one call and note its tokens, whether or not there is an answer in the reply."""
        with self._breaker.watching():
            reply = await self._call(messages)
        used.append(reply.usage or TokenUsage())
        return content_of(reply)

    async def _call(self, messages: Messages) -> Reply:
        """Make one call; every way it can fail becomes an error of this service."""
        try:
            return _reply(await self._read(messages))
        except openai.APIStatusError as error:
            raise error_of_status(error.status_code, error.code, error.response.headers) from None
        except openai.APITimeoutError:
            raise LlmSlowError("llm-slow", "The language model did not answer in time.") from None
        except (openai.APIConnectionError, httpx2.HTTPError) as error:
            detail = f"The language model could not be reached ({type(error).__name__})."
            raise LlmUnavailableError("llm-unreachable", detail) from None

    async def _read(self, messages: Messages) -> bytes:
        """Return the body of a reply, read no further than allowed."""
        body = bytearray()
        options: dict[str, Any] = {self._endpoint.limit_parameter: self._endpoint.max_tokens}
        if self._endpoint.temperature is not None:
            options["temperature"] = self._endpoint.temperature
        async with self._create(
            model=self._endpoint.model,
            messages=(),
            # The client library would try every shape of a message, and walk through every term of
            # the schema, on every call.
            extra_body={"messages": messages, "response_format": self._format},
            **options,
        ) as response:
            async for chunk in response.iter_bytes():
                body += chunk
                if len(body) > self._endpoint.max_reply_bytes:
                    detail = f"The reply is longer than {self._endpoint.max_reply_bytes} bytes."
                    raise LlmTooLongError("llm-too-long", detail)
        return bytes(body)

    def _usage(self, used: list[TokenUsage]) -> Usage:
        """Add up the tokens of all calls and what they cost."""
        prompt = sum(usage.prompt_tokens for usage in used)
        completion = sum(usage.completion_tokens for usage in used)
        details = [usage.prompt_tokens_details for usage in used]
        cached = sum((detail.cached_tokens or 0) if detail else 0 for detail in details)
        model = self._endpoint.model
        return Usage(
            model=model,
            prompt_tokens=prompt,
            completion_tokens=completion,
            cost_usd=self._prices.cost_usd(model, prompt, cached, completion),
        )


def _prompt_version(*, shown: bool) -> str:
    return f"{PROMPT_VERSION}+{PHOTO_VERSION}" if shown else PROMPT_VERSION


def _messages(facts: ProductFacts, n: int, photo: bytes | None) -> Messages:
    """Return the instructions and the facts; with a photo, instructions about photos too."""
    told = user_message(facts, n)
    if photo is None:
        return [
            {"role": "system", "content": system_prompt()},
            {"role": "user", "content": told},
        ]
    url = f"data:image/jpeg;base64,{base64.b64encode(photo).decode()}"
    parts = [{"type": "text", "text": told}, {"type": "image_url", "image_url": {"url": url}}]
    return [
        {"role": "system", "content": system_prompt() + system_prompt(PHOTO_VERSION)},
        {"role": "user", "content": parts},
    ]


def _reply(body: bytes) -> Reply:
    """Read the envelope; one that cannot be read is the endpoint's failure, not the model's."""
    try:
        return Reply.model_validate_json(body)
    except ValidationError:
        detail = "The endpoint's reply is no chat completion."
        raise LlmUnavailableError("llm-unreadable", detail) from None


def _complaint(error: ValidationError) -> str:
    """Tell the model what is wrong with its answer, without repeating what it said."""
    faults = [
        f"{'.'.join(str(step) for step in fault['loc']) or 'answer'}: {fault['type']}"
        for fault in error.errors(include_input=False, include_url=False)[:_MOST_COMPLAINTS]
    ]
    listed = "; ".join(faults)
    return f"The answer does not follow the schema ({listed}). Give the whole JSON object again."


def _lasting(error: ValidationError) -> LlmBrokenJsonError | LlmWrongShapeError:
    """Return the error for an answer that a repair did not help."""
    if any(fault["type"] == "json_invalid" for fault in error.errors(include_input=False)):
        return LlmBrokenJsonError("llm-broken-json", "The answer is not JSON, even repaired.")
    return LlmWrongShapeError("llm-wrong-shape", "The answer has another shape, even repaired.")

"""Maps what an OpenAI-compatible endpoint does to what the line may do about it."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from backlot.contracts.errors import StageError
from services.lm_worker.adapters.retry_after import retry_after_s
from services.lm_worker.errors import (
    LlmBusyError,
    LlmCutShortError,
    LlmEmptyError,
    LlmFilteredError,
    LlmRefusedError,
    LlmRejectedError,
    LlmUnavailableError,
)

_OUT_OF_QUOTA = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
_FILTERED = frozenset({"content_filter", "content_policy_violation"})
_TRY_AGAIN = frozenset({408, 409, 425})
_BUSY = 429
_SERVER_ERROR = 500


class Lenient(BaseModel):
    """A part of a reply; endpoints add fields of their own, and leave some out."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Message(Lenient):
    """What the model said."""

    content: str | None = None
    refusal: str | None = None


class Choice(Lenient):
    """One answer and why it ended."""

    message: Message = Message()
    finish_reason: str | None = None


class TokenDetails(Lenient):
    """Tokens the endpoint had cached."""

    cached_tokens: int | None = None


class TokenUsage(Lenient):
    """Tokens of one call."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_details: TokenDetails | None = None


class Reply(Lenient):
    """A chat completion, as far as this service reads it."""

    choices: tuple[Choice, ...] = ()
    usage: TokenUsage | None = None


def error_of_status(status: int, code: str | None, headers: Mapping[str, str]) -> StageError:
    """Return the error for a reply that is not 2xx; `code` is the endpoint's own word."""
    wait = retry_after_s(headers)
    if status == _BUSY and code in _OUT_OF_QUOTA:
        return LlmRejectedError("llm-quota", "The language model's quota is used up.")
    if status == _BUSY:
        return LlmBusyError("llm-busy", "The language model takes no more requests now.", wait)
    if status >= _SERVER_ERROR or status in _TRY_AGAIN:
        detail = f"The language model answered {status}."
        return LlmUnavailableError("llm-unavailable", detail, wait)
    if code in _FILTERED:
        return LlmFilteredError("llm-filtered", "A content filter stopped the request.")
    return LlmRejectedError("llm-rejected", f"The language model refused the request ({status}).")


def content_of(reply: Reply) -> str:
    """Return the text of an answer; raise the error that names why there is none."""
    if not reply.choices:
        raise LlmEmptyError("llm-empty", "The language model's reply has no answer in it.")
    choice = reply.choices[0]
    if choice.message.refusal:
        raise LlmRefusedError("llm-refused", "The language model declined to answer.")
    if choice.finish_reason == "content_filter":
        raise LlmFilteredError("llm-filtered", "A content filter stopped the answer.")
    if choice.finish_reason == "length":
        raise LlmCutShortError("llm-cut-short", "The answer ran into the token limit.")
    if not (choice.message.content or "").strip():
        raise LlmEmptyError("llm-empty", "The language model answered with nothing.")
    return choice.message.content or ""

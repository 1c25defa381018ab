"""Chooses the real parts or the fakes for the settings given."""

from collections.abc import Callable

from pydantic import SecretStr

from backlot.blobs.port import BlobStore
from backlot.contracts.errors import ConfigurationError
from backlot.contracts.jobs import StoredPhoto
from backlot.line.work import Handler
from services.lm_worker.adapters.memory_store import MemoryStore
from services.lm_worker.adapters.redis_store import RedisStore
from services.lm_worker.answers import Answers
from services.lm_worker.breaker import Breaker
from services.lm_worker.budget import Budget, Limits
from services.lm_worker.desk import Desk
from services.lm_worker.fake import EmptyRefiner
from services.lm_worker.prices import shipped_prices
from services.lm_worker.prose.compose import compose
from services.lm_worker.refine import FallbackPolicy, Refiner
from services.lm_worker.settings import LmSettings
from services.lm_worker.store import Store
from services.lm_worker.stylist.rulebook import Rulebook, shipped_rulebook
from services.lm_worker.stylist.stylist import RuleStylist
from services.lm_worker.writer import Writer

_OPENAI = "https://api.openai.com/v1"


def build_refiner(settings: LmSettings, blobs: BlobStore | None = None) -> Handler:
    """Return the handler of `refine`; raise ConfigurationError for settings that make no sense.

    Args:
        settings: Which writer, and how.
        blobs: Where photos are; needed only where a model is to see them.
    """
    if settings.engines == "fake":
        return EmptyRefiner()
    rulebook = shipped_rulebook()
    policy = FallbackPolicy(
        candidates=settings.lm_candidates,
        attempts=settings.lm_attempts,
        patience_s=settings.lm_patience_s,
    )
    stylist = RuleStylist(rulebook, compose)
    return Refiner(stylist, rulebook, build_desk(settings, rulebook, blobs), policy)


def build_desk(
    settings: LmSettings, rulebook: Rulebook, blobs: BlobStore | None = None
) -> Desk | None:
    """Return who asks the language model; None when none is configured."""
    limits = Limits(usd=settings.lm_daily_usd, tokens=settings.lm_daily_tokens)
    if limits.usd and settings.lm_model and not shipped_prices().price_of(settings.lm_model):
        raise ConfigurationError(
            "BACKLOT_LM_DAILY_USD needs a model whose price is known; limit BACKLOT_LM_DAILY_TOKENS"
        )
    if settings.lm_sees_photo and blobs is None:
        raise ConfigurationError("BACKLOT_LM_SEES_PHOTO needs the object store the photos are in")
    store = open_store(settings)
    writer = build_writer(settings, rulebook)
    if writer is None:
        return None
    version = rulebook.vocabulary.version
    answers = Answers(store, settings.lm_cache_ttl_s, version) if settings.lm_cache_ttl_s else None
    show = _photo_view(blobs) if settings.lm_sees_photo and blobs is not None else None
    return Desk(writer, answers, Budget(store, limits), show)


def _photo_view(blobs: BlobStore) -> Callable[[StoredPhoto], bytes | None]:
    # Only who shows photos needs the library that reads them.
    from services.lm_worker.adapters.photo_view import PhotoView  # noqa: PLC0415

    return PhotoView(blobs)


def open_store(settings: LmSettings) -> Store:
    """Return the store the settings name; nothing is asked over the network yet."""
    if settings.cache_url is None:
        return MemoryStore()
    try:
        return RedisStore(settings.cache_url.get_secret_value())
    except ValueError:
        # The address may hold a password: it is not repeated.
        raise ConfigurationError("BACKLOT_CACHE_URL is not the address of a Redis") from None


def build_writer(settings: LmSettings, rulebook: Rulebook) -> Writer | None:
    """Return the language model's writer; None when none is configured."""
    reachable = settings.lm_api_key is not None or settings.lm_base_url is not None
    if not reachable and settings.lm_model is None:
        return None
    if settings.lm_model is None:
        raise ConfigurationError("BACKLOT_LM_MODEL is missing: which model should write?")
    if not reachable:
        raise ConfigurationError("BACKLOT_LM_MODEL needs BACKLOT_LM_API_KEY or BACKLOT_LM_BASE_URL")
    return _openai_writer(settings, settings.lm_model, rulebook)


def _openai_writer(settings: LmSettings, model: str, rulebook: Rulebook) -> Writer:
    # Without a model the client library need not be there, nor cost its start-up time.
    from services.lm_worker.adapters.openai_chat import Endpoint, OpenAiWriter  # noqa: PLC0415

    endpoint = Endpoint(
        base_url=settings.lm_base_url or _OPENAI,
        model=model,
        api_key=settings.lm_api_key or SecretStr(""),
        timeout_s=settings.lm_timeout_s,
        max_tokens=settings.lm_max_tokens,
        limit_parameter=settings.lm_limit_parameter,
        temperature=settings.lm_temperature,
        max_reply_bytes=settings.lm_max_reply_bytes,
        sees_photo=settings.lm_sees_photo,
    )
    breaker = Breaker(settings.lm_breaker_failures)
    return OpenAiWriter(endpoint, rulebook.vocabulary, shipped_prices(), breaker)

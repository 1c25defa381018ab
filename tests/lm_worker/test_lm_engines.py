"""Which parts the settings choose."""

import pytest
from pydantic import SecretStr, ValidationError

from backlot.contracts.errors import ConfigurationError
from services.lm_worker.adapters.memory_store import MemoryStore
from services.lm_worker.adapters.openai_chat import OpenAiWriter
from services.lm_worker.adapters.redis_store import RedisStore
from services.lm_worker.engines import build_refiner, build_writer, open_store
from services.lm_worker.fake import EmptyRefiner
from services.lm_worker.refine import Refiner
from services.lm_worker.settings import LmSettings
from services.lm_worker.stylist.rulebook import shipped_rulebook


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the machine stay out."""
    for name in ("ENGINES", "LM_MODEL", "LM_API_KEY", "LM_BASE_URL", "LM_DAILY_USD", "CACHE_URL"):
        monkeypatch.delenv(f"BACKLOT_{name}", raising=False)


def test_without_settings_the_rules_write() -> None:
    """No key, no network, no model."""
    assert isinstance(build_refiner(LmSettings()), Refiner)
    assert build_writer(LmSettings(), shipped_rulebook()) is None


def test_the_environment_chooses_the_fake(monkeypatch: pytest.MonkeyPatch) -> None:
    """BACKLOT_ENGINES=fake is what the empty-job benchmark sets."""
    monkeypatch.setenv("BACKLOT_ENGINES", "fake")
    assert isinstance(build_refiner(LmSettings()), EmptyRefiner)


@pytest.mark.parametrize(
    "settings",
    [
        LmSettings(lm_model="m", lm_api_key=SecretStr("k")),
        LmSettings(lm_model="m", lm_base_url="http://127.0.0.1:9/v1"),
    ],
)
def test_a_model_with_a_key_or_an_address_is_used(settings: LmSettings) -> None:
    """Local endpoints need no key, hosted ones no address."""
    writer = build_writer(settings, shipped_rulebook())
    assert isinstance(writer, OpenAiWriter)
    assert writer.versions["model"] == "m"
    writer.close()


@pytest.mark.parametrize(
    "settings",
    [
        LmSettings(lm_api_key=SecretStr("k")),
        LmSettings(lm_base_url="http://127.0.0.1:9/v1"),
        LmSettings(lm_model="m"),
    ],
)
def test_half_a_configuration_is_refused(settings: LmSettings) -> None:
    """A key without a model, or a model without a way to it, is a mistake said at start."""
    with pytest.raises(ConfigurationError, match="BACKLOT_LM_MODEL"):
        build_refiner(settings)


def test_empty_variables_count_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """A compose file hands on variables nobody has set; they ask for no model."""
    for name in ("LM_MODEL", "LM_API_KEY", "LM_BASE_URL", "CACHE_URL"):
        monkeypatch.setenv(f"BACKLOT_{name}", "")
    assert build_writer(LmSettings(), shipped_rulebook()) is None
    assert isinstance(open_store(LmSettings()), MemoryStore)


def test_the_store_is_chosen_by_its_address() -> None:
    """Opening it asks nothing of the network yet."""
    store = open_store(LmSettings(cache_url=SecretStr("redis://127.0.0.1:9/0")))
    assert isinstance(store, RedisStore)
    store.close()


def test_an_address_that_is_none_is_refused_without_repeating_it() -> None:
    """It may hold a password."""
    with pytest.raises(ConfigurationError, match="BACKLOT_CACHE_URL") as caught:
        open_store(LmSettings(cache_url=SecretStr("hush://secret@x")))
    assert "secret" not in str(caught.value)


def test_a_limit_in_dollars_needs_a_price() -> None:
    """A model nobody knows the price of would never reach it."""
    settings = LmSettings(lm_model="m", lm_api_key=SecretStr("k"), lm_daily_usd=1)
    with pytest.raises(ConfigurationError, match="BACKLOT_LM_DAILY_USD"):
        build_refiner(settings)


def test_a_senseless_timeout_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Zero seconds is no deadline."""
    monkeypatch.setenv("BACKLOT_LM_TIMEOUT_S", "0")
    with pytest.raises(ValidationError, match="lm_timeout_s"):
        LmSettings()


def test_the_key_is_not_shown() -> None:
    """Printing the settings does not print the key."""
    assert "hush" not in repr(LmSettings(lm_model="m", lm_api_key=SecretStr("hush")))

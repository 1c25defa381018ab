"""Fixtures of the API's tests."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from api_door import KEYS, Door, fresh_line
from pydantic import SecretStr
from redis_server import RedisServer

from services.api.decoding import DecodePool
from services.api.photo import PhotoLimits


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio, as the service does, and share one loop."""
    return "asyncio"


@pytest.fixture(scope="session")
async def pool() -> AsyncIterator[DecodePool]:
    """A real decoding pool for all tests."""
    async with DecodePool(
        PhotoLimits(), workers=2, waiting=200, timeout_s=60, memory_bytes=600 * 2**20
    ) as pool:
        yield pool


@pytest.fixture(scope="session")
def door(redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The API without keys, on loopback."""
    door = Door(tmp_path_factory.mktemp("door"), fresh_line(redis_server))
    door.start()
    yield door
    door.stop()


@pytest.fixture(scope="session")
def keyed_door(
    redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    """The API with the keys of two tenants."""
    text = ",".join(
        f"{tenant}:{hashlib.sha256(key.encode()).hexdigest()}" for tenant, key in KEYS.items()
    )
    folder: Path = tmp_path_factory.mktemp("keyed")
    door = Door(folder, fresh_line(redis_server), api_keys=SecretStr(text))
    door.start()
    yield door
    door.stop()

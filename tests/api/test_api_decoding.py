import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from api_photos import encoded, small_png
from PIL import Image

from backlot.contracts.errors import RefusedInputError, UnavailableError
from services.api.decoder import Decoder, DecoderDiedError
from services.api.decoding import CHILD, DecodePool
from services.api.photo import PhotoLimits

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def pool_of(
    child: str = "api_misbehaving",
    *,
    workers: int = 1,
    waiting: int = 8,
    timeout_s: float = 60,
    memory_mb: int = 256,
) -> AsyncIterator[DecodePool]:
    """A pool whose children misbehave when a photo tells them to."""
    async with DecodePool(
        PhotoLimits(),
        workers=workers,
        waiting=waiting,
        timeout_s=timeout_s,
        memory_bytes=memory_mb * 2**20,
        child=child,
    ) as pool:
        yield pool


async def refusal(pool: DecodePool, source: bytes | Path) -> tuple[str, str]:
    """The problem a photo is refused with."""
    with pytest.raises(RefusedInputError) as caught:
        await pool.normalise(source)
    return caught.value.problem_code, caught.value.detail


async def test_photos_come_from_memory_or_from_a_file(tmp_path: Path) -> None:
    """The same photo gives the same result either way."""
    path = tmp_path / "phötö"
    path.write_bytes(small_png())
    async with pool_of(CHILD) as pool:
        assert await pool.normalise(small_png()) == await pool.normalise(path)


async def test_refusals_come_back_with_their_code() -> None:
    """What the child refuses is refused here with the same code and sentence."""
    async with pool_of(CHILD) as pool:
        code, detail = await refusal(pool, b"no photo")
    assert (code, detail[:7]) == ("photo-format", "This is")


async def test_photos_are_decoded_elsewhere_and_without_our_secrets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The child is another process, and its environment holds no setting of ours."""
    monkeypatch.setenv("BACKLOT_SECRET", "not for children")
    async with pool_of() as pool:
        _, detail = await refusal(pool, b"tell")
    pid, secrets = detail.split()
    assert (int(pid) != os.getpid(), secrets) == (True, "0")


@pytest.mark.parametrize("way", [b"die", b"raise", b"lie", b"flood"])
async def test_a_photo_that_breaks_its_decoder_fails_alone(way: bytes) -> None:
    """A crash, a bug or a nonsensical answer is that photo's problem and nobody else's."""
    async with pool_of(workers=2) as pool:
        photos = [way if n in (2, 7) else small_png() for n in range(10)]
        results = await asyncio.gather(
            *(pool.normalise(photo) for photo in photos), return_exceptions=True
        )
        again = await pool.normalise(small_png())
    codes = [getattr(result, "problem_code", "fine") for result in results]
    assert codes == ["photo-broken" if n in (2, 7) else "fine" for n in range(10)]
    assert again.width == 64


async def test_a_library_that_prints_does_not_disturb_the_answers() -> None:
    """What is written to standard output goes to the log."""
    async with pool_of() as pool:
        assert (await pool.normalise(b"print")).data == b"still here"
        assert (await pool.normalise(small_png())).width == 64


async def test_a_photo_that_takes_too_long_is_stopped() -> None:
    """A child that hangs inside a decoder is killed, and a new one takes the next photo."""
    async with pool_of(timeout_s=0.5) as pool:
        assert (await refusal(pool, b"hang"))[0] == "photo-timeout"
        assert (await pool.normalise(b"print")).data == b"still here"


async def test_a_hanging_photo_does_not_hold_up_the_others() -> None:
    """While one child hangs the other one goes on."""
    async with pool_of(workers=2) as pool:
        hanging = asyncio.create_task(pool.normalise(b"hang"))
        for _ in range(3):
            assert (await pool.normalise(small_png())).width == 64
        assert not hanging.done()
        hanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hanging


async def test_a_photo_nobody_waits_for_gives_its_place_back() -> None:
    """A client that leaves takes its photo along, even out of a child that hangs."""
    async with pool_of() as pool:
        task = asyncio.create_task(pool.normalise(b"hang"))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert pool.taken == 0
        assert (await pool.normalise(small_png())).width == 64


async def test_a_child_may_not_have_more_memory_than_its_share() -> None:
    """An allocation above the limit fails in the child instead of filling the machine."""
    async with pool_of() as pool:
        assert await refusal(pool, b"swell") == ("photo-too-many-pixels", "Memory ended.")


async def test_a_real_photo_above_the_memory_limit_is_refused() -> None:
    """A photo within the pixel limit whose decoder needs too much memory is refused, not fatal."""
    data = encoded(Image.new("RGB", (7000, 7000)), "PNG")  # 196 MB as Pillow holds it
    async with pool_of(memory_mb=128) as pool:
        code, detail = await refusal(pool, data)
        assert (code, "memory" in detail) == ("photo-too-many-pixels", True)
        assert (await pool.normalise(small_png())).width == 64


async def test_more_waiting_photos_than_allowed_are_turned_away() -> None:
    """A full pool says `unavailable` at once, and takes photos again when there is room."""
    async with pool_of(waiting=1) as pool:
        results = await asyncio.gather(
            *(pool.normalise(small_png()) for _ in range(5)), return_exceptions=True
        )
        assert [type(one) for one in results].count(UnavailableError) == 3
        assert pool.taken == 0
        assert (await pool.normalise(small_png())).width == 64


async def test_photos_have_their_turn_in_the_order_they_came() -> None:
    """Somebody who comes just as a child is free does not pass those that wait."""
    done: list[int] = []

    async def send(number: int) -> None:
        await pool.normalise(small_png())
        done.append(number)

    async with pool_of(waiting=400) as pool, asyncio.TaskGroup() as group:
        for number in range(400):
            group.create_task(send(number))
            for _ in range(20):
                await asyncio.sleep(0)
    assert done == list(range(400))


async def test_a_child_killed_while_idle_is_replaced() -> None:
    """Somebody else's kill between two photos costs no photo."""
    async with pool_of() as pool:
        (child,) = pool._idle
        os.kill(child.pid, 9)
        await child._process.wait()
        assert (await pool.normalise(small_png())).width == 64


async def test_children_end_with_the_pool() -> None:
    """No child outlives it, neither one that hangs nor one that is only starting."""
    async with pool_of(workers=2, timeout_s=0.3) as pool:
        children = set(pool._children)
        hanging = asyncio.create_task(pool.normalise(b"hang"))
        assert (await refusal(pool, b"die"))[0] == "photo-broken"
        await asyncio.sleep(0.01)
        children |= pool._children
    with pytest.raises(RefusedInputError):
        await hanging
    for child in children:
        with pytest.raises(ProcessLookupError):
            os.kill(child.pid, 0)


async def test_a_child_that_cannot_start_is_an_error_at_once() -> None:
    """A broken installation is noticed when the service starts."""
    with pytest.raises(DecoderDiedError):
        await Decoder.start("no_such_module", 2**28, PhotoLimits())

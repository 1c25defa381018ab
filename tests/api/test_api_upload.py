import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from api_forms import BOUNDARY, FORM, Flood, form, in_chunks, part, small_forms
from starlette.requests import ClientDisconnect

from backlot.contracts.errors import RefusedInputError
from services.api.received import sweep
from services.api.upload import Upload, UploadLimits, received

pytestmark = pytest.mark.anyio


def limits_in(folder: Path) -> UploadLimits:
    """Small limits, with temporary files in a folder of the test's own."""
    return UploadLimits(
        photo_bytes=200_000, product_bytes=400_000, memory_bytes=50_000, folder=folder
    )


def files_in(folder: Path) -> list[Path]:
    """What lies in a folder."""
    return sorted(folder.iterdir())


async def fail_within(upload: AbstractAsyncContextManager[Upload], folder: Path) -> None:
    """Use an upload and come to grief over it."""
    async with upload:
        assert files_in(folder)
        raise ZeroDivisionError


async def refusal(
    chunks: AsyncIterator[bytes], limits: UploadLimits, headers: dict[str, str] | None = None
) -> str:
    """The problem code an upload is refused with."""
    with pytest.raises(RefusedInputError) as caught:
        async with received(headers or FORM, chunks, limits):
            pytest.fail("the upload was taken")
    return caught.value.problem_code


@pytest.mark.parametrize("chunk", [1, 7, 1 << 16])
async def test_the_parts_arrive_whole_however_they_are_cut(chunk: int, tmp_path: Path) -> None:
    """Photo, product and request come out as they went in, with their hashes."""
    photo, product = b"\xff\xd8" + os.urandom(900), os.urandom(700)
    body = form(
        part("request", b'{"title": "Cup"}'),
        part("photo", photo, "cup.jpg"),
        part("product", product, "cup.glb"),
    )
    async with received(FORM, in_chunks(body, chunk), limits_in(tmp_path)) as upload:
        assert upload.photo is not None
        assert upload.product is not None
        assert (upload.photo.content(), upload.product.content()) == (photo, product)
        assert upload.photo.sha256 == hashlib.sha256(photo).hexdigest()
        assert upload.request == b'{"title": "Cup"}'


async def test_small_parts_stay_in_memory_and_large_ones_go_to_a_file(tmp_path: Path) -> None:
    """The temporary file holds the whole part and is gone when the upload is done with."""
    photo, product = os.urandom(40_000), os.urandom(150_000)
    body = form(part("photo", photo, "a"), part("product", product, "b"))
    async with received(FORM, in_chunks(body, 9_999), limits_in(tmp_path)) as upload:
        assert upload.photo is not None
        assert upload.product is not None
        assert isinstance(upload.photo.source(), bytes)
        path = upload.product.source()
        assert isinstance(path, Path)
        assert path.parent == tmp_path
        assert path.read_bytes() == product
        assert upload.product.sha256 == hashlib.sha256(product).hexdigest()
    assert not files_in(tmp_path)


async def test_temporary_files_are_removed_when_something_fails(tmp_path: Path) -> None:
    """An error while the upload is used takes the files along."""
    body = form(part("photo", os.urandom(150_000), "a"))
    with pytest.raises(ZeroDivisionError):
        await fail_within(received(FORM, in_chunks(body), limits_in(tmp_path)), tmp_path)
    assert not files_in(tmp_path)


@pytest.mark.parametrize(("name", "most"), [("photo", 200_000), ("product", 400_000)])
async def test_a_part_is_refused_as_soon_as_it_is_too_large(
    name: str, most: int, tmp_path: Path
) -> None:
    """Of an endless part hardly more than the limit is ever taken, and no file is left."""
    flood = Flood(part(name, b"", "f")[:-2], b"x" * 10_000)
    assert await refusal(aiter(flood), limits_in(tmp_path)) == "body-too-large"
    assert flood.taken <= most + 10_000
    assert not files_in(tmp_path)


async def test_a_body_is_refused_as_soon_as_it_is_too_large(tmp_path: Path) -> None:
    """Garbage before the first part counts too."""
    limits = limits_in(tmp_path)
    flood = Flood(f"--{BOUNDARY}\r\n".encode(), b"X-Header: y\r\n" * 100)
    assert await refusal(aiter(flood), limits) in {"body-too-large", "malformed-request"}
    assert flood.taken <= limits.body_bytes + 10_000


async def test_a_body_that_announces_too_much_is_refused_unread(tmp_path: Path) -> None:
    """With a Content-Length over the limit not one byte is taken."""
    flood = Flood(b"", b"x")
    headers = {**FORM, "content-length": "200000000"}
    assert await refusal(aiter(flood), limits_in(tmp_path), headers) == "body-too-large"
    assert flood.taken == 0


async def test_the_request_part_has_a_limit_of_its_own(tmp_path: Path) -> None:
    """64 kB of JSON are enough for any request."""
    limits = limits_in(tmp_path)
    fits, does_not = b" " * limits.request_bytes, b" " * (limits.request_bytes + 1)
    async with received(FORM, in_chunks(form(part("request", fits))), limits) as upload:
        assert upload.request == fits
    chunks = in_chunks(form(part("request", does_not)))
    assert await refusal(chunks, limits) == "body-too-large"


@pytest.mark.parametrize(
    "body",
    [
        form(part("photo", b"x", "a"), part("extra", b"y")),
        form(part("Photo", b"x", "a")),
        form(part("photo", b"x", "a"), part("photo", b"y", "b")),
        form(part("request", b"{}"), part("request", b"{}")),
    ],
)
async def test_unknown_and_repeated_parts_are_refused(body: bytes, tmp_path: Path) -> None:
    """Exactly photo, product and request are taken, each once."""
    assert await refusal(in_chunks(body), limits_in(tmp_path)) == "invalid-request"


@pytest.mark.parametrize("body", small_forms())
async def test_a_malformed_body_is_refused(body: bytes, tmp_path: Path) -> None:
    """Truncated and nonsensical bodies are no uploads."""
    code = await refusal(in_chunks(body), limits_in(tmp_path))
    assert code in {"malformed-request", "invalid-request"}
    assert not files_in(tmp_path)


@pytest.mark.parametrize(
    ("content_type", "code"),
    [
        ("application/json", "malformed-request"),
        ("text/plain; charset=utf-8", "malformed-request"),
        ("multipart/form-data", "malformed-request"),
        ("multipart/form-data; boundary=" + "b" * 5000, "malformed-request"),
        ("application/x-www-form-urlencoded", "malformed-request"),
        ("image/jpeg", "malformed-request"),
        ("", "malformed-request"),
    ],
)
async def test_only_multipart_is_read(content_type: str, code: str, tmp_path: Path) -> None:
    """Everything else is refused with what to send instead."""
    headers = {"content-type": content_type}
    assert await refusal(in_chunks(b"{}"), limits_in(tmp_path), headers) == code


async def test_an_empty_file_field_counts_as_absent(tmp_path: Path) -> None:
    """A browser form without a chosen model sends an empty part; that is no broken model."""
    body = form(part("photo", b"x", "a.jpg"), part("product", b"", ""))
    async with received(FORM, in_chunks(body), limits_in(tmp_path)) as upload:
        assert upload.photo is not None
        assert upload.product is None


async def test_an_empty_file_with_a_name_is_a_file(tmp_path: Path) -> None:
    """A file of zero bytes is kept, so that it can be refused as such."""
    async with received(
        FORM, in_chunks(form(part("photo", b"", "a.jpg"))), limits_in(tmp_path)
    ) as upload:
        assert upload.photo is not None
        assert upload.photo.size == 0


async def test_a_client_that_leaves_leaves_nothing_behind(tmp_path: Path) -> None:
    """A connection that breaks in the middle of a large part takes its file along."""

    async def broken() -> AsyncIterator[bytes]:
        yield part("photo", os.urandom(150_000), "a")[:-50]
        raise ClientDisconnect

    assert await refusal(broken(), limits_in(tmp_path)) == "malformed-request"
    assert not files_in(tmp_path)


async def test_an_upload_that_never_ends_is_broken_off(tmp_path: Path) -> None:
    """A client that sends a byte now and then does not hold its place for ever."""

    async def dripping() -> AsyncIterator[bytes]:
        yield part("photo", b"", "a")[:-2]
        while True:
            await asyncio.sleep(0.01)
            yield b"x"

    limits = UploadLimits(seconds=0.2, folder=tmp_path)
    assert await refusal(dripping(), limits) == "malformed-request"


async def test_files_of_killed_processes_are_swept(tmp_path: Path) -> None:
    """What a killed process left an hour ago goes; what is being written now stays."""
    old, new, other = (
        tmp_path / name for name in ("backlot-upload-a", "backlot-upload-b", "photo.jpg")
    )
    for path in (old, new, other):
        path.write_bytes(b"x")
    for path in (old, other):
        os.utime(path, (time.time() - 7200,) * 2)
    assert sweep(tmp_path) == 1
    assert files_in(tmp_path) == [new, other]

"""`make bench-line`: what the line's promises cost, and how long a real photo takes.

1. An empty job (fake engines) from POST to the final state seen by a long-poll, against the same
   three hops over bare Redis streams in the same run, interleaved: once with the photo in the same
   folder store, once with nothing stored at all.
2. Whole three-stage jobs a second through the HTTP API.
3. A real photo with the real engines, warm, no language model.

The last line holds the figures as key=value.
"""

import asyncio
import contextlib
import io
import os
import socket
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import redis
from http_client import Http, multipart
from PIL import Image
from streams import Streams, measure

from backlot.embedded.line import embedded_line, repository
from backlot.embedded.state import State

ROUNDS, EACH = 3, 60
BURST, CONNECTIONS = 1500, 16
PHOTOS = 20


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def line(engines: str) -> Iterator[tuple[int, str]]:
    """An embedded line on a folder of its own; yields the API's port and Redis' address."""
    os.environ["BACKLOT_ENGINES"] = engines
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="bench", ignore_cleanup_errors=True) as folder:
        state = State(Path(folder))
        with embedded_line(state, port, lambda _: None):
            redis_port = int((state.folder / "redis.conf").read_text().split()[1])
            yield port, f"redis://:{state.secret()}@127.0.0.1:{redis_port}/0"


async def job(http: Http, body: bytes, content_type: str) -> float:
    """Seconds from POST to the final state."""
    start = time.perf_counter()
    status, answer = await http.post("/v1/jobs", body, content_type)
    assert status == 202, answer
    while not answer["finished_at"]:
        _, answer = await http.get(f"/v1/jobs/{answer['job_id']}?wait=20")
    assert answer["status"] == "succeeded", answer
    return time.perf_counter() - start


async def jobs(port: int, body: bytes, content_type: str, count: int, warm: int) -> list[float]:
    """Seconds of jobs one at a time, after some to warm up."""
    async with Http("127.0.0.1", port) as http:
        return [await job(http, body, content_type) for _ in range(count + warm)][warm:]


async def burst(port: int, url: str, body: bytes, content_type: str) -> float:
    """Whole jobs a second: from the first POST until the last job is final."""
    client = redis.Redis.from_url(url, decode_responses=True)

    def finished() -> int:
        return int(client.hget("bl:totals", "succeeded") or 0)

    todo = iter(range(BURST))

    async def sender() -> None:
        async with Http("127.0.0.1", port) as http:
            for _ in todo:
                status, answer = await http.post("/v1/jobs", body, content_type)
                assert status == 202, answer

    before, start = finished(), time.perf_counter()
    await asyncio.gather(*(sender() for _ in range(CONNECTIONS)))
    sent = time.perf_counter() - start
    while finished() - before < BURST:
        await asyncio.sleep(0.01)
    took = time.perf_counter() - start
    print(f"  {BURST} jobs: sent in {sent:.2f} s, all final after {took:.2f} s")
    return BURST / took


def p(values: list[float], share: float) -> float:
    """A percentile, milliseconds."""
    return statistics.quantiles(values, n=100)[int(share * 100) - 1] * 1000


def tiny_png() -> bytes:
    """A small photo, so that the way and not the picture is measured."""
    out = io.BytesIO()
    Image.new("RGB", (32, 32), "#88aacc").save(out, "PNG")
    return out.getvalue()


def empty_jobs() -> dict[str, float]:
    """Parts 1 and 2."""
    body, content_type = multipart(tiny_png(), {})
    ours: list[float] = []
    bare: list[float] = []
    bare_stored: list[float] = []
    with line("fake") as (port, url), tempfile.TemporaryDirectory(prefix="bench") as folder:
        bare_port = free_port()
        with Streams(url, bare_port, Path(folder)):
            for number in range(ROUNDS):
                bare += asyncio.run(measure(bare_port, body, content_type, EACH, stored=False))
                bare_stored += asyncio.run(
                    measure(bare_port, body, content_type, EACH, stored=True)
                )
                ours += asyncio.run(jobs(port, body, content_type, EACH, 20))
                print(
                    f"  round {number + 1}: bare {p(bare, 0.5):.2f} ms, bare with the photo "
                    f"stored {p(bare_stored, 0.5):.2f} ms, line {p(ours, 0.5):.2f} ms"
                )
        rate = asyncio.run(burst(port, url, body, content_type))
    return {
        "bare_p50_ms": p(bare, 0.5),
        "bare_stored_p50_ms": p(bare_stored, 0.5),
        "line_p50_ms": p(ours, 0.5),
        "line_p95_ms": p(ours, 0.95),
        "ratio": p(ours, 0.5) / p(bare_stored, 0.5),
        "ratio_nothing_stored": p(ours, 0.5) / p(bare, 0.5),
        "jobs_per_s": rate,
    }


def real_photo() -> dict[str, float]:
    """Part 3."""
    photo = (repository() / "samples" / "tumbler.jpg").read_bytes()
    body, content_type = multipart(photo, {"title": "Steel tumbler, 500 ml"})
    with line("real") as (port, _):
        times = asyncio.run(jobs(port, body, content_type, PHOTOS, 3))
    return {"photo_p50_ms": p(times, 0.5), "photo_p95_ms": p(times, 0.95)}


def main() -> None:
    """Run all parts."""
    print(f"{os.cpu_count()} cores; empty jobs, fake engines:")
    figures = empty_jobs()
    print("a real photo, real engines:")
    figures |= real_photo()
    print(" ".join(f"{name}={value:.2f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()

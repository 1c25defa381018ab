"""`make bench-crowd`: what one API process does under a crowd, with engines that cost nothing.

1. A burst of submits with photos of about 90 kB: how long each answer takes, what becomes of the
   jobs, and how the process' memory grows.
2. Followers on event streams, all of one job and then each of a job of its own: the API's processor
   time per follower for opening the stream and for telling an event, and when the last one hears.

Run it apart from anything that has removed thousands of files in the last minutes, this bench
included: ext4 passes by the inodes of removed files one by one when it makes new ones, which shows
in the system's share of the API's time.

The last line holds the figures as key=value.
"""

import asyncio
import io
import os
import random
import signal
import statistics
import time
from collections import Counter
from pathlib import Path

from http_client import Http, multipart
from line import line
from PIL import Image

BURST, CONNECTIONS = 2000, 32
FOLLOWERS = 500
GIVE_UP_S = 240.0


def photo() -> bytes:
    """A JPEG of 800 x 600 and just under 100 kB, full of things."""
    out = io.BytesIO()
    noise = Image.frombytes("RGB", (80, 60), random.Random(7).randbytes(80 * 60 * 3))
    noise.resize((800, 600)).save(out, "JPEG", quality=82)
    assert 90_000 < out.tell() <= 100_000, out.tell()
    return out.getvalue()


class Api:
    """The API's process, seen from outside."""

    def __init__(self) -> None:
        self.pid = min(
            int(folder.name)
            for folder in Path("/proc").glob("[0-9]*")
            if b"services.api\0" in _command(folder) and _is_ours(int(folder.name))
        )

    def cpu_s(self) -> float:
        """Processor time it has used."""
        return self._ticks_s(11) + self.system_s()

    def system_s(self) -> float:
        """The system's share of it."""
        return self._ticks_s(12)

    def _ticks_s(self, field: int) -> float:
        words = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return int(words[field]) / os.sysconf("SC_CLK_TCK")

    def rss_mb(self) -> float:
        """Memory it holds."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * 4096 / 1e6


def _command(folder: Path) -> bytes:
    try:
        return (folder / "cmdline").read_bytes()
    except OSError:
        return b""


def _is_ours(pid: int) -> bool:
    """Whether a process was started by this one, however indirectly."""
    while pid > 1 and pid != os.getpid():
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return False
    return pid == os.getpid()


async def burst(port: int, api: Api) -> dict[str, object]:
    """All submits through a few dozen connections, then wait until the line is empty."""
    body, kind = multipart(photo(), {})
    left = iter(range(BURST))
    seconds: list[float] = []
    answers: Counter[int] = Counter()
    last = ""

    async def client() -> None:
        nonlocal last
        async with Http("127.0.0.1", port) as http:
            for _ in left:
                start = time.perf_counter()
                status, answer = await http.post("/v1/jobs", body, kind)
                seconds.append(time.perf_counter() - start)
                answers[status] += 1
                last = answer.get("job_id", last)

    before, cpu, system = api.rss_mb(), api.cpu_s(), api.system_s()
    start = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CONNECTIONS)))
    took = time.perf_counter() - start
    after, cpu, system = api.rss_mb(), api.cpu_s() - cpu, api.system_s() - system
    async with Http("127.0.0.1", port) as http:
        while True:
            _, stages = await http.get("/v1/line")
            if not any(row["waiting"] + row["running"] for row in stages["stages"].values()):
                break
            assert time.perf_counter() - start < GIVE_UP_S, "the line did not empty"
            await asyncio.sleep(0.2)
        _, page = await http.get("/v1/jobs?status=failed&status=expired&limit=1")
    percentiles = statistics.quantiles(seconds, n=100)
    return {
        "burst": BURST,
        "burst_answers": "+".join(f"{count}x{status}" for status, count in sorted(answers.items())),
        "burst_per_s": round(BURST / took, 1),
        "burst_p50_ms": round(percentiles[49] * 1000, 1),
        "burst_p99_ms": round(percentiles[98] * 1000, 1),
        "burst_api_cpu_ms": round(cpu / BURST * 1000, 2),
        "burst_api_system_ms": round(system / BURST * 1000, 2),
        "burst_drained_s": round(time.perf_counter() - start, 1),
        "burst_rss_mb": f"{before:.0f}->{after:.0f}",
        "burst_failed": len(page["jobs"]),
    }


async def follow(port: int, job_id: str, heard: asyncio.Queue[float]) -> None:
    """Read a stream until its job is canceled; say when that was heard."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /v1/jobs/{job_id}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    async for row in reader:
        if row.startswith(b"event: job.created"):
            heard.put_nowait(0.0)
        if row.startswith(b"event: job.canceled"):
            heard.put_nowait(time.perf_counter())
            break
    writer.close()


async def followers(port: int, api: Api, jobs: int) -> dict[str, object]:
    """Open many streams on some jobs that wait, cancel those, and let all streams end."""
    body, kind = multipart(photo(), {})
    async with Http("127.0.0.1", port) as http:
        ids = [(await http.post("/v1/jobs", body, kind))[1]["job_id"] for _ in range(jobs)]
        heard: asyncio.Queue[float] = asyncio.Queue()
        cpu = api.cpu_s()
        streams = [
            asyncio.create_task(follow(port, ids[at % jobs], heard)) for at in range(FOLLOWERS)
        ]
        for _ in range(FOLLOWERS):
            await heard.get()
        opened, memory = api.cpu_s() - cpu, api.rss_mb()
        await asyncio.sleep(3)
        idle = api.cpu_s()
        await asyncio.sleep(3)
        idle, cpu = api.cpu_s() - idle, api.cpu_s()
        start = time.perf_counter()
        for job_id in ids:
            await http.post(f"/v1/jobs/{job_id}/cancel", b"", "text/plain")
        last = max([await heard.get() for _ in range(FOLLOWERS)])
        told = api.cpu_s() - cpu
        await asyncio.gather(*streams)
    name = f"follow_{jobs}_job" + ("s" if jobs > 1 else "")
    return {
        f"{name}_open_cpu_ms": round(opened / FOLLOWERS * 1000, 2),
        f"{name}_idle_cpu_share": round(idle / 3, 3),
        f"{name}_told_cpu_ms": round(told / FOLLOWERS * 1000, 2),
        f"{name}_last_heard_ms": round((last - start) * 1000),
        f"{name}_rss_mb": round(memory),
    }


def signal_vision(number: signal.Signals) -> None:
    """Freeze the vision worker, so that jobs wait until they are canceled, or let it go on."""
    for folder in Path("/proc").glob("[0-9]*"):
        if b"services.vision_worker" in _command(folder) and _is_ours(int(folder.name)):
            os.kill(int(folder.name), number)


def main() -> None:
    """Measure and print."""
    figures: dict[str, object] = {}
    with line("fake") as (port, _):
        figures |= asyncio.run(burst(port, Api()))
        signal_vision(signal.SIGSTOP)
        for jobs in (1, FOLLOWERS):
            figures |= asyncio.run(followers(port, Api(), jobs))
        signal_vision(signal.SIGCONT)
    for name, value in figures.items():
        print(f"{name:32} {value}")
    print(" ".join(f"{name}={value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()

"""The bare engine to compare with: HTTP POST, three hops over Redis streams, a long-poll's answer.

The same client, the same two requests, the same framework, and where asked the same folder store
for the photo; no record, no leases, no checks, no manifest: what the same way costs when nothing is
promised.
"""

import asyncio
import json
import multiprocessing
import socket
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import redis
import redis.asyncio as aioredis
import uvicorn
from anyio import to_thread
from fastapi import FastAPI, Form, UploadFile
from http_client import Http

from backlot.blobs.folder import FolderStore

HOPS = ("bench:one", "bench:two", "bench:three")
DONE = "bench:done"


def hop(url: str, source: str, target: str | None) -> None:
    """Take from one stream, put into the next; after the last, say that it is done."""
    client = redis.Redis.from_url(url, decode_responses=True)
    group = {"groupname": "bench", "consumername": source}
    client.xgroup_create(source, "bench", id="$", mkstream=True)
    while True:
        for _, rows in client.xreadgroup(**group, streams={source: ">"}, block=1000, count=10):
            for at, fields in rows:
                if target is None:
                    client.set(f"bench:result:{fields['id']}", "done", ex=60)
                    client.publish(DONE, fields["id"])
                else:
                    client.xadd(target, fields)
                client.xack(source, "bench", at)


def serve(url: str, port: int, folder: str) -> None:
    """The API of the bare engine: the same framework, the same multipart body, a long-poll."""
    store = FolderStore(Path(folder), b"a bench has no secrets", "")
    client = aioredis.Redis.from_url(url, decode_responses=True)
    ended: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def listen() -> None:
        async with client.pubsub() as pubsub:
            await pubsub.subscribe(DONE)
            async for message in pubsub.listen():
                if message["type"] == "message":
                    ended[message["data"]].set()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        listener = asyncio.create_task(listen())
        yield
        listener.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs", status_code=202)
    async def submit(
        photo: UploadFile, request: Annotated[str, Form()], stored: bool
    ) -> dict[str, str]:
        data = await photo.read()
        json.loads(request)
        job_id = uuid.uuid4().hex
        if stored:
            await to_thread.run_sync(store.put, f"intake/{job_id}.png", data, "image/png")
        await client.xadd(HOPS[0], {"id": job_id})
        return {"job_id": job_id}

    @app.get("/jobs/{job_id}")
    async def show(job_id: str) -> dict[str, str]:
        await ended[job_id].wait()
        del ended[job_id]
        return {"job_id": job_id, "result": await client.get(f"bench:result:{job_id}")}

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)


class Streams:
    """The bare engine's processes."""

    def __init__(self, url: str, port: int, folder: Path) -> None:
        self._url, self._port = url, port
        context = multiprocessing.get_context("spawn")
        targets = (*HOPS[1:], None)
        self._processes = [
            context.Process(target=hop, args=(url, source, target), daemon=True)
            for source, target in zip(HOPS, targets, strict=True)
        ]
        self._processes.append(
            context.Process(target=serve, args=(url, port, str(folder)), daemon=True)
        )

    def __enter__(self) -> None:
        """Start, and return once the API answers and every hop reads."""
        for process in self._processes:
            process.start()
        client = redis.Redis.from_url(self._url)
        while not self._serves() or not all(client.exists(name) for name in HOPS):
            time.sleep(0.1)

    def _serves(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0

    def __exit__(self, *_: object) -> None:
        """End."""
        for process in self._processes:
            process.kill()
            process.join()


async def one(http: Http, body: bytes, content_type: str, stored: bool) -> float:
    """Seconds from POST to the end of one job as a long-poll shows it."""
    start = time.perf_counter()
    status, answer = await http.post(f"/jobs?stored={stored}", body, content_type)
    assert status == 202, answer
    status, answer = await http.get(f"/jobs/{answer['job_id']}")
    assert answer["result"] == "done", answer
    return time.perf_counter() - start


async def measure(
    port: int, body: bytes, content_type: str, count: int, *, stored: bool
) -> list[float]:
    """Seconds of `count` jobs, one at a time, after some to warm up.

    Args:
        port: Of the bare engine.
        body: A multipart body.
        content_type: Of the body.
        count: Jobs measured.
        stored: Whether the photo goes into the folder store, synced, before its first hop.
    """
    async with Http("127.0.0.1", port) as http:
        return [await one(http, body, content_type, stored) for _ in range(count + 20)][20:]

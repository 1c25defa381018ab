"""One warm child process that decodes photos, seen from the parent."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from backlot.contracts.errors import RefusedInputError
from backlot.contracts.problems import PROBLEMS
from services.api.photo import NormalisedPhoto, PhotoLimits
from services.api.photo_child import LENGTHS, READY
from services.api.received import Source

_ROOT = Path(__file__).resolve().parents[2]
_SECRETS = ("BACKLOT_", "AWS_", "OPENAI_")
_MOST_FACTS = 4096
_MOST_BYTES = 64 * 2**20
"""A normalised photo of 1600 x 1600 pixels of noise with alpha has 10 MB."""


class DecoderDiedError(Exception):
    """The child has ended, or answered what no child of ours answers."""


class Decoder:
    """A child process with pipes of its own; made by `Decoder.start`."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None  # noqa: S101  # `start` asks for both
        assert process.stdout is not None  # noqa: S101
        self._process = process
        self._is_ready = False
        self._requests = process.stdin
        self._answers = process.stdout

    @classmethod
    async def start(cls, module: str, memory_bytes: int, limits: PhotoLimits) -> "Decoder":
        """Start a child and wait until it has loaded its decoders.

        Args:
            module: What it runs, `services.api.photo_child` or a test's own.
            memory_bytes: Address space it may add to what it starts with.
            limits: What it decodes.

        Raises:
            DecoderDiedError: It did not come up.
        """
        environment = {k: v for k, v in os.environ.items() if not k.startswith(_SECRETS)}
        folders = (str(_ROOT), *(folder for folder in sys.path if folder))
        environment["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(folders))
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, str(memory_bytes), json.dumps(asdict(limits)),
            stdin=PIPE, stdout=PIPE, env=environment, limit=2**20,
        )  # fmt: skip
        child = cls(process)
        try:
            with _dying():
                child._is_ready = await child._answers.readexactly(len(READY)) == READY
        finally:
            if not child._is_ready:
                await child.end()
        if not child._is_ready:
            raise DecoderDiedError("it does not speak our language")
        return child

    @property
    def lives(self) -> bool:
        """False once the process is known to have ended."""
        return self._process.returncode is None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    async def decode(self, source: Source) -> NormalisedPhoto:
        """Have one photo decoded.

        Raises:
            RefusedInputError: The child refused it.
            DecoderDiedError: The child is of no use any more.
        """
        path, photo = (b"", source) if isinstance(source, bytes) else (os.fsencode(source), b"")
        with _dying():
            # In one piece: with two the child wakes for the first and waits for the second.
            self._requests.write(b"".join((LENGTHS.pack(len(path), len(photo)), path, photo)))
            await self._requests.drain()
            head = await self._answers.readexactly(LENGTHS.size)
            facts_length, data_length = LENGTHS.unpack(head)
            if facts_length > _MOST_FACTS or data_length > _MOST_BYTES:
                raise DecoderDiedError("its answer is absurdly long")
            facts = json.loads(await self._answers.readexactly(facts_length))
            return _photo(facts, await self._answers.readexactly(data_length))

    async def end(self) -> int:
        """Kill it, whatever it is doing, and give its exit code."""
        with suppress(ProcessLookupError):
            self._process.kill()
        self._requests.close()
        return await self._process.wait()


@contextmanager
def _dying() -> Iterator[None]:
    """Turn every way a pipe can end into `DecoderDiedError`."""
    try:
        yield
    except (OSError, asyncio.IncompleteReadError, ValueError, KeyError, TypeError) as error:
        raise DecoderDiedError(type(error).__name__) from error


def _photo(facts: dict[str, Any], data: bytes) -> NormalisedPhoto:
    if "refused" in facts:
        code, detail = facts["refused"]
        if code not in PROBLEMS:
            raise DecoderDiedError("it refused with a code nobody knows")
        raise RefusedInputError(code, detail)
    return NormalisedPhoto(
        data=data,
        width=facts["width"],
        height=facts["height"],
        has_alpha=facts["has_alpha"],
        media_type=facts["media_type"],
        changes=tuple(facts["changes"]),
    )

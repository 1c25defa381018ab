"""What runs in a decoding child: limits first, then one photo after the other over its pipes.

A request is two lengths, a path and a photo, one of them empty; an answer is two lengths, a JSON
object and the normalised photo. Nothing is pickled: a child taken over by a hostile photo can
send bytes, but no objects.
"""

import ctypes
import fcntl
import json
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from backlot.contracts.errors import RefusedInputError
from services.api.photo import NormalisedPhoto, PhotoLimits, normalise

LENGTHS = struct.Struct(">IQ")
READY = b"ready"
_PR_SET_PDEATHSIG = 1
_PIPE_BYTES = 2**20
Decode = Callable[[bytes, PhotoLimits], NormalisedPhoto]


def confine(memory_bytes: int) -> None:
    """Allow this process so much address space above what it has now, and no life of its own."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    # A child that hangs in C would never notice that its pipe was closed.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def serve(decode: Decode = normalise) -> None:
    """Answer requests until the parent closes the pipe.

    The command line holds the memory limit in bytes and the `PhotoLimits` as JSON.
    """
    confine(int(sys.argv[1]))
    limits = PhotoLimits(**json.loads(sys.argv[2]))
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    for pipe in (requests, answers):
        _widen(pipe)
    os.dup2(2, 1)  # whatever a library prints must not end up between the answers
    answers.write(READY)
    answers.flush()
    while head := requests.read(LENGTHS.size):
        path_length, photo_length = LENGTHS.unpack(head)
        path = requests.read(path_length).decode()
        photo = requests.read(photo_length)
        facts, data = _answer(Path(path).read_bytes() if path else photo, limits, decode)
        answers.write(LENGTHS.pack(len(facts), len(data)) + facts + data)
        answers.flush()


def _widen(pipe: BinaryIO) -> None:
    """Let a whole photo into a pipe, so that the other side wakes once and not every 64 kB."""
    with suppress(AttributeError, OSError):  # Linux alone can, and no further than it is allowed
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _answer(photo: bytes, limits: PhotoLimits, decode: Decode) -> tuple[bytes, bytes]:
    try:
        done = decode(photo, limits)
    except RefusedInputError as error:
        return json.dumps({"refused": [error.problem_code, error.detail]}).encode(), b""
    facts = asdict(done)
    data = facts.pop("data")
    return json.dumps(facts).encode(), data


if __name__ == "__main__":
    serve()

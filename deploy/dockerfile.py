# ruff: noqa: INP001 - a folder of scripts, no package
"""Reads the few instructions that this project's Dockerfiles use."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Image:
    """What a Dockerfile makes, as far as it can be done without a container engine."""

    copies: tuple[tuple[str, str], ...]
    pip: tuple[str, ...]
    environment: Mapping[str, str]
    health: tuple[str, ...]
    command: tuple[str, ...]


def read_image(path: Path) -> Image:
    """Read the instructions this project uses; raises ``ValueError`` for any other."""
    copies: list[tuple[str, str]] = []
    pip: list[str] = []
    environment: dict[str, str] = {}
    commands: dict[str, tuple[str, ...]] = {}
    for word, rest in instructions(path.read_text()):
        if word == "COPY" and not rest.startswith("--from=build "):
            *sources, target = rest.split()
            copies += [(source, target) for source in sources]
        elif word == "RUN" and "pip install" in rest:
            pip.append(rest)
        elif word == "ENV":
            environment |= dict(re.findall(r"(\w+)=(\S+)", rest))
        elif word in {"CMD", "HEALTHCHECK"}:
            commands[word] = tuple(json.loads(rest[rest.index("[") :]))
        elif word not in {"COPY", "RUN", "FROM", "ARG", "USER", "WORKDIR", "EXPOSE"}:
            raise ValueError(f"{path.name}: {word} is not understood here")
    return Image(
        tuple(copies), tuple(pip), environment, commands.get("HEALTHCHECK", ()), commands["CMD"]
    )


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Instruction and arguments, line by line, continuation lines joined, comments dropped."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word:
            yield word.upper(), " ".join(rest.split())

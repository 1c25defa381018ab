#!/usr/bin/env python3

"""Makes the locks of the images again: `make locks`.

For every image ``deploy/locks/IMAGE.txt`` names each package it installs, with its version and the
SHA-256 of every file it may come from. Versions are those of ``constraints.txt``; what is needed
follows from ``pyproject.toml``. ``torch.txt`` holds the CUDA build of PyTorch and what only that
needs; its CPU build comes from an index of its own, which the builder names. ``tools.txt`` locks
the programs that lock and audit. Needs uv, from that lock, and an index of packages.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "deploy" / "locks"
EXTRAS = {
    "api": "api",
    "vision_worker": "vision",
    "lm_worker": "lm",
    "matcher": "matcher",
    "render_worker": "render",
    "conductor": "conductor",
}
"""What each image installs, beside the object store's extra."""
TORCH = re.compile(r"(torch|torchvision|triton|nvidia-.*|cuda-.*)")
BUILD = "setuptools>=80"
"""What builds our own distribution inside an image, see pyproject.toml."""
TOOLS = ("uv", "pip-audit", "PyYAML", "packaging")
HEAD = "# Made by `make locks` from pyproject.toml and constraints.txt; do not edit.\n"


def entries(text: str) -> dict[str, str]:
    """The entries of a lock by name: ``name==version``, its marker and hashes, line by line."""
    found: dict[str, str] = {}
    for part in re.split(r"\n(?=[A-Za-z0-9])", text):
        name = re.match(r"([A-Za-z0-9._-]+)==", part)
        if name:
            found[name[1].lower().replace("_", "-").replace(".", "-")] = part.strip() + "\n"
    return found


def resolve(requirements: str, *extras: str) -> dict[str, str]:
    """Everything that is needed, each with its hashes, at the versions of the constraints."""
    uv = Path(sys.executable).with_name("uv")
    with tempfile.NamedTemporaryFile("w", suffix=".in") as wanted:
        wanted.write(requirements)
        wanted.flush()
        sources = [wanted.name, *(["pyproject.toml"] if extras else [])]
        done = subprocess.run(
            [uv, "pip", "compile", *sources, *(word for one in extras for word in ("--extra", one)),
             "--constraint", "constraints.txt", "--generate-hashes", "--no-emit-index-url",
             "--no-header", "--no-annotate", "--no-config", "--quiet", "--only-binary", ":all:",
             "--python-version", "3.11.9", "--python-platform", "x86_64-manylinux_2_28"],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        sys.exit(done.stderr)
    return entries(done.stdout)


def write(name: str, packages: dict[str, str]) -> None:
    """Write one lock, in order of names."""
    text = HEAD + "".join(packages[package] for package in sorted(packages))
    (LOCKS / f"{name}.txt").write_text(text)
    sys.stdout.write(f"{name:14} {len(packages):4} packages\n")


def main() -> None:
    """Make all locks."""
    LOCKS.mkdir(exist_ok=True)
    for image, extra in EXTRAS.items():
        packages = resolve(BUILD, extra, "s3")
        write(image, {k: v for k, v in packages.items() if not TORCH.fullmatch(k)})
    torch = resolve("torch\ntorchvision\n")
    write("torch", {k: v for k, v in torch.items() if TORCH.fullmatch(k)})
    write("tools", resolve("\n".join(TOOLS)))


if __name__ == "__main__":
    main()

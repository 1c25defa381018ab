"""The built files of the window, read once and held in memory with their compressed twins."""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
SHELL = "index.html"
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
_SQUEEZED = {".html", ".js", ".css", ".svg", ".webmanifest"}
_HASHED = re.compile(r"-[A-Z0-9]{8}\.[a-z0-9]+$")


@dataclass(frozen=True)
class WindowFile:
    """One file as it is served.

    Attributes:
        squeezed: The same, gzipped; None where that gains nothing.
        lasting: True when its name changes with its content.
    """

    content: bytes
    squeezed: bytes | None
    media_type: str
    etag: str
    lasting: bool

    @property
    def cache_control(self) -> str:
        """How long a browser may keep it without asking."""
        return "public, max-age=31536000, immutable" if self.lasting else "no-cache"


@cache
def window_files(folder: Path = STATIC) -> Mapping[str, WindowFile]:
    """Every built file by its name; empty when the window was not built."""
    return {
        path.name: _read(path)
        for path in sorted(folder.glob("*"))
        if path.is_file() and path.suffix in MEDIA_TYPES
    }


def _read(path: Path) -> WindowFile:
    content = path.read_bytes()
    return WindowFile(
        content=content,
        squeezed=gzip.compress(content, mtime=0) if path.suffix in _SQUEEZED else None,
        media_type=MEDIA_TYPES[path.suffix],
        etag=f'"{hashlib.sha256(content).hexdigest()[:20]}"',
        lasting=_HASHED.search(path.name) is not None,
    )

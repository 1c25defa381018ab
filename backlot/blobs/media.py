"""How a blob is served: decided by its key alone, never by what a client once claimed."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType

OCTETS = "application/octet-stream"

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".jpg": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".png": "image/png",
        ".webp": "image/webp",
        ".avif": "image/avif",
        ".gif": "image/gif",
        ".glb": "model/gltf-binary",
        ".json": "application/json",
        ".txt": "text/plain; charset=utf-8",
        ".npy": OCTETS,
    }
)
"""Extension to media type; SVG and HTML are left out because they can run scripts."""


def media_type_of(key: str) -> str:
    """The media type a blob is served with; unknown extensions are plain bytes."""
    return MEDIA_TYPES.get(PurePosixPath(key).suffix.lower(), OCTETS)


def disposition_of(key: str) -> str:
    """``inline`` for images, so that a page can show them; a download for everything else."""
    if media_type_of(key).startswith("image/"):
        return "inline"
    return f'attachment; filename="{PurePosixPath(key).name}"'


def serving_headers(key: str) -> dict[str, str]:
    """The headers that keep a browser from guessing what a blob is and from running it."""
    return {
        "Content-Type": media_type_of(key),
        "Content-Disposition": disposition_of(key),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }

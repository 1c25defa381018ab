"""What the window's pages may load: themselves, and pictures from where this line keeps them."""

from collections.abc import Iterable
from urllib.parse import urlsplit


def origin_of(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def content_security_policy(file_origins: Iterable[str]) -> str:
    """The pages' Content-Security-Policy.

    Args:
        file_origins: Origins that signed file addresses may have.
    """
    files = " ".join(dict.fromkeys(file_origins))
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "font-src": "'self'",
        "manifest-src": "'self'",
        "img-src": f"'self' blob: data: {files}",
        "connect-src": f"'self' blob: {files}",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
    }
    return "; ".join(f"{name} {value}".strip() for name, value in rules.items())

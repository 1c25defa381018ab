"""httpx, or a word on where it comes from."""

from backlot.contracts.errors import MissingExtraError

try:
    import httpx
except ModuleNotFoundError as error:
    raise MissingExtraError("httpx", "client") from error

__all__ = ["httpx"]

"""What a blob key may look like; checked before any store is asked."""

import re

MAX_KEY_LENGTH = 900
"""S3 takes 1,024 bytes, a bucket prefix included."""

MAX_PART_LENGTH = 200
"""Common file systems take names of 255 bytes."""

MAX_EXPIRES_S = 604_800
"""Seven days: S3 signs no address for longer."""

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/=-]*")
_PREFIX = re.compile(r"([A-Za-z0-9][A-Za-z0-9._/=-]*)?")


def check_key(key: str) -> str:
    """Give the key back; raises ``ValueError`` when no store could hold it safely."""
    parts = key.split("/")
    if (
        not _KEY.fullmatch(key)
        or len(key) > MAX_KEY_LENGTH
        or ".." in key
        or any(not part or part.startswith(".") or len(part) > MAX_PART_LENGTH for part in parts)
    ):
        raise ValueError(f"Not a blob key: {key[:MAX_PART_LENGTH]!r}")
    return key


def check_prefix(prefix: str) -> str:
    """Give the prefix back; like a key, but it may be empty or end anywhere within one."""
    unsafe = ".." in prefix or "//" in prefix or "/." in prefix or len(prefix) > MAX_KEY_LENGTH
    if unsafe or not _PREFIX.fullmatch(prefix):
        raise ValueError(f"Not a prefix of blob keys: {prefix[:MAX_PART_LENGTH]!r}")
    return prefix


def check_expires(expires_s: int) -> int:
    """Give the lifetime of an address back, seconds; raises ``ValueError`` out of 1 s to 7 days."""
    if not 1 <= expires_s <= MAX_EXPIRES_S:
        raise ValueError(f"An address lives between 1 and {MAX_EXPIRES_S} seconds: {expires_s}")
    return expires_s

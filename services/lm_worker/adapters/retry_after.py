"""Reads when an endpoint wants to be asked again: RFC 9110, section 10.2.3, and a form in ms."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# An endpoint that asks for more than a day is treated as if it had asked for a day.
LONGEST_S = 86_400.0


def retry_after_s(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the seconds to wait, at least 0; None when nothing usable is said.

    Args:
        headers: Reply headers; names in lower case, or a mapping that does not care.
        now: The present, for tests; aware.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return _bounded(milliseconds / 1000)
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None:
        return _bounded(seconds)
    return _until(value, now or datetime.now(UTC))


def _number(value: str | None) -> float | None:
    try:
        number = float(value) if value is not None else math.nan
    except ValueError:
        return None
    return None if math.isnan(number) else number


def _until(value: str | None, now: datetime) -> float | None:
    """Return the seconds until an HTTP date."""
    if value is None:
        return None
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return _bounded((aware - now).total_seconds())


def _bounded(seconds: float) -> float:
    return min(LONGEST_S, max(0.0, seconds))

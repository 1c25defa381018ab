"""When an endpoint wants to be asked again."""

from datetime import UTC, datetime

import pytest

from services.lm_worker.adapters.retry_after import LONGEST_S, retry_after_s

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after": "Mon, 23 Nov 2026 12:05:00 GMT"}, 300.0),
        ({"retry-after": "Mon, 23 Nov 2026 11:05:00 GMT"}, 0.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "1e99"}, LONGEST_S),
        ({"retry-after": "inf"}, LONGEST_S),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "later"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_seconds_milliseconds_and_dates_are_understood(
    headers: dict[str, str], seconds: float | None
) -> None:
    """Nonsense is nothing, the past is now, and nobody waits longer than a day."""
    assert retry_after_s(headers, NOW) == seconds

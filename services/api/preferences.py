"""What a client prefers: the header ``Prefer`` of RFC 7240."""

import re

_WAIT = re.compile(r"(?:^|[,;])\s*wait\s*=\s*\"?([0-9]{1,6})\"?\s*(?=$|[,;])", re.IGNORECASE)


def wait_s(prefer: str | None, most_s: float) -> float:
    """How long the answer may be held back; 0 when nothing is preferred, or nothing sensible.

    Args:
        prefer: The header.
        most_s: Longer waits are cut to this.
    """
    found = _WAIT.search(prefer or "")
    return min(float(found[1]), most_s) if found else 0.0

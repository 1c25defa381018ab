"""How a call to the outside fails: refused before it began, or failed on its way."""

from typing import ClassVar

from backlot.contracts.errors import BacklotError


class EgressRefusedError(BacklotError):
    """The address may not be called; trying again is useless until it changes.

    Args:
        reason: Stable machine word, for example ``address-inside``.
        detail: One sentence the owner of the address can act on.
    """

    code: ClassVar[str] = "webhook-url-refused"

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class EgressFailedError(BacklotError):
    """The call was allowed and brought no reply; it may work later.

    Args:
        reason: ``dns``, ``connect``, ``tls``, ``timeout`` or ``protocol``.
        detail: One sentence for a person.
    """

    code: ClassVar[str] = "egress-failed"

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail

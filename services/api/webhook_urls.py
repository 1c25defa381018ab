"""Webhook addresses are judged at submit already, so that a client hears of a bad one at once."""

from backlot.contracts.errors import RefusedInputError
from backlot.egress.errors import EgressFailedError, EgressRefusedError
from backlot.egress.policy import EgressPolicy
from backlot.egress.resolver import Resolver


class WebhookUrls:
    """Refuses addresses that lead inside; the conductor judges again at every call.

    Args:
        policy: Who may be called.
        resolve: Host names to addresses.
    """

    def __init__(self, policy: EgressPolicy, resolve: Resolver) -> None:
        self._policy = policy
        self._resolve = resolve

    def check(self, url: str) -> None:
        """Raise `RefusedInputError` ``webhook-url-refused`` unless the address may be called.

        Blocks while the name is resolved.
        """
        try:
            target = self._policy.check_url(url)
            if target.address is None:
                self._policy.check_addresses(target, self._resolve(target.host, target.port))
        except (EgressRefusedError, EgressFailedError) as error:
            raise RefusedInputError(
                "webhook-url-refused", f"webhook_url: {error.detail}"
            ) from error

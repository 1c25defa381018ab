"""The resolver of the machine, with a limit."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from backlot.egress.errors import EgressFailedError
from backlot.egress.resolver import SystemResolver


class TestSystemResolver:
    """The resolver of the machine, with a limit."""

    def test_resolves(self) -> None:
        """A name of this machine gives this machine's addresses, each once."""
        found = SystemResolver()("localhost", 80)
        assert found
        assert all(address.is_loopback for address in found)
        assert len(set(found)) == len(found)

    def test_unknown_names_fail(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A name that the machine cannot resolve fails as a lookup."""

        def unknown(*_args: object, **_options: object) -> list[object]:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        with pytest.raises(EgressFailedError) as caught:
            SystemResolver()("nobody.invalid", 443)
        assert caught.value.reason == "dns"

    def test_does_not_wait_for_ever(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A resolver that hangs is given up on, and too many that hang are not added to."""
        release = threading.Event()

        def hanging(*_args: object, **_options: object) -> list[object]:
            release.wait()
            return []

        monkeypatch.setattr(socket, "getaddrinfo", hanging)
        resolver = SystemResolver(timeout_s=0.01)
        with ThreadPoolExecutor(40) as pool:
            failures = list(pool.map(lambda _: _failure(resolver), range(40)))
        release.set()
        assert {failure.reason for failure in failures} == {"dns"}
        assert any("Too many" in failure.detail for failure in failures)
        assert any("in time" in failure.detail for failure in failures)


def _failure(resolver: SystemResolver) -> EgressFailedError:
    with pytest.raises(EgressFailedError) as caught:
        resolver("hooks.example", 443)
    return caught.value

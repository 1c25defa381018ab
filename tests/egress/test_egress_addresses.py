"""Which addresses are public: the full table, and never more than Python itself says."""

from ipaddress import ip_address, ip_network

import pytest
from egress_addresses import FORBIDDEN, PUBLIC
from hypothesis import given
from hypothesis import strategies as st

from backlot.contracts.errors import ConfigurationError
from backlot.egress.addresses import is_public, parse_networks


@pytest.mark.parametrize("text", FORBIDDEN)
def test_closed_addresses_are_not_public(text: str) -> None:
    """Every special range is closed, whichever way an IPv4 address is wrapped into IPv6."""
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_neighbours_of_closed_ranges_are_public(text: str) -> None:
    """The ranges end where they end: customers beside them can be called."""
    assert is_public(ip_address(text))


@given(st.ip_addresses())
def test_public_is_stricter_than_python(address: object) -> None:
    """Nothing that Python itself calls private, reserved or multicast is ever public here."""
    ip = ip_address(str(address))
    if is_public(ip):
        assert ip.is_global
        assert not any((ip.is_multicast, ip.is_reserved, ip.is_link_local, ip.is_loopback))


def test_reads_networks_from_a_setting() -> None:
    """An empty setting allows nothing, a wrong one stops the process."""
    assert parse_networks("") == ()
    assert parse_networks(" 10.0.0.0/8,::1 ") == (ip_network("10.0.0.0/8"), ip_network("::1"))
    with pytest.raises(ConfigurationError, match="networks"):
        parse_networks("10.0.0.1/8")

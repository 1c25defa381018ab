"""Which addresses belong to the public internet; Python's own `is_global` is too trusting."""

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)

from backlot.contracts.errors import ConfigurationError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_CLOSED_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # the host agent of a large cloud, on a public-looking address
        "169.254.0.0/16",  # link-local, the metadata services of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112 sinkhole
        "192.52.193.0/24",  # automatic multicast tunnelling
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112 sinkhole
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)

# Only 2000::/3 is handed out for the public internet. All else is closed at once: loopback,
# mapped and compatible IPv4, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), discard (100::/64),
# SRv6 (5f00::/16), unique local (fc00::/7), link-local, site-local (fec0::/10) and multicast.
_OPEN_V6 = IPv6Network("2000::/3")

_CLOSED_V6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo (2001::/32) among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries an IPv4 address of the sender's choice
        "2620:4f:8000::/48",  # AS112 sinkhole
        "3fff::/20",  # documentation
    )
)


def is_public(address: Address) -> bool:
    """Whether packets to the address leave for the public internet.

    IPv6 addresses that carry an IPv4 address (mapped, NAT64, 6to4, Teredo) are never public,
    whatever they carry: no receiver needs to be called that way.

    Source: the IANA special-purpose address registries for IPv4 and IPv6.
    """
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_V4)
    return address in _OPEN_V6 and not any(address in network for network in _CLOSED_V6)


def parse_networks(text: str) -> tuple[Network, ...]:
    """Networks from a comma-separated setting; raises `ConfigurationError` for what is none."""
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise ConfigurationError(f"Not a list of networks: {error}") from error

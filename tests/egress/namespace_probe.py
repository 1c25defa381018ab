"""Calls dangerous hosts in a network of its own, with a real resolver, and prints what left.

Run as root of new network, mount and user namespaces; everything it sends stays in them.
"""

import json
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from ipaddress import IPv4Network, ip_address

from egress_addresses import FORBIDDEN

from backlot.contracts.errors import BacklotError
from backlot.egress.addresses import Address
from backlot.egress.client import GuardedClient
from backlot.egress.policy import EgressPolicy
from backlot.egress.wire import Limits

PUBLIC = "93.184.216.34"
INSIDE = "10.0.0.1"
ZONES = [text for text in FORBIDDEN if "%" not in text]
NAMES = {f"h{n}.example.com": [text] for n, text in enumerate(ZONES)}
NAMES["mixed.example.com"] = [PUBLIC, INSIDE]
NAMES["mixed6.example.com"] = [PUBLIC, "fd00::1"]
REBINDING = "rebinding.example.com"
LITERALS = (
    "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0xA9FEA9FE", "169.254.43518",
    "user@10.0.0.1", "10.0.0.1#@example.com", "①⑥⑨.②⑤④.①⑥⑨.②⑤④", "example.com\\@10.0.0.1",
    "[::ffff:169.254.169.254]", "[fe80::1%25lo]", "localhost", "localhost.", "metadata.internal",
)  # fmt: skip


class Network:
    """An interface with a route to everywhere, and eyes on what leaves."""

    def __init__(self) -> None:
        for words in (
            "link set lo up", "addr add 198.18.200.1/32 dev lo", "route add default dev lo",
            "-6 addr add fd99::1/128 dev lo nodad", "-6 route add default dev lo",
        ):  # fmt: skip
            subprocess.run(["ip", *words.split()], check=True)  # noqa: S607  # wherever it is
        self._eye = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.ntohs(3))
        self._eye.setblocking(False)  # noqa: FBT003  # the signature of sockets

    def tcp_targets(self) -> list[str]:
        """Where TCP packets went since the last call."""
        time.sleep(0.05)
        found = []
        while True:
            try:
                packet = self._eye.recv(65_536)
            except BlockingIOError:
                return found
            if packet[0] >> 4 == 4 and packet[9] == socket.IPPROTO_TCP:
                found.append(str(ip_address(packet[16:20])))
            elif packet[0] >> 4 == 6 and packet[6] == socket.IPPROTO_TCP:
                found.append(str(ip_address(packet[24:40])))


class NameServer(threading.Thread):
    """Answers A and AAAA; the rebinding name is public the first time and inside afterwards."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 53))
        self.asked: Counter[str] = Counter()

    def run(self) -> None:
        """Serve for ever."""
        while True:
            query, client = self._socket.recvfrom(4096)
            self._socket.sendto(self._answer(query), client)

    def _answer(self, query: bytes) -> bytes:
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1 : at + 1 + query[at]].decode())
            at += query[at] + 1
        (kind,) = struct.unpack("!H", query[at + 1 : at + 3])
        wanted = {1: 4, 28: 6}.get(kind)
        addresses = [a for a in self._addresses(".".join(labels), kind) if a.version == wanted]
        records = b"".join(
            struct.pack("!HHHIH", 0xC00C, kind, 1, 0, len(a.packed)) + a.packed for a in addresses
        )
        head = query[:2] + struct.pack("!HHHHH", 0x8180, 1, len(addresses), 0, 0)
        return head + query[12 : at + 5] + records

    def _addresses(self, name: str, kind: int) -> list[Address]:
        if name != REBINDING:
            return [ip_address(text) for text in NAMES.get(name, ())]
        self.asked[str(kind)] += 1
        return [ip_address(PUBLIC if self.asked[str(kind)] == 1 else INSIDE)]


def outcome(client: GuardedClient, url: str) -> str:
    """How a call ended, in a word."""
    try:
        return str(client.send("POST", url, content=b"{}").status)
    except BacklotError as error:
        return str(getattr(error, "reason", error.code))


def main() -> None:
    """Probe and print one JSON object."""
    network = Network()
    with tempfile.NamedTemporaryFile("w") as config:
        config.write("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        config.flush()
        subprocess.run(["mount", "--bind", config.name, "/etc/resolv.conf"], check=True)  # noqa: S607
        names = NameServer()
        names.start()
        strict = GuardedClient(EgressPolicy(), limits=Limits(connect_s=0.3, total_s=2))
        outcomes = {host: outcome(strict, f"https://{host}/hook") for host in (*NAMES, *LITERALS)}
        leaked = network.tcp_targets()
        rebound = outcome(strict, f"https://{REBINDING}/hook")
        after_rebinding = network.tcp_targets()
        open_inside = EgressPolicy(allow=(IPv4Network("10.0.0.0/8"),))
        outcome(GuardedClient(open_inside, limits=Limits(connect_s=0.3)), f"https://{INSIDE}/")
        control = network.tcp_targets()
    json.dump(
        {
            "outcomes": outcomes, "leaked": leaked, "rebound": rebound,
            "after_rebinding": sorted(set(after_rebinding)), "control": sorted(set(control)),
        },
        sys.stdout,
    )  # fmt: skip


if __name__ == "__main__":
    main()

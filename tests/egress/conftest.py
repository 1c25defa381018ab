"""Receivers to call, a policy that lets them be called, and a certificate for one of them."""

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from egress_receivers import Behaviour, Certified, Receiver

from backlot.egress.policy import EgressPolicy


@pytest.fixture
def receiver() -> Iterator[Callable[..., Receiver]]:
    """Makes receivers and stops them after the test."""
    made: list[Receiver] = []

    def make(behaviour: Behaviour, tls: ssl.SSLContext | None = None) -> Receiver:
        made.append(Receiver(behaviour, tls))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def loopback() -> EgressPolicy:
    """A policy as development has it: this machine may be called."""
    return EgressPolicy(allow=(IPv4Network("127.0.0.0/8"), IPv6Network("::1/128")))


@pytest.fixture(scope="session")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    """A certificate that names `hooks.example`, and a client that trusts it alone."""
    path = tmp_path_factory.mktemp("tls") / "hooks.pem"
    _write_certificate(path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return Certified(server, ssl.create_default_context(cafile=str(path)))


def _write_certificate(path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )

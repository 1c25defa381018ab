import hashlib

import pytest

from backlot.contracts.errors import ConfigurationError, RefusedInputError
from services.api.access import Access, is_loopback, read_keys


def digest(key: str) -> str:
    """What the settings hold of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def keyed() -> Access:
    """Two tenants, one of them with two keys."""
    text = f"vrin:{digest('key-one')}, vrin:{digest('key-two')},studio:{digest('key-three')},"
    return Access(read_keys(text), "0.0.0.0")  # noqa: S104  # what is tested


def test_every_key_leads_to_its_tenant() -> None:
    """A tenant may hold several keys, so that one can be replaced without a gap."""
    access = keyed()
    for key, tenant in (("key-one", "vrin"), ("key-two", "vrin"), ("key-three", "studio")):
        assert access.known(access.digest(f"Bearer {key}")) == tenant


@pytest.mark.parametrize("header", [None, "", "key-one", "Bearer", "Bearer ", "Basic key-one"])
def test_a_key_must_be_sent_as_one(header: str | None) -> None:
    """A missing or wrongly sent key is refused."""
    with pytest.raises(RefusedInputError) as caught:
        keyed().digest(header)
    assert caught.value.problem_code == "unauthorized"


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer \udcff", "Bearer key-one2"])
def test_a_wrong_key_is_nobodys(header: str) -> None:
    """Whatever is sent as a key, it belongs to somebody only when it is theirs."""
    assert keyed().known(keyed().digest(header)) is None


def test_stored_keys_allow_any_address_and_close_the_door() -> None:
    """With BACKLOT_ACCESS=keys nobody gets in without one, on whatever address it listens."""
    access = Access({}, "0.0.0.0", closed=True)  # noqa: S104  # what is tested
    assert not access.is_open
    access.check_origin("203.0.113.7", "api.example", None)
    with pytest.raises(RefusedInputError):
        access.digest(None)


@pytest.mark.parametrize("text", ["vrin", "vrin:abc", "VRIN:" + digest("x"), "a:" + "g" * 64])
def test_a_malformed_key_setting_stops_the_start(text: str) -> None:
    """A typing error in the settings is an error at once, without repeating the key."""
    with pytest.raises(ConfigurationError) as caught:
        read_keys(text)
    assert text not in str(caught.value)


def test_one_key_cannot_belong_to_two_tenants() -> None:
    """The same hash under two names is a mistake."""
    with pytest.raises(ConfigurationError):
        read_keys(f"a:{digest('x')},b:{digest('x')}")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "10.0.0.1", "backlot.example"])  # noqa: S104  # what is tested
def test_an_open_api_refuses_to_start_on_other_addresses(host: str) -> None:
    """Without keys only loopback may be listened on."""
    with pytest.raises(ConfigurationError, match="BACKLOT_API_KEYS"):
        Access({}, host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.53", "::1", "localhost"])
def test_loopback_is_known_by_its_names(host: str) -> None:
    """Loopback needs no keys; everybody there is the tenant `local`."""
    assert is_loopback(host)
    assert Access({}, host).is_open


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "127.0.0.1"])
def test_programs_on_this_machine_pass(host: str) -> None:
    """Host names of this machine, with or without port, and a page served by it."""
    Access({}, "127.0.0.1").check_origin("127.0.0.1", host, None)
    Access({}, "127.0.0.1").check_origin("::1", host, f"http://{host}")


@pytest.mark.parametrize(
    ("client", "host", "origin"),
    [
        ("192.168.1.9", "127.0.0.1:8000", None),
        (None, "127.0.0.1:8000", None),
        ("127.0.0.1", "evil.example:8000", None),
        ("127.0.0.1", "127.0.0.1.evil.example", None),
        ("127.0.0.1", "evil.example@[::1", None),
        ("127.0.0.1", "", None),
        ("127.0.0.1", "127.0.0.1:8000", "https://evil.example"),
        ("127.0.0.1", "127.0.0.1:8000", "null"),
    ],
)
def test_strangers_and_their_web_pages_are_refused(
    client: str | None, host: str, origin: str | None
) -> None:
    """Other machines, rebound names and other sites' forms do not reach an open API."""
    with pytest.raises(RefusedInputError) as caught:
        Access({}, "127.0.0.1").check_origin(client, host, origin)
    assert caught.value.problem_code == "unauthorized"


def test_with_keys_the_key_decides_and_not_the_address() -> None:
    """A keyed API answers any host name from anywhere."""
    keyed().check_origin("203.0.113.7", "api.example", "https://shop.example")

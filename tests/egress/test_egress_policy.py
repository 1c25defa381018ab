"""What may be called and what may not, before a single packet leaves."""

from ipaddress import ip_address

import pytest
from egress_addresses import FORBIDDEN
from hypothesis import given
from hypothesis import strategies as st

from backlot.contracts.problems import PROBLEMS
from backlot.egress.addresses import is_public, parse_networks
from backlot.egress.errors import EgressRefusedError
from backlot.egress.policy import EgressPolicy


class TestUrl:
    """Reading a URL."""

    @pytest.mark.parametrize(
        ("url", "host", "port", "path", "authority"),
        [
            ("https://Hooks.Example.COM", "hooks.example.com", 443, "/", "hooks.example.com"),
            ("HTTPS://a.example:443/x", "a.example", 443, "/x", "a.example"),
            ("https://a.example:8443/x?y=1", "a.example", 8443, "/x?y=1", "a.example:8443"),
            ("https://a.example/p#part", "a.example", 443, "/p", "a.example"),
            ("https://a.example./p", "a.example", 443, "/p", "a.example"),
            ("https://a_b.example/", "a_b.example", 443, "/", "a_b.example"),
            ("https://bücher.example/ü", "xn--bcher-kva.example", 443, "/%C3%BC", None),
            ("https://쇼핑.example/", "xn--hp4bo76a.example", 443, "/", None),
            ("https://8.8.8.8/x", "8.8.8.8", 443, "/x", "8.8.8.8"),
            ("https://[2606:4700:4700:0::1111]/", "2606:4700:4700::1111", 443, "/", None),
            ("https://[2a00::1]:8443/", "2a00::1", 8443, "/", "[2a00::1]:8443"),
            ("https://7-eleven.example/", "7-eleven.example", 443, "/", None),
            ("https://1.example/", "1.example", 443, "/", None),
        ],
    )
    def test_reads_public_urls(
        self, url: str, host: str, port: int, path: str, authority: str | None
    ) -> None:
        """Each URL has one reading: lower case, ASCII, canonical."""
        target = EgressPolicy().check_url(url)
        assert (target.host, target.port, target.path) == (host, port, path)
        assert target.authority == (authority or target.authority)
        assert target.inside_only is False

    @pytest.mark.parametrize(
        ("url", "reason"),
        [
            ("http://a.example/", "scheme"),
            ("ftp://a.example/", "scheme"),
            ("file:///etc/passwd", "scheme"),
            ("gopher://a.example/", "scheme"),
            ("javascript:alert(1)", "syntax"),
            ("//a.example/", "syntax"),
            ("a.example/hook", "syntax"),
            ("", "syntax"),
            (" https://a.example/", "syntax"),
            ("https://a.example/ x", "syntax"),
            ("https://a.example/\r\nHost: b", "syntax"),
            ("https://a.example\t/", "syntax"),
            ("https://a.example\\@b.example/", "syntax"),
            ("https:\\\\a.example/", "syntax"),
            ("https://a.example/\x00", "syntax"),
            ("https://a.example/\u2028", "syntax"),
            ("https://a.example/" + "x" * 2048, "syntax"),
            ("https:///x", "host"),
            ("https://./", "host"),
            ("https://a..example/", "host"),
            ("https://-a.example/", "host"),
            ("https://a%2eexample/", "host"),
            ("https://" + "a" * 64 + ".example/", "host"),
            ("https://" + "a." * 127 + "example/", "host"),
            ("https://xn--/", "host"),
            ("https://☃.example/", "syntax"),
            ("https://[::1", "syntax"),
            ("https://[v1.x]/", "syntax"),
            ("https://a.example:0/", "port"),
            ("https://a.example:99999/", "port"),
            ("https://a.example:-1/", "port"),
            ("https://a.example:6379/", "port"),
            ("https://a.example:80/", "port"),
            ("https://user@a.example/", "userinfo"),
            ("https://user:secret@a.example/", "userinfo"),
            ("https://@a.example/", "userinfo"),
            ("https://a.example:x@10.0.0.1/", "userinfo"),
        ],
    )
    def test_refuses_what_is_not_plain_https(self, url: str, reason: str) -> None:
        """Another scheme, a port of other services, user names and doubtful syntax are refused."""
        with pytest.raises(EgressRefusedError) as caught:
            EgressPolicy().check_url(url)
        assert caught.value.reason == reason

    @pytest.mark.parametrize(
        "host",
        [
            "2130706433",  # 127.0.0.1 as one number
            "0x7f000001",
            "0x7f.1",
            "127.1",
            "127.0.1",
            "0177.0.0.1",
            "127.0.0.01",
            "0",
            "0x",
            "1.1.1.1.1",
            "256.1.1.1",
            "8.8.8",
            "134744072",  # 8.8.8.8: public, and still nobody's way to write a webhook
            "a.example.0x7f",
        ],
    )
    def test_refuses_numbers_that_are_no_plain_address(self, host: str) -> None:
        """Decimal, octal, hexadecimal and short forms are refused, wherever they would lead."""
        with pytest.raises(EgressRefusedError) as caught:
            EgressPolicy().check_url(f"https://{host}/")
        assert caught.value.reason in {"host-numeric", "syntax"}

    @pytest.mark.parametrize("text", [text for text in FORBIDDEN if "%" not in text])
    def test_refuses_closed_addresses(self, text: str) -> None:
        """An address that is not public is refused as written, with a trailing dot too."""
        for host in (f"[{text}]",) if ":" in text else (text, text + "."):
            with pytest.raises(EgressRefusedError) as caught:
                EgressPolicy().check_url(f"https://{host}/")
            assert caught.value.reason == "address-inside"

    @pytest.mark.parametrize("host", ["[fe80::1%25eth0]", "[2606:4700::1%251]"])
    def test_refuses_zones(self, host: str) -> None:
        """An address with a zone names an interface of this machine."""
        with pytest.raises(EgressRefusedError) as caught:
            EgressPolicy().check_url(f"https://{host}/")
        assert caught.value.reason in {"address-inside", "host"}

    @pytest.mark.parametrize(
        "host",
        [
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "redis",
            "metadata.google.internal",
            "printer.local",
            "x.localdomain",
            "nas.home.arpa",
            "router.lan",
            "ｌｏｃａｌｈｏｓｔ",  # noqa: RUF001 - full-width letters are the attack
        ],
    )
    def test_refuses_names_of_the_inside(self, host: str) -> None:
        """Names that only an inner network knows are refused without asking it."""
        with pytest.raises(EgressRefusedError) as caught:
            EgressPolicy().check_url(f"https://{host}/")
        assert caught.value.reason in {"address-inside", "syntax"}

    def test_full_width_digits_are_no_way_in(self) -> None:
        """Digits of other scripts become plain ones before they are judged, or are refused."""
        for host in ("①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1"):  # noqa: RUF001 - the attack
            with pytest.raises(EgressRefusedError):
                EgressPolicy().check_url(f"https://{host}/")

    @given(st.text(max_size=40))
    def test_never_fails_otherwise(self, text: str) -> None:
        """Whatever is written as a host, the answer is a public target or a refusal."""
        try:
            target = EgressPolicy().check_url(f"https://{text}/")
        except EgressRefusedError:
            return
        assert target.address is None or is_public(target.address)
        assert target.host.isascii()

    def test_refusal_is_a_known_problem(self) -> None:
        """The API can answer with the error's own code."""
        assert EgressRefusedError.code in PROBLEMS


class TestAllowed:
    """Networks that an operator opened."""

    policy = EgressPolicy(allow=parse_networks("127.0.0.0/8, fd00::/8"))

    @pytest.mark.parametrize(
        "url", ["http://127.0.0.1:5000/", "https://127.0.0.1/", "http://[fd00::1]:1/"]
    )
    def test_allowed_addresses_take_http_and_any_port(self, url: str) -> None:
        """For development: plain http, any port, this network only."""
        assert self.policy.check_url(url).address is not None

    @pytest.mark.parametrize(
        "url", ["http://10.0.0.1/", "http://8.8.8.8/", "https://8.8.8.8:6379/", "http://[::1]/"]
    )
    def test_opens_nothing_else(self, url: str) -> None:
        """Other private networks stay closed, and public ones still need https and the ports."""
        with pytest.raises(EgressRefusedError):
            self.policy.check_url(url)

    @pytest.mark.parametrize("url", ["http://receiver:9000/", "http://a.example/"])
    def test_names_are_judged_by_their_addresses(self, url: str) -> None:
        """A name may use http only if all it stands for is in an allowed network."""
        target = self.policy.check_url(url)
        assert target.inside_only
        self.policy.check_addresses(target, [ip_address("127.0.0.1")])
        for others in (["8.8.8.8"], ["127.0.0.1", "8.8.8.8"], ["10.0.0.1"]):
            with pytest.raises(EgressRefusedError):
                self.policy.check_addresses(target, [ip_address(text) for text in others])

    def test_mapped_addresses_need_their_own_word(self) -> None:
        """Allowing an IPv4 network does not allow its IPv6 disguise."""
        with pytest.raises(EgressRefusedError):
            self.policy.check_url("http://[::ffff:127.0.0.1]/")

"""Promises of webhook signatures, against the published vectors and a peer."""

import base64
import time

import pytest
from standardwebhooks import Webhook

from backlot.contracts.errors import ConfigurationError
from backlot.webhooks.keyring import Keyring
from backlot.webhooks.sealing import Sealer
from backlot.webhooks.signing import (
    PublicKey,
    SharedSecret,
    SigningKey,
    new_secret,
    signature_headers,
)
from backlot.webhooks.verifying import Verifier, WebhookRefusedError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PRIVATE = (
    "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
)
PUBLIC = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
SEED = "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk="
ID, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
V1 = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
V1A = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="
V1A_SEED = (
    "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag=="
)


def verifier(*keys: str, now: float = AT) -> Verifier:
    """A receiver at a fixed time."""
    return Verifier(keys, clock=lambda: now)


def headers(signature: str, webhook_id: str = ID, at: object = AT) -> dict[str, str]:
    """What a receiver gets."""
    return {
        "Webhook-Id": webhook_id,
        "Webhook-Timestamp": str(at),
        "Webhook-Signature": signature,
    }


@pytest.mark.parametrize(
    ("key", "signature"),
    [
        (SharedSecret(SECRET), V1),
        (SigningKey(PRIVATE), V1A),
        (SigningKey(SEED), V1A_SEED),
    ],
    ids=["v1", "v1a", "v1a-seed"],
)
def test_the_published_vectors_are_met(key: SharedSecret | SigningKey, signature: str) -> None:
    """What the reference libraries publish as signatures, we sign byte for byte."""
    assert signature_headers((key,), ID, AT, BODY) == {
        "webhook-id": ID,
        "webhook-timestamp": str(AT),
        "webhook-signature": signature,
    }


@pytest.mark.parametrize(("key", "signature"), [(SECRET, V1), (PUBLIC, V1A)])
def test_the_published_vectors_verify(key: str, signature: str) -> None:
    """A receiver with the public half or the secret accepts them, in any company."""
    assert verifier(key).verify(BODY, headers(signature)) == ID
    assert verifier(key).verify(BODY, headers(f"v2,AAAA v1,!! v1a,AA {signature}")) == ID


def test_the_public_half_follows_from_the_private_one() -> None:
    """The published key pair belongs together, and a mixed one is refused."""
    assert SigningKey(PRIVATE).public.text == PUBLIC
    mixed = base64.b64encode(b"x" * 32 + PublicKey(PUBLIC).raw).decode()
    with pytest.raises(ConfigurationError):
        SigningKey(f"whsk_{mixed}")


def test_the_peer_library_verifies_what_we_sign() -> None:
    """`standardwebhooks` finds its signature among several and refuses a changed body."""
    secret, now = new_secret(), int(time.time())
    keys = (SharedSecret(new_secret()), SharedSecret(secret), SigningKey(PRIVATE))
    sent = signature_headers(keys, "evt_1", now, b'{"a":1}')
    assert Webhook(secret).verify(b'{"a":1}', sent) == {"a": 1}
    with pytest.raises(Exception, match="signature"):
        Webhook(secret).verify(b'{"a":2}', sent)


def test_we_verify_what_the_peer_library_signs() -> None:
    """And the other way round."""
    from datetime import UTC, datetime

    secret, now = new_secret(), datetime.now(UTC)
    signature = Webhook(secret).sign("evt_1", now, '{"a":1}')
    sent = headers(signature, "evt_1", int(now.timestamp()))
    assert Verifier([secret]).verify(b'{"a":1}', sent) == "evt_1"


@pytest.mark.parametrize(
    ("signature", "webhook_id", "at"),
    [
        (V1, "msg_other", AT), (V1, ID, AT + 1), (V1.replace("v1,", "v1a,"), ID, AT),
        (V1.removeprefix("v1,"), ID, AT), ("", ID, AT), ("v1,", ID, AT), (V1, ID, "soon"),
        (V1, ID, "-5"), (V1, ID, "9" * 5000), (V1, ID, "١٦١٤٢٦٥٣٣٠"),
        (" ".join(["v1,AAAA"] * 32 + [V1]), ID, AT),
    ],
)  # fmt: skip
def test_whatever_does_not_fit_is_refused(signature: str, webhook_id: str, at: object) -> None:
    """Another id, time, version, or rubbish: refused, never an error of another kind."""
    with pytest.raises(WebhookRefusedError):
        verifier(SECRET, PUBLIC).verify(BODY, headers(signature, webhook_id, at))


@pytest.mark.parametrize("missing", ["Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"])
def test_a_missing_header_is_refused(missing: str) -> None:
    """All three are needed."""
    sent = {name: value for name, value in headers(V1).items() if name != missing}
    with pytest.raises(WebhookRefusedError, match="missing"):
        verifier(SECRET).verify(BODY, sent)


@pytest.mark.parametrize("off_s", [-301, 301])
def test_an_old_or_future_webhook_is_refused(off_s: int) -> None:
    """Five minutes either way are tolerated, more is a replay or a wrong clock."""
    with pytest.raises(WebhookRefusedError, match="old"):
        verifier(SECRET, now=AT - off_s).verify(BODY, headers(V1))
    verifier(SECRET, now=AT - (off_s - 1 if off_s > 0 else off_s + 1)).verify(BODY, headers(V1))


def test_a_body_that_is_not_text_can_be_verified() -> None:
    """Bodies are bytes; which bytes makes no difference."""
    sent = signature_headers((SharedSecret(SECRET),), ID, AT, b"\xff\xfe")
    assert verifier(SECRET).verify(b"\xff\xfe", sent) == ID


@pytest.mark.parametrize(
    "text", ["", "plain", "whsec_", "whsec_c2hvcnQ=", "whsec_***", "whsec_" + "A" * 88, PUBLIC]
)
def test_a_weak_secret_is_refused(text: str) -> None:
    """No prefix, no base64, too few or too many bytes: nothing is ever signed with it."""
    with pytest.raises(ConfigurationError) as caught:
        SharedSecret(text)
    assert not text or text == "whsec_" or text not in str(caught.value)


def test_keys_follow_from_the_installation_and_differ_by_tenant() -> None:
    """Without settings every tenant has a secret of its own, the same after every restart."""
    one, again = Keyring(b"x" * 32), Keyring(b"x" * 32)
    assert one.tenant_secret("a") == again.tenant_secret("a") != one.tenant_secret("b")
    assert one.public[0].text == again.public[0].text != Keyring(b"y" * 32).public[0].text
    SharedSecret(one.tenant_secret("a"))


def test_several_signing_keys_overlap() -> None:
    """While two keys are set both sign, so receivers of either go on."""
    keyring = Keyring(b"x" * 32, f"{SEED}, {PRIVATE}")
    sent = signature_headers(keyring.signing, ID, AT, BODY)
    assert sent["webhook-signature"] == f"{V1A_SEED} {V1A}"
    for key in keyring.public:
        verifier(key.text).verify(BODY, sent)


@pytest.mark.parametrize("keys", ["whsk_AAAA", "nonsense"])
def test_a_wrong_signing_key_stops_the_start(keys: str) -> None:
    """A mistake in the settings shows at once."""
    with pytest.raises(ConfigurationError):
        Keyring(b"x" * 32, keys)
    with pytest.raises(ConfigurationError):
        Keyring(b"short")


def test_sealed_secrets_open_for_their_owner_only() -> None:
    """Another installation, another owner or a changed byte opens nothing."""
    sealed = Sealer(b"x" * 32).seal("whsec_1", "whe_1")
    assert "whsec" not in sealed
    assert Sealer(b"x" * 32).open(sealed, "whe_1") == "whsec_1"
    for secret, owner, text in (
        (b"y" * 32, "whe_1", sealed),
        (b"x" * 32, "whe_2", sealed),
        (b"x" * 32, "whe_1", sealed[:-6] + "AAAAAA"),
    ):
        with pytest.raises(ConfigurationError):
            Sealer(secret).open(text, owner)

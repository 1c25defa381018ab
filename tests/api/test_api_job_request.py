import pytest

from backlot.contracts.errors import RefusedInputError
from services.api.job_ids import check_key, derived_job_id, random_job_id
from services.api.job_request import InvalidFieldsError, parse_request

SECRET = b"a secret of sixteen bytes"


@pytest.mark.parametrize("text", [None, b"", b"  \n"])
def test_without_a_request_everything_takes_its_default(text: bytes | None) -> None:
    """The photo alone is a whole order."""
    assert parse_request(text).top_k == 6


@pytest.mark.parametrize(
    "text", [b"{", b"title=Cup", b"\xff\xfe", b'{"title": "\\ud800"}', b"[" * 9999]
)
def test_what_is_not_json_is_malformed(text: bytes) -> None:
    """A body that cannot be read is told apart from one with a wrong field."""
    with pytest.raises(RefusedInputError) as caught:
        parse_request(text)
    assert caught.value.problem_code == "malformed-request"


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (b'{"titel": "Cup"}', {"titel"}),
        (b'{"top_k": 0, "locale": "fr"}', {"top_k", "locale"}),
        (b'{"dimensions_cm": {"height": -3}}', {"dimensions_cm.height"}),
        (b'{"kinds": ["cave"]}', {"kinds.0"}),
        (b"[]", {""}),
    ],
)
def test_every_wrong_field_is_named(text: bytes, fields: set[str]) -> None:
    """Unknown fields and values out of range are listed with their place."""
    with pytest.raises(InvalidFieldsError) as caught:
        parse_request(text)
    assert caught.value.problem_code == "invalid-request"
    assert fields <= {error.field for error in caught.value.errors}


def test_a_thousand_errors_are_not_repeated() -> None:
    """The answer stays small however wrong the request is."""
    text = "{" + ",".join(f'"x{n}": 1' for n in range(1000)) + "}"
    with pytest.raises(InvalidFieldsError) as caught:
        parse_request(text.encode())
    assert len(caught.value.errors) == 20


@pytest.mark.parametrize("key", ["a", "x" * 255, "!~", "6f1c-retry"])
def test_visible_ascii_is_an_idempotency_key(key: str) -> None:
    """1 to 255 visible ASCII characters."""
    assert check_key(key) == key


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "schlüssel", "a\n"])
def test_anything_else_is_not(key: str) -> None:
    """Empty, long, blank or accented keys are refused before anything is stored."""
    with pytest.raises(RefusedInputError) as caught:
        check_key(key)
    assert caught.value.problem_code == "idempotency-key-invalid"


def test_ids_are_derived_the_same_everywhere_and_differ_in_every_part() -> None:
    """Secret, tenant, key and turn all count; every process finds the same id."""
    first = derived_job_id(SECRET, "vrin", "k", 0)
    assert first == derived_job_id(SECRET, "vrin", "k", 0)
    others = {
        derived_job_id(b"another secret, as long", "vrin", "k", 0),
        derived_job_id(SECRET, "studio", "k", 0),
        derived_job_id(SECRET, "vrin", "K", 0),
        derived_job_id(SECRET, "vrin", "k", 1),
        random_job_id(),
        random_job_id(),
    }
    assert len(others | {first}) == 7

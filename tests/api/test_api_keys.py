"""Promises of API keys, scopes and quotas."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from api_door import Door, fresh_line, problem_of
from api_photos import small_jpeg
from pydantic import SecretStr
from redis_server import RedisServer
from typer.testing import CliRunner

from backlot.api_keys import ApiKeys, Scope, digest_of
from backlot.cli.main import app
from backlot.contracts.errors import RefusedInputError
from services.api.doorman import scope_of


@pytest.fixture(scope="module")
def closed_door(
    redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    """The API with stored keys only, none of them made yet."""
    door = Door(tmp_path_factory.mktemp("closed"), fresh_line(redis_server), access="keys")
    door.start()
    yield door
    door.stop()


def keys_of(door: Door) -> ApiKeys:
    """The keys of a door."""
    return ApiKeys(door.parts.records._scripts, door.parts.blobs)


def get(door: Door, key: str, path: str = "/v1/webhook-endpoints") -> httpx.Response:
    """Read something with a key."""
    return door.client.get(path, headers={"Authorization": f"Bearer {key}"})


def submit(door: Door, key: str) -> httpx.Response:
    """Submit a photo with a key."""
    return door.submit(small_jpeg(), Authorization=f"Bearer {key}")


def test_a_made_key_opens_the_door_to_its_tenant(closed_door: Door) -> None:
    """Without a key, or with another text, nobody gets in; with it the job is the tenant's."""
    made = keys_of(closed_door).make("acme", "shop")
    assert closed_door.client.get("/v1/webhook-secret").status_code == 401
    for wrong in (made.text[:-1], made.text.upper(), made.key.key_id, "blk_"):
        assert problem_of(get(closed_door, wrong)).code == "unauthorized"
    job = submit(closed_door, made.text)
    record = closed_door.parts.records.get(job.json()["job_id"])
    assert record is not None
    assert record.tenant == "acme"


def test_the_key_is_kept_as_a_hash(closed_door: Door) -> None:
    """Neither Redis nor the object store holds its text."""
    made = keys_of(closed_door).make("acme", "hashed")
    client = closed_door.parts.records._scripts.client
    stored = [str(client.hgetall(key)) for key in client.scan_iter("*apikey:*")]
    store = closed_door.store
    stored += [store.get(key).decode() for key in store.keys("api-keys/")]
    assert stored
    assert all(made.text not in text for text in stored)


def test_its_last_use_is_noted(closed_door: Door) -> None:
    """To the minute, so that unused keys can be found."""
    made = keys_of(closed_door).make("quiet", "unused")
    assert made.key.used_at is None
    get(closed_door, made.text)
    [key] = keys_of(closed_door).all("quiet")
    assert key.used_at is not None
    assert abs(key.used_at.timestamp() - time.time()) < 60


def test_a_rotated_key_overlaps_with_the_old_one(closed_door: Door) -> None:
    """Both work until the overlap is over; a revoked key is refused at once."""
    keys = keys_of(closed_door)
    old = keys.make("rota", "shop", (Scope.WEBHOOKS,), quotas={"other": 77})
    new = keys.rotate("rota", old.key.key_id, 60)
    assert (new.key.scopes, new.key.quotas, new.key.name) == (
        (Scope.WEBHOOKS,),
        {"other": 77},
        "shop",
    )
    assert get(closed_door, old.text).status_code == get(closed_door, new.text).status_code == 200
    keys.revoke("rota", old.key.key_id)
    assert problem_of(get(closed_door, old.text)).code == "unauthorized"
    assert get(closed_door, new.text).status_code == 200


def test_an_earlier_end_is_not_put_off(closed_door: Door) -> None:
    """Rotating a key that ends in a minute does not let it live for a day."""
    keys = keys_of(closed_door)
    made = keys.make("short", "shop", lifetime_s=60)
    keys.rotate("short", made.key.key_id, 86_400)
    first = keys.all("short")[0]
    assert first.ends_at == made.key.ends_at


def test_a_key_ends_by_itself(closed_door: Door) -> None:
    """After its lifetime it is nobody's."""
    made = keys_of(closed_door).make("brief", "shop", lifetime_s=-1)
    assert problem_of(get(closed_door, made.text)).code == "unauthorized"


def test_a_tenant_cannot_end_another_ones_key(closed_door: Door) -> None:
    """Ids are looked up within the tenant."""
    made = keys_of(closed_door).make("mine", "shop")
    with pytest.raises(RefusedInputError):
        keys_of(closed_door).revoke("yours", made.key.key_id)
    with pytest.raises(RefusedInputError):
        keys_of(closed_door).revoke("mine", "")


def test_keys_outlive_redis(closed_door: Door) -> None:
    """After a loss of Redis they come back as they were, the ended ones ended."""
    keys = keys_of(closed_door)
    good, ended = keys.make("phoenix", "a"), keys.make("phoenix", "b")
    keys.revoke("phoenix", ended.key.key_id)
    client = closed_door.parts.records._scripts.client
    for key in [*client.scan_iter("*apikey:*"), *client.scan_iter("*apikeys:*")]:
        client.delete(key)
    assert problem_of(get(closed_door, good.text)).code == "unauthorized"
    assert keys.restore() >= 2
    assert keys.restore() == 0
    assert get(closed_door, good.text).status_code == 200
    assert problem_of(get(closed_door, ended.text)).code == "unauthorized"


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/v1/jobs/job_1", Scope.READ), ("POST", "/v1/jobs", Scope.WRITE),
        ("DELETE", "/v1/jobs/job_1", Scope.WRITE), ("POST", "/v1/uploads", Scope.WRITE),
        ("GET", "/v1/backgrounds", Scope.READ), ("POST", "/v1/backgrounds", Scope.LIBRARY),
        ("GET", "/v1/webhook-secret", Scope.WEBHOOKS), ("HEAD", "/v1/jobs", Scope.READ),
        ("POST", "/v1/webhook-endpoints/whe_1/replay", Scope.WEBHOOKS),
        ("GET", "/v1/jobs/job_1/deliveries", Scope.READ), ("PUT", "/v1/nothing", Scope.WRITE),
    ],
)  # fmt: skip
def test_every_request_needs_one_scope(method: str, path: str, scope: Scope) -> None:
    """Reading, writing, webhooks and the library are apart."""
    assert scope_of(method, path) is scope


def test_a_key_may_do_no_more_than_its_scopes(closed_door: Door) -> None:
    """A key that reads does not write, and the answer says what it would need."""
    made = keys_of(closed_door).make("reader", "dashboard", (Scope.READ,))
    assert get(closed_door, made.text, "/v1/backgrounds").status_code == 200
    for answer in (submit(closed_door, made.text), get(closed_door, made.text)):
        assert problem_of(answer).code == "scope-missing"


def test_only_some_keys_may_pass_the_others_in_the_queue(closed_door: Door) -> None:
    """A high priority needs a scope that a key does not have of itself; the others need none."""
    keys = keys_of(closed_door)
    usual, urgent = keys.make("shop", "usual"), keys.make("shop", "urgent", tuple(Scope))

    def submitted(key: str, priority: str) -> httpx.Response:
        return closed_door.submit(
            small_jpeg(), {"priority": priority}, Authorization=f"Bearer {key}"
        )

    refused = problem_of(submitted(usual.text, "high"))
    assert refused.code == "scope-missing"
    assert "priority" in refused.detail
    for key, priority in ((urgent, "high"), (usual, "normal"), (usual, "low")):
        assert submitted(key.text, priority).json()["priority"] == priority


def test_an_item_of_a_batch_is_no_way_round(closed_door: Door) -> None:
    """It is refused by itself, and the batch is taken."""
    made = keys_of(closed_door).make("bulk", "usual")
    answer = closed_door.client.post(
        "/v1/batches",
        json={"items": [{"priority": "high"}]},
        headers={"Authorization": f"Bearer {made.text}"},
    )
    assert answer.status_code == 202
    assert answer.json()["items"][0]["problem"]["code"] == "scope-missing"


def test_answers_say_what_is_left(closed_door: Door) -> None:
    """Each kind of request has a bucket of its own, and its headers count down."""
    made = keys_of(closed_door).make("frugal", "shop", quotas={"other": 30, "submit": 2})
    seen = [get(closed_door, made.text).headers for _ in range(3)]
    assert {one["ratelimit-policy"] for one in seen} == {'"other";q=30;w=60'}
    assert [one["ratelimit"].split(";")[1] for one in seen] == ["r=29", "r=28", "r=27"]
    assert submit(closed_door, made.text).headers["ratelimit"].startswith('"submit";r=1;')


def test_a_quota_is_kept_and_hurts_nobody_else(closed_door: Door) -> None:
    """Over it every request is refused with the time to wait; other kinds and keys go on."""
    keys = keys_of(closed_door)
    busy, other = keys.make("busy", "a", quotas={"submit": 2}), keys.make("busy", "b")
    assert [submit(closed_door, busy.text).status_code for _ in range(2)] == [202, 202]
    refused = submit(closed_door, busy.text)
    assert problem_of(refused).code == "rate-limited"
    assert 1 <= int(refused.headers["retry-after"]) <= 30
    assert refused.headers["ratelimit"].startswith('"submit";r=0;')
    assert get(closed_door, busy.text).status_code == 200
    assert submit(closed_door, other.text).status_code == 202


def test_a_batch_counts_by_its_items(closed_door: Door) -> None:
    """Many jobs in one request are as many as in many requests."""
    made = keys_of(closed_door).make("bulk", "a", quotas={"submit": 4})
    headers = {"Authorization": f"Bearer {made.text}"}

    def batch(count: int) -> httpx.Response:
        items = [{"upload_id": f"upl_{n:032x}"} for n in range(count)]
        return closed_door.client.post("/v1/batches", json={"items": items}, headers=headers)

    assert batch(3).status_code == 202
    assert problem_of(batch(3)).code == "rate-limited"


def test_a_quota_refills_evenly(closed_door: Door) -> None:
    """After the time of two requests some are let in, and then no more at once."""
    made = keys_of(closed_door).make("patient", "a", quotas={"other": 60})
    scripts = closed_door.parts.records._scripts
    bucket = scripts.key("rate", "other", digest_of(made.text))
    seconds, micros = scripts.client.time()
    now_ms = seconds * 1000 + micros // 1000
    scripts.client.set(bucket, now_ms + 120_000)
    assert problem_of(get(closed_door, made.text)).code == "rate-limited"
    scripts.client.set(bucket, now_ms + 60_000 - 2_000)
    answers = [get(closed_door, made.text).status_code for _ in range(20)]
    assert answers[0] == 200
    assert 429 in answers


def test_a_quota_of_nothing_is_no_limit(closed_door: Door) -> None:
    """And its answers carry no such headers."""
    made = keys_of(closed_door).make("free", "a", quotas={"other": 0})
    assert "ratelimit" not in get(closed_door, made.text).headers


def test_keys_are_kept_by_commands(closed_door: Door) -> None:
    """Made, listed, rotated and revoked at a terminal; the text goes to standard output alone."""
    line, parts = closed_door.line_settings, closed_door.parts
    environment: dict[str, Any] = {
        "BACKLOT_REDIS_URL": line.redis_url.get_secret_value(), "BACKLOT_PREFIX": line.prefix,
        "BACKLOT_BLOBS_FOLDER": str(parts.blobs._root),  # type: ignore[attr-defined]
        "BACKLOT_SECRET": SecretStr("x" * 32).get_secret_value(),
    }  # fmt: skip

    def run(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, ["keys", *words], env=environment)
        assert done.exit_code == code, done.output
        return done.stdout

    text = run("make", "terminal", "--name", "till", "--scope", "webhooks").strip()
    assert get(closed_door, text).status_code == 200
    [key] = keys_of(closed_door).all("terminal")
    assert (key.name, key.scopes) == ("till", (Scope.WEBHOOKS,))
    assert key.key_id in run("list")
    assert text not in run("list", "terminal")
    newer = run("rotate", "terminal", key.key_id, "--overlap-hours", "0").strip()
    assert problem_of(get(closed_door, text)).code == "unauthorized"
    assert get(closed_door, newer).status_code == 200
    run("revoke", "terminal", keys_of(closed_door).all("terminal")[1].key_id)
    assert problem_of(get(closed_door, newer)).code == "unauthorized"
    run("make", "Not A Name", code=2)

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from api_door import KEYS, Door, fresh_line, problem_of
from api_photos import small_png
from prometheus_client.parser import text_string_to_metric_families
from redis_server import RedisServer

from backlot.contracts.jobs import JobBody
from services.api.access import Access
from services.api.front import SECURITY_HEADERS, Front


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that a test may take away."""
    server = RedisServer(tmp_path / "redis")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def lonely_door(own_redis: RedisServer, tmp_path: Path) -> Iterator[Door]:
    """An API on that Redis."""
    door = Door(tmp_path, fresh_line(own_redis))
    door.start()
    yield door
    door.stop()


def test_it_is_alive_and_ready(door: Door) -> None:
    """Both probes answer, in JSON."""
    assert door.client.get("/livez").json() == {"status": "live"}
    assert door.client.get("/readyz").json() == {"status": "ready"}


def test_without_redis_it_is_alive_but_not_ready(lonely_door: Door, own_redis: RedisServer) -> None:
    """503 with Retry-After while Redis is away, and nothing of why in the answer."""
    own_redis.kill()
    assert lonely_door.client.get("/livez").status_code == 200
    for path in ("/readyz", "/v1/line", "/metrics", "/v1/jobs/job_x"):
        answer = lonely_door.client.get(path)
        found = problem_of(answer)
        assert (found.status, found.code) == (503, "unavailable")
        assert int(answer.headers["retry-after"]) > 0
        assert "redis" not in answer.text.lower()
        assert str(own_redis.port) not in answer.text


def test_a_submit_while_redis_is_away_is_finished_by_its_retry(
    lonely_door: Door, own_redis: RedisServer
) -> None:
    """The client is told to try again; with its key it then gets the one job."""
    own_redis.kill()
    assert problem_of(lonely_door.submit(small_png(), key="k")).code == "unavailable"
    own_redis.start()
    answers = [lonely_door.submit(small_png(), key="k") for _ in range(2)]
    jobs = {JobBody.model_validate_json(answer.content).job_id for answer in answers}
    assert len(jobs) == 1
    assert list(lonely_door.store.keys("manifests/")) == [f"manifests/{jobs.pop()}.json"]


def test_the_line_shows_workers_and_load(door: Door) -> None:
    """One waiting job and four slots are a load of a quarter; other stages have no workers."""
    before = door.client.get("/v1/line").json()["stages"]["caption"]
    door.consume()
    door.submit(small_png())
    stages = door.client.get("/v1/line").json()["stages"]
    caption = stages["caption"]
    assert (caption["workers"], caption["slots"]) == (1, 4)
    assert caption["waiting"] == before["waiting"] + 1
    assert caption["load"] == caption["waiting"] / 4
    assert (stages["refine"]["workers"], stages["refine"]["load"]) == (0, None)


def test_metrics_are_the_same_numbers(door: Door) -> None:
    """Prometheus reads what /v1/line shows, and counters of jobs and stages."""
    door.consume()
    job_id = door.submit(small_png()).json()["job_id"]
    door.fail(job_id)
    line = door.client.get("/v1/line").json()["stages"]["caption"]
    answer = door.client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    samples = {
        (sample.name, sample.labels.get("stage"), sample.labels.get("event")): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    for name in ("workers", "slots", "waiting", "running"):
        assert samples[(f"backlot_stage_{name}", "caption", None)] == line[name]
    assert samples[("backlot_jobs_total", None, "created")] >= 1
    assert samples[("backlot_jobs_total", None, "failed")] >= 1
    assert ("backlot_api_photos_decoding", None, None) in samples


@pytest.mark.parametrize("path", ["/v1/line", "/metrics", "/v1/backgrounds", "/v1/jobs/job_x"])
def test_with_keys_operations_need_one(path: str, keyed_door: Door) -> None:
    """Figures, library and jobs are for those with a key."""
    assert problem_of(keyed_door.client.get(path)).code == "unauthorized"
    headers = {"Authorization": f"Bearer {KEYS['vrin']}"}
    assert keyed_door.client.get(path, headers=headers).status_code in {200, 404}


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_probes_need_no_key(path: str, keyed_door: Door) -> None:
    """An orchestrator has none."""
    assert keyed_door.client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/nowhere", "not-found"),
        ("PUT", "/v1/jobs", "method-not-allowed"),
        ("DELETE", "/livez", "method-not-allowed"),
        ("GET", "/docs", "not-found"),
    ],
)
def test_what_the_router_refuses_is_a_problem_too(
    method: str, path: str, code: str, door: Door
) -> None:
    """404 and 405 look like every other error, with Allow."""
    answer = door.client.request(method, path)
    found = problem_of(answer)
    assert (found.code, found.instance) == (code, path)
    assert ("allow" in answer.headers) == (code == "method-not-allowed")


@pytest.mark.parametrize(
    "path", ["/livez", "/nowhere", "/v1/backgrounds", "/v1/jobs/x", "/metrics"]
)
def test_every_answer_carries_the_security_headers(path: str, door: Door) -> None:
    """Good and bad answers alike."""
    headers = door.client.get(path).headers
    assert {name: headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_a_rebound_name_does_not_reach_an_open_api(door: Door) -> None:
    """A web page's own host name that points here is refused on every path."""
    for path in ("/livez", "/v1/backgrounds", "/nowhere"):
        answer = door.client.get(path, headers={"Host": "evil.example"})
        assert problem_of(answer).code == "unauthorized"


def test_another_sites_form_does_not_reach_an_open_api(door: Door) -> None:
    """A form that another site's page sends here makes no job."""
    before = door.everything()
    answer = door.submit(small_png(), Origin="https://evil.example")
    assert problem_of(answer).code == "unauthorized"
    assert door.everything() == before


@pytest.mark.anyio
async def test_a_bug_is_answered_without_a_word_of_it() -> None:
    """500 with a problem document; the reason stays in the log."""

    async def broken(*_: object) -> None:
        raise ZeroDivisionError("the password is hunter2")

    transport = httpx.ASGITransport(Front(broken, Access({}, "127.0.0.1")))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await client.get("/v1/anything")
    found = problem_of(answer)
    assert (found.status, found.code) == (500, "internal-error")
    assert "hunter2" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def references(node: object) -> Iterator[str]:
    """Every $ref below a node."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_the_description_is_whole(door: Door) -> None:
    """Every reference of the OpenAPI document leads somewhere; problems are declared as such."""
    described = door.client.get("/v1/openapi.json").json()
    schemas = described["components"]["schemas"]
    assert {"JobBody", "JobRequest", "Problem", "BackgroundPage"} <= set(schemas)
    for reference in references(described):
        assert reference.removeprefix("#/components/schemas/") in schemas
    submit = described["paths"]["/v1/jobs"]["post"]
    assert "application/problem+json" in submit["responses"]["413"]["content"]
    assert "multipart/form-data" in submit["requestBody"]["content"]

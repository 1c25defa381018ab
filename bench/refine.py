"""`make bench-refine`: what a brief costs, by rules and around a language model.

1. The whole stage by rules: caption in as JSON, three briefs out as JSON.
2. The whole stage with a model, against the bare call in the same run, interleaved: the same number
   of bytes to the same endpoint (a process of its own that waits a while and answers) and back.

The last line holds the figures as key=value. `loop_ms` is a bare loop of two million steps, to tell
a slow hour of a shared machine from slow code.
"""

import argparse
import http.client
import json
import multiprocessing
import socket
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pydantic import SecretStr

from backlot.contracts.jobs import JobKind
from backlot.contracts.stages import Stage
from backlot.line.turns import take_turns
from backlot.line.work import Handler, Work
from backlot.vocabulary import load_vocabulary
from services.lm_worker.draft import answer_schema
from services.lm_worker.engines import build_refiner
from services.lm_worker.evaluation.products import Case, make_cases
from services.lm_worker.fake import draft_of
from services.lm_worker.prompt import system_prompt
from services.lm_worker.prose.compose import compose
from services.lm_worker.settings import LmSettings
from services.lm_worker.stylist.rulebook import shipped_rulebook
from services.lm_worker.stylist.stylist import RuleStylist

SEED = 7
WARM = 20
STAGE_PATH = "/v1/chat/completions"


def work_of(case: Case) -> Work:
    """A claimed refine stage."""
    return Work(
        job_id=f"job_{case.number:032x}",
        kind=JobKind.RECOMMEND,
        stage=Stage.REFINE,
        generation=1,
        fence=1,
        attempt=1,
        request=case.request,
        photo=None,
        outputs={Stage.CAPTION: case.caption.model_dump_json()},
    )


def answers_for(cases: Sequence[Case]) -> list[bytes]:
    """A good completion for each product: what the rules would say, as a model says it."""
    stylist = RuleStylist(shipped_rulebook(), compose)
    answers = []
    for case in cases:
        drafts = [draft_of(brief) for brief in stylist.briefs(case.facts, 3)]
        content = json.dumps({"briefs": [draft.model_dump(mode="json") for draft in drafts]})
        message = {"role": "assistant", "content": content}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        usage = {"prompt_tokens": 1000, "completion_tokens": 900, "total_tokens": 1900}
        answers.append(json.dumps({"id": "x", "choices": [choice], "usage": usage}).encode())
    return answers


def serve(port: int, answers: list[bytes], wait_s: float) -> None:
    """The endpoint: waits, then answers the next product to the stage, any one to a bare call."""
    turn = iter(range(len(answers)))

    class Endpoint(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            time.sleep(wait_s)
            bare = self.path.removeprefix("/bare/")
            answer = answers[int(bare) if bare != self.path else next(turn)]
            self.wfile.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (len(answer), answer)
            )

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    ThreadingHTTPServer(("127.0.0.1", port), Endpoint).serve_forever()


@contextmanager
def endpoint(answers: list[bytes], wait_s: float) -> Iterator[int]:
    """Run the endpoint; yields its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = multiprocessing.get_context("spawn").Process(
        target=serve, args=(port, answers, wait_s), daemon=True
    )
    process.start()
    while not is_open(port):
        time.sleep(0.05)
    try:
        yield port
    finally:
        process.kill()
        process.join()


def is_open(port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def timed(refine: Handler, work: Work) -> float:
    """Seconds from the stored caption to the briefs as they are stored."""
    start = time.perf_counter()
    outcome = refine(work)
    outcome.output.model_dump_json()
    took = time.perf_counter() - start
    assert not outcome.warnings or outcome.warnings[0].code == "hint-not-understood", outcome
    return took


def by_rules(cases: Sequence[Case]) -> dict[str, float]:
    """Part 1."""
    refine = build_refiner(LmSettings(lm_model=None, lm_api_key=None, lm_base_url=None))
    works = [work_of(case) for case in cases]
    for work in works[:WARM]:
        refine(work)
    take_turns()
    processor = time.process_time()
    times = [timed(refine, work) for work in works]
    processor = time.process_time() - processor
    return {
        "rules_processor_ms": processor / len(works) * 1000,
        "rules_p50_ms": p(times, 50),
        "rules_mean_ms": statistics.fmean(times) * 1000,
        "rules_p95_ms": p(times, 95),
    }


def by_model(cases: Sequence[Case], wait_s: float) -> dict[str, float]:
    """Part 2."""
    stage: list[float] = []
    bare: list[float] = []
    with endpoint(answers_for(cases), wait_s) as port:
        settings = LmSettings(
            lm_base_url=f"http://127.0.0.1:{port}/v1",
            lm_api_key=SecretStr("bench"),
            lm_model="bench",
            lm_cache_ttl_s=0,
        )
        refine = build_refiner(settings)
        connection = http.client.HTTPConnection("127.0.0.1", port)
        # What the stage sends is nearly all instructions and schema, whatever the product.
        sent = system_prompt() + json.dumps(answer_schema(load_vocabulary()))
        body = b"x" * len(sent.encode())
        spent = 0.0
        for number, case in enumerate(cases):
            work, processor = work_of(case), time.process_time()
            stage.append(timed(refine, work))
            spent += time.process_time() - processor
            start = time.perf_counter()
            connection.request("POST", f"/bare/{number}", body)
            connection.getresponse().read()
            bare.append(time.perf_counter() - start)
    over = [one - other for one, other in zip(stage[WARM:], bare[WARM:], strict=True)]
    return {
        "model_p50_ms": p(stage[WARM:], 50),
        "bare_call_p50_ms": p(bare[WARM:], 50),
        "model_processor_ms": spent / len(stage) * 1000,
        "over_endpoint_p50_ms": p(over, 50),
        "over_endpoint_p95_ms": p(over, 95),
    }


def bare_loop_ms() -> float:
    """How fast this machine is just now."""
    start = time.perf_counter()
    total = 0
    for step in range(2_000_000):
        total += step
    return (time.perf_counter() - start) * 1000


def p(values: Sequence[float], percent: int) -> float:
    """A percentile, milliseconds."""
    return statistics.quantiles(values, n=100)[percent - 1] * 1000


def main() -> None:
    """Run both parts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--products", type=int, default=200)
    parser.add_argument("--calls", type=int, default=120, help="of the model")
    parser.add_argument("--endpoint-ms", type=float, default=50.0, help="the endpoint's own time")
    given = parser.parse_args()
    cases = make_cases(given.products, SEED)
    figures = {"loop_ms": bare_loop_ms(), **by_rules(cases)}
    print(f"{given.products} products by rules: done")
    figures |= by_model(cases[: given.calls], given.endpoint_ms / 1000)
    print(" ".join(f"{name}={value:.2f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()

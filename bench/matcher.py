"""`make bench-matcher`: how long a match takes, and how far each index engine goes.

1. The whole match stage at the starter library: real encoder, filters, fusion, reasons; every job
   has prose nobody has encoded before.
2. Eight filtered questions in one round trip at 1,000, 20,000 and 100,000 backgrounds, and the
   share of the exact answer that is found: the embedded engine; qdrant-client's own in Python; a
   server where BACKLOT_QDRANT_URL names one. A size is left out once an engine took longer than
   `--patience` for one round trip at the size before.

The last line holds the figures as key=value.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import structlog

from backlot.blobs.memory import MemoryStore
from backlot.contracts.background import BackgroundKind
from backlot.contracts.stages import Stage
from services.matcher.adapters.edge import EdgeIndex
from services.matcher.adapters.qdrant import QdrantIndex, open_folder, open_url
from services.matcher.engines import build_stages
from services.matcher.evaluation.cases import Case, work_of
from services.matcher.port import Ask, BackgroundIndex, Point, PointFacts, VectorSpace, Where
from services.matcher.settings import MatcherSettings

DIM, QUESTIONS, DEPTH = 384, 8, 48
SIZES = (1_000, 20_000, 100_000)
ROUNDS = 20
SPACE = VectorSpace("bench@1", DIM)
STUDIOS = Where(kinds=frozenset({BackgroundKind.STUDIO}))
Search = Callable[[np.ndarray], list[list[int]]]


def main() -> None:
    """Measure and print."""
    options = _options()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    figures: dict[str, float | str] = {"load": round(os.getloadavg()[0], 1)}
    figures |= stage(options.jobs)
    for name, engine in engines():
        for size in (size for size in SIZES if size <= options.most):
            with tempfile.TemporaryDirectory(prefix="bench") as folder:
                took = measured(engine, size, Path(folder))
            figures |= {f"{name}_{size}_{key}": value for key, value in took.items()}
            print(
                f"{name:9} {size:7} " + "  ".join(f"{k}={v}" for k, v in took.items()), flush=True
            )
            if took["p50_ms"] > 1000 * options.patience:
                print(f"{name:9} stops here: one round trip takes too long")
                break
    if not os.environ.get("BACKLOT_QDRANT_URL"):
        figures["server"] = "unproven"
    print(" ".join(f"{key}={value}" for key, value in figures.items()))


def _options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=60)
    parser.add_argument("--most", type=int, default=SIZES[-1])
    parser.add_argument("--patience", type=float, default=2.0, help="seconds for a round trip")
    return parser.parse_args()


def stage(jobs: int) -> dict[str, float]:
    """Time the match stage at the starter library."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        settings = MatcherSettings(qdrant_url="", qdrant_folder=Path(folder) / "q")
        handler = build_stages(settings, MemoryStore())[Stage.MATCH]
        cases = _cases(jobs, Path(folder) / "cases.jsonl")
        seconds = []
        for case in cases:
            assert case.briefs is not None
            work = work_of(case, case.briefs, top_k=6)
            start = time.perf_counter()
            handler(work)
            seconds.append(time.perf_counter() - start)
        handler.close()  # type: ignore[attr-defined]  # the real matcher has one
    figures = {"stage_p50_ms": _ms(statistics.median(seconds)), "stage_p95_ms": _ms(_p95(seconds))}
    print(f"match stage, {len(cases)} jobs: {figures}")
    return figures


def _cases(jobs: int, path: Path) -> list[Case]:
    """Return products with briefs, written by the stylist in a process of its own."""
    module = "services.lm_worker.evaluation.briefs"
    command = [sys.executable, "-m", module, f"--products={jobs}", "--out", str(path)]
    subprocess.run(command, check=True)
    return [Case.model_validate_json(line) for line in path.read_text("utf-8").splitlines()]


def engines() -> Iterator[tuple[str, Callable[[np.ndarray, Path], Search]]]:
    """Yield what can be measured here."""
    yield "embedded", _embedded
    yield "local", _local
    if os.environ.get("BACKLOT_QDRANT_URL"):
        yield "server", _server


def measured(
    engine: Callable[[np.ndarray, Path], Search], size: int, folder: Path
) -> dict[str, float]:
    """Fill an engine, ask it, and compare with the exact answer."""
    chance = np.random.default_rng(size)
    centres = chance.standard_normal((200, DIM))
    vectors = centres[chance.integers(0, 200, size)] + 0.7 * chance.standard_normal((size, DIM))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    start = time.perf_counter()
    search = engine(vectors, folder)
    filled = time.perf_counter() - start
    seconds, found = [], []
    for _ in range(ROUNDS):
        noise = chance.standard_normal((QUESTIONS, DIM)).astype(np.float32) * 0.04
        asked = vectors[chance.integers(0, size, QUESTIONS)] + noise
        asked /= np.linalg.norm(asked, axis=1, keepdims=True)
        start = time.perf_counter()
        answers = search(asked)
        seconds.append(time.perf_counter() - start)
        found += [_recall(answer, q, vectors) for answer, q in zip(answers, asked, strict=True)]
        if sum(seconds) > 60:
            break
    return {
        "p50_ms": _ms(statistics.median(seconds)),
        "p95_ms": _ms(_p95(seconds)),
        "recall": round(statistics.fmean(found), 3),
        "fill_s": round(filled, 1),
    }


def _recall(answer: list[int], asked: np.ndarray, vectors: np.ndarray) -> float:
    """Return the share of the exact answer, among the studios alone, that was found."""
    studios = np.arange(0, len(vectors), 2)
    nearest = studios[np.argsort(-(vectors[studios] @ asked))[:DEPTH]]
    return len({*answer} & {*nearest.tolist()}) / len(nearest)


def _embedded(vectors: np.ndarray, folder: Path) -> Search:
    """Fill the product's own index, embedded."""
    return _filled(EdgeIndex(folder / "q", space=SPACE), vectors)


def _local(vectors: np.ndarray, folder: Path) -> Search:
    """Fill qdrant-client's engine in Python, which the tests run in place of a server."""
    index = QdrantIndex(open_folder(folder / "q"), name="bench", space=SPACE, embedded=True)
    return _filled(index, vectors)


def _server(vectors: np.ndarray, _: Path) -> Search:
    """Fill the product's own index on a server, in a collection of the bench."""
    client = open_url(os.environ["BACKLOT_QDRANT_URL"], os.environ.get("BACKLOT_QDRANT_API_KEY"))
    name = f"bench-{len(vectors)}-{os.getpid()}"
    return _filled(QdrantIndex(client, name=name, space=SPACE, embedded=False), vectors)


def _filled(index: BackgroundIndex, vectors: np.ndarray) -> Search:
    """Store every vector under its number."""
    for first in range(0, len(vectors), 1000):
        index.put([_point(at, vectors[at]) for at in range(first, min(first + 1000, len(vectors)))])
    index.publish()

    def search(asked: np.ndarray) -> list[list[int]]:
        answers = index.search([Ask("caption", one, STUDIOS) for one in asked], DEPTH)
        return [[int(hit.point_id[-12:]) for hit in answer] for answer in answers]

    return search


def _point(number: int, vector: np.ndarray) -> Point:
    """Return a background that is a studio when its number is even."""
    kind = BackgroundKind.SPACE if number % 2 else BackgroundKind.STUDIO
    facts = PointFacts(
        background_id=f"set-{number}",
        kind=kind,
        terms=("mood/dramatic",),
        licence="Apache-2.0",
        palette_lab=((50.0, 0.0, 0.0, 1.0),),
        stage_m=(1.0, 1.0, 1.0),
        version=1,
        source="starter",
        fingerprint="bench",
    )
    return Point(f"00000000-0000-0000-0000-{number:012d}", {"caption": vector}, facts)


def _p95(seconds: list[float]) -> float:
    return sorted(seconds)[min(len(seconds) - 1, int(0.95 * len(seconds)))]


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 2)


if __name__ == "__main__":
    main()

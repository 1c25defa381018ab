"""`make bench-vision`: what the vision worker adds to its network, and how full it keeps it.

Everything is measured in one run, round by round, so that a busy machine is busy for all of it:

1. *network*: prepared pictures through the image tower in batches, nothing else.
2. *decode + network*: the same with decoding and preparing, one after the other, batched.
3. *sight*: decode to facets through the worker's own parts (threads, micro-batcher, label tables),
   the cut-out being given. This is what the batcher and the scoring add.
4. *worker*: the real handler, cut-out, palette, sentences and stored pictures included. These run
   on the CPU beside the network; on a machine with a GPU they are what limits.
5. *batcher alone*: against a device that only sleeps, as a GPU would for the CPU.

With `--shape NAME`, or without weights for the profile, a network of that shape with random
weights is measured: its speed is the same, its answers mean nothing. `ViT-B-32` is the shape of
`clip`, `ViT-B-16-SigLIP2-256` of the larger half of `standard`, `ViT-SO400M-16-SigLIP2-384` of
`quality`. The last line holds the figures as key=value.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import structlog
from PIL import Image
from vision_network import random_clip

from backlot.blobs.memory import MemoryStore
from backlot.contracts.jobs import JobKind, JobRequest, StoredPhoto
from backlot.contracts.stages import Stage
from backlot.encoder.port import ImageTextEncoder, Steps, Vectors, steps_of
from backlot.encoder.profiles import EncoderSettings, open_image_encoders
from backlot.line.work import Handler, Work
from backlot.vocabulary import load_vocabulary
from services.vision_worker.batching import BatchLimits, MicroBatcher
from services.vision_worker.engines import build_captioner, calibrations_of, open_finder
from services.vision_worker.eye import Eye
from services.vision_worker.looker import Looker
from services.vision_worker.looking import Look, look
from services.vision_worker.photo import decode, on_white
from services.vision_worker.settings import VisionSettings

SAMPLES = Path(__file__).parent.parent / "samples"
CUTOUT_SIDE = 1024
PICTURES = 2
"""Of a photo that an encoder sees: the whole and the cut-out."""
CALL_S, EACH_S = 0.004, 0.0005
"""What the sleeping device takes for a call and for each picture in it."""


def rate(work: Callable[[], None], count: int) -> float:
    """How many a second, when `work` does `count`."""
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)


def timed(work: Callable[[], object], times: int) -> float:
    """Median milliseconds of one call."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1000


def in_batches(steps: Steps, prepared: Sequence[object], size: int) -> None:
    """Run all, so many at once."""
    for first in range(0, len(prepared), size):
        steps.run(prepared[first : first + size])


class Sight:
    """Decode to facets, with cut-outs that were made before."""

    def __init__(
        self, encoders: dict[str, ImageTextEncoder], files: Sequence[bytes], size: int, cache: Path
    ) -> None:
        words = load_vocabulary()
        self.finder = open_finder(VisionSettings())
        self.batcher = MicroBatcher(BatchLimits(size=size))
        self._eye = Eye(encoders, self.batcher)  # type: ignore[arg-type]
        rules = calibrations_of(VisionSettings(), encoders)  # type: ignore[arg-type]
        self._looker = Looker(words, encoders, cache, rules)  # type: ignore[arg-type]
        self._looks: list[Look] = [
            look(decode(data), words, CUTOUT_SIDE, lambda: None, self.finder) for data in files
        ]
        self._files = files
        self._eye.warm_up()

    def see(self, number: int) -> object:
        """One photo."""
        at = number % len(self._files)
        photo = decode(self._files[at])
        views = self._eye.look(photo, self._looks[at], lambda: None, alone=False)
        return self._looker.look(views)


def works(files: Sequence[bytes], blobs: MemoryStore, count: int) -> list[Work]:
    """Claimed stages with these photos."""
    made = []
    for number in range(count):
        key = f"photos/{number % len(files)}"
        blobs.put(key, files[number % len(files)], "image/jpeg")
        photo = StoredPhoto(key=key, width=1, height=1, has_alpha=False, media_type="image/jpeg")
        made.append(
            Work(
                job_id=f"job_{number:032x}", kind=JobKind.RECOMMEND, stage=Stage.CAPTION,
                generation=1, fence=1, attempt=1, request=JobRequest(), photo=photo,
            )
        )  # fmt: skip
    return made


def all_at_once(handler: Callable[[object], object], items: Sequence[object], slots: int) -> None:
    """Let a pool of threads do all, as the worker's pool does."""
    with ThreadPoolExecutor(slots) as pool:
        for _ in pool.map(handler, items):
            pass


def batcher_alone(size: int, slots: int) -> tuple[float, float]:
    """Pictures a second of a device that sleeps: by itself, and behind the batcher."""

    def run(prepared: Sequence[object]) -> Vectors:
        time.sleep(CALL_S + EACH_S * len(prepared))
        return np.zeros((len(prepared), 4), np.float32)

    count = 60 * size
    itself = rate(lambda: in_batches(Steps(lambda image: image, run), [None] * count, size), count)
    engine = MicroBatcher(BatchLimits(size=size))
    behind = rate(
        lambda: all_at_once(lambda _: engine.ask(run, None).result(), [None] * count, slots), count
    )
    engine.close()
    return itself, behind


@contextmanager
def encoders_of(
    settings: EncoderSettings, shape: str | None
) -> Iterator[tuple[str, EncoderSettings]]:
    """The profile's own weights, or a network of a shape without any."""
    if shape is None and open_image_encoders(settings):
        yield settings.profile, settings
        return
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        shape = shape or "ViT-B-32"
        name = f"local-dir:{random_clip(Path(folder) / 'clip', shape)}"
        given = {"product_model": name, "scene_model": name}
        yield f"random-{shape}", settings.model_copy(update=given)


def measure(given: argparse.Namespace, name: str, settings: EncoderSettings) -> dict[str, object]:
    """Measure one profile."""
    encoders = open_image_encoders(settings)
    steps = steps_of(encoders["product"])
    files = [path.read_bytes() for path in sorted(SAMPLES.glob("*.jpg"))]
    pictures = [Image.fromarray(decode(data).rgb) for data in files]
    prepared = [steps.prepare(picture) for picture in pictures * PICTURES]
    found: dict[str, object] = {"encoder": name, "slots": given.slots}
    for size in (1, 2, 4, 8, 16):
        found[f"network_batch{size}_pictures_s"] = rate(
            lambda size=size: in_batches(steps, prepared, size), len(prepared)
        )
    sight = Sight(dict(encoders), files, given.batch, settings.cache)
    blobs = MemoryStore()
    handler: Handler = build_captioner(VisionSettings(batch_size=given.batch), blobs, settings)
    jobs = works(files, blobs, given.photos)
    found |= one_in_flight(files, steps, sight, handler, jobs[0])
    rounds = [throughput(given, files, steps, sight, handler, jobs) for _ in range(given.rounds)]
    for key in rounds[0]:
        found[key] = statistics.median(one[key] for one in rounds)
    alone = [batcher_alone(given.batch, 4 * given.batch) for _ in range(given.rounds)]
    itself, behind = sorted(alone, key=lambda pair: pair[1] / pair[0])[len(alone) // 2]
    found["sleeping_device_pictures_s"], found["behind_the_batcher_pictures_s"] = itself, behind
    found["batcher_alone_ratio"] = behind / itself
    return found


def one_in_flight(
    files: Sequence[bytes], steps: Steps, sight: Sight, handler: Handler, work: Work
) -> dict[str, object]:
    """Milliseconds of one photo at a time, and what the worker adds to decode and network."""
    words = load_vocabulary()
    photo = decode(files[0])
    looked = look(photo, words, CUTOUT_SIDE, lambda: None, sight.finder)

    def bare() -> None:
        shown = decode(files[0])
        both = [Image.fromarray(shown.rgb)]
        if looked.lifted is not None:
            both.append(on_white(looked.lifted.rgba, square=False))
        steps.run([steps.prepare(picture) for picture in both])

    bare_ms, sight_ms, worker_ms = (
        timed(what, 15) for what in (bare, lambda: sight.see(0), lambda: handler(work))
    )
    pixels_ms = timed(
        lambda: look(decode(files[0]), words, CUTOUT_SIDE, lambda: None, sight.finder), 9
    )
    return {
        "decode_and_network_ms": bare_ms,
        "sight_ms": sight_ms,
        "sight_adds_ms": sight_ms - bare_ms,
        "worker_ms": worker_ms,
        "cutout_and_measures_ms": pixels_ms,
    }


def throughput(
    given: argparse.Namespace,
    files: Sequence[bytes],
    steps: Steps,
    sight: Sight,
    handler: Handler,
    jobs: Sequence[Work],
) -> dict[str, float]:
    """Photos a second, each of which is two pictures for the network."""
    count = given.photos

    def bare() -> None:
        for first in range(0, count, given.batch // PICTURES or 1):
            numbers = range(first, min(count, first + (given.batch // PICTURES or 1)))
            shown = [Image.fromarray(decode(files[n % len(files)]).rgb) for n in numbers]
            steps.run([steps.prepare(picture) for picture in shown * PICTURES])

    ready = [steps.prepare(Image.fromarray(decode(data).rgb)) for data in files]
    many = [ready[n % len(ready)] for n in range(PICTURES * count)]
    network = rate(lambda: in_batches(steps, many, given.batch), count)
    decoded = rate(bare, count)
    seen = rate(lambda: all_at_once(sight.see, range(count), given.slots), count)  # type: ignore[arg-type]
    whole = rate(lambda: all_at_once(handler, jobs, given.slots), count)  # type: ignore[arg-type]
    return {
        "network_photos_s": network,
        "decode_and_network_photos_s": decoded,
        "sight_photos_s": seen,
        "worker_photos_s": whole,
        "sight_to_network": seen / network,
        "sight_to_decode_and_network": seen / decoded,
        "worker_to_network": whole / network,
    }


def main() -> None:
    """Measure, print a line a figure, and all of them in the last line."""
    reader = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    reader.add_argument("--photos", type=int, default=32)
    reader.add_argument("--batch", type=int, default=16)
    reader.add_argument("--slots", type=int, default=16)
    reader.add_argument("--rounds", type=int, default=3)
    reader.add_argument("--shape", help="Of open_clip, with random weights, for its speed alone.")
    reader.add_argument("--out", type=Path)
    given = reader.parse_args()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    with encoders_of(EncoderSettings(), given.shape) as (name, settings):
        found = measure(given, name, settings)
    shown = {k: f"{v:.3f}" if isinstance(v, float) else str(v) for k, v in found.items()}
    for key, value in shown.items():
        print(f"{key:36} {value}")
    if given.out is not None:
        given.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(" ".join(f"{key}={value}" for key, value in shown.items()))


if __name__ == "__main__":
    main()

"""The micro-batcher: everybody gets their own vector, whatever happens to their neighbours."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from backlot.contracts.errors import CanceledError, TransientStageError
from backlot.encoder.faults import EngineLostError, EngineMemoryError
from backlot.encoder.port import Vectors
from services.vision_worker.batching import LOST_EXIT, STUCK_EXIT, BatchLimits, MicroBatcher
from services.vision_worker.eye import awaited

PATIENT_S = 30


class Device:
    """A device that squares numbers, and can be told to misbehave.

    Args:
        holds: More pictures than this do not fit at once.
        refuses: Pictures that cannot be run.
        gate: The device stands still until this is set.
    """

    def __init__(
        self,
        holds: int = 1000,
        refuses: frozenset[int] = frozenset(),
        gate: threading.Event | None = None,
    ) -> None:
        self.holds = holds
        self.refuses = refuses
        self.gate = gate
        self.entered = threading.Event()
        self.batches: list[list[int]] = []
        self.threads: set[str] = set()

    def run(self, prepared: Sequence[int]) -> Vectors:
        """Square them."""
        self.entered.set()
        self.threads.add(threading.current_thread().name)
        if self.gate is not None:
            assert self.gate.wait(PATIENT_S)
        self.batches.append(list(prepared))
        if len(prepared) > self.holds:
            raise EngineMemoryError("too many")
        if self.refuses.intersection(prepared):
            raise ArithmeticError("cannot be run")
        return np.array([[number, number**2] for number in prepared], np.float32)


@contextmanager
def batcher(
    size: int = 4, leave: Callable[[int], object] = lambda _: None, **limits: float
) -> Iterator[MicroBatcher]:
    """A batcher that is closed in the end."""
    made = MicroBatcher(BatchLimits(size=size, **limits), leave)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        made.close()


def square(answer: "Future[Vectors]") -> float:
    """The device's answer."""
    return float(answer.result(PATIENT_S)[1])


@contextmanager
def held(device: Device, engine: MicroBatcher) -> Iterator[None]:
    """Keep the device busy with one picture, so that everything asked meanwhile waits."""
    device.gate = threading.Event()
    first = engine.ask(device.run, 0)
    assert device.entered.wait(PATIENT_S)
    yield
    device.gate.set()
    first.result(PATIENT_S)


@settings(max_examples=60, deadline=None)
@given(
    asked=st.lists(st.tuples(st.integers(1, 30), st.booleans()), max_size=40),
    size=st.integers(1, 9),
    holds=st.integers(1, 9),
    refuses=st.frozensets(st.integers(1, 30), max_size=6),
    linger_s=st.sampled_from([0.0, 0.002]),
)
def test_everybody_has_their_own_fate(
    asked: list[tuple[int, bool]],
    size: int,
    holds: int,
    refuses: frozenset[int],
    linger_s: float,
) -> None:
    """Whatever is asked in whatever order: right vectors, errors only for those that have one."""
    device = Device(holds, refuses)
    with batcher(size, linger_s=linger_s) as engine:
        answers = [engine.ask(device.run, n, alone=alone) for n, alone in asked]
        for (number, _), answer in zip(asked, answers, strict=True):
            if number in refuses:
                assert isinstance(answer.exception(PATIENT_S), ArithmeticError)
            else:
                assert square(answer) == number**2
    assert all(len(batch) <= size for batch in device.batches)
    assert len(device.threads) <= 1


@settings(max_examples=30, deadline=None)
@given(
    count=st.integers(1, 30),
    size=st.integers(1, 8),
    alone=st.frozensets(st.integers(1, 30), max_size=4),
)
def test_what_waits_runs_together(count: int, size: int, alone: frozenset[int]) -> None:
    """As few batches as the size allows, in the order asked; who must be alone shares none."""
    device = Device()
    with batcher(size) as engine:
        with held(device, engine):
            answers = [engine.ask(device.run, n, alone=n in alone) for n in range(1, count + 1)]
        assert [square(answer) for answer in answers] == [n**2 for n in range(1, count + 1)]
    batches = device.batches[1:]
    for batch in batches:
        assert batch == sorted(batch)
        assert len(batch) == 1 or not alone.intersection(batch)
    shared = [number for batch in batches for number in batch if number not in alone]
    assert shared == sorted(shared)
    full = [batch for batch in batches if not alone.intersection(batch)]
    assert all(len(batch) == size for batch in full[:-1])


def test_pictures_of_one_photo_run_together() -> None:
    """The two pictures of a photo are one batch, of a job that is alone as well."""
    device = Device()
    with batcher(8) as engine:
        with held(device, engine):
            alone = engine.ask_all(device.run, [1, 2], alone=True)
            others = [*engine.ask_all(device.run, [3, 4]), *engine.ask_all(device.run, [5, 6])]
            again = engine.ask_all(device.run, [7, 8], alone=True)
        wait_for([*alone, *others, *again], PATIENT_S)
    assert device.batches[1:] == [[1, 2], [3, 4, 5, 6], [7, 8]]


def test_networks_do_not_mix() -> None:
    """Two networks share the thread and no batch."""
    one, two = Device(), Device()
    with batcher(8) as engine:
        with held(one, engine):
            answers = [engine.ask((one if n % 2 else two).run, n) for n in range(1, 7)]
        assert [square(answer) for answer in answers] == [n**2 for n in range(1, 7)]
    assert one.batches[1:] == [[1, 3, 5]]
    assert two.batches == [[2, 4, 6]]
    assert one.threads == two.threads


def test_memory_is_learned() -> None:
    """After a batch that did not fit, batches are smaller, until many good ones went by."""
    device = Device(holds=2)
    with batcher(8) as engine:
        with held(device, engine):
            answers = [engine.ask(device.run, n) for n in range(1, 17)]
        wait_for(answers, PATIENT_S)
        tried = [len(batch) for batch in device.batches[1:]]
        assert tried.count(8) == 1
        assert set(tried[-4:]) == {2}
        device.holds = 8
        for _ in range(2):
            for _ in range(80):
                with held(device, engine):
                    answers = [engine.ask(device.run, n) for n in range(8)]
                wait_for(answers, PATIENT_S)
        assert max(len(batch) for batch in device.batches[-3:]) == 8


def test_no_memory_for_one() -> None:
    """A picture that fits not even alone is put back, to be tried when memory is free again."""
    device = Device(holds=0)
    with batcher() as engine, pytest.raises(TransientStageError) as caught:
        engine.ask(device.run, 1).result(PATIENT_S)
    assert caught.value.reason == "engine-memory"


def test_nonsense_is_nobody_elses() -> None:
    """A vector that is no number fails its picture alone."""

    def run(prepared: Sequence[float]) -> Vectors:
        return np.array([[number, number] for number in prepared], np.float32)

    with batcher() as engine:
        good, bad = engine.ask(run, 1.0), engine.ask(run, float("nan"))
        assert float(good.result(PATIENT_S)[0]) == 1
        with pytest.raises(TransientStageError, match="engine-nonsense"):
            bad.result(PATIENT_S)


def test_lost_device_ends_the_process() -> None:
    """After an error that every later call repeats, the process leaves and nobody waits on."""

    def run(_: Sequence[int]) -> Vectors:
        raise EngineLostError("an illegal memory access was encountered")

    left: list[int] = []
    with batcher(leave=left.append) as engine:
        answer = engine.ask(run, 1)
        with pytest.raises(TransientStageError, match="engine-lost"):
            answer.result(PATIENT_S)
        with pytest.raises(TransientStageError, match="engine-closed"):
            engine.ask(run, 2)
    assert left == [LOST_EXIT]


def test_stuck_device_ends_the_process() -> None:
    """A run that does not come back ends the process; who waits is put back."""
    left: list[int] = []
    device = Device(gate=threading.Event())
    with batcher(leave=left.append, stuck_s=0.2) as engine:
        answers = [engine.ask(device.run, n) for n in range(3)]
        for answer in answers:
            with pytest.raises(TransientStageError, match="engine-stuck"):
                answer.result(PATIENT_S)
        assert device.gate is not None
        device.gate.set()
    assert left == [STUCK_EXIT]


def test_waiting_room_is_bounded() -> None:
    """Who finds no room waits for it, and is put back when there is none for too long."""
    device = Device()
    with batcher(2, waiting=3, stuck_s=0.3) as engine:
        device.gate = threading.Event()
        first = engine.ask(device.run, 0)
        assert device.entered.wait(PATIENT_S)
        waiting = [engine.ask(device.run, n) for n in (1, 2, 3)]
        with pytest.raises(TransientStageError, match=r"engine-(busy|closed)"):
            engine.ask(device.run, 4)
        device.gate.set()
        wait_for([first, *waiting], PATIENT_S)


def test_room_comes_back() -> None:
    """Who waits for room gets it as soon as a batch has left."""
    device = Device()
    with batcher(2, waiting=2) as engine, ThreadPoolExecutor(1) as pool:
        with held(device, engine):
            waiting = [engine.ask(device.run, n) for n in (1, 2)]
            late = pool.submit(engine.ask, device.run, 3)
            assert not late.done()
        assert square(late.result(PATIENT_S)) == 9
        assert [square(answer) for answer in waiting] == [1, 4]


def test_who_leaves_is_not_run() -> None:
    """A job that is canceled while it waits takes no place in a batch."""
    device = Device()

    def cancel() -> None:
        raise CanceledError

    with batcher() as engine:
        with held(device, engine):
            gone, stays = engine.ask(device.run, 1), engine.ask(device.run, 2)
            with pytest.raises(CanceledError):
                awaited(gone, cancel)
        assert square(stays) == 4
    assert device.batches[1:] == [[2]]


def test_closing_leaves_nobody_waiting() -> None:
    """Who still waits when the engine closes is put back."""
    device = Device()
    engine = MicroBatcher(BatchLimits(size=1), lambda _: None)
    with held(device, engine):
        waiting = [engine.ask(device.run, n) for n in range(3)]
        closing = threading.Thread(target=engine.close)
        closing.start()
        while not engine._closed.is_set():
            closing.join(0.01)
    closing.join(PATIENT_S)
    for answer in waiting:
        with pytest.raises(TransientStageError, match="engine-closed"):
            answer.result(PATIENT_S)


def test_warm_up() -> None:
    """Warming up runs one picture and a full batch before any job comes."""
    device = Device()
    with batcher(4) as engine:
        engine.warm_up(device.run, 7)
    assert sum(len(batch) for batch in device.batches) == 5
    assert device.batches[0] == [7]


def test_pictures_are_told_apart_without_comparing_them() -> None:
    """A job that is alone may wait between others, though tensors are equal to nothing."""
    pictures = [np.full((2, 2), n) for n in range(1, 4)]

    def run(prepared: Sequence[NDArray[np.int_]]) -> Vectors:
        return device.run([int(picture[0, 0]) for picture in prepared])

    device = Device()
    with batcher(8) as engine:
        with held(device, engine):
            answers = [engine.ask(run, one, alone=one is pictures[1]) for one in pictures]
        assert [square(answer) for answer in answers] == [1, 4, 9]
    assert device.batches[1:] == [[1, 3], [2]]

"""Routine lines are written together, a moment later; an error brings everything out at once."""

import io
import subprocess
import sys
import threading

from backlot.line.late_lines import LateLines

NEVER_S = 3600.0


class Pipe(io.StringIO):
    """A stream that tells how often it was written to."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0
        self.written = threading.Event()

    def write(self, text: str) -> int:
        """Take text."""
        self.writes += 1
        length = super().write(text)
        self.written.set()
        return length


def test_an_error_is_written_at_once_and_after_what_came_before() -> None:
    """Whoever looks for the cause finds the lines before it."""
    pipe = Pipe()
    lines = LateLines(pipe, NEVER_S)
    lines.info("claimed")
    lines.info("ended")
    assert pipe.getvalue() == ""
    lines.error("stuck")
    assert pipe.getvalue() == "claimed\nended\nstuck\n"
    assert pipe.writes == 1


def test_routine_lines_come_by_themselves() -> None:
    """Nothing waits for an error."""
    pipe = Pipe()
    LateLines(pipe, 0.01).info("ended")
    assert pipe.written.wait(30)
    assert pipe.getvalue() == "ended\n"


def test_no_line_is_lost_between_writers() -> None:
    """Many threads log while lines are written out."""
    pipe = Pipe()
    lines = LateLines(pipe, 0.0)

    def log(name: int) -> None:
        for number in range(500):
            lines.info(f"{name}-{number}")

    threads = [threading.Thread(target=log, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines.error("end")
    said = pipe.getvalue().split()
    assert sorted(said) == sorted([f"{n}-{i}" for n in range(4) for i in range(500)] + ["end"])


def test_a_process_that_leaves_writes_its_last_lines() -> None:
    """An orderly end loses nothing."""
    program = (
        "import sys; from backlot.line.late_lines import LateLines;"
        f" LateLines(sys.stderr, {NEVER_S}).info('last words')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stderr.decode() == "last words\n"


def test_a_reader_that_is_gone_ends_nobody() -> None:
    """A closed pipe costs lines, not the worker."""
    pipe = Pipe()
    lines = LateLines(pipe, NEVER_S)
    pipe.close()
    lines.error("nobody hears this")

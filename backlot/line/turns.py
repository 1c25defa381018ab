"""How a program with a loop and worker threads shares its interpreter."""

import gc
import sys

SWITCH_S = 0.0005
"""A loop and its worker threads hand each job over several times; with Python's 5 ms each
hand-over may wait that long for its turn."""
YOUNG = 10_000
"""A request or a task leaves hundreds of short-lived objects and hardly a cycle: with Python's 700
the collector looks through the young ones several times a job."""


def take_turns() -> None:
    """Make this process' threads change places quickly, and keep what is loaded out of their way.

    What is imported and wired by now lives as long as the process: the collector need not look
    through it again and again between two jobs.
    """
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)

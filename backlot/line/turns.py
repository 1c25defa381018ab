"""How a program with a loop and worker threads shares its interpreter."""

import gc
import sys

SWITCH_S = 0.0005
"""A loop and its worker threads hand each job over several times; with Python's 5 ms each
hand-over may wait that long for its turn."""


def take_turns() -> None:
    """Make this process' threads change places quickly, and keep what is loaded out of their way.

    What is imported and wired by now lives as long as the process: the collector need not look
    through it again and again between two jobs.
    """
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()

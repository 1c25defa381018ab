"""Runs a program while its starter lives: `python -m backlot.embedded.leash PROGRAM`.

The starter holds the other end of standard input. However it goes, by SIGKILL too, that end closes
then, and the program is told to stop.
"""

import os
import signal
import subprocess
import sys
import threading


def main() -> int:
    """Run the program of the command line; gives its exit code."""
    program = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)

    def stop(*_: object) -> None:
        program.terminate()

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1):
            pass
        stop()

    signal.signal(signal.SIGTERM, stop)
    threading.Thread(target=watch, daemon=True).start()
    return program.wait()


if __name__ == "__main__":
    raise SystemExit(main())

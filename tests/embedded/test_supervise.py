"""The supervisor ends with whoever started it, however that one went."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

STARTER = """
import os, sys, time
from pathlib import Path
from backlot.embedded.state import State
from backlot.embedded.supervise import Supervisor

code = "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(99)"
noting = f'{sys.executable} -c "{code}"'
Supervisor(State(Path("state")), {"sleeper": noting}, os.environ).start()
time.sleep(99)
"""


def lives(pid: int) -> bool:
    """Whether a process is there and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(condition: str, pid_file: Path) -> int:
    """The noted process, once it is there, or once it is gone."""
    for _ in range(600):
        pid = int(pid_file.read_text() or 0) if pid_file.exists() else 0
        if pid and lives(pid) == (condition == "there"):
            return pid
        time.sleep(0.05)
    raise AssertionError(f"the program is not {condition}")


def test_programs_end_when_their_starter_is_killed(tmp_path: Path) -> None:
    """SIGKILL gives nobody time to tell anybody."""
    starter = subprocess.Popen([sys.executable, "-c", STARTER], cwd=tmp_path)
    try:
        pid = wait_for("there", tmp_path / "pid")
        os.kill(starter.pid, signal.SIGKILL)
    finally:
        starter.kill()
        starter.wait()
    assert wait_for("gone", tmp_path / "pid") == pid

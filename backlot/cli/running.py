"""Finding the line that a command is about: the one of the environment, else the embedded one."""

import json
import os

from backlot.contracts.errors import ConfigurationError
from backlot.embedded.line import default_state


def use_running_line() -> None:
    """Without BACKLOT_REDIS_URL, take the settings of the line `backlot run` keeps in its folder.

    Raises:
        ConfigurationError: There is no such line.
    """
    if "BACKLOT_REDIS_URL" in os.environ:
        return
    state = default_state()
    ports = state.folder / "ports.json"
    if not ports.exists():
        raise ConfigurationError("Set BACKLOT_REDIS_URL, or start the line with `backlot run`.")
    port = int(os.environ.get("BACKLOT_PORT", "8000"))
    os.environ.update(state.environment(port, int(json.loads(ports.read_text())["redis"])))

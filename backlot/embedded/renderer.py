"""Whether this machine can shoot: Blender is an extra, and the line runs without it."""

import os
from collections.abc import Mapping
from importlib.util import find_spec

SERVICE = "render_worker"


def can_render(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether there is a Python with bpy, or pictures are to be faked."""
    named = environment.get("BACKLOT_RENDER_PYTHON")
    faked = environment.get("BACKLOT_ENGINES") == "fake"
    return bool(named) or faked or find_spec("bpy") is not None


def without_renderer(commands: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """The line's programs, the render worker only where it can work."""
    able = can_render(environment)
    return {name: command for name, command in commands.items() if able or name != SERVICE}

"""Makes the builders importable, and starts one Blender for all tests that need it."""

import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from services.render_worker.adapters.darkroom import BlenderDarkroom
from services.render_worker.adapters.process import Limits
from services.render_worker.settings import RenderSettings

sys.path.insert(0, str(Path(__file__).parent))


def has_blender() -> bool:
    """Whether there is a Python with bpy to start."""
    return bool(os.environ.get("BACKLOT_RENDER_PYTHON")) or find_spec("bpy") is not None


@pytest.fixture(scope="session")
def blender() -> Iterator[BlenderDarkroom]:
    """One warm Blender for all tests."""
    if not has_blender():
        pytest.skip("no Python with bpy (set BACKLOT_RENDER_PYTHON): Blender unproven here")
    made = BlenderDarkroom(RenderSettings().render_python, "cpu", Limits())
    made.start()
    yield made
    made.close()

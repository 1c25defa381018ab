"""torchvision imports beside any build of torch."""

import subprocess
import sys

from backlot.encoder.torchvision_ops import make_torchvision_importable


def test_importable() -> None:
    """After the call torchvision and what needs it import, in a fresh process, without warnings."""
    code = (
        "from backlot.encoder.torchvision_ops import make_torchvision_importable\n"
        "make_torchvision_importable()\n"
        "import torchvision.transforms\n"
        "import open_clip\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_twice() -> None:
    """A second call changes nothing and says the same."""
    assert make_torchvision_importable() == make_torchvision_importable()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What a procedural texture hands over to the shader."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Painted:
    """What a pattern gives to the shader: sockets, or None for the material's own value."""

    colour: Any
    roughness: Any = None
    normal: Any = None

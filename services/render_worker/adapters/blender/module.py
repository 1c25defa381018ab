# SPDX-License-Identifier: GPL-3.0-or-later
"""The only import of bpy."""

from typing import Any

from backlot.contracts.errors import MissingExtraError

try:
    import bpy as _bpy
except ImportError as error:
    raise MissingExtraError("bpy", "render") from error

bpy: Any = _bpy

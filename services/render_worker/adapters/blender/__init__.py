# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of scenes with Blender's Cycles; the one place that knows bpy."""

from services.render_worker.adapters.blender.engine import render

__all__ = ["render"]

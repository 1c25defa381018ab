# SPDX-License-Identifier: GPL-3.0-or-later
"""What Cycles computes on."""

from typing import Any

from services.render_worker.adapters.blender.module import bpy

_ORDER = ("OPTIX", "CUDA")


def use_device(stage: Any, wanted: str) -> str:
    """Choose the device of a scene and return its word; `auto` falls back to the processor."""
    names = {"auto": _ORDER, "optix": ("OPTIX",), "cuda": ("CUDA",)}.get(wanted, ())
    preferences = bpy.context.preferences.addons["cycles"].preferences
    for name in names:
        try:
            preferences.compute_device_type = name
        except TypeError:  # this build of Blender does not know it
            continue
        preferences.refresh_devices()
        found = [device for device in preferences.devices if device.type == name]
        if found:
            for device in preferences.devices:
                device.use = device.type == name
            stage.cycles.device = "GPU"
            return name.lower()
    stage.cycles.device = "CPU"
    return "cpu"

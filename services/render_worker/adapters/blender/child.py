# SPDX-License-Identifier: GPL-3.0-or-later
"""The render process: `python -m services.render_worker.adapters.blender.child`.

Orders come as JSON lines on standard input; answers go to standard output as lines that start
with `MARK`, between whatever Blender prints there. It leaves when its input ends.
"""

import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from services.render_worker.adapters.blender.brought import add_models
from services.render_worker.adapters.blender.device import use_device
from services.render_worker.adapters.blender.engine import set_stage
from services.render_worker.adapters.blender.models import RefusedModelError, load_model
from services.render_worker.adapters.blender.module import bpy
from services.render_worker.adapters.blender.shoot import shoot
from services.render_worker.scene import Output, with_pictures
from services.render_worker.sets.builder import build
from services.render_worker.sets.recipe import SetPlan
from services.render_worker.shot import ShotPlan

MARK = "@backlot "
Order = dict[str, Any]


def say(word: str, **facts: Any) -> None:
    """Answer in one write, so that nothing Blender prints can come in between."""
    line = f"\n{MARK}{json.dumps({'word': word, **facts})}\n"
    os.write(1, line.encode())


def inspect(order: Order) -> Order:
    """What a GLB holds."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    facts = load_model(bpy.context.scene, Path(order["product"])).facts
    return facts.model_dump(mode="json")


def take(order: Order) -> Order:
    """Take a picture."""
    shot = ShotPlan.model_validate(order["shot"])
    facts = shoot(shot, Path(order["product"]), Path(order["folder"]), order["device"])
    return facts.model_dump(mode="json")


def preview(order: Order) -> Order:
    """Take a picture of an empty set."""
    camera, width, height, samples = order["view"].values()
    plan = SetPlan.model_validate(order["plan"])
    path = Path(order["path"])
    scene = with_pictures(build(plan, camera), path.parent)
    stage = set_stage(scene, Output(width, height, samples, plan.look.caustics), path)
    add_models(stage, plan, path.parent)
    use_device(stage, order["device"])
    bpy.ops.render.render(write_still=True)
    return {}


WORK: dict[str, Callable[[Order], Order]] = {"inspect": inspect, "shoot": take, "preview": preview}


def obey(order: Order) -> None:
    """Do one order and say how it went; a defect is an answer too."""
    try:
        say("done", result=WORK[order["do"]](order))
    except RefusedModelError as error:
        say("refused", code=str(error))
    except MemoryError:
        say("failed", why="out of memory")
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the worker must hear of it
        say("failed", why=f"{type(error).__name__}: {error}"[:300])


def listen(orders: SimpleQueue[Order]) -> None:
    """Read orders; leave at once when whoever gave them is gone, even in the middle of one."""
    for line in sys.stdin:
        orders.put(json.loads(line))
    os._exit(0)


def main() -> None:
    """Say that Blender is there, then obey."""
    orders: SimpleQueue[Order] = SimpleQueue()
    threading.Thread(target=listen, args=(orders,), daemon=True).start()
    say("ready", blender=bpy.app.version_string)
    while True:
        obey(orders.get())


if __name__ == "__main__":
    main()

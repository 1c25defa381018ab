"""From a plan of parts to a scene."""

from functools import lru_cache

from services.render_worker.scene import Camera, Group, Light, Look, Scene, World
from services.render_worker.sets.parts.part import Part
from services.render_worker.sets.recipe import CameraPlan, SetPlan
from services.render_worker.shapes.fineness import is_coarse
from services.render_worker.shapes.mesh import gathered


@lru_cache(maxsize=256)
def _placed(part: Part, coarse: bool) -> Group:
    del coarse  # an argument only so that fine and coarse ones are remembered apart
    return part.placed()


def placed(part: Part) -> Group:
    """The pieces of a part where they stand; remembered, as pictures of one set follow others."""
    return _placed(part, is_coarse())


def build(
    plan: SetPlan, view: str | None = None, extra: Group | None = None, roll_deg: float = 0.0
) -> Scene:
    """Build the scene of a plan.

    Args:
        plan: Parts, lights, cameras and look.
        view: Name of one of the plan's cameras; the first when not given.
        extra: More things to stand in the set, such as the product.
        roll_deg: How far the camera leans to its side.

    Raises:
        KeyError: The plan has no camera of that name.
    """
    group = gathered([*map(placed, plan.parts), extra or Group()])
    return Scene(
        pieces=group.pieces,
        lights=_lights(plan) + group.lights,
        letterings=group.letterings,
        camera=_camera(plan, view, roll_deg),
        world=World(**plan.world.model_dump()),
        look=Look(exposure=plan.look.exposure, white_kelvin=plan.look.white_kelvin),
    )


def _lights(plan: SetPlan) -> tuple[Light, ...]:
    return tuple(Light(**light.model_dump(exclude={"name", "type"})) for light in plan.lights)


def _camera(plan: SetPlan, view: str | None, roll_deg: float) -> Camera:
    cameras: dict[str, CameraPlan] = {camera.name: camera for camera in plan.cameras}
    chosen = cameras[view or plan.cameras[0].name]
    return Camera(**chosen.model_dump(exclude={"name"}), roll_deg=roll_deg)

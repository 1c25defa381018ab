"""What somebody brought becomes a set: a picture hung behind a floor, or a 3D file as it is."""

from collections.abc import Mapping

import numpy as np

from backlot.contracts.background import BackgroundAsset
from backlot.contracts.brief import LightingPlan
from services.render_worker.angles import spherical
from services.render_worker.composing.palette import Colours
from services.render_worker.composing.photo import LIGHT_ONLY, Sheet, photo_plan
from services.render_worker.composing.rig import Rig, rig_for
from services.render_worker.composing.tables import Choice, choice_for
from services.render_worker.framing import direction
from services.render_worker.scene import Points, Vec3
from services.render_worker.sets.parts.brought import BroughtModel
from services.render_worker.sets.recipe import CameraPlan, Recipe, SetPlan

_NEUTRAL = "lighting/large-softbox"
_MOST_LIGHTS = 3
_BEHIND, _LEAST_WIDE, _LEAST_TALL = 0.5, 2.3, 1.1
"""How the picture hangs, metres before scaling: so near that no angle sees past its edge."""
_SUNK = 0.22
"""Of its height: there photos have a floor of their own, or what stands in front."""
_FREE_BEHIND = 0.45
"""Of the floor before the picture, metres before scaling."""
_SCALES = (0.12, 9.0)
_KELVIN = (1800, 12000)
_WHITE = "#ffffff"
_FRONT_ELEVATION_DEG, _FRONT_AWAY, _FRONT_TARGET = 9.0, 1.9, 0.2
"""The camera of a set that comes without one, metres before scaling."""


def brought_photo(asset: BackgroundAsset, picture: str, foot: str, aspect: float) -> Recipe:
    """The set of a flat background: its own stage and the light its record tells.

    Args:
        asset: The record.
        picture: Blob key.
        foot: Colour of the picture's lowest strip, sRGB hex.
        aspect: Width over height of the picture.
    """
    rig, k = _rig(asset, foot)
    tall = max(_LEAST_TALL, _LEAST_WIDE / aspect)
    sheet = Sheet(tall * aspect, tall, _BEHIND, _SUNK * tall)
    return _recipe(asset, photo_plan(picture, foot, rig, k, sheet, asset.stage.anchor))


def brought_model(asset: BackgroundAsset, model: str) -> Recipe:
    """The set of a 3D background: its own surfaces and cameras, the light its record tells.

    Args:
        asset: The record.
        model: Blob key of the GLB.
    """
    rig, k = _rig(asset, _WHITE)
    cameras = tuple(
        CameraPlan(
            name=camera.name, position=camera.position, target=camera.target, lens_mm=camera.lens_mm
        )
        for camera in asset.cameras
    )
    plan = SetPlan(
        parts=(BroughtModel(model=model), *rig.parts),
        lights=rig.lights,
        world=rig.world,
        cameras=cameras or (_front(asset, k),),
    )
    return _recipe(asset, plan)


def walked(plan: SetPlan, anchor: Vec3, asides: Mapping[str, tuple[float, float]]) -> SetPlan:
    """The plan with cameras around its first one.

    Args:
        plan: Of a set.
        anchor: What they walk around.
        asides: Name to degrees to the right and least degrees of elevation.
    """
    front = plan.cameras[0]
    azimuth, elevation, away = spherical(front, anchor)
    cameras = tuple(
        front.model_copy(
            update={
                "name": name,
                "position": _vec(
                    np.asarray(anchor) + away * direction(azimuth + right, max(elevation, least))
                ),
            }
        )
        for name, (right, least) in asides.items()
    )
    return plan.model_copy(update={"cameras": cameras})


def _rig(asset: BackgroundAsset, colour: str) -> tuple[Rig, float]:
    """The light, and how much larger than drawn everything is."""
    choice = _choice()
    stage = asset.stage
    wanted = max(stage.height_m / choice.family.stage.height, stage.depth_m / 2 / _FREE_BEHIND)
    k = min(max(wanted, _SCALES[0]), _SCALES[1])
    return rig_for(_lighting(asset), choice, Colours(*[colour] * 5), stage.anchor, k), k


def _choice() -> Choice:
    choice = choice_for(LIGHT_ONLY)
    if choice is None:
        raise AssertionError(LIGHT_ONLY)
    return choice


def _front(asset: BackgroundAsset, k: float) -> CameraPlan:
    """A camera that looks at the stage from where the stage faces."""
    at = np.asarray(asset.stage.anchor)
    target = at + np.array([0.0, _FRONT_TARGET * k, 0.0])
    away = direction(asset.stage.yaw_deg, _FRONT_ELEVATION_DEG)
    return CameraPlan(
        name="front",
        position=_vec(target + _FRONT_AWAY * k * np.asarray(away)),
        target=_vec(target),
        lens_mm=62.0,
    )


def _vec(point: Points) -> Vec3:
    x, y, z = (float(side) for side in point)
    return (x, y, z)


def _recipe(asset: BackgroundAsset, plan: SetPlan) -> Recipe:
    """The record's words and stage with a plan."""
    return Recipe(
        id=asset.id,
        kind=asset.kind,
        name=asset.name,
        caption=asset.caption,
        facets={
            facet: {said.term.partition("/")[2]: said.score for said in terms}
            for facet, terms in asset.facets.items()
        },
        stage=asset.stage,
        plan=plan,
        version=asset.version,
    )


def _lighting(asset: BackgroundAsset) -> LightingPlan:
    """The lights of the record, or a neutral one."""
    types = tuple(dict.fromkeys(light.type for light in asset.lights))[:_MOST_LIGHTS]
    kelvin = asset.lights[0].kelvin if asset.lights else 5500
    return LightingPlan(
        types=types or (_NEUTRAL,),
        direction="left",
        kelvin=min(max(kelvin, _KELVIN[0]), _KELVIN[1]),
        contrast="medium",
    )

"""A picture that somebody brought becomes a set: it hangs behind a floor, in neutral light."""

from backlot.contracts.background import BackgroundAsset
from backlot.contracts.brief import LightingPlan
from services.render_worker.composing.palette import Colours
from services.render_worker.composing.photo import LIGHT_ONLY, Sheet, photo_plan
from services.render_worker.composing.rig import rig_for
from services.render_worker.composing.tables import choice_for
from services.render_worker.sets.recipe import Recipe

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


def brought_photo(asset: BackgroundAsset, picture: str, foot: str, aspect: float) -> Recipe:
    """The set of a flat background: its own stage and the light its record tells.

    Args:
        asset: The record.
        picture: Blob key.
        foot: Colour of the picture's lowest strip, sRGB hex.
        aspect: Width over height of the picture.
    """
    choice = choice_for(LIGHT_ONLY)
    if choice is None:
        raise AssertionError(LIGHT_ONLY)
    stage = asset.stage
    wanted = max(stage.height_m / choice.family.stage.height, stage.depth_m / 2 / _FREE_BEHIND)
    k = min(max(wanted, _SCALES[0]), _SCALES[1])
    rig = rig_for(_lighting(asset), choice, Colours(*[foot] * 5), stage.anchor, k)
    tall = max(_LEAST_TALL, _LEAST_WIDE / aspect)
    sheet = Sheet(tall * aspect, tall, _BEHIND, _SUNK * tall)
    return Recipe(
        id=asset.id,
        kind=asset.kind,
        name=asset.name,
        caption=asset.caption,
        facets={
            facet: {said.term.partition("/")[2]: said.score for said in terms}
            for facet, terms in asset.facets.items()
        },
        stage=stage,
        plan=photo_plan(picture, foot, rig, k, sheet, stage.anchor),
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

"""Turning a set's light towards the brief and the seller's wishes, without making it another."""

from backlot.contracts.brief import StudioBrief
from backlot.contracts.render import ShotWishes
from services.render_worker.sets.recipe import LightPlan, SetPlan

_FILL_OF_CONTRAST = {"low": 1.25, "medium": 1.0, "high": 0.75}
_WARMTH_SHARE = 0.3
_WARMTH_SLACK = 600
_MIDDLE = 0.5


def relit(plan: SetPlan, brief: StudioBrief | None, wishes: ShotWishes) -> SetPlan:
    """The set with its light softened, hardened, filled or warmed as asked."""
    fill = 1.0 if brief is None else _FILL_OF_CONTRAST[brief.lighting.contrast]
    if wishes.shadow_strength is not None:
        fill *= 4 ** (_MIDDLE - wishes.shadow_strength)
    soft = 1.0
    if wishes.shadow_softness is not None:
        soft = 9 ** (wishes.shadow_softness - _MIDDLE)
    kelvin = None if brief is None else brief.lighting.kelvin
    world = plan.world.model_copy(update={"strength": plan.world.strength * fill})
    lights = tuple(_relit(light, soft, kelvin) for light in plan.lights)
    return plan.model_copy(update={"world": world, "lights": lights})


def _relit(light: LightPlan, soft: float, kelvin: int | None) -> LightPlan:
    width, height = light.size
    changes: dict[str, object] = {"size": (width * soft, height * soft)}
    if kelvin is not None and abs(kelvin - light.kelvin) > _WARMTH_SLACK and light.hue is None:
        # Part of the way only: the set was chosen for its light, and the brief was matched to it.
        changes["kelvin"] = round(light.kelvin + _WARMTH_SHARE * (kelvin - light.kelvin))
    return light.model_copy(update=changes)

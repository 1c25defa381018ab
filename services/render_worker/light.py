"""Turning a set's light towards the brief and the seller's wishes, without making it another."""

from typing import NamedTuple

from backlot.contracts.background import BackgroundKind
from backlot.contracts.brief import StudioBrief
from backlot.contracts.render import ShotWishes
from services.render_worker.composing.rig import gobo_before, sun_for
from services.render_worker.composing.tables import light_row
from services.render_worker.scene import LightKind, Vec3
from services.render_worker.sets.recipe import LightPlan, SetPlan

_FILL_OF_CONTRAST = {"low": 1.25, "medium": 1.0, "high": 0.75}
_WARMTH_SHARE = 0.3
_WARMTH_SLACK = 600
_MIDDLE = 0.5
_DIMMED = 0.5
_SCALES = (0.5, 4.0)
_HAS_SHADOWS = frozenset({"window_gobo", "blind_gobo", "leaf_gobo"})


class Shadowed(NamedTuple):
    """A set with a shadow thrown into it, and the light it was thrown for."""

    plan: SetPlan
    terms: tuple[str, ...] = ()


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


def shadowed(
    plan: SetPlan, brief: StudioBrief, kind: BackgroundKind, at: Vec3, scale: float
) -> Shadowed:
    """A studio with the gobo of the brief's light, where it has none; its sun, or a new one.

    Rooms keep their light: theirs comes through windows, and a gobo would darken the whole room.
    """
    term = next((term for term in brief.lighting.types if light_row(term).gobo), None)
    has = any(part.part in _HAS_SHADOWS for part in plan.parts)
    gobo = light_row(term).gobo if term else None
    if term is None or gobo is None or has or kind is not BackgroundKind.STUDIO:
        return Shadowed(plan)
    size = min(max(scale, _SCALES[0]), _SCALES[1])
    sun = next((light for light in plan.lights if light.kind is LightKind.SUN), None)
    lights = plan.lights
    if sun is None:
        sun = sun_for(brief.lighting, term, at, size)
        soft = (light.model_copy(update={"strength": light.strength * _DIMMED}) for light in lights)
        lights = (sun, *soft)
    parts = (*plan.parts, gobo_before(sun, gobo, size))
    return Shadowed(plan.model_copy(update={"lights": lights, "parts": parts}), (term,))

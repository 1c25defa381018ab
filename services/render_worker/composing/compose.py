"""A brief, a product's colours and its size become a recipe: a set that did not exist before."""

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from pydantic import TypeAdapter

from backlot.contracts.background import BackgroundKind, StageArea
from backlot.contracts.brief import StudioBrief
from backlot.contracts.frozen import Swatch
from backlot.vocabulary import Vocabulary
from backlot.vocabulary.colour import lab_of
from services.render_worker.composing.palette import Bounds, Colours, colours_for
from services.render_worker.composing.rig import Rig, rig_for
from services.render_worker.composing.tables import Choice, Room, choice_for
from services.render_worker.composing.words import Shown, caption_for, facets_for, name_for
from services.render_worker.dressing import Dressed, Subject, dress, spelled
from services.render_worker.framing import Viewpoint
from services.render_worker.scene import Vec3
from services.render_worker.sets.builder import build, placed
from services.render_worker.sets.catalogue_of_parts import AnyPart
from services.render_worker.sets.recipe import CameraPlan, LookPlan, Recipe, SetPlan
from services.render_worker.sets.stage import reaching

COMPOSER_VERSION = 1
USUAL_M = 0.2
"""Height of the product that studio sets are drawn for."""
_SCALES = (0.12, 9.0)
_WIDE_SHARE, _DEEP_SHARE, _TALL_SHARE = 0.92, 0.92, 0.7
_FALLBACK = "setting_studio/round-podium-set"
_PREVIEW_ASPECT = 4 / 3
_SKY = {"sky_low": "#e6f0f5", "sky_high": "#86b9e2"}
_DUSK = {"sky_low": "#f0b48a", "sky_high": "#41507f"}
_DUSKY = frozenset({"lighting/golden-hour-sunlight", "lighting/blue-hour-twilight"})
_TOPS = {
    "marble": "marble", "light-oak-wood": "oak", "dark-walnut-wood": "walnut", "bamboo": "pine",
    "natural-stone": "stone", "concrete": "concrete", "terracotta-clay": "clay",
    "glazed-ceramic": "ceramic $support", "linen-fabric": "linen $support",
    "transparent-acrylic": "lacquer $support", "clear-glass": "lacquer $support",
    "stainless-steel": "steel", "kraft-paper-or-cardboard": "paper #c39a6b",
    "cotton-fabric": "cotton $support", "smooth-leather": "leather",
}  # fmt: skip
_PARTS: TypeAdapter[tuple[AnyPart, ...]] = TypeAdapter(tuple[AnyPart, ...])
_OUTDOORS, _SHADED, _DARKEST = 0.34, 0.85, 0.03
_LENGTHS = ("span",)
"""Of parts: lengths that a part's own scale does not reach, as they are places in the scene."""


class Composed(NamedTuple):
    """A new set.

    Attributes:
        luminance: Linear, that its picture should have on average; None where it is right as it is.
    """

    recipe: Recipe
    luminance: float | None


class Wish(NamedTuple):
    """What a set is to be made for.

    Attributes:
        colours: Of the product, largest first.
        size: Of the product: width, height, depth in metres.
    """

    brief: StudioBrief
    colours: tuple[Swatch, ...]
    size: Vec3


def compose(wish: Wish, vocabulary: Vocabulary) -> Composed:
    """Compose a new set; the same wish gives the same set."""
    brief = wish.brief
    choice = _choice(brief)
    colours = _colours(wish, choice)
    scale, room, floor_used = _room(choice, wish.size)
    words = {**colours._asdict(), **_surfaces(brief, choice, colours)}
    anchor = (0.0, room.y * scale, room.z * scale)
    parts = _parts(choice, words, scale, floor_used=floor_used)
    rig = rig_for(brief.lighting, choice, colours, anchor, 1.0 if choice.is_space else scale)
    plan = SetPlan(
        parts=(*parts, *rig.parts), lights=rig.lights, world=rig.world,
        cameras=_cameras(choice, anchor, scale, floor_used=floor_used),
        look=LookPlan(white_kelvin=_white(brief.lighting.kelvin)),
    )  # fmt: skip
    stage = StageArea(
        anchor=anchor, width_m=room.width * scale, depth_m=room.depth * scale,
        height_m=room.height * scale, floor_area_m2=room.width * room.depth * scale**2,
    )  # fmt: skip
    plan = _cleared(plan, stage)
    dressed = _dressed(plan, stage, brief, colours)
    plan = plan.model_copy(update={"parts": (*plan.parts, *dressed.parts)})
    recipe = _recipe(wish, choice, colours, rig, dressed, plan, stage, vocabulary)
    return Composed(recipe, _luminance(colours, choice))


def _luminance(colours: Colours, choice: Choice) -> float:
    """Of a picture of the set: its ground's own, a little less for what is around and in shade."""
    if choice.family.outdoors:
        return _OUTDOORS
    lightness = lab_of(colours.ground)[0]
    return max(float(((lightness + 16) / 116) ** 3 * _SHADED), _DARKEST)


def _choice(brief: StudioBrief) -> Choice:
    """The first setting of the brief that can be built."""
    found = (choice_for(term) for term in (*brief.settings, _FALLBACK))
    return next(choice for choice in found if choice is not None)


def _colours(wish: Wish, choice: Choice) -> Colours:
    darkest, lightest = choice.setting.lightness
    bounds = Bounds(lightest, darkest, choice.setting.chroma)
    return colours_for(wish.brief, wish.colours, bounds)


def _room(choice: Choice, size: Vec3) -> tuple[float, Room, bool]:
    """Scale of the set, where the product stands, and whether that is the floor of a space."""
    stage, floor = choice.family.stage, choice.family.floor
    if not choice.is_space or floor is None:
        return scale_for(stage, size), stage, False
    across = max(size[0], size[2])
    fits = (
        across <= stage.width * _WIDE_SHARE
        and across <= stage.depth * _DEEP_SHARE
        and size[1] <= stage.height * _TALL_SHARE
    )
    return 1.0, stage if fits else floor, not fits


def scale_for(stage: Room, size: Vec3) -> float:
    """How much larger than drawn a studio set must be for a product of this size."""
    across = max(size[0], size[2])
    scale = max(
        size[1] / USUAL_M,
        across / (stage.width * _WIDE_SHARE),
        across / (stage.depth * _DEEP_SHARE),
    )
    return min(max(scale, _SCALES[0]), _SCALES[1])


def _surfaces(brief: StudioBrief, choice: Choice, colours: Colours) -> dict[str, str]:
    """The `$` words that are whole surfaces, and the sky."""
    top = choice.setting.top
    if brief.surface is not None:
        top = _TOPS.get(brief.surface.partition("/")[2], top)
    top = top.replace("$support", colours.support)
    sky = _DUSK if _DUSKY & {*brief.lighting.types} else _SKY
    return {"top": top, "floor": choice.setting.floor, **sky}


def _parts(
    choice: Choice, words: Mapping[str, str], scale: float, *, floor_used: bool
) -> tuple[AnyPart, ...]:
    rows = [
        row for row in (*choice.family.parts, *choice.setting.things)
        if not (floor_used and row.get("table"))
    ]  # fmt: skip
    return _PARTS.validate_python([_scaled(spelled(row, words), scale) for row in rows])


def _scaled(row: Mapping[str, Any], scale: float) -> dict[str, Any]:
    made = {name: value for name, value in row.items() if name != "table"}
    if scale == 1.0:
        return made
    made["at"] = tuple(value * scale for value in made.get("at", (0.0, 0.0, 0.0)))
    made["size_factor"] = scale
    for name in _LENGTHS:
        if name in made:
            made[name] = tuple(value * scale for value in made[name])
    return made


def _cameras(
    choice: Choice, anchor: Vec3, scale: float, *, floor_used: bool
) -> tuple[CameraPlan, ...]:
    """One from the front and one from the side; nearly level, as products are seen."""
    x, y, z = anchor
    if choice.is_space and choice.family.camera is not None and not floor_used:
        front = choice.family.camera
        (px, py, pz), (tx, ty, tz) = front.position, front.target
        return (
            CameraPlan(name="front", position=front.position, target=front.target,
                       lens_mm=front.lens_mm, f_stop=4.0, focus=(x, y + 0.1, z)),
            CameraPlan(name="three-quarter", position=(px + 0.8, py + 0.12, pz - 0.25),
                       target=(tx - 0.05, ty - 0.04, tz), lens_mm=front.lens_mm),
        )  # fmt: skip
    k = 4.0 if floor_used else scale
    back = 1.1 if floor_used else 1.9
    lens = 40.0 if floor_used else 62.0
    return (
        CameraPlan(name="front", position=(x, y + 0.36 * k, z + back * k),
                   target=(x, y + 0.17 * k, z), lens_mm=lens),
        CameraPlan(name="three-quarter", position=(x + 0.42 * back * k, y + 0.44 * k,
                   z + 0.86 * back * k), target=(x, y + 0.14 * k, z), lens_mm=lens),
    )  # fmt: skip


def _white(kelvin: int) -> int:
    """A camera balances most of a light's warmth away and keeps some of its mood."""
    return round(5500 + 0.6 * (kelvin - 5500))


def _cleared(plan: SetPlan, stage: StageArea) -> SetPlan:
    """The set without small parts that would stand where the product will."""
    x, y, z = stage.anchor
    low = (x - stage.width_m / 2, y + 0.02, z - stage.depth_m / 2)
    high = (x + stage.width_m / 2, y + stage.height_m, z + stage.depth_m / 2)
    kept = tuple(part for part in plan.parts if not _reaches(part, low, high))
    return plan.model_copy(update={"parts": kept})


def _reaches(part: AnyPart, low: Vec3, high: Vec3) -> bool:
    return any(
        piece.seen and reaching(piece.mesh, np.asarray(low), np.asarray(high))
        for piece in placed(part).pieces
    )


def _dressed(plan: SetPlan, stage: StageArea, brief: StudioBrief, colours: Colours) -> Dressed:
    """The brief's props around the stage, which stands for any product."""
    camera = plan.cameras[0]
    view = Viewpoint(camera.position, camera.target, camera.lens_mm)
    size = (stage.width_m, stage.height_m * _TALL_SHARE, stage.depth_m)
    wanted = [prop for prop in brief.props if prop.term not in brief.avoid]
    return dress(
        build(plan), Subject(stage.anchor, size, view, _PREVIEW_ASPECT), wanted,
        colours._asdict(), most=3,
    )  # fmt: skip


def _recipe(
    wish: Wish, choice: Choice, colours: Colours, rig: Rig, dressed: Dressed, plan: SetPlan,
    stage: StageArea, vocabulary: Vocabulary,
) -> Recipe:  # fmt: skip
    brief = wish.brief
    shown = Shown(choice.term, colours.ground, rig.terms, dressed.terms, brief.surface)
    digest = hashlib.sha256(f"{COMPOSER_VERSION}{plan.model_dump_json()}".encode()).hexdigest()
    slug = choice.term.partition("/")[2]
    return Recipe(
        id=f"made-{slug[:40].strip('-')}-{digest[:8]}",
        kind=BackgroundKind.SPACE if choice.is_space else BackgroundKind.STUDIO,
        name=name_for(shown, vocabulary),
        caption=caption_for(shown, brief, vocabulary),
        facets=facets_for(shown, brief),
        stage=stage,
        plan=plan,
    )

"""Plans pictures: which set, which angle, where the product stands, how it is framed and lit."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from backlot.contracts.brief import StudioBrief
from backlot.contracts.render import Angle, Quality, ShotWishes
from services.render_worker.angles import ANGLES, Aim, aim, angles_for
from services.render_worker.dressing import Subject as Beside
from services.render_worker.dressing import dress
from services.render_worker.framing import Viewpoint, Wanted, corners, direction, f_stop_for, framed
from services.render_worker.light import relit, shadowed
from services.render_worker.placing import (
    NoRoomError,
    Standing,
    footing,
    round_footing,
    stand,
    turned_size,
)
from services.render_worker.presets import (
    PRESETS,
    Frame,
    fill_for,
    frame_for,
    samples_for,
)  # fmt: skip
from services.render_worker.scene import Points, Vec3
from services.render_worker.sets.builder import build
from services.render_worker.sets.recipe import CameraPlan, Recipe, SetPlan
from services.render_worker.shot import CutoutProduct, ModelFacts, ModelProduct, Pose, ShotPlan
from services.render_worker.sizing import Size
from services.render_worker.wished import aim_from, placed, steadied

WHITE_SET = "white-cyclorama-softbox"
"""The set whose light falls on products that are shown on pure white."""
_LENS_MM = 65.0
_LENS_RANGE = (45.0, 85.0)
"""Shorter lenses bend products, longer ones lose the set behind a small one."""
_MOST_PROPS = 2
_USUAL_M = 0.2
"""Height of a product that lights are drawn for."""
_PLAIN = {"pale": "#f1ece2", "accent": "#b98d6a", "support": "#e4dccf", "deep": "#6d6254"}


class Subject(NamedTuple):
    """The product, as far as a plan needs it.

    Attributes:
        facts: Of the model; None for a cut-out.
    """

    sha256: str
    size: Size
    facts: ModelFacts | None = None

    @property
    def is_card(self) -> bool:
        """Whether only a photo of it is known."""
        return self.facts is None


class Order(NamedTuple):
    """What is to be shot."""

    quality: Quality
    wishes: ShotWishes
    brief: StudioBrief | None = None


def candidates(
    recipes: Sequence[Recipe], brief: StudioBrief | None, wishes: ShotWishes, *, card: bool
) -> Iterator[tuple[Recipe, Angle]]:
    """Pairs of set and angle, best first, no pair twice; both change with every picture."""
    angles = angles_for(brief, card=card)
    if wishes.camera or wishes.viewpoint:
        angles = (wishes.camera or "hero",)
    for turn in range(len(angles)):
        for number, recipe in enumerate(recipes):
            yield recipe, angles[(number + turn) % len(angles)]


def plan_shot(recipe: Recipe, angle: Angle, subject: Subject, order: Order) -> ShotPlan:
    """Plan one picture; raises NoRoomError where the product cannot stand in the set."""
    preset = PRESETS[order.wishes.preset]
    frame = frame_for(order.wishes, order.quality)
    size = subject.size.metres
    stage = placed(recipe.stage, size, order.wishes)
    anchor = stage.anchor
    order = _steady(order, anchor, size, card=subject.is_card)
    aimed = _aimed(recipe, angle, anchor, subject, order.wishes)
    room = turned_size(size, aimed.yaw_deg)
    standing = Standing(anchor, recipe.plan, ())
    if not preset.on_white:
        spots = _spots(subject, aimed.yaw_deg)
        standing = stand(recipe.plan, stage, room, spots)
    at, plan, left_out = standing
    view = _view(angle, aimed, at, size, frame, order, card=subject.is_card)
    camera = _camera(angle, view, at, size, room, plan)
    lit = relit(plan, order.brief, order.wishes).model_copy(update={"cameras": (camera,)})
    beside = Beside(at, room, view, frame.aspect)
    lit, added = (lit, ()) if preset.on_white else _furnished(recipe, lit, beside, order)
    return ShotPlan(
        background_id=recipe.id,
        background_version=recipe.version,
        plan=lit,
        product=_product(subject),
        pose=Pose(scale=subject.size.scale, at=at, yaw_deg=round(aimed.yaw_deg, 3)),
        size_m=size,
        size_known=subject.size.known,
        left_out=left_out,
        added=added,
        angle=angle,
        preset=order.wishes.preset,
        quality=order.quality,
        format=order.wishes.format,
        alone=preset.on_white,
        width=frame.width,
        height=frame.height,
        samples=samples_for(order.quality, recipe.plan.look.samples),
        exposure_ev=order.wishes.exposure_ev,
        seed=order.wishes.seed,
    )


def _furnished(
    recipe: Recipe, plan: SetPlan, beside: Beside, order: Order
) -> tuple[SetPlan, tuple[str, ...]]:
    """The set with the brief's shadow and those of its props that it has not yet."""
    if order.brief is None or not order.wishes.props or order.wishes.viewpoint is not None:
        return plan, ()  # whoever chose their own view has seen what will be in it
    shaded = shadowed(plan, order.brief, recipe.kind, beside.at, max(beside.size) / _USUAL_M)
    shown = recipe.facets.get("props", {})
    wanted = [prop for prop in order.brief.props if prop.term.partition("/")[2] not in shown]
    dressed = dress(build(shaded.plan), beside, wanted, _prop_colours(order.brief), _MOST_PROPS)
    furnished = shaded.plan.model_copy(update={"parts": (*shaded.plan.parts, *dressed.parts)})
    return furnished, (*shaded.terms, *dressed.terms)


def _prop_colours(brief: StudioBrief) -> dict[str, str]:
    """The table's `$` words in a set that was not composed for the brief."""
    spare = brief.palette.hexes[-1] if len(brief.palette.hexes) > 1 else _PLAIN["accent"]
    return {**_PLAIN, "accent": spare}


def box_points(at: Vec3, size: Vec3, yaw_deg: float) -> Points:
    """Corners of the product's turned box, (8, 3)."""
    angle = np.radians(yaw_deg)
    c, s = np.cos(angle), np.sin(angle)
    box = corners((-size[0] / 2, 0.0, -size[2] / 2), (size[0] / 2, size[1], size[2] / 2))
    x, y, z = box.T
    return np.asarray(np.stack([x * c + z * s, y, z * c - x * s], axis=1) + np.asarray(at))


def _spots(subject: Subject, yaw_deg: float) -> Points:
    if subject.facts is not None:
        return footing(subject.facts, subject.size.scale, yaw_deg)
    width, _, depth = subject.size.metres
    return round_footing(width, depth)


def _steady(order: Order, anchor: Vec3, size: Vec3, *, card: bool) -> Order:
    """The order with the seller's own camera where it may stand."""
    camera = order.wishes.viewpoint
    if camera is None:
        return order
    update = {"viewpoint": steadied(camera, anchor, size, card=card)}
    return order._replace(wishes=order.wishes.model_copy(update=update))


def _aimed(recipe: Recipe, angle: Angle, anchor: Vec3, subject: Subject, wishes: ShotWishes) -> Aim:
    size = subject.size.metres
    if wishes.viewpoint is not None:
        return aim_from(wishes.viewpoint, anchor, size, wishes.turn_deg, card=subject.is_card)
    return aim(
        recipe.plan, anchor, angle, size, card=subject.is_card, turn_deg=wishes.turn_deg,
        open_in_front=recipe.kind == "studio",
    )  # fmt: skip


def _view(
    angle: Angle,
    aimed: Aim,
    at: Vec3,
    size: Vec3,
    frame: Frame,
    order: Order,
    *,
    card: bool,
) -> Viewpoint:
    """The camera's place; a card is only as deep as paper."""
    own = order.wishes.viewpoint
    if own is not None and not PRESETS[order.wishes.preset].on_white:
        return Viewpoint(own.position, own.target, own.lens_mm)
    row = ANGLES[angle]
    lens = _LENS_MM if order.brief is None else float(order.brief.technique.lens_mm)
    right, up = order.wishes.offset or (row.centre[0] - 0.5, row.centre[1] - 0.5)
    if PRESETS[order.wishes.preset].on_white and order.wishes.offset is None:
        right, up = 0.0, 0.0
    seen = (size[0], size[1], 0.0) if card else size
    return framed(
        box_points(at, seen, aimed.yaw_deg),
        direction(aimed.azimuth_deg, aimed.elevation_deg),
        Wanted(
            fill=fill_for(order.wishes, row.fill),
            centre=(0.5 + right, 0.5 + up),
            aspect=frame.aspect,
            lens_mm=min(max(lens, _LENS_RANGE[0]), _LENS_RANGE[1]),
            farthest_m=aimed.farthest_m,
        ),
    )


def _camera(
    angle: Angle, view: Viewpoint, at: Vec3, size: Vec3, room: Vec3, plan: SetPlan
) -> CameraPlan:
    """The camera, with the product sharp from front to back and the rest as the set wants it."""
    blurred = ANGLES[angle].blurred or plan.cameras[0].f_stop is not None
    return CameraPlan(
        name=angle,
        position=view.position,
        target=view.target,
        lens_mm=round(view.lens_mm, 2),
        f_stop=f_stop_for(view, max(room[2], room[0]) * 1.2) if blurred else None,
        focus=(at[0], at[1] + size[1] / 2, at[2]) if blurred else None,
    )


def _product(subject: Subject) -> ModelProduct | CutoutProduct:
    if subject.facts is not None:
        return ModelProduct(sha256=subject.sha256)
    width, height, depth = subject.size.metres
    return CutoutProduct(sha256=subject.sha256, width_m=width, height_m=height, depth_m=depth)


__all__ = ["NoRoomError", "Order", "Subject", "candidates", "plan_shot"]

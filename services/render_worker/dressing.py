"""Stands a brief's props beside a product: in the picture, on something, touching nothing."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from pydantic import TypeAdapter

from backlot.contracts.brief import Placement, Prop
from services.render_worker.framing import Viewpoint, corners, project
from services.render_worker.scene import Points, Scene, Vec3
from services.render_worker.sets.builder import placed
from services.render_worker.sets.catalogue_of_parts import AnyPart
from services.render_worker.sets.stage import near, reaching, supports_below

_PART: TypeAdapter[AnyPart] = TypeAdapter(AnyPart)
_TABLE = Path(__file__).parent / "props.yaml"
_TOWARDS: dict[Placement, tuple[float, float]] = {
    "behind-left": (-0.8, -0.6), "behind-centre": (0.3, -0.95), "behind-right": (0.8, -0.6),
    "left": (-1.0, -0.15), "right": (1.0, -0.15), "front-left": (-0.86, 0.5),
    "front-right": (0.86, 0.5), "scattered": (0.9, 0.42),
}  # fmt: skip
"""Right of and towards the camera; what belongs under or over a product is the set's business."""
_TURNS_DEG = (0.0, 18.0, -18.0, 36.0, -36.0)
_GAPS_M = (0.03, 0.07, 0.12)
_MARGIN_M = 0.004
_LEVEL_M = 0.004
_DEEPEST_M = 0.35
_TALLEST = 2.2
_REACH_M = 0.8
_MOST_HIDDEN = 0.6
_IN_FRAME = (0.02, 0.98)


class Subject(NamedTuple):
    """What props stand beside.

    Attributes:
        at: Its bottom-centre.
        size: Of the upright box around it, metres.
        view: The camera.
        aspect: Of the picture.
    """

    at: Vec3
    size: Vec3
    view: Viewpoint
    aspect: float


class Dressed(NamedTuple):
    """Props that found a place, and the vocabulary's words for them."""

    parts: tuple[AnyPart, ...]
    terms: tuple[str, ...]


def dress(
    scene: Scene,
    subject: Subject,
    props: Sequence[Prop],
    colours: Mapping[str, str],
    most: int = 2,
) -> Dressed:
    """Find places for props.

    Args:
        scene: The set, without them and without the product.
        subject: What they stand beside.
        props: Of the brief, most important first.
        colours: `$` words of the table to hexes.
        most: Of them.
    """
    parts: list[AnyPart] = []
    terms: list[str] = []
    scene = _around(scene, subject)
    taken = [_box(subject.at, subject.size)]
    for number, prop in enumerate(props):
        row = _rows().get(prop.term.partition("/")[2])
        if row is None or len(parts) == most:
            continue
        found = _stood(scene, subject, row, prop, colours, taken, number)
        if found is not None:
            parts.append(found)
            terms.append(prop.term)
            taken.append(_bounds(found))
    return Dressed(tuple(parts), tuple(terms))


def _around(scene: Scene, subject: Subject) -> Scene:
    """What stands within reach of where props may go."""
    reach = np.array([subject.size[0], 0.0, subject.size[2]]) + _REACH_M
    low = np.asarray(subject.at) - reach - (0.0, _DEEPEST_M + subject.size[1], 0.0)
    return near(scene, low, np.asarray(subject.at) + reach + (0.0, subject.size[1] * _TALLEST, 0.0))


def spelled(row: Mapping[str, Any], colours: Mapping[str, str]) -> dict[str, Any]:
    """A row of a table with its `$` words replaced, however deep they are."""

    def filled(value: Any) -> Any:
        if isinstance(value, str):
            for word, colour in colours.items():
                value = value.replace(f"${word}", colour)
            return value
        return [filled(one) for one in value] if isinstance(value, list | tuple) else value

    return {name: filled(value) for name, value in row.items()}


def _stood(
    scene: Scene,
    subject: Subject,
    row: Mapping[str, Any],
    prop: Prop,
    colours: Mapping[str, str],
    taken: Sequence[tuple[Points, Points]],
    seed: int,
) -> AnyPart | None:
    """The prop at the first place near its wanted one where it can stand; None without any."""
    made = spelled({name: value for name, value in row.items() if name != "behind"}, colours)
    wanted = prop.placement if prop.placement in _TOWARDS else "behind-right"
    if row.get("behind") and not wanted.startswith("behind"):
        wanted = "behind-right"
    model = _PART.validate_python({**made, "seed": seed + 3})
    low, high = _bounds(model)
    if high[1] - low[1] > _TALLEST * subject.size[1]:
        return None
    for x, z in _places(subject, _TOWARDS[wanted], low, high):
        spot = _at_rest(scene, subject, x, z, low, high)
        if spot is None:
            continue
        moved = np.subtract(spot, model.at)
        if _is_free(scene, subject, (low + moved, high + moved), taken):
            return model.model_copy(update={"at": spot})
    return None


def _places(
    subject: Subject, towards: tuple[float, float], low: Points, high: Points
) -> Iterator[tuple[float, float]]:
    """Places around the product, the wanted direction and the nearest distance first."""
    back = np.subtract(subject.view.position, subject.at)[[0, 2]]
    back = back / (np.linalg.norm(back) + 1e-9)
    right = np.array([back[1], -back[0]])
    middle = (low + high)[[0, 2]] / 2
    own = np.abs(np.array([subject.size[0], subject.size[2]])) / 2
    half = (high - low)[[0, 2]] / 2
    for gap in _GAPS_M:
        for turn in np.radians(_TURNS_DEG):
            c, s = np.cos(turn), np.sin(turn)
            aside, near = towards[0] * c - towards[1] * s, towards[0] * s + towards[1] * c
            way = right * aside + back * near
            way = way / np.linalg.norm(way)
            reach = min(
                (own[axis] + half[axis] + gap * max(subject.size[1] / 0.2, 0.4)) / abs(way[axis])
                for axis in (0, 1) if abs(way[axis]) > 1e-6  # noqa: PLR2004 - straight along an axis
            )  # fmt: skip
            spot = np.array([subject.at[0], subject.at[2]]) + way * reach - middle
            yield float(spot[0]), float(spot[1])


def _at_rest(
    scene: Scene, subject: Subject, x: float, z: float, low: Points, high: Points
) -> Vec3 | None:
    """The place at the height of what is below, if that is level and not far from the product's."""
    xs, zs = (low[0] * 0.7, 0.0, high[0] * 0.7), (low[2] * 0.7, 0.0, high[2] * 0.7)
    places = np.array([(x + dx, z + dz) for dx in xs for dz in zs])
    heights = supports_below(scene, places, subject.at[1] + _LEVEL_M)
    if np.isnan(heights).any() or np.ptp(heights) > _LEVEL_M:
        return None
    height = float(heights.max())
    if subject.at[1] - height > max(_DEEPEST_M, subject.size[1]):
        return None
    return (round(x, 4), round(height, 5), round(z, 4))


def _is_free(
    scene: Scene,
    subject: Subject,
    box: tuple[Points, Points],
    taken: Sequence[tuple[Points, Points]],
) -> bool:
    """Whether nothing is there, the camera sees it, and it hides nothing of the product."""
    low, high = box[0] - _MARGIN_M, box[1] + _MARGIN_M
    if any(np.all(low < other[1]) and np.all(high > other[0]) for other in taken):
        return False
    seen = _projected(box, subject)
    middle = seen.mean(axis=0)
    if not np.all((middle > _IN_FRAME[0]) & (middle < _IN_FRAME[1])):
        return False
    own = _projected(taken[0], subject)
    if _hidden_share(seen, own) > _MOST_HIDDEN:
        return False
    eye = np.asarray(subject.view.position)
    if np.linalg.norm((low + high) / 2 - eye) < np.linalg.norm(np.subtract(subject.at, eye)):
        apart = (seen.max(axis=0) < own.min(axis=0)) | (seen.min(axis=0) > own.max(axis=0))
        if not apart.any():
            return False
    raised = low + np.array([0.0, 2 * _LEVEL_M, 0.0])
    return not any(
        reaching(piece.mesh, raised, high) for piece in scene.pieces if piece.seen
    )  # fmt: skip


def _hidden_share(seen: Points, own: Points) -> float:
    """How much of one box in the frame lies within another."""
    low = np.maximum(seen.min(axis=0), own.min(axis=0))
    high = np.minimum(seen.max(axis=0), own.max(axis=0))
    return float(np.prod(np.maximum(high - low, 0)) / max(np.prod(np.ptp(seen, axis=0)), 1e-9))


def _projected(box: tuple[Points, Points], subject: Subject) -> Points:
    low, high = (tuple(float(value) for value in end) for end in box)
    return project(corners(low, high), subject.view, subject.aspect)  # type: ignore[arg-type]


def _bounds(part: AnyPart) -> tuple[Points, Points]:
    """The box around a part where it stands."""
    points = np.concatenate([piece.mesh.points for piece in placed(part).pieces])
    return points.min(axis=0), points.max(axis=0)


def _box(at: Vec3, size: Vec3) -> tuple[Points, Points]:
    half = np.array([size[0] / 2, 0.0, size[2] / 2])
    return np.asarray(at) - half, np.asarray(at) + half + np.array([0.0, size[1], 0.0])


@cache
def _rows() -> dict[str, dict[str, Any]]:
    table = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))
    return dict(table["props"])

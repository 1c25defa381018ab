"""Builds the light a brief asks for around a product, gobos and neon included."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from backlot.contracts.brief import Direction, LightingPlan
from services.render_worker.composing.palette import Colours
from services.render_worker.composing.tables import Choice, Gobo, LightRow, light_row
from services.render_worker.scene import LightKind, Vec3
from services.render_worker.sets.catalogue_of_parts import AnyPart
from services.render_worker.sets.parts.lamps import Neon
from services.render_worker.sets.parts.shadows import BlindGobo, LeafGobo, WindowGobo
from services.render_worker.sets.recipe import LightPlan, WorldPlan

_AZIMUTH: dict[Direction, float] = {
    "front": -16.0, "left": -58.0, "right": 58.0, "back": -152.0, "top": -30.0, "below": -40.0,
    "around": -42.0,
}  # fmt: skip
_BEHIND_DEG = 150.0
_AWAY_M = 2.0
_GOBO_AWAY_M = 1.45
_FILL_OF_CONTRAST = {"low": 1.4, "medium": 1.0, "high": 0.6}
_TOP_ELEVATION = 82.0
_GELS = ("#ff4fc0", "#45d9ff")


class Rig(NamedTuple):
    """Light of a set.

    Attributes:
        parts: Gobos and neon tubes.
        terms: Of the vocabulary that it shows.
    """

    lights: tuple[LightPlan, ...]
    world: WorldPlan
    parts: tuple[AnyPart, ...]
    terms: tuple[str, ...]


def rig_for(
    plan: LightingPlan, choice: Choice, colours: Colours, anchor: Vec3, scale: float
) -> Rig:
    """Build the brief's first light as the key, the others as what they add to it."""
    rows = [light_row(term) for term in plan.types]
    place = _Place(anchor, scale, plan.kelvin)
    lights = _lamps(plan, choice, rows, place)
    gobo = next((row.gobo for row in rows if row.gobo), choice.family.gobo)
    parts: list[AnyPart] = []
    if gobo is not None:
        sun = _sun(lights)
        if sun is None:
            azimuth = _AZIMUTH[plan.direction]
            sun = place.sun(plan.types[0], azimuth, rows[0].elevation)
            lights = [sun, *map(_dimmed, lights)]
        parts.append(gobo_before(sun, gobo, scale))
    if choice.family.neon or choice.setting.neon or any(row.neon for row in rows):
        parts += _neon(anchor, scale, indoors=choice.is_space)
    strength = rows[0].world * (1.4 if choice.family.outdoors else 1.0)
    high = "#cfe3f2" if choice.family.outdoors else "#ffffff"
    world = WorldPlan(low=colours.pale, high=high, strength=strength)
    return Rig(tuple(lights), world, tuple(parts), tuple(plan.types))


def _lamps(
    plan: LightingPlan, choice: Choice, rows: Sequence[LightRow], place: "_Place"
) -> list[LightPlan]:
    """Key, fill, and what the other lights of the brief add."""
    term, key = plan.types[0], rows[0]
    azimuth = _AZIMUTH[plan.direction]
    elevation = _TOP_ELEVATION if plan.direction == "top" else key.elevation
    gels = _GELS if key.gel else (None, None)
    lights = [place.lamp("key", term, key, azimuth, elevation, gel=gels[0])]
    if key.gel:
        lights.append(place.lamp("second gel", term, key, -azimuth, elevation, gel=gels[1]))
    lights.append(place.fill(term, key.fill * _FILL_OF_CONTRAST[plan.contrast], -azimuth))
    for also, row in zip(plan.types, rows, strict=True):
        if row.rim:
            lights += place.rims(also, row)
    if any(row.glow for row in rows):
        lights.append(place.glow(plan.types[-1]))
    if choice.is_space and not choice.family.outdoors:
        lights.append(place.ceiling(term))
    return lights


def gobo_before(sun: LightPlan, kind: Gobo, scale: float) -> AnyPart:
    """A gobo in the way of a sun: what it lights gets the pattern's shadow."""
    x, y, z = (a - b for a, b in zip(sun.position, sun.target, strict=True))
    away = math.sqrt(x * x + y * y + z * z)
    step = _GOBO_AWAY_M * scale / away
    facts: dict[str, Any] = {
        "at": tuple(b + step * d for b, d in zip(sun.target, (x, y, z), strict=True)),
        "yaw_deg": math.degrees(math.atan2(x, z)),
        "size_factor": scale,
    }
    if kind == "leaf":
        return LeafGobo(**facts, width=2.2, height=2.0, branches=26, leaf_length=0.16, seed=2)
    if kind == "blind":
        return BlindGobo(**facts, width=2.4, height=2.2, slats=20, share=0.5)
    return WindowGobo(**facts, width=0.85, height=1.3, columns=2, rows=3, bar=0.04, margin=1.6)


def sun_for(plan: LightingPlan, term: str, anchor: Vec3, scale: float) -> LightPlan:
    """A sun from the brief's direction, for a set that has no light hard enough for a gobo."""
    return _Place(anchor, scale, plan.kelvin).sun(
        term, _AZIMUTH[plan.direction], light_row(term).elevation
    )


class _Place:
    """Where lamps stand: around an anchor, at a scale."""

    def __init__(self, anchor: Vec3, scale: float, kelvin: int) -> None:
        self._anchor = anchor
        self._scale = scale
        self._kelvin = kelvin

    def lamp(
        self, name: str, term: str, row: LightRow, azimuth: float, elevation: float,
        *, gel: str | None = None,
    ) -> LightPlan:  # fmt: skip
        """A lamp or a sun in a direction, aimed at the product."""
        sun = row.kind is LightKind.SUN
        return LightPlan(
            name=name, type=term, kind=row.kind, position=self._at(azimuth, elevation),
            target=self._target, strength=row.strength if sun else row.strength * self._scale**2,
            size=row.size if sun else self._sized(row.size), kelvin=self._kelvin, hue=gel,
            spread_deg=row.spread,
        )  # fmt: skip

    def fill(self, term: str, strength: float, azimuth: float) -> LightPlan:
        """A large soft lamp from the other side."""
        return LightPlan(
            name="fill", type=term, kind=LightKind.AREA, position=self._at(azimuth, 36.0),
            target=self._target, strength=max(strength, 0.5) * self._scale**2,
            size=self._sized((1.4, 1.4)), kelvin=self._kelvin,
        )  # fmt: skip

    def rims(self, term: str, row: LightRow) -> Iterator[LightPlan]:
        """Two narrow lamps behind the product."""
        for name, side in (("left rim", -1.0), ("right rim", 1.0)):
            yield LightPlan(
                name=name, type=term, kind=LightKind.AREA,
                position=self._at(side * _BEHIND_DEG, 26.0), target=self._target,
                strength=row.rim * self._scale**2, size=self._sized((0.25, 1.1)),
                kelvin=self._kelvin,
            )  # fmt: skip

    def glow(self, term: str) -> LightPlan:
        """Light on the backdrop from below."""
        x, y, z = self._anchor
        k = self._scale
        return LightPlan(
            name="backdrop glow", type=term, kind=LightKind.AREA,
            position=(x, y + 0.1 * k, z - 0.5 * k), target=(x, y + 0.7 * k, z - 1.3 * k),
            strength=16 * k**2, size=(1.8 * k, 0.2 * k), kelvin=self._kelvin, reflected=False,
        )  # fmt: skip

    def ceiling(self, term: str) -> LightPlan:
        """What fills a room."""
        x, y, z = self._anchor
        return LightPlan(
            name="ceiling", type=term, kind=LightKind.AREA, position=(x + 0.3, 2.5, z + 0.4),
            target=(x, y, z - 0.8), strength=34.0, size=(2.0, 1.4), kelvin=self._kelvin,
            reflected=False,
        )  # fmt: skip

    def sun(self, term: str, azimuth: float, elevation: float) -> LightPlan:
        """A sun for a gobo where the light has none that is hard enough."""
        return LightPlan(
            name="shadow sun", type=term, kind=LightKind.SUN,
            position=self._at(azimuth, elevation), target=self._target, strength=4.4,
            size=(0.8, 0.8), kelvin=self._kelvin,
        )  # fmt: skip

    @property
    def _target(self) -> Vec3:
        x, y, z = self._anchor
        return (x, y + 0.12 * self._scale, z - 0.05 * self._scale)

    def _at(self, azimuth: float, elevation: float) -> Vec3:
        a, e = math.radians(azimuth), math.radians(elevation)
        away = _AWAY_M * self._scale
        x, y, z = self._anchor
        return (
            round(x + away * math.cos(e) * math.sin(a), 4),
            round(y + away * math.sin(e), 4),
            round(z + away * math.cos(e) * math.cos(a), 4),
        )

    def _sized(self, size: tuple[float, float]) -> tuple[float, float]:
        return (size[0] * self._scale, size[1] * self._scale)


def _sun(lights: list[LightPlan]) -> LightPlan | None:
    return next((light for light in lights if light.kind is LightKind.SUN), None)


def _dimmed(light: LightPlan) -> LightPlan:
    return light.model_copy(update={"strength": light.strength * 0.5})


def _neon(anchor: Vec3, scale: float, *, indoors: bool) -> list[AnyPart]:
    """Tubes on the wall behind the product."""
    x, y, z = anchor
    behind = z - (1.6 if indoors else 0.92 * scale)
    k = 1.6 if indoors else scale
    arch = ((-0.34, 0.1, 0), (-0.34, 0.5, 0), (0, 0.82, 0), (0.34, 0.5, 0), (0.34, 0.1, 0))
    tubes: list[tuple[float, tuple[Vec3, ...], str]] = [
        (0.0, arch, "#ff2fa8"),
        (-0.86, ((0, 0.05, 0), (0, 1.0, 0)), "#25d7ff"),
        (0.86, ((0, 0.05, 0), (0, 1.0, 0)), "#7a3cff"),
    ]
    return [
        Neon(at=(x + side * k, y, behind), size_factor=k, path=path, hue=hue, radius=0.009)
        for side, path, hue in tubes
    ]

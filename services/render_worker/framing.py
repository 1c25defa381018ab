"""Where a camera must stand so that a product fills its frame as wanted."""

from typing import NamedTuple

import numpy as np

from services.render_worker.scene import Points, Vec3

SENSOR_MM = 36.0
"""The longer side of the picture covers this, as on a full-frame camera."""
_TURNS = 40
_NEAREST_M = 0.12
_SHORTEST_MM = 20.0


class Viewpoint(NamedTuple):
    """A camera without its focus."""

    position: Vec3
    target: Vec3
    lens_mm: float

    @property
    def distance_m(self) -> float:
        """From the camera to what it aims at."""
        return float(np.linalg.norm(np.subtract(self.position, self.target)))


class Wanted(NamedTuple):
    """How the product should lie in the frame.

    Attributes:
        fill: Share of the frame that the longer of its sides, against the frame's, takes.
        centre: Where its middle lies, shares from the lower left corner.
        aspect: Width over height of the frame.
        lens_mm: Preferred; given up where the camera would have to stand too far off.
        farthest_m: From the product's middle.
    """

    fill: float
    centre: tuple[float, float]
    aspect: float
    lens_mm: float
    farthest_m: float


def direction(azimuth_deg: float, elevation_deg: float) -> Points:
    """Unit vector from the product to the camera; azimuth 0 is in front, 90 to the right."""
    azimuth, elevation = np.radians([azimuth_deg, elevation_deg])
    level = np.cos(elevation)
    return np.array([level * np.sin(azimuth), np.sin(elevation), level * np.cos(azimuth)])


def corners(low: Vec3, high: Vec3) -> Points:
    """The eight corners of a box, (8, 3)."""
    xs, ys, zs = zip(low, high, strict=True)
    return np.array([(x, y, z) for x in xs for y in ys for z in zs])


def framed(points: Points, towards: Points, wanted: Wanted) -> Viewpoint:
    """The viewpoint in a direction from which the points lie in the frame as wanted."""
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    target, lens = middle.copy(), wanted.lens_mm
    away = float(np.ptp(points, axis=0).max()) * 4
    for _ in range(_TURNS):
        view = Viewpoint(vec(target + towards * away), vec(target), lens)
        seen = project(points, view, wanted.aspect)
        low, high = seen.min(axis=0), seen.max(axis=0)
        grown = float((high - low).max()) / wanted.fill
        away = max(away * grown, _NEAREST_M)
        if away > wanted.farthest_m:
            lens = max(lens * wanted.farthest_m / away, _SHORTEST_MM)
            away = wanted.farthest_m
        right, above = _axes(towards)
        off = (low + high) / 2 - np.asarray(wanted.centre)
        width = SENSOR_MM / lens * away * min(wanted.aspect, 1.0)
        height = SENSOR_MM / lens * away / max(wanted.aspect, 1.0)
        target = target + right * off[0] * width + above * off[1] * height
    return Viewpoint(vec(target + towards * away), vec(target), lens)


def project(points: Points, view: Viewpoint, aspect: float) -> Points:
    """Points as shares of the frame from its lower left corner, (n, 2)."""
    position = np.asarray(view.position)
    back = position - np.asarray(view.target)
    back = back / np.linalg.norm(back)
    right, above = _axes(back)
    rays = points - position
    depth = np.maximum(-(rays @ back), 1e-6)
    scale = view.lens_mm / SENSOR_MM / depth
    wide, tall = max(1 / aspect, 1.0), max(aspect, 1.0)
    return np.stack([rays @ right * scale * wide + 0.5, rays @ above * scale * tall + 0.5], axis=1)


def f_stop_for(view: Viewpoint, depth_m: float) -> float:
    """The widest aperture that keeps so much depth sharp around the target, f/4 to f/32."""
    blur_mm = 0.03
    needed = depth_m * 1000 * view.lens_mm**2 / (2 * blur_mm * (view.distance_m * 1000) ** 2)
    return float(min(max(round(needed, 1), 4.0), 32.0))


def _axes(back: Points) -> tuple[Points, Points]:
    """Right and up of a camera that looks along -back and does not lean."""
    right = np.cross((0.0, 1.0, 0.0), back)
    right = right / np.linalg.norm(right)
    return right, np.cross(back, right)


def vec(values: Points) -> Vec3:
    """Three numbers, rounded so that the same plan is the same text."""
    x, y, z = (round(float(value), 5) for value in values)
    return (x, y, z)

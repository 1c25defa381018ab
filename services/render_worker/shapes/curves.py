"""Curves: splines through points, arcs and outlines."""

from collections.abc import Sequence

import numpy as np

from services.render_worker.scene import Points


def spline(control: Sequence[Sequence[float] | Points] | Points, samples: int) -> Points:
    """Catmull-Rom curve through all control points; a doubled point makes a corner."""
    knots = np.asarray(control, dtype=np.float64)
    padded = np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    positions = np.linspace(0, len(knots) - 1, samples)
    index = np.minimum(positions.astype(int), len(knots) - 2)
    t = (positions - index)[:, None]
    before, start, end, after = (padded[index + k] for k in range(4))
    return np.asarray(
        0.5
        * (
            2 * start
            + (end - before) * t
            + (2 * before - 5 * start + 4 * end - after) * t**2
            + (3 * start - before - 3 * end + after) * t**3
        )
    )


def shifted(points: Points, by: tuple[float, float, float]) -> Points:
    """Points (..., 3) moved by an offset."""
    return np.asarray(points + np.asarray(by))


def arc(
    centre: tuple[float, float], radius: float, from_deg: float, to_deg: float, samples: int = 12
) -> Points:
    """Points (n, 2) of a circular arc."""
    angles = np.radians(np.linspace(from_deg, to_deg, samples))
    return np.stack(
        [centre[0] + radius * np.cos(angles), centre[1] + radius * np.sin(angles)], axis=1
    )


def superellipse(width: float, depth: float, power: float, samples: int = 48) -> Points:
    """Closed outline (n, 2): 2 is an ellipse, larger values approach a rectangle."""
    angles = np.linspace(0, 2 * np.pi, samples, endpoint=False)
    cosine, sine = np.cos(angles), np.sin(angles)
    exponent = 2.0 / power
    return np.stack(
        [
            width / 2 * np.sign(cosine) * np.abs(cosine) ** exponent,
            depth / 2 * np.sign(sine) * np.abs(sine) ** exponent,
        ],
        axis=1,
    )


def rounded_rectangle(width: float, height: float, radius: float, samples: int = 6) -> Points:
    """Closed outline (n, 2) of a rectangle with round corners, counter-clockwise."""
    x, y = width / 2 - radius, height / 2 - radius
    corners = [((x, y), 0), ((-x, y), 90), ((-x, -y), 180), ((x, -y), 270)]
    return np.vstack([arc(centre, radius, start, start + 90, samples) for centre, start in corners])


def frames_along(path: Points) -> tuple[Points, Points]:
    """Two unit normals at every point of a path, turning as little as possible."""
    tangents = np.gradient(path, axis=0)
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True) + 1e-12
    seed = np.array([0.0, 1.0, 0.0]) if abs(tangents[0, 1]) < 0.9 else np.array([1.0, 0.0, 0.0])  # noqa: PLR2004 - any direction far from the tangent
    normal = np.cross(tangents[0], seed)
    normals = np.empty_like(path)
    for index, tangent in enumerate(tangents):
        normal = normal - tangent * np.dot(normal, tangent)
        normal /= np.linalg.norm(normal) + 1e-12
        normals[index] = normal
    return normals, np.cross(tangents, normals)

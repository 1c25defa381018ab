"""Made-up devices, each of random proportions."""

import random

import numpy as np
from solids import Parts, ball, between, box, disc, moved, pipe, ring, rod, turned


def slab(rng: random.Random, wide: float, high: float, thick: float) -> Parts:
    """A phone or tablet: body, screen, camera."""
    parts = [
        box(wide, thick, high),
        box(wide * 0.93, 0.02, high * rng.uniform(0.85, 0.96), (0, -thick / 2, high * 0.03)),
    ]
    eyes = rng.randint(1, 3)
    return parts + [
        moved(turned(disc(wide * 0.08, 0.05), -90), -wide * 0.3, thick / 2, high * (0.9 - 0.1 * k))
        for k in range(eyes)
    ]


def phone(rng: random.Random) -> Parts:
    return slab(rng, 1, rng.uniform(1.9, 2.2), 0.1)


def tablet(rng: random.Random) -> Parts:
    return slab(rng, 1.5, rng.uniform(1.9, 2.2), 0.08)


def laptop(rng: random.Random) -> Parts:
    deep = rng.uniform(1.2, 1.4)
    lid = [box(2, 0.06, deep), box(1.86, 0.02, deep * 0.88, (0, -0.035, deep * 0.06))]
    lid = [moved(turned(part, -rng.choice((10, 15, 20, 30))), 0, deep / 2, 0.05) for part in lid]
    keys = [
        box(0.12, 0.1, 0.03, (0.15 * c - 0.82, 0.12 * r + 0.05, 0.08))
        for c in range(12)
        for r in range(4)
    ]
    return [box(2, deep, 0.08), box(0.6, 0.35, 0.01, (0, -0.4, 0.08)), *lid, *keys]


def screen(rng: random.Random, wide: float) -> Parts:
    high = wide * rng.uniform(0.54, 0.62)
    lift = rng.uniform(0.25, 0.6)
    parts = [
        box(wide, 0.1, high, (0, 0, lift)),
        box(wide * 0.96, 0.02, high * 0.92, (0, -0.055, lift + high * 0.04)),
    ]
    if rng.random() < 0.6:
        return [*parts, box(0.2, 0.08, lift + 0.1, (0, 0.06, 0)), box(wide * 0.35, 0.5, 0.04)]
    props = [rod((0, 0, lift + 0.02), (0, side * 0.3, 0), 0.04) for side in (-1, 1)]
    feet = [rod((x, -0.3, 0.04), (x, 0.3, 0.04), 0.04) for x in (-wide * 0.35, wide * 0.35)]
    return parts + props + feet


def television(rng: random.Random) -> Parts:
    return screen(rng, rng.uniform(3, 3.8))


def monitor(rng: random.Random) -> Parts:
    return screen(rng, rng.uniform(2, 2.6))


def keyboard(rng: random.Random) -> Parts:
    columns, rows = rng.randint(12, 18), rng.randint(5, 6)
    keys = [
        box(0.17, 0.17, 0.1, (0.2 * c - 0.1 * columns, 0.2 * r - 0.1 * rows, 0.12))
        for c in range(columns)
        for r in range(rows)
    ]
    return [box(0.2 * columns + 0.25, 0.2 * rows + 0.25, 0.13, (-0.1, -0.1, 0)), *keys]


def mouse(rng: random.Random) -> Parts:
    return [
        ball(0.6, 1, rng.uniform(0.3, 0.5)),
        rod((-0.04, -0.65, 0.35), (0.04, -0.65, 0.35), 0.12),
        box(1.1, 1.8, 0.05, (0, 0, -0.4)),
    ]


def headphones(rng: random.Random) -> Parts:
    size = rng.uniform(0.9, 1.1)
    parts = [ring(size, 0.1, 180), ring(size * 0.95, 0.07, 180)]
    for side in (-1, 1):
        parts += [
            ball(0.2, 0.42, rng.uniform(0.45, 0.55), (side * size, 0, -0.25)),
            ball(0.17, 0.36, 0.42, (side * size * 0.82, 0, -0.25)),
        ]
    return parts


def speaker(rng: random.Random) -> Parts:
    wide, high = between(rng, (1, 2.2), (0.9, 2))
    if rng.random() < 0.5:
        return [turned(disc(0.55, wide + 0.6), 90, (0, 1, 0)), ring(0.5, 0.06, 180)]
    cones = [
        moved(turned(disc(r, 0.08), 90), 0, -0.42, high * z) for r, z in ((0.36, 0.35), (0.2, 0.75))
    ]
    return [box(1, 0.8, high), *cones]


def camera(rng: random.Random) -> Parts:
    wide, long = between(rng, (1.6, 2.1), (0.4, 1.3))
    return [
        box(wide, 0.7, 1.1),
        box(0.6, 0.6, 0.28, (0, 0, 1.08)),
        moved(turned(disc(0.48, long), 90), 0, -0.3, 0.55),
        moved(turned(disc(0.38, 0.05), 90), 0, -0.3 - long, 0.55),
        disc(0.12, 0.12, (wide * 0.35, 0, 1.1)),
        box(0.35, 0.85, 1, (wide / 2 - 0.2, 0, 0.02)),
    ]


def lens(rng: random.Random) -> Parts:
    parts, at = [], 0.0
    for _ in range(rng.randint(4, 6)):
        high = rng.uniform(0.2, 0.6)
        parts.append(disc(rng.uniform(0.8, 1), high, (0, 0, at)))
        at += high
    return [*parts, disc(0.7, 0.03, (0, 0, at))]


def tripod(rng: random.Random) -> Parts:
    high, wide = between(rng, (2, 3), (0.7, 1.2))
    parts = [
        turned(
            pipe(np.array([(0, 0, high), (wide / 2, 0, high / 2), (wide, 0, 0)]), 0.06),
            120 * k,
            (0, 0, 1),
        )
        for k in range(3)
    ]
    return [
        *parts,
        rod((0, 0, high * 0.8), (0, 0, high + 0.5), 0.07),
        box(0.4, 0.4, 0.12, (0, 0, high + 0.5)),
        rod((0, 0, high + 0.4), (0, 0.8, high + 0.1), 0.04),
    ]


def router(rng: random.Random) -> Parts:
    return [
        box(2, 1.3, 0.3),
        *[
            rod((x, 0.6, 0.2), (x * 1.1, 0.75, rng.uniform(1.2, 1.7)), 0.06)
            for x in np.linspace(-0.9, 0.9, rng.randint(2, 4))
        ],
    ]


def printer(rng: random.Random) -> Parts:
    return [
        box(2, 1.4, rng.uniform(0.7, 1.1)),
        box(1.5, 0.8, 0.06, (0, -0.9, 0.2)),
        turned(box(1.5, 0.05, 0.9, (0, 0.7, 0.8)), -15),
        box(0.5, 0.3, 0.1, (0.6, -0.5, 0.9)),
    ]


def toaster(rng: random.Random) -> Parts:
    high = rng.uniform(0.9, 1.2)
    return [
        box(1.6, 0.9, high),
        *[box(1.2, 0.15, 0.05, (0, y, high - 0.02)) for y in (-0.18, 0.18)],
        box(0.12, 0.25, 0.1, (0.85, 0, high * 0.6)),
        moved(turned(disc(0.1, 0.06), 90), 0.5, -0.45, 0.3),
    ]


DEVICES = {
    "smartphone": phone,
    "tablet-computer": tablet,
    "laptop-computer": laptop,
    "television": television,
    "computer-monitor": monitor,
    "computer-keyboard": keyboard,
    "computer-mouse": mouse,
    "over-ear-headphones": headphones,
    "bluetooth-speaker": speaker,
    "digital-camera": camera,
    "camera-lens": lens,
    "camera-tripod": tripod,
    "wifi-router": router,
    "desktop-printer": printer,
    "toaster": toaster,
}

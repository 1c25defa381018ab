"""Made-up watches, tools, bags, books and things for leisure, each of random proportions."""

import random

import numpy as np
from solids import Parts, ball, between, box, disc, lathe, moved, pipe, ring, rod, turned


def watch(rng: random.Random) -> Parts:
    band = turned(ring(1, 0.1), 90, (0, 0, 1))
    band.apply_scale((rng.uniform(2.5, 4), 1, 1))
    face = moved(disc(0.5, 0.2), 0, 0, 1)
    return [
        band,
        face,
        moved(disc(0.43, 0.03), 0, 0, 1.2),
        rod((0, 0, 1.25), (0, 0.3, 1.25), 0.03),
        rod((0, 0, 1.25), (0.2, 0.05, 1.25), 0.03),
        rod((0.5, 0, 1.1), (0.6, 0, 1.1), 0.08),
    ]


def smartwatch(rng: random.Random) -> Parts:
    return [watch(rng)[0], box(0.8, 0.9, 0.2, (0, 0, 1)), box(0.7, 0.8, 0.03, (0, 0, 1.2))]


def drill(_rng: random.Random) -> Parts:
    return [
        turned(disc(0.35, 1.7), 90),
        moved(
            turned(lathe([(0, 0), (0.25, 0), (0.15, 0.5), (0.05, 0.5), (0.05, 1.2), (0, 1.2)]), 90),
            0,
            -1.7,
            0,
        ),
        turned(box(0.4, 0.55, 1.4, (0, -0.3, -1.5)), 8),
        box(0.6, 1.1, 0.4, (0, -0.2, -1.9)),
    ]


def toolbox(rng: random.Random) -> Parts:
    high = rng.uniform(0.7, 1)
    return [
        box(2, 0.9, high),
        box(2.05, 0.95, 0.3, (0, 0, high)),
        *[rod((x, 0, high + 0.3), (x, 0, high + 0.6), 0.05) for x in (-0.5, 0.5)],
        rod((-0.5, 0, high + 0.6), (0.5, 0, high + 0.6), 0.07),
        *[box(0.2, 0.1, 0.3, (x, -0.48, high - 0.1)) for x in (-0.6, 0.6)],
    ]


def lipstick(rng: random.Random) -> Parts:
    high = rng.uniform(1.2, 1.7)
    tip = lathe([(0, high), (0.27, high), (0.27, high + 0.7), (0.1, high + 1), (0, high + 1)])
    return [
        disc(0.42, high * 0.7),
        disc(0.34, high * 0.35, (0, 0, high * 0.7)),
        tip,
        disc(0.42, 1.5, (1.3, 0, 0)),
    ][: rng.choice((3, 4))]


def palette(rng: random.Random) -> Parts:
    columns, rows = rng.randint(3, 6), rng.randint(2, 3)
    pans = [disc(0.2, 0.04, (0.5 * c, 0.5 * r, 0.1)) for c in range(columns) for r in range(rows)]
    wide, deep = 0.5 * columns + 0.2, 0.5 * rows + 0.2
    middle = (0.25 * (columns - 1), 0.25 * (rows - 1))
    lid = turned(box(wide, 0.06, deep), -20)
    return [
        box(wide, deep, 0.12, (*middle, 0)),
        *pans,
        moved(lid, middle[0], middle[1] + deep / 2, 0.1),
    ]


def soap(rng: random.Random) -> Parts:
    return (
        [ball(1, 0.65, 0.35)]
        if rng.random() < 0.5
        else [box(1.6, 1, 0.5), box(1, 0.5, 0.02, (0, 0, 0.5))]
    )


def dumbbell(rng: random.Random) -> Parts:
    parts = [rod((-1.2, 0, 0), (1.2, 0, 0), 0.13)]
    sides = rng.choice((6, 8, 40))
    for side in (-1, 1):
        head = lathe(
            [(0, 0), (0.5, 0), (0.55, 0.1), (0.55, 0.5), (0.5, 0.6), (0, 0.6)], sides=sides
        )
        parts.append(moved(turned(head, 90, (0, 1, 0)), side * 1 - 0.3, 0, 0))
    return parts


def racket(_rng: random.Random) -> Parts:
    hoop = ring(1, 0.07, 360, (0, 0, 1.25))
    hoop.apply_scale((0.78, 1, 1.1))
    net = [rod((x, 0, 0.55), (x, 0, 2.2), 0.012) for x in np.linspace(-0.6, 0.6, 10)] + [
        rod((-0.65, 0, z), (0.65, 0, z), 0.012) for z in np.linspace(0.6, 2.15, 12)
    ]
    return [
        hoop,
        *net,
        rod((0, 0, 0.25), (0, 0, -1.2), 0.09),
        rod((0, 0, 0.2), (0.35, 0, 0.45), 0.06),
        rod((0, 0, 0.2), (-0.35, 0, 0.45), 0.06),
    ]


def golf(_rng: random.Random) -> Parts:
    return [
        rod((0, 0, 0.1), (0.5, 0, 4), 0.04),
        rod((0.42, 0, 3.2), (0.52, 0, 4.1), 0.07),
        ball(0.4, 0.25, 0.2, (-0.25, 0, 0.1)),
    ]


def tent(rng: random.Random) -> Parts:
    if rng.random() < 0.5:
        return [
            lathe([(0, 1.2), (0.6, 1.1), (1, 0.7), (1.2, 0)], sides=6),
            box(0.7, 0.1, 0.8, (0, -1, 0)),
        ]
    roof = [turned(box(0.05, 2.2, 1.5, (0, 0, 0)), side * 40, (0, 1, 0)) for side in (-1, 1)]
    return [moved(part, -side * 0.9, 0, 0) for part, side in zip(roof, (-1, 1), strict=True)] + [
        rod((0, -1.1, 0), (0, -1.1, 1.1), 0.04)
    ]


def suitcase(rng: random.Random) -> Parts:
    high = rng.uniform(1.7, 2.3)
    ribs = [
        box(0.06, 0.05, high * 0.85, (x, -0.37, 0.3))
        for x in np.linspace(-0.5, 0.5, rng.randint(3, 6))
    ]
    wheels = [ball(0.09, 0.09, 0.09, (x, y, 0.08)) for x in (-0.55, 0.55) for y in (-0.25, 0.25)]
    pole = [rod((x, 0.25, high), (x, 0.25, high + 0.8), 0.03) for x in (-0.3, 0.3)]
    return [
        box(1.35, 0.72, high, (0, 0, 0.15)),
        *ribs,
        *wheels,
        *pole,
        rod((-0.35, 0.25, high + 0.8), (0.35, 0.25, high + 0.8), 0.05),
    ]


def backpack(rng: random.Random) -> Parts:
    high = rng.uniform(1.6, 2)
    straps = [
        moved(turned(ring(high * 0.35, 0.08, 180), 90, (0, 0, 1)), x, 0.3, 0.9) for x in (-0.3, 0.3)
    ]
    return [
        ball(0.75, 0.45, high / 2, (0, 0, high / 2)),
        box(1.3, 0.7, high * 0.75),
        box(1, 0.3, high * 0.4, (0, -0.42, 0.1)),
        ring(0.18, 0.05, 180, (0, 0.2, high)),
        *straps,
    ]


def tote(rng: random.Random) -> Parts:
    high, wide = between(rng, (1.3, 1.8), (1.3, 1.8))
    handles = [ring(wide * 0.25, 0.04, 180, (0, y, high)) for y in (-0.12, 0.12)]
    for handle in handles:
        handle.apply_transform([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1.6, -0.6 * high], [0, 0, 0, 1]])
    return [box(wide, rng.uniform(0.2, 0.5), high), *handles]


def book(rng: random.Random) -> Parts:
    wide, high, thick = between(rng, (1.2, 1.7), (1.7, 2.2), (0.15, 0.5))
    cover = [box(wide, 0.04, high, (0, y, 0)) for y in (-thick / 2, thick / 2)] + [
        box(0.05, thick, high, (-wide / 2, 0, 0))
    ]
    parts = [
        *cover,
        box(wide * 0.95, thick * 0.9, high * 0.96, (-0.01, 0, high * 0.02)),
        box(wide * 0.6, 0.02, 0.2, (0, -thick / 2 - 0.02, high * 0.65)),
    ]
    return [turned(part, 90) for part in parts] if rng.random() < 0.4 else parts


def notebook(_rng: random.Random) -> Parts:
    coils = [moved(ring(0.07, 0.015), -0.75, 0, z) for z in np.linspace(0.1, 1.9, 16)]
    return [
        box(1.5, 0.12, 2),
        *[turned(c, 0) for c in coils],
        box(0.8, 0.02, 0.3, (0.1, -0.07, 1.2)),
    ]


def record(rng: random.Random) -> Parts:
    out = rng.uniform(0.3, 1)
    return [
        box(2, 0.06, 2),
        moved(turned(disc(0.97, 0.02), 90), out, 0.0, 1),
        moved(turned(disc(0.35, 0.03), 90), out, 0.0, 1),
    ]


def pen(rng: random.Random) -> Parts:
    body = lathe(
        [
            (0, -0.5),
            (0.04, -0.3),
            (0.14, 0.1),
            (0.16, 1.6),
            (0.17, 1.62),
            (0.17, 2.9),
            (0.1, 3),
            (0, 3),
        ]
    )
    return [turned(body, rng.uniform(40, 90))]


def tire(rng: random.Random) -> Parts:
    grooves = [turned(box(0.1, 0.7, 0.07, (0, 0, 1.2)), 360 / 24 * k, (0, 1, 0)) for k in range(24)]
    tyre = turned(
        lathe(
            [
                (0.75, -0.3),
                (1.15, -0.35),
                (1.22, -0.25),
                (1.22, 0.25),
                (1.15, 0.35),
                (0.75, 0.3),
                (0.75, -0.3),
            ]
        ),
        90,
    )
    rim = [
        turned(disc(0.75, 0.1), 90),
        *[turned(box(0.15, 0.15, 0.7), 72 * k, (0, 1, 0)) for k in range(5)],
    ]
    return [tyre, *grooves, *(rim if rng.random() < 0.6 else [])]


def blocks(rng: random.Random) -> Parts:
    parts = []
    for level in range(rng.randint(2, 5)):
        for _ in range(rng.randint(1, 3)):
            x, y, long = rng.randint(-2, 2) * 0.4, rng.randint(-1, 1) * 0.4, rng.randint(1, 3)
            parts.append(box(0.8 * long, 0.8, 0.5, (x, y, 0.5 * level)))
            parts += [
                disc(0.13, 0.1, (x + 0.4 * k - 0.4 * long + 0.2, y + d, 0.5 * level + 0.5))
                for k in range(2 * long)
                for d in (-0.2, 0.2)
            ]
    return parts


def carton(rng: random.Random) -> Parts:
    high = rng.uniform(1.8, 2.4)
    roof = [moved(turned(box(1, 0.05, 0.75), side * 38), 0, side * 0.5, high) for side in (-1, 1)]
    for part, side in zip(roof, (-1, 1), strict=True):
        part.apply_translation((0, -side * 0.02, 0))
    return [
        box(1, 1, high),
        *roof,
        box(1, 0.06, 0.25, (0, 0, high + 0.55)),
        moved(turned(disc(0.17, 0.2), 50), 0, -0.35, high + 0.25),
    ]


def bicycle(_rng: random.Random) -> Parts:
    wheels = [ring(1, 0.06, 360, (x, 0, 1)) for x in (-1.5, 1.5)]
    points = {
        "back": (-1.5, 0, 1),
        "front": (1.5, 0, 1),
        "low": (-0.2, 0, 0.9),
        "seat": (-0.6, 0, 2.1),
        "head": (1.1, 0, 2.1),
        "bar": (1, 0, 2.5),
    }
    lines = [
        ("back", "low"),
        ("back", "seat"),
        ("low", "seat"),
        ("low", "head"),
        ("seat", "head"),
        ("front", "bar"),
    ]
    frame = [rod(points[a], points[b], 0.06) for a, b in lines]
    spokes = [
        moved(turned(rod((-1, 0, 0), (1, 0, 0), 0.012), 30 * k, (0, 1, 0)), x, 0, 1)
        for k in range(6)
        for x in (-1.5, 1.5)
    ]
    return [
        *wheels,
        *frame,
        *spokes,
        ball(0.35, 0.15, 0.08, (-0.65, 0, 2.3)),
        rod((1, -0.5, 2.5), (1, 0.5, 2.5), 0.05),
        turned(disc(0.25, 0.05, (-0.2, -0.9, 0)), 90),
    ]


def rug(rng: random.Random) -> Parts:
    return [box(rng.uniform(2, 3), 2, 0.04)] if rng.random() < 0.7 else [disc(1.3, 0.04)]


def towels(rng: random.Random) -> Parts:
    return [
        box(1.6, 1.1, 0.22, (rng.uniform(-0.05, 0.05), 0, 0.23 * k))
        for k in range(rng.randint(1, 4))
    ]


def mat(rng: random.Random) -> Parts:
    turns = np.linspace(0, 6 * np.pi, 120)
    line = np.stack(
        [
            (0.15 + 0.03 * turns) * np.cos(turns),
            np.zeros(120),
            (0.15 + 0.03 * turns) * np.sin(turns),
        ],
        1,
    )
    flat = pipe(line, 0.03)
    flat.apply_scale((1, 60 * rng.uniform(0.6, 1), 1))
    return [flat, box(1.9, 3, 0.05, (1.2, 0, -0.75))] if rng.random() < 0.5 else [flat]


def beads(rng: random.Random) -> Parts:
    tall, many = rng.uniform(1, 1.5), rng.randint(24, 40)
    at = [(np.cos(a), 0, tall * np.sin(a)) for a in np.linspace(0, 2 * np.pi, many, endpoint=False)]
    size = rng.uniform(0.03, 0.09)
    return [
        *[ball(size, size, size, p) for p in at],
        ring(1, 0.01),
        ball(0.15, 0.06, 0.2, (0, 0, -tall - 0.15)),
    ]


def bracelet(rng: random.Random) -> Parts:
    many = rng.randint(14, 30)
    size = 3 / many
    at = [(np.cos(a), np.sin(a), 0) for a in np.linspace(0, 2 * np.pi, many, endpoint=False)]
    return [ball(size, size, size, p) for p in at]


def drums(_rng: random.Random) -> Parts:
    parts = [turned(disc(0.9, 0.8), 90)] + [
        moved(disc(r, h), x, y, z)
        for r, h, x, y, z in (
            (0.45, 0.4, -0.5, -0.4, 1.1),
            (0.5, 0.4, 0.5, -0.4, 1.1),
            (0.6, 0.7, 1.4, -0.2, 0.2),
            (0.5, 0.3, -1.3, 0, 0.5),
        )
    ]
    for x in (-1.6, 1.6):
        parts += [
            rod((x, 0.4, -0.8), (x, 0.4, 1.9), 0.03),
            lathe([(0, 1.95), (0.65, 1.85), (0.65, 1.83), (0, 1.9)]),
        ]
        parts[-1].apply_translation((x, 0.4, 0))
    return parts


BELONGINGS = {
    "wristwatch": watch,
    "smartwatch": smartwatch,
    "power-drill": drill,
    "toolbox": toolbox,
    "lipstick": lipstick,
    "makeup-palette": palette,
    "bar-of-soap": soap,
    "dumbbell": dumbbell,
    "tennis-racket": racket,
    "golf-club": golf,
    "camping-tent": tent,
    "rolling-suitcase": suitcase,
    "backpack": backpack,
    "tote-bag": tote,
    "hardcover-book": book,
    "notebook": notebook,
    "vinyl-record": record,
    "fountain-pen": pen,
    "car-tire": tire,
    "building-blocks-toy": blocks,
    "carton-of-milk": carton,
    "carton-of-juice": carton,
    "bicycle": bicycle,
    "area-rug": rug,
    "bath-towel": towels,
    "yoga-mat": mat,
    "necklace": beads,
    "bracelet": bracelet,
    "drum-kit": drums,
}

"""Made-up bottles, jars, cups and other turned things, each of random proportions."""

import random

from solids import Parts, ball, between, box, cup, disc, lathe, moved, ring, rod


def bottle(
    rng: random.Random, body: float, neck: float, squeeze: float = 1.0, r: float = 1.0
) -> Parts:
    """Body with a shoulder and a neck, cap and label."""
    slope, thin = between(rng, (0.15, 0.5), (0.25, 0.42))
    glass = lathe(
        [
            (0, 0),
            (r * 0.93, 0),
            (r, 0.1),
            (r, body),
            (r * 0.8, body + slope * 0.6),
            (thin, body + slope),
            (thin, body + slope + neck),
            (0, body + slope + neck),
        ],
        squeeze,
    )
    cap = disc(thin * 1.15, neck * rng.uniform(0.3, 0.7) + 0.1, (0, 0, body + slope + neck * 0.6))
    parts = [glass, cap]
    if rng.random() < 0.6:
        low, high = body * rng.uniform(0.1, 0.3), body * rng.uniform(0.6, 0.9)
        parts.append(
            lathe([(r * 1.01, low), (r * 1.015, low), (r * 1.015, high), (r * 1.01, high)], squeeze)
        )
    return parts


def wine(rng: random.Random) -> Parts:
    return bottle(rng, rng.uniform(3.2, 4.2), rng.uniform(1.4, 2))


def oil(rng: random.Random) -> Parts:
    return bottle(rng, rng.uniform(3.5, 5), rng.uniform(0.8, 1.6))


def soda(rng: random.Random) -> Parts:
    waist = rng.uniform(0.75, 0.95)
    body = lathe(
        [
            (0, 0),
            (0.8, 0),
            (1, 0.2),
            (1, 1.2),
            (waist, 1.9),
            (1, 2.6),
            (1, 3.4),
            (0.7, 4.2),
            (0.36, 4.8),
            (0.36, 5.2),
            (0, 5.2),
        ]
    )
    return [
        body,
        disc(0.42, 0.4, (0, 0, 5.0)),
        lathe([(1.01, 2.6), (1.03, 2.6), (1.03, 3.3), (1.01, 3.3)]),
    ]


def can(rng: random.Random) -> Parts:
    high = rng.uniform(2.8, 5)
    return [
        lathe(
            [
                (0, 0),
                (0.75, 0),
                (1, 0.25),
                (1, high),
                (0.82, high + 0.3),
                (0.8, high + 0.22),
                (0, high + 0.2),
            ]
        ),
        disc(0.2, 0.06, (0, 0.2, high + 0.22)),
    ]


def water(rng: random.Random) -> Parts:
    high, cap = between(rng, (3.5, 6), (0.5, 1))
    return [
        lathe([(0, 0), (0.9, 0), (1, 0.15), (1, high), (0.8, high + 0.3), (0, high + 0.3)]),
        disc(rng.uniform(0.7, 0.9), cap, (0, 0, high + 0.25)),
        ring(0.45, 0.1, 180, (0, 0, high + 0.2 + cap)),
    ]


def tumbler(rng: random.Random) -> Parts:
    low, high = between(rng, (0.65, 0.9), (3, 4.5))
    parts = [
        lathe([(0, 0), (low, 0), (low, high * 0.3), (1, high), (0, high)]),
        disc(1.06, 0.25, (0, 0, high)),
    ]
    if rng.random() < 0.5:
        parts.append(rod((0.3, 0, high), (0.5, 0, high + 1.6), 0.09))
    if rng.random() < 0.4:
        parts.append(ring(0.8, 0.14, 180, (0, 0, 0)))
        parts[-1].apply_transform(
            [[0, 0, 1, 0.9], [0, 1, 0, 0], [-1, 0, 0, high * 0.6], [0, 0, 0, 1]]
        )
    return parts


def dropper(rng: random.Random) -> Parts:
    high = rng.uniform(1.8, 2.8)
    return [
        *bottle(rng, high, 0.3),
        disc(0.42, 0.5, (0, 0, high + 0.6)),
        lathe(
            [
                (0, high + 1.1),
                (0.28, high + 1.1),
                (0.25, high + 1.7),
                (0.1, high + 2),
                (0, high + 2.02),
            ]
        ),
    ]


def perfume(rng: random.Random) -> Parts:
    wide, deep, high = between(rng, (1.2, 2.2), (0.6, 1.4), (1.4, 2.6))
    body = (
        box(wide, deep, high)
        if rng.random() < 0.6
        else lathe(
            [
                (0, 0),
                (wide / 2, 0),
                (wide * rng.uniform(0.45, 0.7), high / 2),
                (wide / 2.4, high),
                (0, high),
            ]
        )
    )
    cap = rng.uniform(0.5, 1)
    lid = (
        disc(0.35, cap, (0, 0, high + 0.15))
        if rng.random() < 0.6
        else box(0.7, 0.6, cap, (0, 0, high + 0.15))
    )
    return [body, disc(0.26, 0.2, (0, 0, high)), lid]


def polish(rng: random.Random) -> Parts:
    high, cap = between(rng, (0.9, 1.4), (1.5, 2.2))
    return [
        lathe(
            [
                (0, 0),
                (0.7, 0),
                (0.8, high * 0.5),
                (0.7, high),
                (0.25, high + 0.15),
                (0, high + 0.15),
            ]
        ),
        lathe(
            [
                (0, high + 0.1),
                (0.32, high + 0.1),
                (rng.uniform(0.22, 0.32), high + cap),
                (0, high + cap),
            ]
        ),
    ]


def shampoo(rng: random.Random) -> Parts:
    high, flat = between(rng, (3, 4.5), (0.5, 1))
    parts = bottle(rng, high, 0.3, flat)
    if rng.random() < 0.5:
        parts += [
            rod((0, 0, high), (0, 0, high + 1.5), 0.12),
            box(1.1, 0.4, 0.25, (0.35, 0, high + 1.4)),
        ]
    return parts


def jar(rng: random.Random, high: tuple[float, float], lid: tuple[float, float]) -> Parts:
    tall, top = between(rng, high, lid)
    return [
        lathe([(0, 0), (0.95, 0), (1, 0.1), (1, tall * 0.9), (0.88, tall), (0, tall)]),
        disc(rng.uniform(0.92, 1.05), top, (0, 0, tall)),
        lathe([(1.01, tall * 0.2), (1.02, tall * 0.2), (1.02, tall * 0.7), (1.01, tall * 0.7)]),
    ]


def cream(rng: random.Random) -> Parts:
    return jar(rng, (0.6, 1), (0.4, 0.7))


def jam(rng: random.Random) -> Parts:
    return jar(rng, (1.6, 2.3), (0.25, 0.4))


def spice(rng: random.Random) -> Parts:
    return jar(rng, (2.2, 3.2), (0.4, 0.8))


def vitamins(rng: random.Random) -> Parts:
    return jar(rng, (2, 2.8), (0.5, 0.8))


def baby_bottle(rng: random.Random) -> Parts:
    high = rng.uniform(2.2, 3.2)
    return [
        lathe([(0, 0), (0.8, 0), (0.8, high), (0, high)]),
        disc(0.85, 0.4, (0, 0, high)),
        lathe(
            [
                (0, high + 0.4),
                (0.6, high + 0.4),
                (0.45, high + 0.7),
                (0.18, high + 0.9),
                (0.17, high + 1.2),
                (0, high + 1.3),
            ]
        ),
    ]


def mug(rng: random.Random) -> Parts:
    high, low = between(rng, (1.5, 2.4), (0.7, 1.0))
    handle = ring(high * 0.3, 0.12, 180)
    handle.apply_transform(
        [[0, 0, 1, (1 + low) / 2 - 0.05], [0, 1, 0, 0], [-1, 0, 0, high * 0.5], [0, 0, 0, 1]]
    )
    return [cup([(0, 0), (low, 0), ((low + 1) / 2, high / 2), (1, high)], 0.08), handle]


def glass(rng: random.Random) -> Parts:
    high, low = between(rng, (1.6, 3.4), (0.65, 0.95))
    if rng.random() < 0.5:
        return [cup([(0, 0), (low, 0), (1, high)], 0.06)]
    stem = rng.uniform(0.6, 1.6)
    return [
        lathe([(0, 0), (0.8, 0), (0.8, 0.05), (0.09, 0.15), (0.09, stem), (0, stem)]),
        moved(
            cup([(0, 0), (0.5, 0.1), (rng.uniform(0.9, 1.15), 0.8), (0.8, high * 0.7)], 0.05),
            z=stem,
        ),
    ]


def plate(rng: random.Random) -> Parts:
    return [cup([(0, 0), (0.6, 0), (0.7, 0.06), (1, rng.uniform(0.1, 0.25))], 0.04)]


def pot(rng: random.Random) -> Parts:
    high = rng.uniform(0.8, 1.5)
    parts = [cup([(0, 0), (0.92, 0), (1, 0.1), (1, high)], 0.05)]
    parts += [moved(ring(0.22, 0.06, 360), side * 1.15, 0, high * 0.8) for side in (-1, 1)]
    if rng.random() < 0.6:
        parts += [
            lathe(
                [(0, high + 0.25), (0.6, high + 0.2), (1.02, high + 0.02), (1.02, high), (0, high)]
            ),
            ball(0.15, 0.15, 0.12, (0, 0, high + 0.35)),
        ]
    return parts


def pan(rng: random.Random) -> Parts:
    high, long = between(rng, (0.25, 0.45), (1.3, 2))
    return [
        cup([(0, 0), (0.8, 0), (1, high)], 0.05),
        rod((0.95, 0, high * 0.8), (1 + long, 0, high + 0.25), 0.1),
    ]


def kettle(rng: random.Random) -> Parts:
    high, top = between(rng, (1.6, 2.3), (0.5, 0.8))
    handle = ring(high * 0.4, 0.12, 180)
    handle.apply_transform([[0, 0, 1, 0.75], [0, 1, 0, 0], [-1, 0, 0, high * 0.55], [0, 0, 0, 1]])
    return [
        lathe([(0, 0.15), (1, 0.15), (1, 0.3), (top, high), (0, high + 0.15)]),
        disc(1.05, 0.15),
        handle,
        rod((-0.7, 0, high * 0.7), (-1.2, 0, high * 0.95), 0.16),
        ball(0.14, 0.14, 0.12, (0, 0, high + 0.2)),
    ]


def vase(rng: random.Random) -> Parts:
    high = rng.uniform(2, 4)
    line = [(rng.uniform(0.4, 0.9), 0.0)] + [(rng.uniform(0.5, 1.2), high * k / 4) for k in (1, 2)]
    return [
        cup(
            [(0, 0), *line, (rng.uniform(0.3, 0.6), high * 0.8), (rng.uniform(0.35, 0.8), high)],
            0.06,
        )
    ]


def candle(rng: random.Random) -> Parts:
    high = rng.uniform(1.2, 2.2)
    parts = [
        disc(0.9, high * 0.7, (0, 0, 0.08)),
        rod((0, 0, high * 0.7), (0, 0, high * 0.85), 0.04),
    ]
    if rng.random() < 0.7:
        parts.append(cup([(0, 0), (1, 0), (1, high)], 0.06))
    return parts


def plant(rng: random.Random) -> Parts:
    high = rng.uniform(0.9, 1.5)
    parts = [cup([(0, 0), (0.65, 0), (0.9, high)], 0.08), disc(0.8, 0.1, (0, 0, high * 0.8))]
    for _ in range(rng.randint(9, 22)):
        x, y, up = between(rng, (-1, 1), (-1, 1), (0.8, 2.4))
        parts.append(rod((0, 0, high * 0.8), (x, y, high + up), 0.04))
        parts.append(
            ball(
                rng.uniform(0.15, 0.4),
                rng.uniform(0.1, 0.2),
                rng.uniform(0.15, 0.5),
                (x, y, high + up),
            )
        )
    return parts


def bowl(rng: random.Random) -> Parts:
    return [cup([(0, 0), (1, 0), (rng.uniform(0.75, 0.95), rng.uniform(0.4, 0.7))], 0.14)]


def tea_tin(rng: random.Random) -> Parts:
    high = rng.uniform(1.8, 2.8)
    return [
        disc(1, high),
        lathe(
            [
                (0, high * 0.75),
                (1.04, high * 0.75),
                (1.04, high + 0.03),
                (0.8, high + 0.12),
                (0, high + 0.12),
            ]
        ),
    ]


VESSELS = {
    "wine-bottle": wine,
    "bottle-of-olive-oil": oil,
    "soft-drink-bottle": soda,
    "beer-can": can,
    "sports-water-bottle": water,
    "insulated-tumbler": tumbler,
    "serum-dropper-bottle": dropper,
    "perfume-bottle": perfume,
    "nail-polish-bottle": polish,
    "shampoo-bottle": shampoo,
    "jar-of-face-cream": cream,
    "jar-of-jam": jam,
    "spice-jar": spice,
    "bottle-of-vitamins": vitamins,
    "baby-bottle": baby_bottle,
    "coffee-mug": mug,
    "drinking-glass": glass,
    "dinner-plate": plate,
    "cooking-pot": pot,
    "frying-pan": pan,
    "electric-kettle": kettle,
    "flower-vase": vase,
    "scented-candle": candle,
    "potted-plant": plant,
    "pet-food-bowl": bowl,
    "tea-tin": tea_tin,
}

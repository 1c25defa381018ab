"""Made-up furniture, lamps and things for the room, each of random proportions."""

import random

from solids import Parts, ball, between, box, cup, disc, lathe, ring, rod, turned


def legs(rng: random.Random, wide: float, deep: float, high: float, thick: float) -> Parts:
    """Four legs, square or round, straight or splayed."""
    round_, splay = rng.random() < 0.5, rng.choice((0, 0, 0.15))
    made = []
    for x in (-1, 1):
        for y in (-1, 1):
            top = (x * (wide / 2 - thick), y * (deep / 2 - thick))
            if round_:
                made.append(
                    rod((top[0] * (1 + splay), top[1] * (1 + splay), 0), (*top, high), thick)
                )
            else:
                made.append(box(thick * 1.7, thick * 1.7, high, (*top, 0)))
    return made


def table(rng: random.Random, high: tuple[float, float], wide: tuple[float, float]) -> Parts:
    tall, across, deep = between(rng, high, wide, (0.9, 1.5))
    top = (
        box(across, deep, 0.1, (0, 0, tall))
        if rng.random() < 0.7
        else disc(deep / 1.6, 0.1, (0, 0, tall))
    )
    return [top, *legs(rng, min(across, deep * 1.4), deep, tall, rng.uniform(0.04, 0.08))]


def coffee_table(rng: random.Random) -> Parts:
    return table(rng, (0.4, 0.75), (1.4, 2.2))


def desk(rng: random.Random) -> Parts:
    parts = table(rng, (1.3, 1.5), (2, 3))[1:]
    parts += [box(2.6, 1.2, 0.1, (0, 0, 1.4))]
    drawers = rng.randint(0, 3)
    return parts + [box(0.6, 1, 0.32, (0.9, 0, 1.38 - 0.36 * (k + 1))) for k in range(drawers)]


def chair(rng: random.Random) -> Parts:
    seat, back, wide = between(rng, (0.9, 1.1), (0.9, 1.3), (0.85, 1.1))
    parts = [box(wide, wide, 0.1, (0, 0, seat)), *legs(rng, wide, wide, seat, 0.05)]
    if rng.random() < 0.5:
        return [*parts, box(wide, 0.08, back, (0, wide / 2 - 0.04, seat + 0.1))]
    posts = [
        rod((x, wide / 2 - 0.05, seat), (x, wide / 2, seat + back), 0.05)
        for x in (-wide / 2.2, wide / 2.2)
    ]
    rails = [
        box(wide, 0.06, 0.12, (0, wide / 2 - 0.02, seat + back * k)) for k in (0.35, 0.65, 0.92)
    ]
    return parts + posts + rails


def office_chair(rng: random.Random) -> Parts:
    seat, back = between(rng, (0.8, 1), (1, 1.6))
    parts = [
        box(1, 1, 0.16, (0, 0, seat)),
        rod((0, 0, 0.15), (0, 0, seat), 0.07),
        turned(box(0.95, 0.14, back, (0, 0.5, seat + 0.25)), -6),
    ]
    for spoke in range(5):
        parts.append(turned(rod((0, 0, 0.15), (0.7, 0, 0.08), 0.05), 72 * spoke, (0, 0, 1)))
        parts.append(turned(ball(0.08, 0.08, 0.08, (0.7, 0, 0.06)), 72 * spoke, (0, 0, 1)))
    if rng.random() < 0.7:
        for side in (-0.55, 0.55):
            parts += [
                rod((side, 0.1, seat), (side, 0.1, seat + 0.4), 0.04),
                box(0.12, 0.6, 0.07, (side, 0, seat + 0.4)),
            ]
    return parts


def stool(rng: random.Random) -> Parts:
    seat = rng.uniform(1.3, 1.9)
    top = (
        disc(0.42, 0.12, (0, 0, seat)) if rng.random() < 0.6 else box(0.8, 0.8, 0.12, (0, 0, seat))
    )
    return (
        [top, *legs(rng, 0.75, 0.75, seat, 0.045), ring(0.3, 0.03)]
        if rng.random() < 0.6
        else [
            top,
            rod((0, 0, 0), (0, 0, seat), 0.06),
            disc(0.45, 0.06),
        ]
    )


def seat_with_arms(rng: random.Random, wide: float, cushions: int) -> Parts:
    high, back, arm = between(rng, (0.35, 0.5), (0.9, 1.2), (0.15, 0.3))
    parts = [box(wide, 1, high, (0, 0, 0.1)), box(wide, 0.25, back, (0, 0.45, 0.1))]
    parts += [box(arm, 1, high + 0.28, (side * (wide / 2 + arm / 2), 0, 0.1)) for side in (-1, 1)]
    for k in range(cushions):
        parts.append(
            box(
                wide / cushions * 0.97,
                0.75,
                0.18,
                ((k + 0.5) * wide / cushions - wide / 2, -0.1, high + 0.1),
            )
        )
    return parts + legs(rng, wide, 1, 0.12, 0.05)


def sofa(rng: random.Random) -> Parts:
    return seat_with_arms(rng, rng.uniform(2, 3.2), rng.randint(2, 3))


def armchair(rng: random.Random) -> Parts:
    return seat_with_arms(rng, rng.uniform(0.8, 1.1), 1)


def shelf(rng: random.Random) -> Parts:
    wide, high, rows = rng.uniform(0.8, 2), rng.uniform(1.5, 2.6), rng.randint(3, 6)
    parts = [box(wide, 0.5, 0.05, (0, 0, k * high / rows)) for k in range(rows + 1)]
    parts += [box(0.05, 0.5, high, (side * wide / 2, 0, 0)) for side in (-1, 1)]
    for row in range(rows):
        at = -wide / 2 + 0.1
        while at < wide / 2 - 0.15 and rng.random() < 0.85:
            thick = rng.uniform(0.04, 0.1)
            parts.append(
                box(
                    thick,
                    0.35,
                    high / rows * rng.uniform(0.55, 0.85),
                    (at, 0, row * high / rows + 0.05),
                )
            )
            at += thick * 1.1
    return parts


def bed(rng: random.Random) -> Parts:
    wide, head = between(rng, (1.3, 2.1), (0.6, 1.2))
    parts = [
        box(wide, 2.2, 0.2, (0, 0, 0.2)),
        box(wide, 0.1, head, (0, 1.1, 0)),
        box(wide * 0.96, 2.1, 0.22, (0, 0, 0.4)),
    ]
    parts += [box(wide * 0.38, 0.4, 0.15, (side * wide * 0.23, 0.8, 0.62)) for side in (-1, 1)]
    return parts + legs(rng, wide, 2.2, 0.22, 0.06)


def nightstand(rng: random.Random) -> Parts:
    high, wide = between(rng, (0.6, 0.9), (0.6, 0.9))
    parts = [box(wide, 0.6, high, (0, 0, 0.25)), *legs(rng, wide, 0.6, 0.27, 0.04)]
    for k in range(rng.randint(1, 2)):
        parts.append(box(wide * 0.9, 0.05, 0.25, (0, -0.31, 0.32 + 0.33 * k)))
        parts.append(ball(0.04, 0.04, 0.04, (0, -0.37, 0.45 + 0.33 * k)))
    return parts


def wardrobe(rng: random.Random) -> Parts:
    wide, high = between(rng, (1.1, 1.9), (1.9, 2.4))
    doors = rng.randint(2, 3)
    parts = [box(wide, 0.7, high, (0, 0, 0.06))]
    for k in range(doors):
        x = (k + 0.5) * wide / doors - wide / 2
        parts += [
            box(wide / doors * 0.96, 0.05, high * 0.94, (x, -0.36, 0.12)),
            box(0.04, 0.05, 0.3, (x + wide / doors * 0.38, -0.42, high / 2)),
        ]
    return parts


def table_lamp(rng: random.Random) -> Parts:
    high, wide = between(rng, (1, 2), (0.5, 0.8))
    top = rng.uniform(0.25, wide)
    shade = lathe([(wide, high), (top, high + 0.7), (top - 0.02, high + 0.7), (wide - 0.02, high)])
    base = (
        disc(0.4, 0.08)
        if rng.random() < 0.5
        else lathe([(0, 0), (0.4, 0), (rng.uniform(0.2, 0.6), high / 2), (0.1, high), (0, high)])
    )
    return [
        shade,
        base,
        rod((0, 0, 0), (0, 0, high + 0.3), 0.04),
        ball(0.15, 0.15, 0.2, (0, 0, high + 0.25)),
    ]


def pendant(rng: random.Random) -> Parts:
    cord, wide, high = between(rng, (1, 2), (0.5, 1.1), (0.4, 0.9))
    shade = lathe(
        [
            (wide, 0),
            (wide * rng.uniform(0.5, 0.95), high * 0.6),
            (0.1, high),
            (0.08, high),
            (wide * 0.5, high * 0.5),
            (wide - 0.03, 0),
        ]
    )
    return [
        shade,
        rod((0, 0, high), (0, 0, high + cord), 0.025),
        disc(0.15, 0.08, (0, 0, high + cord)),
        ball(0.14, 0.14, 0.18, (0, 0, high * 0.3)),
    ]


def clock(rng: random.Random) -> Parts:
    parts = [
        turned(disc(1, 0.15), 90),
        turned(disc(0.9, 0.02, (0, 0, 0.15)), 90),
        rod((0, -0.18, 0), (0, -0.18, 0.6), 0.025),
    ]
    parts.append(turned(rod((0, -0.18, 0), (0, -0.18, 0.4), 0.035), rng.uniform(0, 360), (0, 1, 0)))
    return parts + [
        turned(box(0.05, 0.03, 0.12, (0, -0.18, 0.72)), 30 * k, (0, 1, 0)) for k in range(12)
    ]


def basket(rng: random.Random) -> Parts:
    high, low = between(rng, (0.8, 1.5), (0.7, 1))
    handles = [ring(0.2, 0.05, 180, (side, 0, high)) for side in (-0.95, 0.95)]
    bands = [
        lathe(
            [
                (low + (1 - low) * k / 5, high * k / 5),
                (low + (1 - low) * k / 5 + 0.05, high * (k + 0.5) / 5),
                (low + (1 - low) * k / 5, high * (k + 1) / 5),
            ]
        )
        for k in range(5)
    ]
    return [cup([(0, 0), (low, 0), (1, high)], 0.05), *bands, *handles]


def dog_bed(rng: random.Random) -> Parts:
    flat = rng.uniform(0.7, 1)
    rim = turned(ring(1, rng.uniform(0.2, 0.3)), 90)
    rim.apply_scale((1, flat, 1))
    return [rim, ball(0.95, 0.95 * flat, 0.2)]


def aquarium(rng: random.Random) -> Parts:
    wide, high = between(rng, (1.4, 2.2), (0.9, 1.2))
    parts = [
        box(wide, 0.9, 0.08),
        box(wide * 0.95, 0.85, 0.12, (0, 0, 0.08)),
        box(wide, 0.9, 0.08, (0, 0, high)),
    ]
    parts += [box(0.04, 0.04, high, (x * wide / 2, y * 0.43, 0)) for x in (-1, 1) for y in (-1, 1)]
    return parts + [
        ball(0.12, 0.05, 0.07, (rng.uniform(-0.5, 0.5), 0, rng.uniform(0.4, 0.8))) for _ in range(4)
    ]


FURNITURE = {
    "coffee-table": coffee_table,
    "writing-desk": desk,
    "dining-chair": chair,
    "office-chair": office_chair,
    "bar-stool": stool,
    "sofa": sofa,
    "armchair": armchair,
    "bookshelf": shelf,
    "bed-frame": bed,
    "nightstand": nightstand,
    "wardrobe": wardrobe,
    "table-lamp": table_lamp,
    "pendant-ceiling-light": pendant,
    "wall-clock": clock,
    "storage-basket": basket,
    "dog-bed": dog_bed,
    "fish-aquarium": aquarium,
}

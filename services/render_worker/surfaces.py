"""Named surfaces: a word and an optional colour become a material.

A surface is written ``name``, ``name #hex`` or ``name #hex scale``: ``oak``, ``matte #f4f4f2``,
``tile #b9c6b4 8``.
"""

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator

from services.render_worker.scene import Material, Pattern, PatternKind

_SPELLING = re.compile(r"^(?P<name>[a-z-]+)(?: (?P<hex>#[0-9a-f]{6}))?(?: (?P<scale>[0-9.]+))?$")
_Maker = Callable[[str, float], Material]


def _grained(roughness: float, bump: float, density: float) -> _Maker:
    """A plain colour with a fine relief."""

    def make(colour: str, scale: float) -> Material:
        grain = Pattern(PatternKind.GRAIN, (colour,), density * scale, bump)
        return Material(colour, roughness, pattern=grain)

    return make


def _plain(roughness: float, coat: float = 0.0, sheen: float = 0.0) -> _Maker:
    """A plain colour."""

    def make(colour: str, scale: float) -> Material:  # noqa: ARG001 - same shape as all makers
        return Material(colour, roughness, coat=coat, sheen=sheen)

    return make


def _metal(roughness: float, *, brushed: bool = False) -> _Maker:
    """A metal, polished or brushed around its axis."""

    def make(colour: str, scale: float) -> Material:
        lines = Pattern(PatternKind.BRUSHED, (colour,), 900 * scale, 0.15) if brushed else None
        return Material(colour, roughness, metallic=1.0, pattern=lines)

    return make


def shaded(colour: str, factor: float) -> str:
    """A darker or lighter relative of an sRGB hex."""
    channels = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{min(round(value * factor), 255):02x}" for value in channels)


def _patterned(
    kind: PatternKind,
    others: tuple[str | float, ...],
    *,
    scale: float,
    bump: float,
    roughness: float,
    coat: float = 0.0,
    sheen: float = 0.0,
) -> _Maker:
    """A procedural pattern over a base colour; a number among the others is a shade of it."""

    def make(colour: str, factor: float) -> Material:
        rest = (shaded(colour, c) if isinstance(c, float) else c for c in others)
        pattern = Pattern(kind, (colour, *rest), scale * factor, bump)
        return Material(colour, roughness, coat=coat, sheen=sheen, pattern=pattern)

    return make


def _wood(dark: float, roughness: float = 0.42) -> _Maker:
    """Wood with its grain along x; `dark` is the shade of the grain."""

    def make(colour: str, scale: float) -> Material:
        grain = Pattern(PatternKind.WOOD, (colour, shaded(colour, dark)), 6 * scale, 0.12)
        return Material(colour, roughness, coat=0.08, pattern=grain)

    return make


def _glass(roughness: float, ior: float) -> _Maker:
    """Something light passes through."""

    def make(colour: str, scale: float) -> Material:  # noqa: ARG001 - same shape as all makers
        return Material(colour, roughness, transmission=1.0, ior=ior)

    return make


def _grown(roughness: float, translucency: float) -> _Maker:
    """Leaves and petals: thin, lit through, each spot a little different."""

    def make(colour: str, scale: float) -> Material:
        spots = Pattern(PatternKind.CLOUDY, (colour,), 14 * scale, 0.0)
        return Material(colour, roughness, translucency=translucency, pattern=spots, specular=0.35)

    return make


def _glow(colour: str, scale: float) -> Material:
    """Something that shines by itself."""
    return Material(colour, glow=colour, glow_strength=scale)


def _water(colour: str, scale: float) -> Material:
    """A rippled water surface, dark below."""
    ripples = Pattern(PatternKind.RIPPLES, (colour,), 9 * scale, 0.25)
    return Material(colour, 0.03, coat=1.0, specular=0.8, pattern=ripples)


def _sea(colour: str, scale: float) -> Material:
    """Open water seen from afar: its own colour with a broken shine."""
    waves = Pattern(PatternKind.RIPPLES, (colour,), 1.2 * scale, 0.5)
    return Material(colour, 0.35, specular=0.3, pattern=waves)


SURFACES: dict[str, tuple[str, _Maker]] = {
    "matte": ("#e8e8e6", _plain(0.85)),
    "satin": ("#e8e8e6", _plain(0.38)),
    "gloss": ("#e8e8e6", _plain(0.12, coat=0.6)),
    "lacquer": ("#101113", _plain(0.06, coat=1.0)),
    "plastic": ("#d8d8d8", _plain(0.35)),
    "rubber": ("#2a2b2d", _plain(0.75)),
    "paper": ("#f2836b", _grained(0.9, 0.05, 900)),
    "plaster": ("#e6d9cc", _grained(0.9, 0.3, 45)),
    "paint": ("#efe9df", _grained(0.75, 0.06, 160)),
    "ceramic": ("#efeae1", _plain(0.16, coat=0.5)),
    "stoneware": (
        "#cfc6b6",
        _patterned(PatternKind.SPECKLE, (0.5,), scale=380, bump=0.0, roughness=0.4),
    ),
    "clay": ("#b5673f", _grained(0.85, 0.12, 90)),
    "leather": ("#7a4b2b", _grained(0.5, 0.25, 520)),
    "steel": ("#c9ccd0", _metal(0.28, brushed=True)),
    "chrome": ("#dfe3e6", _metal(0.05)),
    "mirror": ("#f2f5f7", _metal(0.0)),
    "brass": ("#c79a4b", _metal(0.24)),
    "gold": ("#d8ab55", _metal(0.16)),
    "blackmetal": ("#1d1e20", _plain(0.38, coat=0.1)),
    "glass": ("#ffffff", _glass(0.0, 1.47)),
    "acrylic": ("#f4fbff", _glass(0.0, 1.49)),
    "frosted": ("#f4f8fa", _glass(0.32, 1.47)),
    "marble": (
        "#ecebe8",
        _patterned(PatternKind.MARBLE, ("#8f9296",), scale=2.6, bump=0.0, roughness=0.12, coat=0.4),
    ),
    "oak": ("#d2ad7c", _wood(0.76)),
    "walnut": ("#6a432a", _wood(0.5)),
    "pine": ("#e2c79c", _wood(0.85)),
    "parquet": (
        "#c79f6e",
        _patterned(PatternKind.PLANKS, (0.82, 0.5), scale=1.0, bump=0.15, roughness=0.38),
    ),
    "concrete": (
        "#a3a19c",
        _patterned(PatternKind.CONCRETE, (0.8, 1.16), scale=3.0, bump=0.35, roughness=0.82),
    ),
    "polished-concrete": (
        "#b9b8b4",
        _patterned(PatternKind.CONCRETE, (0.86, 1.1), scale=1.2, bump=0.04, roughness=0.3),
    ),
    "terrazzo": (
        "#efeae2",
        _patterned(
            PatternKind.TERRAZZO,
            ("#d9826a", "#d7a544", "#7f9b86", "#5d5a57", "#e9c9b4"),
            scale=42,
            bump=0.0,
            roughness=0.22,
            coat=0.3,
        ),
    ),
    "stone": (
        "#8b8a86",
        _patterned(PatternKind.CONCRETE, (0.7, 1.2), scale=14, bump=0.5, roughness=0.75),
    ),
    "wetstone": (
        "#3c4144",
        _patterned(PatternKind.CONCRETE, (0.6, 1.4), scale=16, bump=0.5, roughness=0.4, coat=0.45),
    ),
    "brick": (
        "#9a5a43",
        _patterned(PatternKind.BRICK, (0.82, "#c9bcae"), scale=1.0, bump=0.6, roughness=0.85),
    ),
    "tile": (
        "#e9e9e4",
        _patterned(PatternKind.TILE, (0.86,), scale=8, bump=0.3, roughness=0.15, coat=0.4),
    ),
    "linen": (
        "#e6ddcc",
        _patterned(PatternKind.WEAVE, (0.82,), scale=700, bump=0.35, roughness=0.9, sheen=0.3),
    ),
    "cotton": (
        "#f3f1ec",
        _patterned(PatternKind.WEAVE, (0.92,), scale=1100, bump=0.25, roughness=0.9, sheen=0.4),
    ),
    "knit": (
        "#d9cbb6",
        _patterned(PatternKind.WEAVE, (0.7,), scale=160, bump=0.8, roughness=0.95, sheen=0.5),
    ),
    "mesh": (
        "#3a3d41",
        _patterned(PatternKind.WEAVE, (0.55,), scale=420, bump=0.6, roughness=0.8, sheen=0.2),
    ),
    "carpet": ("#8f9498", _grained(0.95, 0.7, 260)),
    "silk": ("#e3cfb2", _plain(0.3, sheen=0.6)),
    "sand": (
        "#dcb987",
        _patterned(PatternKind.SPECKLE, (0.82,), scale=900, bump=0.35, roughness=0.95),
    ),
    "soil": ("#3a2a1e", _grained(0.95, 0.8, 130)),
    "moss": ("#4f6b2c", _grown(0.85, 0.25)),
    "leaf": ("#4d7a42", _grown(0.38, 0.3)),
    "petal": ("#f0b6bf", _grown(0.6, 0.4)),
    "bark": ("#6b503a", _grained(0.9, 0.9, 60)),
    "straw": ("#dcc39a", _grown(0.85, 0.35)),
    "cloud": ("#ffffff", _plain(1.0)),
    "wax": ("#f3e9d8", _plain(0.5)),
    "water": ("#1e3a3f", _water),
    "sea": ("#2fa6b0", _sea),
    "glow": ("#ffffff", _glow),
}
"""Every surface name with its usual colour and how its material is made."""


def material(surface: str) -> Material:
    """Turn a spelled surface into its material; raises ValueError for an unknown one."""
    spelled = _SPELLING.match(surface)
    if spelled is None or spelled["name"] not in SURFACES:
        raise ValueError(f"not a surface: {surface!r}")
    usual, make = SURFACES[spelled["name"]]
    return make(spelled["hex"] or usual, float(spelled["scale"] or 1.0))


def _checked(surface: str) -> str:
    """Refuse a surface that cannot be made."""
    material(surface)
    return surface


Surface = Annotated[str, AfterValidator(_checked)]
"""A surface as recipes spell it."""


def gradient(low: str, high: str, span: tuple[float, float], roughness: float = 0.9) -> Material:
    """A colour that changes with height, for painted backdrops."""
    return Material(low, roughness, pattern=Pattern(PatternKind.GRADIENT, (low, high), span=span))

"""A scene as plain data: what stands where, made of what, lit and seen how.

Metres, +Y up, +Z towards the camera, as the Khronos 3D Commerce guidelines have it. Nothing here
knows a renderer; `adapters.blender` turns a `Scene` into a picture.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Vec3 = tuple[float, float, float]
Points = NDArray[np.float64]
Faces = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Mesh:
    """A surface of triangles and quads.

    Attributes:
        points: (n, 3) positions in metres.
        faces: (m, 4) indices into `points`, counter-clockwise from outside; -1 last in a triangle.
        crease_deg: Edges bent more than this stay sharp; the rest is shaded smooth.
    """

    points: Points
    faces: Faces
    crease_deg: float = 40.0

    @cached_property
    def face_boxes(self) -> tuple[Points, Points]:
        """Lowest and highest corner of every face, (m, 3) each."""
        corners = self.points[np.where(self.faces >= 0, self.faces, self.faces[:, :1])]
        return corners.min(axis=1), corners.max(axis=1)

    @cached_property
    def box(self) -> tuple[Points, Points]:
        """Lowest and highest corner of the box around all faces; upside down without any."""
        lows, highs = self.face_boxes
        return lows.min(axis=0, initial=np.inf), highs.max(axis=0, initial=-np.inf)

    @property
    def triangles(self) -> int:
        """Number of triangles after splitting the quads."""
        return int(len(self.faces) + np.count_nonzero(self.faces[:, 3] >= 0))


class PatternKind(StrEnum):
    """Procedural textures an adapter must know."""

    GRADIENT = "gradient"
    MARBLE = "marble"
    WOOD = "wood"
    CONCRETE = "concrete"
    TERRAZZO = "terrazzo"
    WEAVE = "weave"
    GRAIN = "grain"
    BRICK = "brick"
    TILE = "tile"
    PLANKS = "planks"
    BRUSHED = "brushed"
    SPECKLE = "speckle"
    RIPPLES = "ripples"
    CLOUDY = "cloudy"
    PICTURE = "picture"


@dataclass(frozen=True)
class Pattern:
    """A procedural texture in object space.

    Attributes:
        colours: sRGB hex, meaning by kind: base first, then veins, chips, joints.
        scale: Features per metre for fine patterns; see the adapter for each kind.
        bump: Height of the relief, 0 to 1.
        turn_deg: Rotation of the texture space about x, y, z.
        span: Lower and upper end of a gradient on the y axis, metres.
        picture: File of a picture that fills the piece's front.
    """

    kind: PatternKind
    colours: tuple[str, ...]
    scale: float = 1.0
    bump: float = 0.0
    turn_deg: Vec3 = (0.0, 0.0, 0.0)
    span: tuple[float, float] = (0.0, 1.0)
    picture: str = ""


@dataclass(frozen=True)
class Material:
    """Physically based surface; `colour` and `glow` are sRGB hex.

    Attributes:
        shadowless: A painted sky: seen and shining, but letting the sun through. With a pattern
            it shines in the pattern's colours.
    """

    colour: str = "#cccccc"
    roughness: float = 0.6
    metallic: float = 0.0
    specular: float = 0.5
    coat: float = 0.0
    sheen: float = 0.0
    transmission: float = 0.0
    ior: float = 1.45
    subsurface: float = 0.0
    translucency: float = 0.0
    anisotropy: float = 0.0
    glow: str | None = None
    glow_strength: float = 0.0
    shadowless: bool = False
    pattern: Pattern | None = None


@dataclass(frozen=True, eq=False)
class Piece:
    """One thing of one material.

    Attributes:
        seen: False for what only throws shadows (flags and gobos outside the picture).
    """

    name: str
    mesh: Mesh
    material: Material
    seen: bool = True


@dataclass(frozen=True, eq=False)
class Lettering:
    """A line of text standing slightly proud of a surface.

    It is centred and faces +Z before `turn_deg` turns it about x, y, z and then `yaw_deg` about y.
    """

    text: str
    height: float
    at: Vec3
    material: Material
    turn_deg: Vec3 = (0.0, 0.0, 0.0)
    depth: float = 0.0002
    spacing: float = 1.0
    bold: float = 0.0
    yaw_deg: float = 0.0


class LightKind(StrEnum):
    """Shapes of light."""

    SUN = "sun"
    AREA = "area"
    POINT = "point"
    SPOT = "spot"


@dataclass(frozen=True)
class Light:
    """One light.

    Attributes:
        strength: Watts; for a sun, watts per square metre.
        size: Width and height of an area light in metres; first value is the radius of a point,
            or the angle of a sun in degrees.
        hue: sRGB hex that tints the light in place of its temperature.
        spread_deg: How wide an area light or spot opens.
        reflected: Whether glossy surfaces mirror the light.
    """

    kind: LightKind
    position: Vec3
    target: Vec3
    strength: float
    size: tuple[float, float] = (1.0, 1.0)
    kelvin: int = 5500
    hue: str | None = None
    spread_deg: float = 180.0
    reflected: bool = True


@dataclass(frozen=True)
class Camera:
    """Where the picture is taken from; `f_stop` None keeps everything sharp."""

    position: Vec3
    target: Vec3
    lens_mm: float = 50.0
    f_stop: float | None = None
    focus: Vec3 | None = None
    roll_deg: float = 0.0


@dataclass(frozen=True)
class World:
    """Light from all around: a vertical gradient, or a physical sky when `sun_elevation` is set."""

    low: str = "#808080"
    high: str = "#808080"
    strength: float = 0.3
    sun_elevation_deg: float | None = None
    sun_turn_deg: float = 0.0


@dataclass(frozen=True)
class Look:
    """How light becomes colour; light of `white_kelvin` shows as white, as a camera balances it.

    Khronos PBR Neutral keeps base colours as they are up to 80 % and only rolls off what is
    brighter, which is what a sale picture needs.
    """

    exposure: float = 0.0
    view: str = "Khronos PBR Neutral"
    white_kelvin: int = 5500


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything one picture needs, except its size and quality."""

    pieces: tuple[Piece, ...]
    lights: tuple[Light, ...]
    camera: Camera
    world: World = World()
    look: Look = Look()
    letterings: tuple[Lettering, ...] = ()


@dataclass(frozen=True)
class Output:
    """Size and quality of a picture.

    Attributes:
        samples: Paths per pixel; 8 to 32 are sale-worthy with the denoiser.
        caustics: Light focused by glass and mirrors; slower, noisier.
        bounces: How often a path turns at most; 6 takes half the time of 12 and is enough for
            what is looked at small.
    """

    width: int
    height: int
    samples: int = 16
    caustics: bool = False
    seed: int = 0
    bounces: int = 12


@dataclass(frozen=True, eq=False)
class Group:
    """Pieces, lights and letterings that belong together."""

    pieces: tuple[Piece, ...] = ()
    lights: tuple[Light, ...] = ()
    letterings: tuple[Lettering, ...] = field(default=())


def with_pictures(scene: Scene, folder: Path) -> Scene:
    """The scene with its pictures found in a folder, under their last names."""

    def found(piece: Piece) -> Piece:
        pattern = piece.material.pattern
        if pattern is None or not pattern.picture:
            return piece
        here = replace(pattern, picture=str(folder / Path(pattern.picture).name))
        return replace(piece, material=replace(piece.material, pattern=here))

    return replace(scene, pieces=tuple(map(found, scene.pieces)))

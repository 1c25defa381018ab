"""Podiums and blocks: discs, slabs, steps, arches, rings, balls."""

from typing import Literal

import numpy as np

from services.render_worker.scene import Group, Vec3
from services.render_worker.sets.parts.part import Part, alone
from services.render_worker.shapes.curves import arc
from services.render_worker.shapes.extrusion import extrude
from services.render_worker.shapes.mesh import placed
from services.render_worker.shapes.solids import box, cylinder, lathe, sphere, tube
from services.render_worker.surfaces import Surface


class Disc(Part):
    """A round podium or column."""

    part: Literal["disc"] = "disc"
    radius: float = 0.2
    height: float = 0.06
    edge: float = 0.004
    surface: Surface = "satin"

    def build(self, dice: np.random.Generator) -> Group:
        """A cylinder with a soft edge."""
        del dice
        return alone("disc", cylinder(self.radius, self.height, self.edge), self.surface)


class Block(Part):
    """A rectangular block."""

    part: Literal["block"] = "block"
    size: Vec3 = (0.2, 0.1, 0.2)
    edge: float = 0.004
    surface: Surface = "satin"

    def build(self, dice: np.random.Generator) -> Group:
        """A box with soft edges."""
        del dice
        return alone("block", box(self.size, self.edge), self.surface)


class Steps(Part):
    """Stairs rising away from the camera."""

    part: Literal["steps"] = "steps"
    count: int = 4
    width: float = 0.3
    rise: float = 0.05
    tread: float = 0.06
    surface: Surface = "plaster"

    def build(self, dice: np.random.Generator) -> Group:
        """The profile of the stairs, pulled to their width."""
        del dice
        total = self.tread * self.count
        outline = [(0.0, 0.0)]
        for step in range(self.count):
            outline += [
                (self.tread * step, self.rise * (step + 1)),
                (self.tread * (step + 1), self.rise * (step + 1)),
            ]
        outline.append((total, 0.0))
        profile = np.asarray(outline)[::-1]
        return alone(
            "steps", placed(extrude(profile, self.width), turn_deg=(0, 90, 0)), self.surface
        )


class Arch(Part):
    """A round arch, or with `filled` a half disc."""

    part: Literal["arch"] = "arch"
    width: float = 0.4
    height: float = 0.5
    thickness: float = 0.07
    depth: float = 0.08
    filled: bool = False
    surface: Surface = "plaster"

    def build(self, dice: np.random.Generator) -> Group:
        """Extrude the outline; the round part sits on straight legs."""
        del dice
        outer = self.width / 2
        legs = max(self.height - outer, 0.0)
        outline = np.vstack([(outer, 0.0), arc((0, legs), outer, 0, 180, 48), (-outer, 0.0)])
        if not self.filled:
            inner = outer - self.thickness
            hollow = np.vstack([(-inner, 0.0), arc((0, legs), inner, 180, 0, 48), (inner, 0.0)])
            outline = np.vstack([outline, hollow])
        mesh = extrude(outline, self.depth)
        return alone("arch", mesh, self.surface)


class Ring(Part):
    """A standing hoop."""

    part: Literal["ring"] = "ring"
    radius: float = 0.2
    thickness: float = 0.012
    surface: Surface = "brass"

    def build(self, dice: np.random.Generator) -> Group:
        """A torus that touches the floor."""
        del dice
        around = np.radians(np.linspace(0, 360, 97))
        hoop = np.stack(
            [np.sin(around) * self.radius, np.cos(around) * self.radius, np.zeros_like(around)],
            axis=1,
        )
        lifted = placed(tube(hoop, self.thickness), (0, self.radius + self.thickness, 0))
        return alone("ring", lifted, self.surface)


class Ball(Part):
    """A ball that rests on the floor."""

    part: Literal["ball"] = "ball"
    radius: float = 0.05
    surface: Surface = "satin"

    def build(self, dice: np.random.Generator) -> Group:
        """A sphere."""
        del dice
        return alone("ball", placed(sphere(self.radius, 64), (0, self.radius, 0)), self.surface)


class Cone(Part):
    """A cone with a soft tip."""

    part: Literal["cone"] = "cone"
    radius: float = 0.06
    height: float = 0.16
    surface: Surface = "satin"

    def build(self, dice: np.random.Generator) -> Group:
        """A turned triangle."""
        del dice
        tip = self.radius * 0.06
        profile = np.vstack(
            [(0, 0), (self.radius - 0.002, 0), (self.radius, 0.002), (tip, self.height - tip),
             (tip * 0.7, self.height - tip * 0.3), (0, self.height)]
        )  # fmt: skip
        return alone("cone", lathe(profile), self.surface)


class RoundMirror(Part):
    """A round mirror standing upright in a thin frame."""

    part: Literal["round_mirror"] = "round_mirror"
    radius: float = 0.2
    lean_deg: float = -8.0
    frame: Surface = "chrome"

    def build(self, dice: np.random.Generator) -> Group:
        """A disc of mirror and a hoop."""
        face = placed(cylinder(self.radius, 0.006, 0.001), (0, self.radius, 0), (90, 0, 0))
        hoop = Ring(radius=self.radius, thickness=0.004).build(dice).pieces[0].mesh
        turn = (self.lean_deg, 0.0, 0.0)
        glass = alone("mirror", placed(face, turn_deg=turn), "mirror")
        edge = alone("frame", placed(hoop, (0, -0.004, 0), turn), self.frame)
        return Group(glass.pieces + edge.pieces)

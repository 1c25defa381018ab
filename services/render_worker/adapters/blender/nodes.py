# SPDX-License-Identifier: GPL-3.0-or-later
"""A small, readable way to wire Blender shader nodes."""

import math
from typing import Any

EVERYTHING = 1e9
"""Features per metre that no texture has."""


def linear(hex_colour: str) -> tuple[float, float, float, float]:
    """SRGB hex as the linear RGBA that shaders and glTF factors want."""
    channels = [int(hex_colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB
        for value in channels
    )
    return (r, g, b, 1.0)


class Wiring:
    """Adds nodes to one tree; inputs may be numbers, colours or other nodes' outputs.

    Args:
        tree: Is emptied first.
        finest: Features per metre that the picture can still show.
    """

    def __init__(self, tree: Any, finest: float = EVERYTHING) -> None:
        self.tree = tree
        self.finest = finest
        tree.nodes.clear()

    def add(self, kind: str, inputs: dict[str | int, Any] | None = None, **settings: Any) -> Any:
        """Add a node of a kind such as ``TexNoise`` and connect its inputs."""
        node = self.tree.nodes.new(f"ShaderNode{kind}")
        for name, value in settings.items():
            setattr(node, name, value)
        for socket, value in (inputs or {}).items():
            self.plug(node.inputs[socket], value)
        return node

    def plug(self, socket: Any, value: Any) -> None:
        """Connect a socket to an output, or set its constant."""
        if hasattr(value, "is_output"):
            self.tree.links.new(value, socket)
        else:
            socket.default_value = value

    def math(
        self, operation: str, first: Any, second: Any = 0.0, *, third: float = 0.0,
        clamp: bool = False,
    ) -> Any:  # fmt: skip
        """One arithmetic step."""
        return self.add(
            "Math", {0: first, 1: second, 2: third}, operation=operation, use_clamp=clamp
        ).outputs[0]

    def ramp(self, factor: Any, stops: list[tuple[float, Any]]) -> Any:
        """Colours along a factor; stops are (position, linear RGBA)."""
        node = self.add("ValToRGB", {"Fac": factor})
        elements = node.color_ramp.elements
        while len(elements) < len(stops):
            elements.new(0.5)
        for element, (position, colour) in zip(elements, stops, strict=True):
            element.position, element.color = position, colour
        return node.outputs["Color"]

    def mix(self, factor: Any, first: Any, second: Any, blend: str = "MIX") -> Any:
        """Mix two colours."""
        node = self.add("Mix", data_type="RGBA", blend_type=blend)
        sockets = [socket for socket in node.inputs if socket.enabled]
        for socket, value in zip(sockets, (factor, first, second), strict=True):
            self.plug(socket, value)
        return next(socket for socket in node.outputs if socket.enabled)

    def range(self, value: Any, low: float, high: float, to: tuple[float, float]) -> Any:
        """Map low..high to another range, clamped."""
        return self.add("MapRange", {"Value": value, 1: low, 2: high, 3: to[0], 4: to[1]}).outputs[
            0
        ]

    def noise(self, vector: Any, scale: float, detail: float = 4.0, roughness: float = 0.5) -> Any:
        """Fractal noise around 0.5, as strong with the octaves that are too fine to see left out.

        Each octave is computed for every ray, and three times for a relief.
        """
        seen = min(detail, max(math.floor(math.log2(max(self.finest / scale, 1.0))), 0))
        found = self.add(
            "TexNoise", {"Vector": vector, "Scale": scale, "Detail": seen, "Roughness": roughness}
        ).outputs["Fac"]
        if seen == detail:
            return found
        share = _spread(detail, roughness) / _spread(seen, roughness)
        return self.math("MULTIPLY_ADD", found, share, third=0.5 * (1 - share))

    def stretched(self, vector: Any, scale: tuple[float, float, float]) -> Any:
        """Scale a vector axis by axis."""
        return self.add("Mapping", {"Vector": vector, "Scale": scale}).outputs[0]

    def bump(self, height: Any, strength: float, distance: float, normal: Any = None) -> Any:
        """Surface normal from a height."""
        inputs: dict[str | int, Any] = {
            "Height": height,
            "Strength": strength,
            "Distance": distance,
        }
        if normal is not None:
            inputs["Normal"] = normal
        return self.add("Bump", inputs).outputs[0]


def _spread(detail: float, roughness: float) -> float:
    """Standard deviation of normalised fractal noise, in that of one octave."""
    strengths = [roughness**octave for octave in range(int(detail) + 1)]
    return math.sqrt(sum(one**2 for one in strengths)) / sum(strengths)

"""From a recipe to the light 3D file that browsers and other programs load."""

import hashlib
from typing import NamedTuple

from services.render_worker.gltf.document import Encode, glb_of, triangles_of
from services.render_worker.gltf.lighter import Simplify, lightened
from services.render_worker.sets.builder import build
from services.render_worker.sets.recipe import Recipe
from services.render_worker.shapes.fineness import coarsely

MOST_BYTES = 2_000_000
MOST_TRIANGLES = 60_000
_TRIES, _SHRINK = 4, 0.9


class SetModel(NamedTuple):
    """A set as a GLB."""

    glb: bytes
    triangles: int


def model_of(recipe: Recipe, simplify: Simplify, encode: Encode) -> SetModel:
    """Build a set coarsely, take triangles away until the file is light, and write it.

    Args:
        recipe: The set.
        simplify: Takes triangles away where it shows least.
        encode: Makes the pictures of its tiles.
    """
    with coarsely():
        scene = build(recipe.plan)
    seen = tuple(piece for piece in scene.pieces if piece.seen)
    most = MOST_TRIANGLES
    for _ in range(_TRIES):
        pieces = lightened(seen, most, simplify)
        glb = glb_of(recipe, scene, pieces, encode)
        if len(glb) <= MOST_BYTES:
            break
        most = int(most * MOST_BYTES / len(glb) * _SHRINK)
    return SetModel(glb, triangles_of(pieces))


def digest_of(recipe: Recipe, builder: str) -> str:
    """A word that changes when a set's file would; `builder` stands for the code that makes it."""
    said = f"{builder}\n{recipe.model_dump_json()}"
    return hashlib.sha256(said.encode()).hexdigest()[:20]

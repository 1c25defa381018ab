"""From a recipe and its pictures to the record the matcher searches."""

from backlot.contracts.background import (
    BackgroundAsset,
    Licence,
    Preview,
    SetCamera,
    SetFiles,
    SetLight,
)  # fmt: skip
from backlot.contracts.frozen import Swatch
from backlot.contracts.terms import FacetName, WeightedTerm
from services.render_worker.scene import Scene
from services.render_worker.sets.recipe import Recipe

EVIDENCE = "made by the Backlot authors from catalog recipe"
_FAINTEST_COLOUR = 0.02


def asset_of(
    recipe: Recipe, scene: Scene, palette: tuple[Swatch, ...], previews: tuple[Preview, ...]
) -> BackgroundAsset:
    """Describe a starter set; its colour names are what was measured in its front preview."""
    plan = recipe.plan
    facets = facets_of(recipe)
    return BackgroundAsset(
        id=recipe.id,
        kind=recipe.kind,
        name=recipe.name,
        caption=recipe.caption,
        facets={**facets, "colour_name": _colour_names(palette)},
        palette=palette,
        stage=recipe.stage,
        cameras=tuple(
            SetCamera(
                name=camera.name, position=camera.position, target=camera.target,
                lens_mm=camera.lens_mm,
            )
            for camera in plan.cameras
        ),
        lights=tuple(
            SetLight(name=light.name, type=light.type, kelvin=light.kelvin)
            for light in plan.lights
        ),
        files=SetFiles(previews=previews),
        triangles=sum(piece.mesh.triangles for piece in scene.pieces),
        licence=Licence(id=recipe.licence, evidence=EVIDENCE),
        version=recipe.version,
        source="starter",
    )  # fmt: skip


def facets_of(recipe: Recipe) -> dict[FacetName, tuple[WeightedTerm, ...]]:
    """A recipe's words as the library keeps them."""
    return {
        facet: tuple(
            WeightedTerm(term=f"{facet}/{slug}", score=score) for slug, score in terms.items()
        )
        for facet, terms in recipe.facets.items()
    }


def _colour_names(palette: tuple[Swatch, ...]) -> tuple[WeightedTerm, ...]:
    """Colour names by the share of the picture they cover, the largest counting 1."""
    shares: dict[str, float] = {}
    for swatch in palette:
        shares[swatch.name] = shares.get(swatch.name, 0.0) + swatch.share
    largest = max(shares.values())
    return tuple(
        WeightedTerm(term=name, score=round(share / largest, 3))
        for name, share in sorted(shares.items(), key=lambda item: -item[1])
        if share >= _FAINTEST_COLOUR
    )

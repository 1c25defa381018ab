"""Jobs, products and sets for the tests of the render worker."""

import io
import struct

import numpy as np
from PIL import Image, ImageDraw

from backlot.blobs.memory import MemoryStore
from backlot.catalog import STARTER_FOLDER, card, load_starter
from backlot.contracts.background import RankedBackground
from backlot.contracts.brief import (
    LightingPlan,
    PalettePlan,
    Placement,
    Prop,
    StudioBrief,
    TechniquePlan,
)
from backlot.contracts.caption import Caption, CaptionText, Cutout, Measures
from backlot.contracts.frozen import Localized, Swatch
from backlot.contracts.jobs import Dimensions, JobKind, JobRequest
from backlot.contracts.match import Match
from backlot.contracts.render import Picture, Pictures, ShotWishes
from backlot.contracts.stages import Stage
from backlot.contracts.terms import FactSource
from backlot.line.work import Outcome, Work
from services.render_worker.adapters.recipes import read_recipes
from services.render_worker.scene import Scene
from services.render_worker.sets.recipe import Recipe
from services.render_worker.sets.stage import supports_below
from services.render_worker.shot import ModelFacts, ShotPlan
from services.render_worker.shots import Order, Subject, plan_shot
from services.render_worker.sizing import size_of_cutout, size_of_model

RECIPES: dict[str, Recipe] = {
    recipe.id: recipe for recipe in read_recipes(STARTER_FOLDER / "recipes")
}
SETS = ("white-cyclorama-softbox", "concrete-slab-side-light", "cool-gradient-studio")
SIZE = Dimensions(width=10, height=20, depth=10)
MODEL_KEY, CUTOUT_KEY = "intake/product.glb", "jobs/cutout.webp"
BOX = ModelFacts(
    low=(-0.05, 0.0, -0.05), high=(0.05, 0.2, 0.05), triangles=12,
    footing=((-0.05, -0.05), (0.05, -0.05), (-0.05, 0.05), (0.05, 0.05)),
)  # fmt: skip
PROPS: tuple[tuple[str, Placement], ...] = (
    ("ceramic-vase", "behind-left"), ("coffee-cup", "right"), ("lit-candle", "front-left"),
    ("potted-houseplant", "behind-right"),
)  # fmt: skip
FAKE_GLB = struct.pack("<4sII", b"glTF", 2, 12)


def brief(**changes: object) -> StudioBrief:
    """A plain studio brief."""
    return StudioBrief(
        kind="both",
        settings=("setting_studio/seamless-white-studio-backdrop",),
        palette=PalettePlan(scheme="monochrome", hexes=()),
        lighting=LightingPlan(
            types=("lighting/large-softbox",), direction="left", kelvin=5500, contrast="medium"
        ),
        technique=TechniquePlan(types=("photo_technique/eye-level-front-view",), lens_mm=85),
        prose=Localized(en="A plain studio.", ko="단순한 스튜디오."),
        variant="safe",
        source="rules",
    ).model_copy(update=changes)


def support_below(scene: Scene, x: float, z: float, ceiling_m: float) -> float | None:
    """Height of the highest surface at one place; None over a void."""
    height = float(supports_below(scene, np.array([[x, z]]), ceiling_m)[0])
    return None if np.isnan(height) else height


def subject(facts: ModelFacts | None = BOX, said: Dimensions | None = SIZE) -> Subject:
    """A bottle-sized product: a model, or a cut-out where there are no facts of one."""
    if facts is None:
        return Subject("0" * 64, size_of_cutout(2.0, said, 0.5))
    return Subject("0" * 64, size_of_model(facts, said), facts)


def dressed(background: str, *, wishes: ShotWishes | None = None, **changes: object) -> ShotPlan:
    """A box-shaped product of 20 cm in a starter set, with a brief that asks for four props."""
    wanted = tuple(
        Prop(term=f"props/{slug}", placement=where, scale="smaller") for slug, where in PROPS
    )
    order = Order("draft", wishes or ShotWishes(), brief(**{"props": wanted, **changes}))
    return plan_shot(RECIPES[background], "hero", subject(), order)


def match(sets: tuple[str, ...] = SETS) -> Match:
    """The sets that were recommended, best first."""
    ranked = tuple(
        RankedBackground(rank=at + 1, score=1 - at / 10, background_id=name, reasons=())
        for at, name in enumerate(sets)
    )
    cards = tuple(card(asset) for asset in load_starter() if asset.id in sets)
    return Match(brief=brief(), chosen=0, ranked=ranked, cards=cards)


def caption(*, with_cutout: bool = True) -> Caption:
    """A caption that found the product, or did not."""
    cutout = Cutout(key=CUTOUT_KEY, method="network", quality=0.9, box=(0, 0, 1, 1))
    return Caption(
        texts=(CaptionText(text="A bottle.", score=1.0, source=FactSource.SEEN),),
        facets={},
        palette=(Swatch(hex="#bebfc0", name="colour_name/light-gray", share=1.0),),
        measures=Measures(
            lightness=50, contrast=0, chroma=0, warmth=0, sharpness=1, clutter=0, frame_fill=1,
            aspect=1, photo_lightness=50,
        ),
        cutout=cutout if with_cutout else None,
    )  # fmt: skip


def bottle(width: int = 240, height: int = 480) -> Image.Image:
    """A cut-out with some texture: RGBA, with an empty border."""
    picture = Image.new("RGBA", (width + 40, height + 40), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((20, 20, width + 20, height + 20), 30, fill=(40, 110, 90, 255))
    for line in range(60, height, 24):
        draw.rectangle((60, line, width - 20, line + 8), fill=(230, 225, 210, 255))
    return picture


def stored(*, model: bytes | None = None, cutout: Image.Image | None = None) -> MemoryStore:
    """A blob store that holds what the client sent and what `caption` cut out."""
    blobs = MemoryStore()
    if model is not None:
        blobs.put(MODEL_KEY, model, "model/gltf-binary")
    if cutout is not None:
        out = io.BytesIO()
        cutout.save(out, "WEBP", lossless=True)
        blobs.put(CUTOUT_KEY, out.getvalue(), "image/webp")
    return blobs


def work(
    *,
    renders: int = 3,
    wishes: ShotWishes | None = None,
    sets: tuple[str, ...] = SETS,
    with_model: bool = False,
    with_cutout: bool = True,
    dimensions: Dimensions | None = SIZE,
    policy: str = "partial",
    **changes: object,
) -> Work:
    """A claimed render stage."""
    request = JobRequest(
        render="draft",
        renders=renders,
        shot=wishes or ShotWishes(),
        dimensions_cm=dimensions,
        policy="strict" if policy == "strict" else "partial",
    )
    outputs = {
        Stage.CAPTION: caption(with_cutout=with_cutout).model_dump_json(),
        Stage.MATCH: match(sets).model_dump_json(),
    }
    given: dict[str, object] = {
        "job_id": "job_" + "0" * 32, "kind": JobKind.RECOMMEND, "stage": Stage.RENDER,
        "generation": 1, "fence": 1, "attempt": 1, "request": request, "photo": None,
        "product_key": MODEL_KEY if with_model else None, "outputs": outputs,
    }  # fmt: skip
    return Work(**{**given, **changes})  # type: ignore[arg-type]


def pictures_of(outcome: Outcome) -> tuple[Picture, ...]:
    """The pictures of a render stage."""
    assert isinstance(outcome.output, Pictures)
    return outcome.output.pictures


def failed(picture: Picture) -> set[str]:
    """Names of the checks a picture did not pass."""
    return {check.name for check in picture.checks if not check.passed}


def opened(blobs: MemoryStore, picture: Picture) -> Image.Image:
    """A stored picture."""
    return Image.open(io.BytesIO(blobs.get(picture.key)))

"""Small libraries, briefs and jobs, made in code."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np

from backlot.contracts.background import (
    BackgroundAsset,
    BackgroundKind,
    Licence,
    StageArea,
)
from backlot.contracts.brief import (
    Briefs,
    Claim,
    Evidence,
    LightingPlan,
    PalettePlan,
    Prop,
    StudioBrief,
    TechniquePlan,
)
from backlot.contracts.caption import Caption, Measures
from backlot.contracts.frozen import Localized, Swatch
from backlot.contracts.jobs import JobKind, JobRequest
from backlot.contracts.stages import Stage
from backlot.contracts.terms import FacetTerm, FactSource, WeightedTerm
from backlot.encoder.synthetic import SyntheticSentenceEncoder
from backlot.line.work import Work
from backlot.vocabulary import load_vocabulary
from backlot.vocabulary.colour import lab_of, name_of
from services.matcher.adapters.exact import ExactIndex
from services.matcher.library import sync
from services.matcher.match import Matcher
from services.matcher.port import Point, PointFacts, Vector, VectorName, VectorSpace
from services.matcher.stockroom import Stockroom
from services.matcher.weights import load_weights

VOCABULARY = load_vocabulary()
SPACE = VectorSpace("sentence:test@1", 4, "scene:test@1", 3)

Ground = tuple[Literal["facet", "measured", "hint", "rule", "advice"], str]
"""Kind and reference of a claim's evidence."""

STUDIO, ROOM = BackgroundKind.STUDIO, BackgroundKind.SPACE


def swatches(*hexes: str) -> tuple[Swatch, ...]:
    """Colours, each with two thirds of what is left; the last takes the rest."""
    left, found = 1.0, []
    for place, hex_ in enumerate(hexes):
        share = left if place == len(hexes) - 1 else left * 2 / 3
        left -= share
        found.append(Swatch(hex=hex_, name=name_of(hex_), share=share))
    return tuple(found)


def asset(
    background_id: str,
    setting: str,
    *words: str,
    hexes: Sequence[str] = ("#e6e6e6",),
    stage_m: tuple[float, float, float] = (0.5, 0.4, 0.5),
    licence: str = "Apache-2.0",
    version: int = 1,
    source: Literal["starter", "imported", "generated"] = "starter",
) -> BackgroundAsset:
    """One background that shows the given terms fully."""
    facets: dict[str, tuple[WeightedTerm, ...]] = {}
    for term in (setting, *words):
        facet = term.partition("/")[0]
        facets[facet] = (*facets.get(facet, ()), WeightedTerm(term=term))
    width, depth, height = stage_m
    label = VOCABULARY.label(setting)
    return BackgroundAsset(
        id=background_id,
        kind=STUDIO if setting.startswith("setting_studio/") else ROOM,
        name=label,
        caption=Localized(
            en=f"{label.en} with " + ", ".join(VOCABULARY.label(word).en for word in words),
            ko=label.ko,
        ),
        facets=facets,
        palette=swatches(*hexes),
        stage=StageArea(
            anchor=(0, 0, 0),
            width_m=width,
            depth_m=depth,
            height_m=height,
            floor_area_m2=width * depth,
        ),
        licence=Licence(id=licence, evidence="made for this test"),
        version=version,
        source=source,
    )


def library() -> tuple[BackgroundAsset, ...]:
    """Twelve sets that differ: eight studios and four rooms."""
    studio, space = "setting_studio/", "setting_space/"
    return (
        asset(
            "white-softbox", f"{studio}seamless-white-studio-backdrop",
            "lighting/bright-high-key-lighting", "lighting/large-softbox", "mood/fresh-and-clean",
            "style/minimalist", hexes=("#f6f6f4", "#dcdcda"),
        ),
        asset(
            "white-greenery", f"{studio}seamless-white-studio-backdrop",
            "lighting/soft-window-daylight", "mood/fresh-and-clean", "style/minimalist",
            "props/green-leaves", hexes=("#f0f2ef", "#5f8f5c"),
        ),
        asset(
            "cool-gradient", f"{studio}soft-gradient-backdrop", "lighting/large-softbox",
            "mood/calm-and-serene", "style/contemporary", hexes=("#dbe6ee",),
        ),
        asset(
            "dark-strips", f"{studio}dark-low-key-studio",
            "lighting/crisp-edge-highlights-from-strip-lights", "mood/dramatic",
            "style/high-tech-futuristic", hexes=("#15161a",),
        ),
        asset(
            "coral-paper", f"{studio}colored-paper-backdrop", "lighting/hard-midday-sunlight",
            "mood/energetic", "style/bold-pop-art", hexes=("#ff7f5c",),
        ),
        asset(
            "oak-table", f"{studio}wooden-tabletop", "lighting/soft-window-daylight",
            "mood/cozy-and-warm", "style/scandinavian", "material/light-oak-wood",
            hexes=("#c9a06c", "#efe6d8"),
        ),
        asset(
            "neon-set", f"{studio}neon-lit-set", "lighting/neon-glow", "mood/energetic",
            "style/neon-cyberpunk", hexes=("#1b1030", "#ff2fa0"),
        ),
        asset(
            "silk-drape", f"{studio}draped-fabric-set", "lighting/large-softbox",
            "mood/luxurious-and-elegant", "style/high-end-luxury", hexes=("#e5d3b3",),
        ),
        asset(
            "reading-room", f"{space}reading-room", "lighting/warm-lamp-light",
            "mood/cozy-and-warm", "style/classic-traditional", "props/stacked-books",
            hexes=("#7a5233", "#d8c29a"),
        ),
        asset(
            "meeting-room", f"{space}meeting-room", "lighting/soft-window-daylight",
            "mood/professional-and-trustworthy", "style/contemporary",
            hexes=("#e3e4e2", "#4a5560"), stage_m=(1.6, 0.8, 0.6),
        ),
        asset(
            "kitchen", f"{space}modern-kitchen-counter", "lighting/soft-window-daylight",
            "mood/fresh-and-clean", "style/scandinavian", hexes=("#eceae4",),
        ),
        asset(
            "living-room", f"{space}living-room", "lighting/soft-window-daylight",
            "mood/cozy-and-warm", "style/scandinavian", hexes=("#d9cfc0",), stage_m=(3, 3, 2),
        ),
    )  # fmt: skip


def brief(
    *settings: str,
    kind: Literal["studio", "space", "both"] = "both",
    lighting: Sequence[str] = ("lighting/large-softbox",),
    moods: Sequence[str] = (),
    styles: Sequence[str] = (),
    backdrop: Sequence[str] = (),
    hexes: Sequence[str] = (),
    props: Sequence[str] = (),
    avoid: Sequence[str] = (),
    prose: str = "A picture that sells.",
    claims: Iterable[Ground] = (),
    **changes: Any,
) -> StudioBrief:
    """One candidate brief."""
    fields: dict[str, Any] = {
        "kind": kind,
        "settings": settings or ("setting_studio/seamless-white-studio-backdrop",),
        "backdrop": tuple(backdrop),
        "palette": PalettePlan(scheme="neutral-with-accent", hexes=tuple(hexes)),
        "lighting": LightingPlan(
            types=tuple(lighting), direction="left", kelvin=5200, contrast="low"
        ),
        "moods": tuple(moods),
        "styles": tuple(styles),
        "technique": TechniquePlan(types=("photo_technique/three-quarter-view",), lens_mm=85),
        "props": tuple(Prop(term=term, placement="left", scale="smaller") for term in props),
        "avoid": tuple(avoid),
        "prose": Localized(en=prose, ko="잘 팔리는 사진."),
        "claims": tuple(
            Claim(
                slot="setting",
                text=Localized(en=f"Because of {ref}.", ko=f"{ref} 때문입니다."),
                evidence=Evidence(kind=evidence, ref=ref),
            )
            for evidence, ref in claims
        ),
        "variant": "safe",
        "source": "rules",
    }
    return StudioBrief(**{**fields, **changes})


def caption(
    category: str | None = "product_category/insulated-tumbler",
    *words: str,
    hexes: Sequence[str] = ("#3b4a5a", "#c0c4c8"),
    score: float = 0.9,
) -> Caption:
    """What is known of a product."""
    facets: dict[str, tuple[FacetTerm, ...]] = {}
    for term in ((category,) if category else ()) + words:
        facet = term.partition("/")[0]
        said = FacetTerm(
            term=term, label=VOCABULARY.label(term), score=score, source=FactSource.SEEN
        )
        facets[facet] = (*facets.get(facet, ()), said)
    return Caption(
        texts=(),
        facets=facets,
        palette=swatches(*hexes) if hexes else (),
        measures=Measures(
            lightness=lab_of(hexes[0])[0] if hexes else 0.0,
            contrast=20, chroma=5, warmth=0, sharpness=0.8, clutter=0.1, frame_fill=0.4,
            aspect=1.5, photo_lightness=70,
        ),
        cutout=None,
    )  # fmt: skip


def work(*candidates: StudioBrief, said: Caption | None = None, **request: Any) -> Work:
    """A claimed `match` stage."""
    return Work(
        job_id=f"job_{'0' * 32}",
        kind=JobKind.RECOMMEND,
        stage=Stage.MATCH,
        generation=1,
        fence=1,
        attempt=1,
        request=JobRequest(**request),
        photo=None,
        outputs={
            Stage.CAPTION: (said or caption()).model_dump_json(),
            Stage.REFINE: Briefs(candidates=candidates or (brief(),)).model_dump_json(),
        },
    )


def matcher_of(**changes: Any) -> Matcher:
    """A matcher over the small library, without any model or engine, or with other parts."""
    encoder = SyntheticSentenceEncoder()
    assets = changes.get("assets", library())
    index = ExactIndex(VectorSpace(encoder.space, encoder.dim))
    sync(index, assets, encoder, VOCABULARY)
    changes.pop("assets", None)
    parts = {
        "index": index,
        "encoder": encoder,
        "stockroom": Stockroom(lambda: assets, VOCABULARY),
        "vocabulary": VOCABULARY,
        "weights": load_weights(),
    }
    return Matcher(**{**parts, **changes})


def unit(*numbers: float) -> Vector:
    """A vector of length 1."""
    vector = np.asarray(numbers, dtype=np.float32)
    length: Vector = vector / np.linalg.norm(vector)
    return length


def point(
    number: int,
    caption_vector: Vector,
    *,
    kind: BackgroundKind = STUDIO,
    terms: Sequence[str] = (),
    licence: str = "Apache-2.0",
    source: str = "starter",
    fingerprint: str = "f",
    views: Vector | None = None,
) -> Point:
    """One point of the space `SPACE`; `number` makes its id."""
    vectors: dict[VectorName, Vector] = {"caption": caption_vector}
    if views is not None:
        vectors["preview"] = views
    return Point(
        point_id=point_id(number),
        vectors=vectors,
        facts=PointFacts(
            background_id=f"set-{number}",
            kind=kind,
            terms=tuple(terms),
            licence=licence,
            palette_lab=((90.0, 0.0, 0.0, 1.0),),
            stage_m=(1.0, 1.0, 1.0),
            version=1,
            source=source,
            fingerprint=fingerprint,
        ),
    )


def point_id(number: int) -> str:
    """Id of the point of that number."""
    return f"00000000-0000-0000-0000-{number:012d}"

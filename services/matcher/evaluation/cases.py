"""Products as the line would know them: a caption and a request, made of labels by hand."""

import math
from collections.abc import Mapping, Sequence

from backlot.contracts.brief import (
    Briefs,
    LightingPlan,
    PalettePlan,
    StudioBrief,
    TechniquePlan,
)
from backlot.contracts.caption import Caption, CaptionText, Measures
from backlot.contracts.frozen import Frozen, Localized, Swatch
from backlot.contracts.jobs import Dimensions, JobKind, JobRequest
from backlot.contracts.stages import Stage
from backlot.contracts.terms import FacetTerm, FactSource
from backlot.line.work import Work
from backlot.vocabulary import Vocabulary
from backlot.vocabulary.colour import lab_of, name_of
from services.matcher.evaluation.judgments import FITS, IDEAL, Judge

CERTAIN = 0.9
DEPTH = 10
"""Sets asked for: as deep as the deepest metric looks."""


class Case(Frozen):
    """One product: what is known of it and what it should be matched with.

    Attributes:
        briefs: None until `refine` has written.
    """

    id: str
    caption: Caption
    request: JobRequest
    briefs: Briefs | None = None


def case_of(judge: Judge, vocabulary: Vocabulary) -> Case:
    """Return the case of a judged product: every label certain, sizes given, no title."""
    product = judge.product
    said = (f"product_category/{product.category}", *product.seen)
    facets: dict[str, tuple[FacetTerm, ...]] = {}
    for term in said:
        label = vocabulary.label(term)
        fact = FacetTerm(term=term, label=label, score=CERTAIN, source=FactSource.SEEN)
        facet = term.partition("/")[0]
        facets[facet] = (*facets.get(facet, ()), fact)
    width, depth, height = product.cm
    noun = vocabulary.label(said[0]).en
    caption = Caption(
        texts=(CaptionText(text=f"a photo of a {noun}", score=CERTAIN, source=FactSource.SEEN),),
        facets=facets,
        palette=tuple(
            Swatch(hex=hex_, name=name_of(hex_), share=share)
            for hex_, share in product.colours.items()
        ),
        measures=_measures(product.colours, height / width),
        cutout=None,
    )
    sides = Dimensions(width=width, depth=depth, height=height)
    return Case(id=product.id, caption=caption, request=JobRequest(dimensions_cm=sides))


def work_of(case: Case, briefs: Briefs, *, top_k: int = DEPTH) -> Work:
    """Return the claimed `match` stage of a case."""
    return Work(
        job_id=f"job_{0:032x}",
        kind=JobKind.RECOMMEND,
        stage=Stage.MATCH,
        generation=1,
        fence=1,
        attempt=1,
        request=case.request.model_copy(update={"top_k": top_k}),
        photo=None,
        outputs={
            Stage.CAPTION: case.caption.model_dump_json(),
            Stage.REFINE: briefs.model_dump_json(),
        },
    )


def brief_by_hand(judge: Judge, vocabulary: Vocabulary) -> Briefs:
    """Return the brief that the judgments themselves would write: the most a brief can say.

    It asks for the ideal settings and then the fitting ones, and for what an ideal set needs.
    """
    known = [
        term
        for level in (IDEAL, FITS)
        for slug in judge.settings(level)
        for term in (f"setting_studio/{slug}", f"setting_space/{slug}")
        if vocabulary.has(term)
    ]
    studios = [term for term in known if term.startswith("setting_studio/")][:2]
    spaces = [term for term in known if term.startswith("setting_space/")][:2]
    settings = (*studios, *spaces)
    needs = sorted(judge.looks(judge.product.needs))
    lights = tuple(term for term in needs if term.startswith("lighting/"))[:3]
    names = ", ".join(vocabulary.label(term).en for term in settings)
    brief = StudioBrief(
        kind="both",
        settings=settings,
        palette=PalettePlan(scheme="neutral-with-accent", hexes=()),
        lighting=LightingPlan(
            types=lights or ("lighting/large-softbox",),
            direction="left",
            kelvin=5000,
            contrast="low",
        ),
        moods=tuple(term for term in needs if term.startswith("mood/"))[:3],
        styles=tuple(term for term in needs if term.startswith("style/"))[:3],
        technique=TechniquePlan(types=("photo_technique/three-quarter-view",), lens_mm=85),
        prose=Localized(en=f"Show it in {names}.", ko=f"{names}."),
        variant="safe",
        source="rules",
    )
    return Briefs(candidates=(brief,))


def _measures(colours: Mapping[str, float], aspect: float) -> Measures:
    """Return what the pixels of a product in these colours would measure; a sharp, clean photo."""
    labs = [(lab_of(hex_), share) for hex_, share in colours.items()]
    lightness = _mean([lab[0] for lab, _ in labs], colours)
    lights = [lab[0] for lab, _ in labs]
    return Measures(
        lightness=min(100.0, lightness),
        contrast=min(100.0, max(lights) - min(lights)),
        chroma=_mean([math.hypot(lab[1], lab[2]) for lab, _ in labs], colours),
        warmth=max(-1.0, min(1.0, _mean([lab[2] for lab, _ in labs], colours) / 40)),
        sharpness=0.8,
        clutter=0.1,
        frame_fill=0.4,
        aspect=aspect,
        photo_lightness=75,
    )


def _mean(values: Sequence[float], colours: Mapping[str, float]) -> float:
    """Return the mean of values by the share of their colours."""
    shares = tuple(colours.values())
    return sum(v * share for v, share in zip(values, shares, strict=True)) / sum(shares)

"""The describe stage: a background's files and few words in, a background fit for the index out."""

from collections.abc import Iterator, Mapping

import numpy as np

from backlot.blobs.port import BlobMissingError, BlobStore, BlobUnavailableError
from backlot.contracts.background import BackgroundAsset, SetFiles, StageArea
from backlot.contracts.errors import PermanentStageError, TransientStageError
from backlot.contracts.frozen import Localized, Swatch
from backlot.contracts.ingest import IndexOrder, NewBackground, SetDraft
from backlot.contracts.jobs import JobWarning, View
from backlot.contracts.stages import Stage
from backlot.contracts.terms import FacetName, WeightedTerm
from backlot.line.work import Outcome, Work
from backlot.vocabulary import Vocabulary
from services.vision_worker.palette import measure_palette
from services.vision_worker.photo import UnreadablePhotoError, decode
from services.vision_worker.pixels import shrink, to_lab

TAGGED = ("lighting", "mood", "style", "props", "material", "season_occasion")
"""Facets that a set shows; its setting is a facet of its own kind."""

READ_WORTH = 0.7
"""A word read out of a sentence is less sure than one that was given as a tag."""

LOOKED_SIDE = 320
STAGE_SHARE = 0.5
"""Of a set's whole width and depth, what is free for a product where nobody says it."""

SMALLEST_M = 0.05
GREY = Swatch(hex="#bebfc0", name="colour_name/light-gray", share=1.0)

UNSEEN = JobWarning(
    code="background-unseen",
    text=Localized(
        en="There is no preview: colours come from the file's materials, and nobody has seen it.",
        ko="미리보기가 없어 색은 파일의 재질에서 가져왔으며, 화면으로 확인되지 않았습니다.",
    ),
)
STAGE_GUESSED = JobWarning(
    code="background-stage-guessed",
    text=Localized(
        en="No stage was given: the middle half of the floor was taken, at the origin.",
        ko="제품을 놓을 자리가 지정되지 않아 원점 주위 바닥의 절반을 사용합니다.",
    ),
)


class Describer:
    """Handles `describe`.

    Args:
        blobs: Where the previews are.
        vocabulary: The words to tag with.
    """

    def __init__(self, blobs: BlobStore, vocabulary: Vocabulary) -> None:
        self._blobs = blobs
        self._vocabulary = vocabulary

    def __call__(self, work: Work) -> Outcome:
        """Tag, measure, and give the background as the library keeps it."""
        draft = _with_views(work.output(Stage.BUILD, SetDraft), work)
        said = draft.said
        facets = facets_of(said, self._vocabulary)
        if not facets.get(f"setting_{said.kind}"):
            raise PermanentStageError(
                "background-untagged",
                f"Name a term of setting_{said.kind}, or say in name or caption what the set is.",
            )
        palette = self._palette(draft)
        stage = said.stage or _stage_of(draft.size_m)
        asset = BackgroundAsset(
            id=said.id,
            kind=said.kind,
            name=said.name,
            caption=said.caption or said.name,
            facets=facets,
            palette=palette or draft.palette or (GREY,),
            stage=stage,
            cameras=said.cameras,
            lights=said.lights,
            files=SetFiles(
                glb=draft.glb,
                hdri=draft.hdri,
                backdrop=draft.backdrop,
                recipe=draft.recipe,
                previews=draft.previews,
            ),
            triangles=draft.triangles,
            bytes=draft.bytes,
            licence=said.licence,
            source=draft.source,
        )
        warnings = (*(() if palette else (UNSEEN,)), *(() if said.stage else (STAGE_GUESSED,)))
        order = IndexOrder(background=asset, content=draft.content)
        versions = {"vocabulary": self._vocabulary.version}
        return Outcome(order, warnings=warnings, versions=versions)

    def _palette(self, draft: SetDraft) -> tuple[Swatch, ...]:
        """Measure the colours of the first preview, or of the backdrop; empty without either."""
        keys = [preview.key for preview in draft.previews]
        key = next(iter([*keys, *([draft.backdrop] if draft.backdrop else [])]), None)
        if key is None:
            return ()
        try:
            rgb = decode(self._blobs.get(key)).rgb
        except BlobUnavailableError as error:
            raise TransientStageError("blobs-unavailable", str(error)) from error
        except (BlobMissingError, UnreadablePhotoError) as error:
            raise PermanentStageError("background-gone", "A preview cannot be read.") from error
        lab = to_lab(shrink(rgb, LOOKED_SIDE))
        return measure_palette(lab, np.ones(lab.shape[:2], dtype=bool))


def _with_views(draft: SetDraft, work: Work) -> SetDraft:
    """Return a draft with the pictures that `view` took of it."""
    if Stage.VIEW not in work.outputs:
        return draft
    return draft.model_copy(update={"previews": work.output(Stage.VIEW, View).previews})


def facets_of(
    said: NewBackground, vocabulary: Vocabulary
) -> dict[FacetName, tuple[WeightedTerm, ...]]:
    """Return the tags that were given, and for other facets what name and caption speak of.

    Raises:
        PermanentStageError: A given word is no term of its facet.
    """
    _check(said.facets, vocabulary)
    texts = [said.name, *([said.caption] if said.caption else [])]
    spoken = " ".join(f"{text.en}. {text.ko}." for text in texts)
    read = dict(_read(spoken, (f"setting_{said.kind}", *TAGGED), vocabulary))
    return {**read, **said.facets}


def _read(
    text: str, facets: tuple[str, ...], vocabulary: Vocabulary
) -> Iterator[tuple[FacetName, tuple[WeightedTerm, ...]]]:
    for facet in facets:
        found = vocabulary.mentions(text, facet)
        if found:
            yield facet, tuple(WeightedTerm(term=term.id, score=READ_WORTH) for term in found)


def _check(facets: Mapping[str, tuple[WeightedTerm, ...]], vocabulary: Vocabulary) -> None:
    for facet, terms in facets.items():
        for weighted in terms:
            known = vocabulary.has(weighted.term)
            if not known or vocabulary.term(weighted.term).facet != facet:
                detail = f"{weighted.term} is no term of {facet}."
                raise PermanentStageError("background-words", detail)


def _stage_of(size_m: tuple[float, float, float] | None) -> StageArea:
    """Return a stage at the origin, of the size the file leaves room for."""
    width, depth, height = size_m or (1.0, 1.0, 1.0)
    free = max(SMALLEST_M, STAGE_SHARE * width), max(SMALLEST_M, STAGE_SHARE * depth)
    return StageArea(
        anchor=(0.0, 0.0, 0.0),
        width_m=free[0],
        depth_m=free[1],
        height_m=max(SMALLEST_M, height),
        floor_area_m2=free[0] * free[1],
    )

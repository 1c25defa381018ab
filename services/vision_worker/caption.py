"""The caption stage: what a product photo shows, from its pixels and its seller's words."""

from collections.abc import Mapping, Sequence

from backlot.contracts.caption import Caption
from backlot.contracts.terms import FacetTerm
from backlot.encoder.hints import HintReader
from backlot.line.work import Outcome, Work
from backlot.vocabulary import Vocabulary
from services.vision_worker.adapters.store import PictureStore
from services.vision_worker.conditions import judge_seen
from services.vision_worker.eye import Eye
from services.vision_worker.facets import combine
from services.vision_worker.learned import Finder
from services.vision_worker.looker import CATEGORY, Looker, Views
from services.vision_worker.looking import Look, look
from services.vision_worker.texts import Known, describe_product
from services.vision_worker.unknowns import unknowns_of

CONDITION = "photo_condition"


class Captioner:
    """The handler of `caption`.

    Args:
        store: Photos, cut-outs and vectors.
        vocabulary: The controlled words.
        hints: Reads the seller's title and category.
        eye: Turns pictures into vectors with the image encoders, if there are any.
        looker: Says what those vectors show.
        versions: What the outcome says it was made with.
        texts: At most so many sentences.
        cutout_side: Longer side of the cut-out, at most, in pixels.
        finder: A network that knows products, for the cut-out; None: what stands out counts.
    """

    def __init__(
        self,
        *,
        store: PictureStore,
        vocabulary: Vocabulary,
        hints: HintReader,
        eye: Eye,
        looker: Looker,
        versions: Mapping[str, str],
        texts: int,
        cutout_side: int,
        finder: Finder | None = None,
    ) -> None:
        self._store = store
        self._vocabulary = vocabulary
        self._hints = hints
        self._eye = eye
        self._looker = looker
        self._versions = versions
        self._texts = texts
        self._cutout_side = cutout_side
        self._finder = finder

    def __call__(self, work: Work) -> Outcome:
        """Look at the photo of a job, say what it shows, and store its cut-out and vectors.

        Raises:
            PermanentStageError: There is no photo, or it cannot be decoded.
            TransientStageError: The blob store does not answer, or the engine cannot now.
        """
        photo = self._store.photo(work)
        work.checkpoint()
        hinted = self._hints.read(work.request.title, work.request.category)
        looked = look(photo, self._vocabulary, self._cutout_side, work.checkpoint, self._finder)
        work.checkpoint()
        views = self._eye.look(photo, looked, work.checkpoint, alone=work.alone)
        work.checkpoint()
        caption = self._caption(work, looked, hinted, views)
        return Outcome(
            caption,
            warnings=unknowns_of(caption, sees=bool(self._looker.encoders)),
            versions=self._versions,
        )

    def _caption(
        self, work: Work, looked: Look, hinted: Sequence[FacetTerm], views: Views
    ) -> Caption:
        seen = self._looker.look(views)
        facets = combine(self._vocabulary, hinted, looked.facets, seen.facets)
        known = Known(
            title=work.request.title,
            facets=facets,
            group=None if CATEGORY in facets else seen.group,
            palette=looked.palette,
            measures=looked.measures,
            certainty=looked.certainty,
            cut=looked.mask is not None,
        )
        return Caption(
            texts=describe_product(known, self._vocabulary, self._texts),
            facets=facets,
            group=known.group,
            palette=looked.palette,
            measures=looked.measures,
            cutout=self._store.put_cutout(work, looked),
            photo_warnings=(
                *looked.warnings,
                *judge_seen(seen.facets.get(CONDITION, ()), looked.warnings),
            ),
            embeddings={
                role: self._store.put_vector(work, role, vector, self._looker.encoders[role])
                for role, vector in views.by_role.items()
            },
        )

"""The caption stage: what a product photo shows, from its pixels and its seller's words."""

from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from backlot.contracts.caption import Caption
from backlot.contracts.frozen import Localized
from backlot.contracts.jobs import JobWarning
from backlot.contracts.terms import FacetTerm
from backlot.encoder.hints import HintReader
from backlot.encoder.port import ImageTextEncoder, Vectors
from backlot.encoder.profiles import Role
from backlot.line.work import Outcome, Work
from backlot.vocabulary import Vocabulary
from services.vision_worker.adapters.store import PictureStore
from services.vision_worker.facets import Looker, combine
from services.vision_worker.looking import Look, look
from services.vision_worker.photo import Photo, on_white
from services.vision_worker.texts import Known, describe_product

NO_IMAGE_ENCODER = JobWarning(
    code="no-image-encoder",
    text=Localized(
        en="No image encoder is installed here: the photo was measured, but nothing in it was "
        "recognised.",
        ko="이미지 인코더가 설치되어 있지 않아 사진을 측정만 하고 사물은 인식하지 못했습니다.",
    ),
)
MEASURED_ONLY = JobWarning(
    code="measured-only",
    text=Localized(
        en="What the product is remains unknown. Give a title or a category for a better "
        "recommendation.",
        ko="어떤 제품인지 알 수 없습니다. 제목이나 카테고리를 입력하면 더 알맞게 추천할 수 "
        "있습니다.",
    ),
)


class Captioner:
    """The handler of `caption`.

    Args:
        store: Photos, cut-outs and vectors.
        vocabulary: The controlled words.
        hints: Reads the seller's title and category.
        looker: Scores facets with the image encoders, if there are any.
        versions: What the outcome says it was made with.
        texts: At most so many sentences.
        cutout_side: Longer side of the cut-out, at most, in pixels.
    """

    def __init__(
        self,
        *,
        store: PictureStore,
        vocabulary: Vocabulary,
        hints: HintReader,
        looker: Looker,
        versions: Mapping[str, str],
        texts: int,
        cutout_side: int,
    ) -> None:
        self._store = store
        self._vocabulary = vocabulary
        self._hints = hints
        self._looker = looker
        self._versions = versions
        self._texts = texts
        self._cutout_side = cutout_side

    def __call__(self, work: Work) -> Outcome:
        """Look at the photo of a job, say what it shows, and store its cut-out and vectors.

        Raises:
            PermanentStageError: There is no photo, or it cannot be decoded.
            TransientStageError: The blob store does not answer.
        """
        photo = self._store.photo(work)
        hinted = self._hints.read(work.request.title, work.request.category)
        work.checkpoint()
        looked = look(photo, self._vocabulary, self._cutout_side, work.checkpoint)
        work.checkpoint()
        vectors = embed(self._looker.encoders, photo, looked)
        work.checkpoint()
        return Outcome(
            self._caption(work, looked, hinted, vectors),
            warnings=self._warnings(hinted),
            versions=self._versions,
        )

    def _caption(
        self,
        work: Work,
        looked: Look,
        hinted: Sequence[FacetTerm],
        vectors: Mapping[Role, Vectors],
    ) -> Caption:
        facets = combine(self._vocabulary, hinted, looked.facets, self._looker.look(vectors))
        known = Known(
            title=work.request.title,
            facets=facets,
            palette=looked.palette,
            measures=looked.measures,
            certainty=looked.certainty,
            cut=looked.mask is not None,
        )
        return Caption(
            texts=describe_product(known, self._vocabulary, self._texts),
            facets=facets,
            palette=looked.palette,
            measures=looked.measures,
            cutout=self._store.put_cutout(work, looked),
            photo_warnings=looked.warnings,
            embeddings={
                role: self._store.put_vector(work, role, vector, self._looker.encoders[role])
                for role, vector in vectors.items()
            },
        )

    def _warnings(self, hinted: Sequence[FacetTerm]) -> tuple[JobWarning, ...]:
        if self._looker.encoders:
            return ()
        return (NO_IMAGE_ENCODER,) if hinted else (NO_IMAGE_ENCODER, MEASURED_ONLY)


def embed(
    encoders: Mapping[Role, ImageTextEncoder], photo: Photo, looked: Look
) -> dict[Role, Vectors]:
    """One vector for each role, shape (1, dim): the product on white, and the photo as it is.

    A model that plays both roles runs once, on both pictures.
    """
    if not encoders:
        return {}
    scene = Image.fromarray(photo.rgb)
    product = scene if looked.lifted is None else on_white(looked.lifted.rgba)
    pictures: dict[Role, Image.Image] = {"product": product, "scene": scene}
    roles = list(encoders)
    if len({id(encoder) for encoder in encoders.values()}) == 1:
        vectors = encoders[roles[0]].encode_images([pictures[role] for role in roles])
        return {role: np.ascontiguousarray(vectors[[k]]) for k, role in enumerate(roles)}
    return {role: encoders[role].encode_images([pictures[role]]) for role in roles}

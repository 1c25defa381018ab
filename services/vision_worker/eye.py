"""Turns the pictures of a photo into vectors, in batches with those of other jobs."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future

from PIL import Image

from backlot.encoder.port import ImageTextEncoder, SqueezingEncoder, Vectors, steps_of
from backlot.encoder.profiles import Role
from services.vision_worker.batching import MicroBatcher
from services.vision_worker.looker import Views
from services.vision_worker.looking import CutOut
from services.vision_worker.photo import Photo, on_white

CHECK_S = 0.25
"""How often somebody who waits for a vector looks whether the job still wants it."""
WARM_SIDE = 256


class Eye:
    """The image-text encoders behind one engine thread.

    Args:
        encoders: By role; none, one or both.
        batcher: Runs them.
    """

    def __init__(self, encoders: Mapping[Role, ImageTextEncoder], batcher: MicroBatcher) -> None:
        self._steps = {role: steps_of(encoder) for role, encoder in encoders.items()}
        self._square = not _squeezes(encoders.get("product"))
        self._shared = encoders.get("product") is encoders.get("scene")
        self._batcher = batcher

    def warm_up(self) -> None:
        """Run each network once alone and once with a full batch."""
        picture = Image.new("RGB", (WARM_SIDE, WARM_SIDE), "white")
        for steps in list(self._steps.values())[: 1 if self._shared else None]:
            self._batcher.warm_up(steps.run, steps.prepare(picture))

    def look(
        self, photo: Photo, looked: CutOut, checkpoint: Callable[[], None], *, alone: bool
    ) -> Views:
        """Encode the cut-out on white and the photo as it is.

        Both are asked for at once: a network that runs both in one go is faster than one that
        begins with the photo while the product is cut out.

        Args:
            photo: The whole photo.
            looked: Its cut-out.
            checkpoint: Called while waiting.
            alone: The photo shares no batch with others.

        Raises:
            TransientStageError: The engine could not do it now.
            BacklotError: Whatever the checkpoint raises.
        """
        whole = Image.fromarray(photo.rgb)
        product = [] if looked.product is None else [on_white(looked.product, square=self._square)]
        by_product = self._ask("product", [whole, *product], alone=alone)
        by_scene = by_product if self._shared else self._ask("scene", [whole], alone=alone)
        seen = [awaited(answer, checkpoint) for answer in by_product]
        return Views(
            product=seen[1] if len(seen) > 1 else None,
            photo=seen[0] if seen else None,
            scene=awaited(by_scene[0], checkpoint) if by_scene else None,
            quality=looked.certainty,
        )

    def _ask(
        self, role: Role, pictures: Sequence[Image.Image], *, alone: bool
    ) -> list["Future[Vectors]"]:
        """Prepare in this thread, run in the engine's; nothing without such an encoder."""
        steps = self._steps.get(role)
        if steps is None:
            return []
        prepared = [steps.prepare(picture) for picture in pictures]
        return self._batcher.ask_all(steps.run, prepared, alone=alone)


def awaited(answer: "Future[Vectors]", checkpoint: Callable[[], None]) -> Vectors:
    """Wait for a vector, shape (1, dim), as long as its job wants it.

    One that is given up is not run any more, unless it runs already.
    """
    while not answer.done():
        try:
            answer.result(CHECK_S)
        except TimeoutError:
            try:
                checkpoint()
            except BaseException:
                answer.cancel()
                raise
    return answer.result()[None]


def _squeezes(encoder: object) -> bool:
    """Tell whether an encoder learnt from squeezed pictures; those that do not say crop."""
    return isinstance(encoder, SqueezingEncoder) and encoder.squeezes

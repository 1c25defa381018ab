"""The quality ladder: a picture is seen as a draft within seconds, then as a final."""

from typing import NamedTuple

from backlot.contracts.render import Quality
from services.render_worker.presets import Frame, frame_for, samples_for
from services.render_worker.shot import ShotPlan
from services.render_worker.shots import Order


class Rung(NamedTuple):
    """One quality of the same pictures."""

    quality: Quality
    frame: Frame

    def applied(self, shot: ShotPlan) -> ShotPlan:
        """The same picture in this quality."""
        return shot.model_copy(
            update={
                "quality": self.quality,
                "width": self.frame.width,
                "height": self.frame.height,
                "samples": samples_for(self.quality, shot.plan.look.samples),
            }
        )


def rungs_for(order: Order) -> tuple[Rung, ...]:
    """The qualities a job's pictures are taken in, worst first.

    A final that is no larger than a draft is taken at once.
    """
    wanted = Rung(order.quality, frame_for(order.wishes, order.quality))
    draft = Rung("draft", frame_for(order.wishes, "draft"))
    if draft.quality == wanted.quality or draft.frame == wanted.frame:
        return (wanted,)
    return (draft, wanted)

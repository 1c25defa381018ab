import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from PIL import Image
from render_builders import (
    FAKE_GLB,
    MODEL_KEY,
    RECIPES,
    SETS,
    bottle,
    failed,
    opened,
    pictures_of,
    stored,
    work,
)

from backlot.blobs.memory import MemoryStore
from backlot.contracts.errors import CanceledError, PermanentStageError
from backlot.contracts.jobs import View
from backlot.contracts.render import ShotWishes
from backlot.contracts.stages import Stage
from services.render_worker.adapters.flat import FlatDarkroom
from services.render_worker.adapters.store import ShotStore
from services.render_worker.render import Shooter
from services.render_worker.shot import ShotFacts, ShotPlan
from services.render_worker.view import Viewer


class CountingDarkroom(FlatDarkroom):
    """Counts pictures and can refuse to see the product in some sets."""

    def __init__(self, hidden_in: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.shots: list[ShotPlan] = []
        self._hidden_in = hidden_in

    def shoot(self, shot: ShotPlan, *args: object, **named: object) -> ShotFacts:
        """Take the picture and remember it."""
        self.shots.append(shot)
        if shot.background_id in self._hidden_in:
            return ShotFacts(blocked=0.9, taken=False)
        return super().shoot(shot, *args, **named)  # type: ignore[arg-type]


def shooter(blobs: MemoryStore, darkroom: FlatDarkroom | None = None) -> Shooter:
    """The handler with every starter set."""
    return Shooter(darkroom or FlatDarkroom(), ShotStore(blobs), RECIPES.get)


@pytest.fixture
def blobs() -> MemoryStore:
    """A store with a model and a cut-out."""
    return stored(model=FAKE_GLB, cutout=bottle())


def test_each_picture_is_of_another_set_or_angle(blobs: MemoryStore) -> None:
    """Six pictures out of three sets are six different pictures, and start with the best set."""
    pictures = pictures_of(shooter(blobs)(work(renders=6, with_model=True)))
    assert len({(p.background_id, p.angle) for p in pictures}) == 6
    assert (pictures[0].background_id, pictures[0].angle) == (SETS[0], "hero")
    assert {p.background_id for p in pictures} == set(SETS)


def test_what_the_product_was_is_said(blobs: MemoryStore) -> None:
    """A model gives renders; a photo alone gives the photo's own pixels."""
    (model,) = pictures_of(shooter(blobs)(work(renders=1, with_model=True)))
    (card,) = pictures_of(shooter(blobs)(work(renders=1)))
    assert (model.product_from, card.product_from) == ("model", "cutout")
    assert failed(model) == set()
    assert failed(card) == set()


def test_pictures_are_stored_with_their_recipe(blobs: MemoryStore) -> None:
    """The file has the size it says, and its recipe names everything it was shot from."""
    (picture,) = pictures_of(shooter(blobs)(work(renders=1, with_model=True)))
    assert opened(blobs, picture).size == (picture.width, picture.height)
    assert picture.recipe_key is not None
    recipe = json.loads(blobs.get(picture.recipe_key))
    assert ShotPlan.model_validate(recipe["shot"]).digest == recipe["digest"]
    assert recipe["shot"]["background_id"] == picture.background_id


def test_a_redelivered_job_goes_on_behind_what_is_done(blobs: MemoryStore) -> None:
    """Canceled before its third picture, the next claim takes only that one."""
    first = CountingDarkroom()
    job = work(renders=3, with_model=True)

    def lost() -> None:
        if len(first.shots) == 2:
            raise CanceledError

    with pytest.raises(CanceledError):
        shooter(blobs, first)(replace(job, checkpoint=lost))
    second = CountingDarkroom()
    outcome = shooter(blobs, second)(replace(job, fence=2, attempt=2))
    assert len(pictures_of(outcome)) == 3
    assert len(second.shots) == 2  # the second one was under way when the job was taken away


def test_progress_grows_to_the_end(blobs: MemoryStore) -> None:
    """Followers see a share that only grows."""
    told: list[tuple[float, str]] = []
    shooter(blobs)(work(renders=2, with_model=True, progress=lambda *a: told.append(a)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert {word for _, word in told} == {"draft-1", "draft-2"}


class FailingFinals(CountingDarkroom):
    """Takes drafts and hangs at every final."""

    def shoot(self, shot: ShotPlan, *args: object, **named: object) -> ShotFacts:
        """Take it, or fail as a renderer that was stopped twice."""
        if shot.quality == "final":
            raise PermanentStageError("render-timeout", "The renderer did not answer.")
        return super().shoot(shot, *args, **named)


def test_finals_that_fail_leave_their_drafts(blobs: MemoryStore) -> None:
    """A partial job keeps what it has and says so; a strict one fails."""
    job = work(renders=2, with_model=True)
    wanted = job.request.model_copy(update={"render": "final"})
    outcome = shooter(blobs, FailingFinals())(replace(job, request=wanted))
    assert [picture.quality for picture in pictures_of(outcome)] == ["draft", "draft"]
    assert [one.code for one in outcome.warnings] == ["final-failed"]
    strict = wanted.model_copy(update={"policy": "strict"})
    with pytest.raises(PermanentStageError):
        shooter(blobs, FailingFinals())(replace(job, request=strict, job_id="job_" + "1" * 32))


def test_a_redelivered_final_takes_only_what_is_missing(blobs: MemoryStore) -> None:
    """Drafts and finals are kept apart, each under its own plan."""
    job = work(renders=2, with_model=True)
    job = replace(job, request=job.request.model_copy(update={"render": "final"}))
    first = CountingDarkroom()

    def lost() -> None:
        if len(first.shots) == 3:  # both drafts and the first final
            raise CanceledError

    with pytest.raises(CanceledError):
        shooter(blobs, first)(replace(job, checkpoint=lost))
    second = CountingDarkroom()
    outcome = shooter(blobs, second)(replace(job, fence=2, attempt=2))
    assert [picture.quality for picture in pictures_of(outcome)] == ["final", "final"]
    assert {shot.quality for shot in second.shots} == {"final"}


def test_a_refused_model_gives_way_to_the_photo() -> None:
    """With policy partial the cut-out is shot and the seller told; strict fails."""
    blobs = stored(model=b"not a glb at all", cutout=bottle())
    outcome = shooter(blobs)(work(renders=1, with_model=True))
    assert pictures_of(outcome)[0].product_from == "cutout"
    assert [warning.code for warning in outcome.warnings] == ["product-unreadable"]
    with pytest.raises(PermanentStageError) as caught:
        shooter(blobs)(work(renders=1, with_model=True, policy="strict"))
    assert caught.value.reason == "product-unreadable"


@pytest.mark.parametrize(
    ("make", "with_cutout", "reason"),
    [
        (lambda: stored(cutout=bottle()), False, "no-cutout"),
        (lambda: stored(cutout=Image.new("RGBA", (50, 50), (0, 0, 0, 0))), True, "no-cutout"),
        (stored, True, "cutout-gone"),
    ],
)
def test_a_product_nobody_can_see_is_a_reason(
    make: Callable[[], MemoryStore], with_cutout: bool, reason: str
) -> None:
    """No cut-out, an empty one, a lost one: the job ends with the reason."""
    with pytest.raises(PermanentStageError) as caught:
        shooter(make())(work(with_cutout=with_cutout))
    assert caught.value.reason == reason


def test_pinned_sets_are_the_only_ones(blobs: MemoryStore) -> None:
    """The seller's own choice of set wins over the ranking."""
    wishes = ShotWishes(backgrounds=("oak-tabletop-morning",), camera="close")
    pictures = pictures_of(shooter(blobs)(work(renders=1, wishes=wishes)))
    assert [(p.background_id, p.angle) for p in pictures] == [("oak-tabletop-morning", "close")]


def test_an_unknown_set_is_refused(blobs: MemoryStore) -> None:
    """A set nobody can build is named, not skipped."""
    with pytest.raises(PermanentStageError, match="no-such-set"):
        shooter(blobs)(work(wishes=ShotWishes(backgrounds=("no-such-set",))))


def test_where_the_product_is_hidden_another_picture_is_taken(blobs: MemoryStore) -> None:
    """A set that hides the product is passed over, and the seller is told when too few are left."""
    darkroom = CountingDarkroom(hidden_in=(SETS[0],))
    pictures = pictures_of(shooter(blobs, darkroom)(work(renders=2, with_model=True)))
    assert SETS[0] not in {p.background_id for p in pictures}
    nowhere = CountingDarkroom(hidden_in=SETS)
    with pytest.raises(PermanentStageError) as caught:
        shooter(stored(model=FAKE_GLB), nowhere)(work(renders=2, with_model=True))
    assert caught.value.reason == "no-room"
    few = CountingDarkroom(hidden_in=SETS[1:])
    outcome = shooter(stored(model=FAKE_GLB), few)(work(renders=12, with_model=True))
    assert [warning.code for warning in outcome.warnings] == ["fewer-pictures"]


@pytest.mark.parametrize("with_model", [True, False])
def test_the_marketplace_gets_pure_white_and_a_full_frame(
    with_model: bool, blobs: MemoryStore
) -> None:
    """What is not product is 255 in every channel, and the product takes 85 % of the frame."""
    wishes = ShotWishes(preset="marketplace", format="png")
    (picture,) = pictures_of(shooter(blobs)(work(renders=1, wishes=wishes, with_model=with_model)))
    assert failed(picture) <= {"size", "resolution"}  # a draft is smaller than a marketplace wants
    image = opened(blobs, picture).convert("RGB")
    assert image.getpixel((2, 2)) == (255, 255, 255)


def test_an_unknown_size_is_a_guess_and_says_so(blobs: MemoryStore) -> None:
    """Without dimensions a card's scale cannot be proved."""
    outcome = shooter(blobs)(work(renders=1, dimensions=None))
    assert "size-guessed" in [warning.code for warning in outcome.warnings]
    assert failed(pictures_of(outcome)[0]) == {"scale"}


def test_view_takes_the_photo_a_model_came_without(blobs: MemoryStore) -> None:
    """The neutral photo is stored as a JPEG of the size it says."""
    outcome = Viewer(FlatDarkroom(), ShotStore(blobs), RECIPES)(
        work(with_model=True, stage=Stage.VIEW)
    )
    assert isinstance(outcome.output, View)
    photo = outcome.output.photo
    assert blobs.get(photo.key)[:2] == b"\xff\xd8"
    assert min(photo.width, photo.height) >= 512
    blobs.delete(MODEL_KEY)
    with pytest.raises(PermanentStageError, match="gone"):
        Viewer(FlatDarkroom(), ShotStore(blobs), RECIPES)(work(with_model=True))

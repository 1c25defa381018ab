"""The `render` stage: the product, in the recommended sets, as sale pictures."""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from backlot.contracts.errors import PermanentStageError
from backlot.contracts.match import Match
from backlot.contracts.render import Picture, Pictures, Quality
from backlot.contracts.stages import Stage
from backlot.line.recommending import recommended
from backlot.line.work import Outcome, Work
from services.render_worker.adapters.store import ShotStore
from services.render_worker.errors import SET_FAULTS
from services.render_worker.finishing import finish
from services.render_worker.ladder import Rung, rungs_for
from services.render_worker.notices import warning
from services.render_worker.port import Darkroom
from services.render_worker.presets import PRESETS
from services.render_worker.provenance import recipe as recipe_of
from services.render_worker.sets.recipe import Recipe
from services.render_worker.shot import ShotPlan
from services.render_worker.shots import (
    WHITE_SET,
    NoRoomError,
    Order,
    candidates,
    plan_shot,
)  # fmt: skip
from services.render_worker.subjects import Product, ProductReader

log = structlog.get_logger(__name__)
FindRecipe = Callable[[str], Recipe | None]


class Shooter:
    """The handler of `render`.

    Args:
        darkroom: Takes the pictures.
        store: Holds products and pictures.
        find: A set's recipe by its id; None for one that is not there. Raises PermanentStageError
            for one that cannot be shot in.
    """

    def __init__(self, darkroom: Darkroom, store: ShotStore, find: FindRecipe) -> None:
        self._darkroom = darkroom
        self._store = store
        self._find = find
        self._read = ProductReader(darkroom, store)

    def __call__(self, work: Work) -> Outcome:
        """Shoot as many pictures as the job asks for, each shown as soon as it is done.

        A job that wants finals gets a draft of every picture first; each final takes its draft's
        place.
        """
        match = recommended(work.outputs) or work.output(Stage.MATCH, Match)
        order = Order(_quality(work), work.request.shot, match.brief)
        sets = self._sets(match, order)
        if not sets:
            raise PermanentStageError(
                "no-set", "None of the recommended backgrounds can be shot in; name others."
            )
        with tempfile.TemporaryDirectory(prefix="backlot-") as folder:
            product = self._read(work, Path(folder))
            shooting = _Shooting(self._darkroom, self._store, work, product, Path(folder))
            pictures = shooting.pictures(sets, order)
        warnings = (*product.warnings, *(warning(code) for code in shooting.codes))
        if not pictures:
            if order.wishes.viewpoint is not None:
                raise PermanentStageError(
                    "view-blocked", "From there the product cannot be seen, or it has no room."
                )
            raise PermanentStageError(
                "no-room", "The product cannot stand in any of the sets; say its dimensions."
            )
        if len(pictures) < work.request.renders:
            warnings = (*warnings, warning("fewer-pictures"))
        return Outcome(
            Pictures(pictures=tuple(pictures)),
            warnings=warnings,
            versions=self._darkroom.versions,
            cost={"render_s": round(shooting.seconds, 2)},
        )

    def _sets(self, match: Match, order: Order) -> list[Recipe]:
        """The sets to shoot in, best first."""
        wanted = order.wishes.backgrounds
        if PRESETS[order.wishes.preset].on_white:
            wanted = (WHITE_SET,)
        if not wanted:
            ranked = (self._found(one.background_id) for one in match.ranked)
            return [recipe for recipe in ranked if recipe is not None]
        found = [(name, self._find(name)) for name in wanted]
        unknown = [name for name, recipe in found if recipe is None]
        if unknown:
            raise PermanentStageError(
                "background-unknown", f"Nothing can be shot in {', '.join(unknown)}."
            )
        return [recipe for _, recipe in found if recipe is not None]

    def _found(self, name: str) -> Recipe | None:
        """A recommended set; nobody asked for it by name, so one that cannot be shot is skipped."""
        try:
            return self._find(name)
        except PermanentStageError as error:
            log.info("set_skipped", background=name, reason=error.reason)
            return None


class _Shooting:
    """The pictures of one claimed job.

    Attributes:
        seconds: That taking them took, in this claim and in earlier ones.
        codes: Of warnings.
    """

    def __init__(
        self, darkroom: Darkroom, store: ShotStore, work: Work, product: Product, folder: Path
    ) -> None:
        self._darkroom = darkroom
        self._store = store
        self._work = work
        self._product = product
        self._folder = folder
        self._taken: list[Picture] = []
        self._steps = 1
        self.seconds = 0.0
        self.codes: tuple[str, ...] = ()

    def pictures(self, sets: Sequence[Recipe], order: Order) -> list[Picture]:
        """Take them, rung by rung of the quality ladder."""
        rungs = rungs_for(order)
        wanted = self._work.request.renders
        self._steps = wanted * len(rungs)
        shots = self._first(sets, order, rungs[0], wanted)
        for rung in rungs[1:]:
            self._better(shots, rung)
        return self._taken

    def _first(
        self, sets: Sequence[Recipe], order: Order, rung: Rung, wanted: int
    ) -> list[ShotPlan]:
        """One picture of each of the first pairs of set and angle that can be shot."""
        shots: list[ShotPlan] = []
        card = self._product.subject.is_card
        for background, angle in candidates(sets, order.brief, order.wishes, card=card):
            self._work.checkpoint()
            size = self._product.size_in(self._work, background.stage.height_m)
            subject = self._product.subject._replace(size=size)
            try:
                shot = plan_shot(background, angle, subject, order)
            except NoRoomError as error:
                log.info("no_room", background=background.id, part=str(error))
                continue
            try:
                picture = self._picture(rung.applied(shot), len(shots))
            except PermanentStageError as error:
                if order.wishes.backgrounds or error.reason not in SET_FAULTS:
                    raise
                log.info("set_skipped", background=background.id, reason=error.reason)
                continue
            if picture is not None:
                shots.append(shot)
                self._show(len(shots) - 1, picture)
            if len(shots) == wanted:
                break
        return shots

    def _better(self, shots: Sequence[ShotPlan], rung: Rung) -> None:
        """Take every picture again, better; what cannot be taken stays as it is."""
        for number, shot in enumerate(shots):
            self._work.checkpoint()
            try:
                picture = self._picture(rung.applied(shot), len(shots) + number)
            except PermanentStageError as error:
                if self._work.request.policy == "strict":
                    raise
                log.warning("final_failed", job_id=self._work.job_id, reason=error.reason)
                self.codes = ("final-failed",)
                continue
            if picture is not None:
                self._show(number, picture)

    def _show(self, number: int, picture: Picture) -> None:
        """Let the followers see what there is so far."""
        self._taken[number : number + 1] = [picture]
        self._work.show(Pictures(pictures=tuple(self._taken)))

    def _picture(self, shot: ShotPlan, step: int) -> Picture | None:
        """Take one picture, unless an earlier claim has; None where something hides the product."""
        work, digest = self._work, shot.digest
        earlier = self._store.done(work, digest)
        if earlier is not None:
            self.seconds += earlier.seconds
            return earlier
        started = time.monotonic()

        def tell(fraction: float) -> None:
            word = "draft" if shot.quality == "draft" else "final"
            work.progress(
                (step + fraction) / self._steps, f"{word}-{step % work.request.renders + 1}"
            )

        tell(0.0)
        self._store.set_files(shot.plan, self._folder)
        facts = self._darkroom.shoot(
            shot, self._product.path, self._folder, attempt=work.attempt,
            checkpoint=work.checkpoint, progress=tell,
        )  # fmt: skip
        if not facts.taken:
            log.info("product_hidden", background=shot.background_id, angle=shot.angle)
            return None
        finished = finish(shot, facts, self._folder, self._product.path)
        recipe = recipe_of(shot, facts, self._darkroom.versions)
        key, recipe_key = self._store.keep(work, digest, finished.data, shot.format, recipe)
        picture = Picture(
            background_id=shot.background_id,
            key=key,
            recipe_key=recipe_key,
            width=shot.width,
            height=shot.height,
            quality=shot.quality,
            preset=shot.preset,
            angle=shot.angle,
            product_from=shot.product.kind,
            checks=finished.checks,
            seconds=round(time.monotonic() - started, 2),
        )
        self._store.commit(work, digest, picture)
        self.seconds += picture.seconds
        return picture


def _quality(work: Work) -> Quality:
    return "final" if work.request.render == "final" else "draft"

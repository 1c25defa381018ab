"""The `render` stage: the product, in the recommended sets, as sale pictures."""

import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import structlog
from PIL import Image

from backlot.contracts.caption import Caption
from backlot.contracts.errors import PermanentStageError
from backlot.contracts.jobs import Dimensions, JobWarning
from backlot.contracts.match import Match
from backlot.contracts.render import Picture, Pictures, Quality
from backlot.contracts.stages import Stage
from backlot.line.work import Outcome, Work
from services.render_worker.adapters.store import ShotStore, sha256_of
from services.render_worker.finishing import finish
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
    Subject,
    candidates,
    plan_shot,
)  # fmt: skip
from services.render_worker.sizing import Size, size_of_cutout, size_of_model
from services.render_worker.wished import sized

log = structlog.get_logger(__name__)


class Product(NamedTuple):
    """What will be shot.

    Attributes:
        path: GLB, or the cropped cut-out.
        aspect: Height over width of a cut-out.
        warnings: About how it came to be this one.
    """

    path: Path
    subject: Subject
    aspect: float
    warnings: tuple[JobWarning, ...] = ()


class Shooter:
    """The handler of `render`.

    Args:
        darkroom: Takes the pictures.
        store: Holds products and pictures.
        recipes: The sets that can be shot in, by id.
    """

    def __init__(self, darkroom: Darkroom, store: ShotStore, recipes: Mapping[str, Recipe]) -> None:
        self._darkroom = darkroom
        self._store = store
        self._recipes = recipes

    def __call__(self, work: Work) -> Outcome:
        """Shoot as many pictures as the job asks for, each kept as soon as it is done."""
        match = work.output(Stage.MATCH, Match)
        order = Order(_quality(work), work.request.shot, match.brief)
        sets = self._sets(match, order)
        with tempfile.TemporaryDirectory(prefix="backlot-") as folder:
            product = self._product(work, Path(folder))
            pictures = self._pictures(work, order, sets, product, Path(folder))
        warnings = product.warnings
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
            cost={"render_s": round(sum(picture.seconds for picture in pictures), 2)},
        )

    def _sets(self, match: Match, order: Order) -> list[Recipe]:
        """The sets to shoot in, best first."""
        wanted = order.wishes.backgrounds
        if PRESETS[order.wishes.preset].on_white:
            wanted = (WHITE_SET,)
        unknown = [name for name in wanted if name not in self._recipes]
        if unknown:
            raise PermanentStageError(
                "background-unknown", f"Nothing can be shot in {', '.join(unknown)}."
            )
        names = wanted or tuple(ranked.background_id for ranked in match.ranked)
        return [self._recipes[name] for name in names if name in self._recipes]

    def _product(self, work: Work, folder: Path) -> Product:
        """The model, or the cut-out; a model that cannot be used is no reason to give up."""
        if work.product_key is not None:
            try:
                return self._model(work, folder, work.product_key)
            except PermanentStageError as error:
                log.info("product_refused", job_id=work.job_id, reason=error.reason)
                found = self._cutout(work, folder, (warning(error.reason),))
                if found is None or work.request.policy == "strict":
                    raise
                return found
        found = self._cutout(work, folder, ())
        if found is None:
            raise PermanentStageError(
                "no-cutout", "The product could not be cut out of the photo; send a plainer one."
            )
        return found

    def _model(self, work: Work, folder: Path, key: str) -> Product:
        path = self._store.model(key, folder)
        facts = self._darkroom.inspect(path, attempt=work.attempt, checkpoint=work.checkpoint)
        size = size_of_model(facts, _said(work))
        issues = tuple(warning(code) for code in (*facts.issues, *size.issues))
        return Product(path, Subject(sha256_of(path), size, facts), 1.0, issues)

    def _cutout(self, work: Work, folder: Path, warnings: tuple[JobWarning, ...]) -> Product | None:
        if Stage.CAPTION not in work.outputs:
            return None
        caption = work.output(Stage.CAPTION, Caption)
        path = caption.cutout and self._store.cutout(caption.cutout.key, folder)
        if not path:
            return None
        with Image.open(path) as opened:
            aspect = opened.height / opened.width
        size = size_of_cutout(aspect, _said(work), 1.0)
        if not size.known:
            warnings = (*warnings, warning("size-guessed"))
        return Product(path, Subject(sha256_of(path), size), aspect, warnings)

    def _pictures(
        self, work: Work, order: Order, sets: Sequence[Recipe], product: Product, folder: Path
    ) -> list[Picture]:
        wanted = work.request.renders
        pictures: list[Picture] = []
        pairs = candidates(sets, order.brief, order.wishes, card=product.subject.is_card)
        for background, angle in pairs:
            work.checkpoint()
            subject = product.subject._replace(size=_size_in(background, product, work))
            try:
                shot = plan_shot(background, angle, subject, order)
            except NoRoomError as error:
                log.info("no_room", background=background.id, part=str(error))
                continue
            picture = self._picture(work, shot, product, folder, len(pictures))
            if picture is not None:
                pictures.append(picture)
            if len(pictures) == wanted:
                break
        return pictures

    def _picture(
        self, work: Work, shot: ShotPlan, product: Product, folder: Path, number: int
    ) -> Picture | None:
        """Take one picture, unless an earlier claim has; None where something hides the product."""
        digest = shot.digest
        earlier = self._store.done(work, digest)
        if earlier is not None:
            return earlier
        started = time.monotonic()
        wanted = work.request.renders

        def tell(fraction: float) -> None:
            work.progress((number + fraction) / wanted, f"picture-{number + 1}")

        tell(0.0)
        facts = self._darkroom.shoot(
            shot, product.path, folder, attempt=work.attempt, checkpoint=work.checkpoint,
            progress=tell,
        )  # fmt: skip
        if not facts.taken:
            log.info("product_hidden", background=shot.background_id, angle=shot.angle)
            return None
        finished = finish(shot, facts, folder, product.path)
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
        return picture


def _said(work: Work) -> Dimensions | None:
    return sized(work.request.dimensions_cm, work.request.shot)


def _quality(work: Work) -> Quality:
    return "final" if work.request.render == "final" else "draft"


def _size_in(background: Recipe, product: Product, work: Work) -> Size:
    """The product's size; a guess depends on how much room there is."""
    size = product.subject.size
    if size.known or not product.subject.is_card:
        return size
    return size_of_cutout(product.aspect, _said(work), background.stage.height_m)

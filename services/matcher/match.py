"""The match stage: candidate briefs in, the best brief and the sets that fit it out."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, islice

from backlot.catalog import card
from backlot.contracts.background import RankedBackground
from backlot.contracts.brief import Briefs, StudioBrief
from backlot.contracts.caption import Caption
from backlot.contracts.errors import TransientStageError, UnavailableError
from backlot.contracts.jobs import JobWarning
from backlot.contracts.match import Match
from backlot.contracts.stages import Stage
from backlot.encoder.port import ImageTextEncoder, SentenceEncoder
from backlot.line.work import Outcome, Work
from backlot.vocabulary import Vocabulary
from services.matcher.choosing import Choice, agreement_of, choose
from services.matcher.exposure import FREE, Exposure, charged
from services.matcher.habit import habit_of
from services.matcher.index import phrase
from services.matcher.lexical import text_of
from services.matcher.new_set import wants_new_set
from services.matcher.notices import NOTHING_FOUND, NOTHING_SUITS, PHOTO_DENIES, PIN_LEFT_OUT
from services.matcher.orders import Order, orders_for, where_for
from services.matcher.port import Ask, BackgroundIndex, Hit
from services.matcher.product import product_of
from services.matcher.questions import Spoken, asks_of, kin_of, lists_of, spoken_by, texts_of
from services.matcher.ranking import Fixed, Scored, best_of, rank, suits
from services.matcher.reasons import reasons_for
from services.matcher.stockroom import Library, Stockroom
from services.matcher.taste import pinned, tasted
from services.matcher.variety import arrange
from services.matcher.weights import Question, Weights
from services.matcher.witness import SILENT, Witness

WARMED_FACETS = (
    "setting_studio", "setting_space", "lighting", "mood", "style", "material", "finish_texture",
    "product_category",
)  # fmt: skip
UNASKED = "not asked"
"""What stands for the vector space where no photo could be asked."""


@dataclass(frozen=True)
class _Task:
    """One job, read: what was chosen, what to look for, in which library."""

    choice: Choice
    orders: tuple[Order, ...]
    library: Library
    witness: str


class Matcher:
    """Finds the sets for a job; safe for many threads.

    Args:
        index: Holds a point for every asset.
        encoder: The sentence encoder the index was made with.
        stockroom: The library.
        vocabulary: The controlled words.
        weights: All numbers of the ranking.
        scene: Image-text encoder of the preview vectors, when the index has them.
        witness: Asks the photo; None where no product encoder is open.
        exposure: What sets pay for being shown too often.
    """

    def __init__(
        self,
        index: BackgroundIndex,
        encoder: SentenceEncoder,
        stockroom: Stockroom,
        vocabulary: Vocabulary,
        weights: Weights,
        scene: ImageTextEncoder | None = None,
        witness: Witness | None = None,
        exposure: Exposure = FREE,
    ) -> None:
        self._index = index
        self._encoder = encoder
        self._scene = scene
        self._stockroom = stockroom
        self._vocabulary = vocabulary
        self._weights = weights
        self._witness = witness
        self._exposure = exposure
        self._versions = {
            "sentence": encoder.space,
            "vocabulary": vocabulary.version,
            "weights": str(weights.version),
        }

    def warm(self) -> None:
        """Encode every word a brief may use, so that a match encodes only its prose."""
        facets = (self._vocabulary.facets[name] for name in WARMED_FACETS)
        words = [phrase(term.id, self._vocabulary) for facet in facets for term in facet.terms]
        self._encoder.encode(words)
        if self._scene is not None:
            self._scene.encode_texts(words)

    def close(self) -> None:
        """Let go of the index."""
        self._index.close()

    def __call__(self, work: Work) -> Outcome:
        """Choose the brief, ask the index, rank, and say why."""
        task = self._read(work)
        work.checkpoint()
        ranked = self._ranked(task)
        taste = work.request.taste
        priced = charged(best_of(ranked), self._exposure.prices)
        liked = tasted(priced, taste, task.library.shelf, self._weights.liking)
        shown = arrange(liked, work.request.top_k, work.request.kinds, self._weights.variety)
        shown = pinned(shown, priced, taste.pin)
        suitable = any(suits(of_one, self._weights) for of_one in ranked)
        here = {one.stocked.asset.id for one in shown}
        warnings = (
            *(() if suitable else (NOTHING_SUITS if shown else NOTHING_FOUND,)),
            *((PHOTO_DENIES,) if task.choice.denied else ()),
            *((PIN_LEFT_OUT,) if here.isdisjoint(taste.pin) and taste.pin else ()),
        )
        outcome = self._outcome(task, shown, warnings, suitable=suitable)
        wanted = not suitable and wants_new_set(work.request)
        return replace(outcome, insert=(Stage.BUILD,)) if wanted else outcome

    def ranked(self, work: Work) -> list[Scored]:
        """Return every set that could be shown, best first, before anybody pays or is held back."""
        return best_of(self._ranked(self._read(work)))

    def _read(self, work: Work) -> _Task:
        """Choose among the candidates of `refine`, and say what to look for."""
        library = self._stockroom.library
        caption = work.output(Stage.CAPTION, Caption)
        candidates = work.output(Stage.REFINE, Briefs).candidates

        def agreement(brief: StudioBrief) -> float:
            where = where_for(brief, work.request.kinds)
            return agreement_of(brief, library.shelf, where, self._weights)

        with _put_back("blobs-unavailable"):
            testimony = self._witness.asked(caption) if self._witness else None
        choice = choose(candidates, caption, work.request, agreement, testimony or SILENT)
        product = product_of(caption, work.request, self._vocabulary)
        asked = self._witness.space if self._witness and testimony else UNASKED
        return _Task(choice, orders_for(choice, candidates, work.request, product), library, asked)

    def _ranked(self, task: _Task) -> list[list[Scored]]:
        """Rank the library for every order."""
        lead = task.orders[0]
        by_seller = task.choice.brief.source == "seller"
        habit = None if by_seller else habit_of(lead.product, self._vocabulary)
        rules, shelf = self._vocabulary.rules, task.library.shelf
        known: dict[str, Fixed] = {}  # the product is the same for every order
        return [
            rank(order, shelf, lists, self._weights, rules, habit, known)
            for order, lists in zip(task.orders, self._ask(task), strict=True)
        ]

    def _ask(self, task: _Task) -> list[dict[Question, list[Hit]]]:
        """Ask the index everything the briefs have to say, in one round trip."""
        asked = [
            spoken_by(
                order.brief,
                order.where,
                self._vocabulary,
                self._weights,
                previews=self._scene is not None,
                briefly=order.companion,
            )
            for order in task.orders
        ]
        kin = kin_of(_noun_of(task.orders[0]), [order.where for order in task.orders])
        with _put_back("encoder-failed"):
            asks = self._encoded([*chain(*asked), *kin])
        with _put_back("index-unavailable"):
            answers = iter(self._index.search(asks, self._weights.fusion.depth))
        found = [lists_of(spoken, list(islice(answers, len(spoken)))) for spoken in asked]
        of_all = lists_of(kin, list(answers))
        return [
            {**of_all, **lists, "words": self._by_words(order, task.library)}
            for order, lists in zip(task.orders, found, strict=True)
        ]

    def _by_words(self, order: Order, library: Library) -> list[Hit]:
        """Return the sets whose words the brief uses."""
        text = text_of(order.brief, self._vocabulary)
        return list(library.lexicon.search(text, order.where, self._weights.fusion.depth))

    def _encoded(self, questions: Sequence[Spoken]) -> list[Ask]:
        """Encode all words of all questions, one call for each encoder."""
        words = texts_of(questions)
        read = dict(zip(words, self._encoder.encode(words), strict=True))
        if self._scene is None:
            return asks_of(questions, read, {})
        looks = texts_of(questions, previews=True)
        seen = dict(zip(looks, self._scene.encode_texts(looks), strict=True))
        return asks_of(questions, read, seen)

    def _outcome(
        self,
        task: _Task,
        shown: Sequence[Scored],
        warnings: tuple[JobWarning, ...],
        *,
        suitable: bool,
    ) -> Outcome:
        """Put the answer into words."""
        lead_kinds = task.orders[0].where.kinds
        match = Match(
            brief=task.choice.brief,
            chosen=task.choice.index,
            dropped_claims=task.choice.dropped,
            ranked=tuple(
                RankedBackground(
                    rank=place,
                    score=round(scored.score, 6),
                    background_id=scored.stocked.asset.id,
                    reasons=reasons_for(scored, self._vocabulary, self._weights, lead_kinds),
                )
                for place, scored in enumerate(shown, start=1)
            ),
            cards=tuple(card(scored.stocked.asset) for scored in shown),
            suits=suitable,
        )
        versions = {**self._versions, "library": task.library.version, "witness": task.witness}
        return Outcome(match, warnings=warnings, versions=versions)


def _noun_of(order: Order) -> str:
    """Return what the product is called; nothing when that is not known, or a seller decided."""
    if order.product.category is None or order.brief.source == "seller":
        return ""
    return order.product.noun.en


@contextmanager
def _put_back(reason: str) -> Iterator[None]:
    """Let the stage be tried again later when an engine fails; what engines raise, they explain."""
    try:
        yield
    except (UnavailableError, RuntimeError, OSError) as error:
        raise TransientStageError(reason, str(error)) from error

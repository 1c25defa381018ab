"""The match stage: candidate briefs in, the best brief and the sets that fit it out."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice

from backlot.catalog import card
from backlot.contracts.background import BackgroundAsset, RankedBackground
from backlot.contracts.brief import Briefs, StudioBrief
from backlot.contracts.caption import Caption
from backlot.contracts.errors import TransientStageError, UnavailableError
from backlot.contracts.frozen import Localized
from backlot.contracts.jobs import JobWarning
from backlot.contracts.match import Match
from backlot.contracts.stages import Stage
from backlot.encoder.port import ImageTextEncoder, SentenceEncoder
from backlot.line.work import Outcome, Work
from backlot.vocabulary import Vocabulary
from services.matcher.choosing import Choice, agreement_of, choose
from services.matcher.index import phrase
from services.matcher.orders import Order, orders_for, where_for
from services.matcher.port import Ask, BackgroundIndex, Hit
from services.matcher.product import product_of
from services.matcher.questions import Spoken, asks_of, lists_of, spoken_by, texts_of
from services.matcher.ranking import Scored, in_order, rank, suits
from services.matcher.reasons import reasons_for
from services.matcher.shelf import stock
from services.matcher.variety import arrange
from services.matcher.weights import Question, Weights

WARMED_FACETS = (
    "setting_studio", "setting_space", "lighting", "mood", "style", "material", "finish_texture",
)  # fmt: skip

NOTHING_FOUND = JobWarning(
    code="no-background-found",
    text=Localized(
        en="No background of the library passes the exclusions and has room for the product.",
        ko="제외 조건을 통과하고 제품을 놓을 자리가 있는 배경이 라이브러리에 없습니다.",
    ),
)
NOTHING_SUITS = JobWarning(
    code="no-background-suits",
    text=Localized(
        en="No background of the library is what the brief asks for; these come nearest.",
        ko="브리프에 꼭 맞는 배경이 라이브러리에 없어 가장 가까운 배경을 보여 드립니다.",
    ),
)


class Matcher:
    """Finds the sets for a job; safe for many threads.

    Args:
        index: Holds a point for every asset.
        encoder: The sentence encoder the index was made with.
        assets: The library.
        vocabulary: The controlled words.
        weights: All numbers of the ranking.
        scene: Image-text encoder of the preview vectors, when the index has them.
    """

    def __init__(
        self,
        index: BackgroundIndex,
        encoder: SentenceEncoder,
        assets: Sequence[BackgroundAsset],
        vocabulary: Vocabulary,
        weights: Weights,
        scene: ImageTextEncoder | None = None,
    ) -> None:
        self._index = index
        self._encoder = encoder
        self._scene = scene
        self._shelf = stock(assets)
        self._vocabulary = vocabulary
        self._weights = weights
        self._versions = {
            "sentence": encoder.space,
            "vocabulary": vocabulary.version,
            "weights": str(weights.version),
            "library": _library_version(assets),
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
        choice, orders = self._orders(work)
        work.checkpoint()
        ranked = [
            rank(order, self._shelf, lists, self._weights, self._vocabulary.rules)
            for order, lists in zip(orders, self._ask(orders), strict=True)
        ]
        shown = arrange(
            in_order(chain(*ranked)), work.request.top_k, work.request.kinds, self._weights.variety
        )
        suitable = any(suits(of_one, self._weights) for of_one in ranked)
        return self._outcome(choice, shown, suitable=suitable)

    def _orders(self, work: Work) -> tuple[Choice, tuple[Order, ...]]:
        """Choose among the candidates of `refine`, and say what to look for."""
        caption = work.output(Stage.CAPTION, Caption)
        candidates = work.output(Stage.REFINE, Briefs).candidates

        def agreement(brief: StudioBrief) -> float:
            where = where_for(brief, work.request.kinds)
            return agreement_of(brief, self._shelf, where, self._weights)

        choice = choose(candidates, caption, work.request, agreement)
        product = product_of(caption, work.request, self._vocabulary)
        return choice, orders_for(choice, candidates, caption, work.request, product, agreement)

    def _ask(self, orders: Sequence[Order]) -> list[dict[Question, list[Hit]]]:
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
            for order in orders
        ]
        with _put_back("encoder-failed"):
            asks = self._encoded(list(chain(*asked)))
        with _put_back("index-unavailable"):
            answers = iter(self._index.search(asks, self._weights.fusion.depth))
        return [lists_of(questions, list(islice(answers, len(questions)))) for questions in asked]

    def _encoded(self, questions: Sequence[Spoken]) -> list[Ask]:
        """Encode all words of all questions, one call for each encoder."""
        words = texts_of(questions)
        read = dict(zip(words, self._encoder.encode(words), strict=True))
        if self._scene is None:
            return asks_of(questions, read, {})
        looks = texts_of(questions, previews=True)
        seen = dict(zip(looks, self._scene.encode_texts(looks), strict=True))
        return asks_of(questions, read, seen)

    def _outcome(self, choice: Choice, shown: Sequence[Scored], *, suitable: bool) -> Outcome:
        """Put the answer into words."""
        match = Match(
            brief=choice.brief,
            chosen=choice.index,
            dropped_claims=choice.dropped,
            ranked=tuple(
                RankedBackground(
                    rank=place,
                    score=round(scored.score, 6),
                    background_id=scored.stocked.asset.id,
                    reasons=reasons_for(scored, self._vocabulary, self._weights),
                )
                for place, scored in enumerate(shown, start=1)
            ),
            cards=tuple(card(scored.stocked.asset) for scored in shown),
            suits=suitable,
        )
        warnings = () if suitable else (NOTHING_SUITS if shown else NOTHING_FOUND,)
        return Outcome(match, warnings=warnings, versions=self._versions)


def _library_version(assets: Sequence[BackgroundAsset]) -> str:
    """Return the number of backgrounds and a hash of which they are."""
    named = ",".join(sorted(f"{asset.id}@{asset.version}" for asset in assets))
    return f"{len(assets)}+{hashlib.sha256(named.encode()).hexdigest()[:8]}"


@contextmanager
def _put_back(reason: str) -> Iterator[None]:
    """Let the stage be tried again later when an engine fails; what engines raise, they explain."""
    try:
        yield
    except (UnavailableError, RuntimeError, OSError) as error:
        raise TransientStageError(reason, str(error)) from error

"""Everything that can put sets in order: baselines, ours, and ours with a part taken away."""

import random
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from backlot.contracts.background import BackgroundAsset
from backlot.contracts.brief import Briefs
from backlot.contracts.match import Match
from backlot.encoder.port import SentenceEncoder
from backlot.vocabulary import Vocabulary
from services.matcher.evaluation.cases import DEPTH, Case, work_of
from services.matcher.lexical import Lexicon, text_of
from services.matcher.match import Matcher
from services.matcher.port import Where
from services.matcher.scale import scale_of
from services.matcher.shelf import Shelf


class System(Protocol):
    """Puts the sets of a library in order for a product."""

    def __call__(self, case: Case) -> list[str]:
        """Return ids of backgrounds, best first."""
        ...


class Stock:
    """The sets a product may have at all: of the kinds it asks for, with room for it.

    Every system gets this filter, so that no baseline loses for lack of it.
    """

    def __init__(self, assets: Sequence[BackgroundAsset], vocabulary: Vocabulary) -> None:
        self._assets = tuple(assets)
        self._rule = vocabulary.rules.scale

    def of(self, case: Case) -> list[BackgroundAsset]:
        """Return them in the order of their ids."""
        return [
            asset
            for asset in self._assets
            if asset.kind in case.request.kinds
            and scale_of(case.request.dimensions_cm, asset.stage, self._rule).fits
        ]


def at_random(stock: Stock, seed: int) -> System:
    """Order by chance."""

    def ranked(case: Case) -> list[str]:
        chance = random.Random(f"{seed}-{case.id}")  # noqa: S311 - a baseline, not a secret
        found = [asset.id for asset in stock.of(case)]
        return chance.sample(found, len(found))

    return ranked


def by_popularity(stock: Stock, liked: Callable[[Case, str], float]) -> System:
    """Order by how well a set suits all other products, in the mean: the same for every product."""

    def ranked(case: Case) -> list[str]:
        found = [asset.id for asset in stock.of(case)]
        return sorted(found, key=lambda name: (-liked(case, name), name))

    return ranked


def by_category(stock: Stock, vocabulary: Vocabulary) -> System:
    """Look up what usually sells the category: settings in their order, then light, then props."""

    def ranked(case: Case) -> list[str]:
        said = case.caption.facets.get("product_category", ())
        prior = vocabulary.prior_for(said[0].term if said else None)
        settings = {*prior.setting_studio, *prior.setting_space}
        worth = {
            **{term: 4.0 - 0.5 * place for place, term in enumerate(prior.setting_studio)},
            **{term: 4.0 - 0.5 * place for place, term in enumerate(prior.setting_space)},
            **dict.fromkeys(prior.lighting, 0.4),
            **dict.fromkeys(prior.props, 0.1),
        }

        def points(asset: BackgroundAsset) -> float:
            terms = [term for said in asset.facets.values() for term in said]
            met = [worth[t.term] * t.score for t in terms if t.term in settings]
            looks = [worth[t.term] * t.score for t in terms if t.term in worth.keys() - settings]
            return max(met, default=0.0) + sum(looks)

        return [a.id for a in sorted(stock.of(case), key=lambda a: (-points(a), a.id))]

    return ranked


def by_words(stock: Stock, shelf: Shelf, vocabulary: Vocabulary) -> System:
    """Order by BM25 between the first brief and what is written about the sets."""
    lexicon = Lexicon(shelf, vocabulary)
    names = {stocked.point_id: stocked.asset.id for stocked in shelf.sets}

    def ranked(case: Case) -> list[str]:
        text = text_of(_briefs(case).candidates[0], vocabulary)
        hits = lexicon.search(text, Where(), len(names))
        return _admitted([names[hit.point_id] for hit in hits], stock.of(case))

    return ranked


def by_one_vector(
    stock: Stock, assets: Sequence[BackgroundAsset], encoder: SentenceEncoder
) -> System:
    """Order by the cosine of the brief's text with the sets' captions: what the 2022 post did."""
    captions = encoder.encode([f"{asset.name.en}. {asset.caption.en}" for asset in assets])
    names = [asset.id for asset in assets]

    def ranked(case: Case) -> list[str]:
        asked = encoder.encode([_briefs(case).candidates[0].prose.en])[0]
        near = captions @ asked
        return _admitted([names[at] for at in np.argsort(-near, kind="stable")], stock.of(case))

    return ranked


class Ours:
    """The product itself.

    Args:
        matcher: The handler of `match`.
        briefs: What it matches with; None takes the briefs of the case.
        depth: How many sets it is asked for.
    """

    def __init__(
        self,
        matcher: Matcher,
        briefs: Callable[[Case], Briefs] | None = None,
        depth: int = DEPTH,
    ) -> None:
        self._matcher = matcher
        self._briefs = briefs or _briefs
        self._depth = depth

    def __call__(self, case: Case) -> list[str]:
        """Return what the line would recommend."""
        return [one.background_id for one in self.match(case).ranked]

    def match(self, case: Case) -> Match:
        """Return the whole answer."""
        output = self._matcher(work_of(case, self._briefs(case), top_k=self._depth)).output
        return Match.model_validate(output.model_dump())


def _briefs(case: Case) -> Briefs:
    """Return the briefs of a case."""
    if case.briefs is None:
        raise ValueError(f"{case.id}: nobody has written its briefs")
    return case.briefs


def _admitted(order: Sequence[str], stock: Sequence[BackgroundAsset]) -> list[str]:
    """Return an order without the sets a product may not have; those it leaves out come last."""
    able = {asset.id for asset in stock}
    named = [name for name in order if name in able]
    return [*named, *sorted(able - set(named))]

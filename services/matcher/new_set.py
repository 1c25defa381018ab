"""A set made for one job: whether a job wants one, and its place in the recommendations."""

from collections.abc import Callable
from dataclasses import replace

from backlot.contracts.brief import Briefs
from backlot.contracts.jobs import JobRequest
from backlot.contracts.match import Match
from backlot.contracts.stages import Stage
from backlot.line.work import Outcome, Work

_ON_WHITE = "marketplace"


def wants_new_set(request: JobRequest) -> bool:
    """Whether a set should be built for a job that nothing in the library suits.

    One without pictures must not wait for a renderer, and one that names its sets has them.
    """
    pictured = request.render != "none" and request.shot.preset != _ON_WHITE
    return request.generate == "auto" and pictured and not request.shot.backgrounds


class NewSetPlacer:
    """Puts a set that was made for a job among its recommendations.

    Args:
        match: The handler of `match`, which scores it and says why.
    """

    def __init__(self, match: Callable[[Work], Outcome]) -> None:
        self._match = match

    def __call__(self, work: Work, background_id: str) -> Match | None:
        """The job's recommendations with the new set in the first place: it was made to be there.

        None when the job has no recommendations. They stay as they were when the new set may not
        be found for the brief, because the brief avoids something it shows.
        """
        if Stage.MATCH not in work.outputs:
            return None
        before = work.output(Stage.MATCH, Match)
        found = self._found(work, before, background_id)
        if found is None:
            return before
        kept = [one for one in before.ranked if one.background_id != background_id]
        first = next(one for one in found.ranked if one.background_id == background_id)
        ranked = [first, *kept][: max(work.request.top_k, 1)]
        cards = {card.id: card for card in (*before.cards, *found.cards)}
        return before.model_copy(
            update={
                "ranked": tuple(
                    one.model_copy(update={"rank": place}) for place, one in enumerate(ranked, 1)
                ),
                "cards": tuple(cards[one.background_id] for one in ranked),
            }
        )

    def _found(self, work: Work, before: Match, background_id: str) -> Match | None:
        """The match of the chosen brief alone, the new set pinned; None where it is left out."""
        taste = work.request.taste.model_copy(update={"pin": (background_id,)})
        briefs = Briefs(candidates=(before.brief,)).model_dump_json()
        asked = replace(
            work,
            request=work.request.model_copy(update={"taste": taste, "generate": "never"}),
            outputs={**work.outputs, Stage.REFINE: briefs},
        )
        output = self._match(asked).output
        if not isinstance(output, Match):
            return None
        here = any(one.background_id == background_id for one in output.ranked)
        return output if here else None

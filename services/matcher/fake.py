"""The match stage without an engine, to measure and test the line itself."""

from backlot.contracts.brief import Briefs
from backlot.contracts.match import Match
from backlot.contracts.stages import Stage
from backlot.line.work import Outcome, Work


class EmptyMatcher:
    """Chooses the first brief and finds nothing, at once."""

    def __call__(self, work: Work) -> Outcome:
        """Give a minimal valid match."""
        briefs = work.output(Stage.REFINE, Briefs)
        match = Match(brief=briefs.candidates[0], chosen=0, ranked=(), cards=())
        return Outcome(match, versions={"matcher": "fake"})

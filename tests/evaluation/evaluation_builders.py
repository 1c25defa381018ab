"""Builds cases and what was written for them, for the tests of the evaluation."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from backlot.contracts.brief import Claim, Evidence, StudioBrief
from backlot.contracts.frozen import Localized
from services.lm_worker.evaluation.products import Case, make_cases
from services.lm_worker.evaluation.writing import RuleAuthor, Written
from services.lm_worker.prose.compose import compose
from services.lm_worker.stylist.rulebook import shipped_rulebook
from services.lm_worker.stylist.stylist import RuleStylist


def stylist() -> RuleStylist:
    """The stylist that ships."""
    return RuleStylist(shipped_rulebook(), compose)


@cache
def cases(count: int = 12, seed: int = 3) -> tuple[Case, ...]:
    """Some products."""
    return make_cases(count, seed)


@cache
def written(count: int = 12, seed: int = 3) -> tuple[Written, ...]:
    """What the rules write for them."""
    author = RuleAuthor(stylist(), seeds=())
    return tuple(author.write(case) for case in cases(count, seed))


def changed(one: Written, **slots: Any) -> Written:
    """The same product with its first brief changed, and no other."""
    brief = one.briefs[0].model_copy(update=slots)
    return Written(one.case, one.facts, (brief,))


def claiming(kind: Any, ref: str, score: float | None = None) -> Claim:
    """A claim with some evidence."""
    return Claim(
        slot="settings",
        text=Localized(en="a reason", ko="이유"),
        evidence=Evidence(kind=kind, ref=ref, score=score),
    )


def saying(text: str, one: Written) -> Written:
    """The same product with another English text."""
    return changed(one, prose=Localized(en=text, ko=one.briefs[0].prose.ko))


def texts(count: int, said: Sequence[str]) -> list[Written]:
    """Products with these English texts, in turn."""
    return [saying(said[at % len(said)], one) for at, one in enumerate(written(count))]


def first(one: Written) -> StudioBrief:
    """The first brief."""
    return one.briefs[0]

"""`python -m services.lm_worker.evaluation.briefs`: write briefs for captions, for other judges.

Reads JSON lines with `id`, `caption` and `request`, writes them again with `briefs`. Without an
input it makes products up.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from backlot.contracts.brief import Briefs
from backlot.contracts.caption import Caption
from backlot.contracts.errors import BacklotError
from backlot.contracts.frozen import Frozen
from backlot.contracts.jobs import JobRequest
from backlot.vocabulary import load_vocabulary
from services.lm_worker.evaluation.products import make_cases
from services.lm_worker.evaluation.writing import CANDIDATES
from services.lm_worker.facts import facts_of
from services.lm_worker.prose.compose import compose
from services.lm_worker.stylist.rulebook import shipped_rulebook
from services.lm_worker.stylist.stylist import RuleStylist


class Asked(Frozen):
    """One product that wants briefs."""

    id: str
    caption: Caption
    request: JobRequest


class Answered(Asked):
    """One product with what the rules write for it."""

    briefs: Briefs


def written(asked: Iterable[Asked]) -> Iterable[Answered]:
    """Yield the products with the briefs of the rule stylist."""
    stylist = RuleStylist(shipped_rulebook(), compose)
    vocabulary = load_vocabulary()
    for one in asked:
        facts = facts_of(one.caption, one.request, vocabulary)
        briefs = Briefs(candidates=stylist.briefs(facts, CANDIDATES))
        yield Answered(**dict(one), briefs=briefs)


def made_up(products: int, seed: int) -> tuple[Asked, ...]:
    """Return made-up products; the same seed gives the same ones."""
    return tuple(
        Asked(id=f"made-up-{case.number}", caption=case.caption, request=case.request)
        for case in make_cases(products, seed)
    )


def write_briefs(
    out: Annotated[Path, typer.Option()],
    asked: Annotated[Path | None, typer.Option()] = None,
    products: Annotated[int, typer.Option(min=2)] = 500,
    seed: int = 7,
) -> None:
    """Write briefs for the captions of a file, or for made-up products."""
    if asked is None:
        wanted: Iterable[Asked] = made_up(products, seed)
    else:
        lines = asked.read_text(encoding="utf-8").splitlines()
        wanted = [Asked.model_validate_json(line) for line in lines]
    with out.open("w", encoding="utf-8") as written_to:
        for one in written(wanted):
            written_to.write(one.model_dump_json() + "\n")


def main() -> None:
    """Run; a known error is one line, not a traceback."""
    try:
        typer.run(write_briefs)
    except BacklotError as error:
        Console(stderr=True).print(f"[red]backlot:[/] {error}")
        raise SystemExit(os.EX_CONFIG) from error


if __name__ == "__main__":
    main()

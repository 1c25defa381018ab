"""`python -m services.lm_worker.evaluation`: judge the briefs; wires, and only it."""

import os
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import track

from backlot.contracts.errors import BacklotError, MissingExtraError
from services.lm_worker.engines import build_writer
from services.lm_worker.evaluation.products import Case, make_cases
from services.lm_worker.evaluation.report import Evaluation, WriterReport, judged
from services.lm_worker.evaluation.show import line_of, table_of
from services.lm_worker.evaluation.writing import (
    Author,
    ModelAuthor,
    RuleAuthor,
    Written,
    write_all,
)
from services.lm_worker.prompt import PROMPT_VERSION
from services.lm_worker.prose.compose import compose
from services.lm_worker.settings import LmSettings
from services.lm_worker.stylist.rulebook import Rulebook, shipped_rulebook, stylist_version
from services.lm_worker.stylist.stylist import RuleStylist

STABILITY_SEEDS = 5
console, messages = Console(), Console(stderr=True)


def judge_text(
    products: Annotated[int, typer.Option(min=2)] = 200,
    seed: int = 7,
    writer: Literal["rules", "llm", "both"] = "rules",
    out: Path | None = None,
) -> None:
    """Judge the briefs for made-up products; print a table, and leave a JSON file if asked."""
    rulebook = shipped_rulebook()
    cases = make_cases(products, seed, rulebook.vocabulary)
    reports: dict[str, WriterReport] = {}
    for author in authors_of(writer, seed, rulebook):
        with closing(author):
            made = list(_shown(author, cases))
        reports[author.name] = judged(made, author.versions, rulebook, seed)
    evaluation = Evaluation(
        seed=seed,
        products=products,
        stability_seeds=STABILITY_SEEDS,
        versions={
            "vocabulary": rulebook.vocabulary.version,
            "stylist": stylist_version(),
            "prompt": PROMPT_VERSION,
        },
        writers=reports,
    )
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(evaluation.model_dump_json(indent=2) + "\n", encoding="utf-8")
        messages.print(f"written: {out}", soft_wrap=True)
    console.print(table_of(evaluation))
    console.print(line_of(evaluation), soft_wrap=True, markup=False, highlight=False)


def _shown(author: Author, cases: Sequence[Case]) -> Iterable[Written]:
    """Yield what an author writes, with a progress bar."""
    return track(
        write_all(author, cases),
        description=f"{author.name} write",
        total=len(cases),
        console=messages,
        transient=True,
    )


def authors_of(
    writer: Literal["rules", "llm", "both"], seed: int, rulebook: Rulebook
) -> list[Author]:
    """Return who writes; without a language model, the rules alone, and a word about it."""
    seeds = range(seed, seed + STABILITY_SEEDS)
    rules = RuleAuthor(RuleStylist(rulebook, compose), seeds)
    if writer == "rules":
        return [rules]
    try:
        model = build_writer(LmSettings(), rulebook)
    except ModuleNotFoundError as error:
        raise MissingExtraError(str(error.name), "lm") from error
    if model is None:
        messages.print(
            "No language model is configured (BACKLOT_LM_MODEL and BACKLOT_LM_API_KEY or "
            "BACKLOT_LM_BASE_URL): the rules alone are judged."
        )
        return [rules]
    asked = ModelAuthor(model, rulebook)
    return [asked] if writer == "llm" else [rules, asked]


def main() -> None:
    """Run; a known error is one line, not a traceback."""
    try:
        typer.run(judge_text)
    except BacklotError as error:
        messages.print(f"[red]backlot:[/] {error}")
        raise SystemExit(os.EX_CONFIG) from error


if __name__ == "__main__":
    main()

"""Shows an evaluation: a table with the writers side by side, and one line for machines."""

from collections.abc import Callable, Mapping

from rich.table import Table

from services.lm_worker.evaluation.bootstrap import Figure
from services.lm_worker.evaluation.report import LANGUAGES, Evaluation, WriterReport

_NONE = "-"
# The name of a mean, and how a person reads it.
_MEANS: Mapping[str, str] = {
    "completeness": "slots filled, of 13",
    "grounding": "grounding precision",
    "vocabulary_validity": "terms valid",
    "schema_validity": "schema valid",
    "stability": "slots equal under another seed",
    "self_similarity_en": "self-similarity, en (lower is better)",
    "self_similarity_ko": "self-similarity, ko (lower is better)",
    "retrievability_en": "lexical retrievability of 10, en",
    "retrievability_ko": "lexical retrievability of 10, ko",
    "retrievability_alike_en": "... of 10 alike, en",
    "retrievability_alike_ko": "... of 10 alike, ko",
}
Cell = Callable[[WriterReport], str]


def table_of(evaluation: Evaluation) -> Table:
    """Return the table: a row a metric, a column a writer."""
    title = f"Briefs for {evaluation.products} made-up products, seed {evaluation.seed}"
    table = Table(title=title, caption="[] 95 % bootstrap over products", title_justify="left")
    table.add_column("metric")
    for name in evaluation.writers:
        table.add_column(name, justify="right")
    for label, cell in _rows():
        table.add_row(label, *(cell(report) for report in evaluation.writers.values()))
    return table


def _rows() -> list[tuple[str, Cell]]:
    rows: list[tuple[str, Cell]] = [
        ("products / briefs", lambda report: f"{report.products} / {report.briefs}"),
        ("failures", lambda report: _counted(report.failures)),
    ]
    rows += [(label, _mean(name)) for name, label in _MEANS.items()]
    for kind in ("contradictions", "forbidden", "other"):
        rows.append((f"guards: {kind}", _fault(kind)))
    rows.append(("distinct combinations", lambda report: str(report.distinct_combinations)))
    for language in LANGUAGES:
        rows.append((f"commonest sentence, {language}", _shared(language)))
        rows.append((f"words, {language}: min, median, max", _lengths(language)))
    rows.append(("cost, USD", lambda report: f"{report.cost_usd:.4f}"))
    return rows


def _mean(name: str) -> Cell:
    return lambda report: _interval(report.means.get(name))


def _interval(figure: Figure | None) -> str:
    if figure is None:
        return _NONE
    return f"{figure.value:.3f} \\[{figure.low:.3f}, {figure.high:.3f}]"


def _fault(kind: str) -> Cell:
    return lambda report: str(report.faults[kind])


def _shared(language: str) -> Cell:
    return lambda report: f"{report.shared[language].share:.1%} of products"


def _lengths(language: str) -> Cell:
    def cell(report: WriterReport) -> str:
        found = report.lengths[language]
        return f"{found.shortest}, {found.median:g}, {found.longest}" if found else _NONE

    return cell


def _counted(failures: Mapping[str, int]) -> str:
    return ", ".join(f"{reason}: {count}" for reason, count in failures.items()) or "none"


def line_of(evaluation: Evaluation) -> str:
    """Return one line of key=value figures; a metric that does not apply is left out."""
    pairs = [f"products={evaluation.products}", f"seed={evaluation.seed}"]
    for name, report in evaluation.writers.items():
        values = [
            *((mean, f"{figure.value:.4f}") for mean, figure in report.means.items() if figure),
            *((kind, str(count)) for kind, count in report.faults.items()),
            ("failures", str(sum(report.failures.values()))),
            ("distinct_combinations", str(report.distinct_combinations)),
            *((f"shared_{at}", f"{said.share:.4f}") for at, said in report.shared.items()),
        ]
        pairs += [f"{name}.{key}={value}" for key, value in values]
    return " ".join(pairs)

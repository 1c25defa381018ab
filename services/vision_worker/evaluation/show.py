"""Shows an evaluation: a table with a column a set, and one line for machines."""

from collections.abc import Iterator

from rich.table import Table

from services.vision_worker.evaluation.figures import Figure
from services.vision_worker.evaluation.judging import SetFigures, SilenceFigures
from services.vision_worker.evaluation.report import FacetEvaluation

NONE = "-"
ROWS = {
    "top1": "top-1, all categories",
    "top3": "top-3, all categories",
    "within": "top-1 within the set's categories",
    "group": "group of the top-1",
    "macro_f1": "macro-F1",
    "calibration_error": "calibration error",
    "sure": "share with score ≥ 0.5",
    "sure_right": "... of them right",
    "answered": "category named",
    "answered_right": "... of them right",
    "rolled_up": "group only",
    "rolled_up_right": "... of them right",
}
QUIET = {
    "quiet": "nothing named",
    "sure": "share with score ≥ 0.5",
    "quiet_or_group": "nothing or the right group",
}


def table_of(evaluation: FacetEvaluation) -> Table:
    """Return the table: a row a figure, a column a set."""
    kind = "calibrated" if evaluation.calibrated else "raw scores"
    table = Table(
        title=f"What `{evaluation.profile}` sees ({kind}), seed {evaluation.seed}",
        caption="[] 95 % bootstrap over photos",
        title_justify="left",
    )
    table.add_column("figure")
    for name in evaluation.sets:
        table.add_column(name.partition("_")[0], justify="right")
    counts = (figures.top1.n if figures.top1 else 0 for figures in evaluation.sets.values())
    table.add_row("photos", *map(str, counts))
    for field, label in ROWS.items():
        cells = (_cell(getattr(figures, field)) for figures in evaluation.sets.values())
        table.add_row(label, *cells)
    return table


def others_of(evaluation: FacetEvaluation) -> Table:
    """Return the second table: everything that is not by set."""
    table = Table(title="Beside that", title_justify="left", show_header=False)
    for name, figures in (
        ("things not for sale", evaluation.negatives),
        ("categories left out of training", evaluation.left_out),
    ):
        for field, label in QUIET.items():
            table.add_row(f"{name}: {label}", _counted(getattr(figures, field)))
    if evaluation.invariance is not None:
        count = evaluation.invariance.backgrounds
        table.add_row(
            f"same best before {count} backgrounds", _counted(evaluation.invariance.same_best)
        )
        table.add_row("same answer, silence included", _counted(evaluation.invariance.same_answer))
    table.add_row("palette, CIEDE2000 to painted colours", _counted(evaluation.palette_error))
    for noise, figure in evaluation.planted.items():
        table.add_row(f"plumbing: planted NDCG, noise {noise}", _counted(figure))
    for pair in evaluation.near_terms:
        table.add_row("nearly the same here", f"{pair.one} ~ {pair.other} ({pair.cosine})")
    return table


def line_of(evaluation: FacetEvaluation) -> str:
    """Return the figures as key=value."""
    return " ".join(f"{key}={value}" for key, value in _pairs(evaluation))


def _pairs(evaluation: FacetEvaluation) -> Iterator[tuple[str, str]]:
    yield "profile", evaluation.profile
    yield "calibrated", str(evaluation.calibrated).lower()
    for name, figures in evaluation.sets.items():
        yield from _values(name, figures)
    yield from _values("negatives", evaluation.negatives)
    yield from _values("left_out", evaluation.left_out)
    if evaluation.invariance is not None and evaluation.invariance.same_best is not None:
        yield "invariance", f"{evaluation.invariance.same_best.value:.4f}"
    if evaluation.palette_error is not None:
        yield "palette_ciede2000", f"{evaluation.palette_error.value:.3f}"
    for noise, figure in evaluation.planted.items():
        yield f"planted_ndcg_{noise}", f"{figure.value:.4f}"


def _values(name: str, figures: SetFigures | SilenceFigures) -> Iterator[tuple[str, str]]:
    for field in type(figures).model_fields:
        figure = getattr(figures, field)
        if isinstance(figure, Figure):
            yield f"{name}_{field}", f"{figure.value:.4f}"
            if field in ("top1", "quiet"):
                yield f"{name}_n", str(figure.n)


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return NONE
    return f"{figure.value:.2f} [{figure.low:.2f}-{figure.high:.2f}]"


def _counted(figure: Figure | None) -> str:
    return NONE if figure is None else f"{_cell(figure)} n={figure.n}"

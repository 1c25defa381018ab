"""What an evaluation found, and how it is shown."""

from rich.table import Table

from backlot.contracts.frozen import Frozen
from services.matcher.evaluation.metrics import Figure
from services.matcher.evaluation.sweep import SweepReport
from services.matcher.evaluation.trial import SystemReport

OURS = "ours"
MOST_FIRST = 0.08
COLUMNS = {
    "ndcg5": "nDCG@5",
    "p1": "P@1",
    "bad5": "bad in 5",
    "recall10": "recall@10",
    "diversity": "diversity",
}


class Evaluation(Frozen):
    """One evaluation of the ranking.

    Attributes:
        half: Which judged products.
        products: How many of them the library can suit at all.
        unmet: Those it cannot, with whether the matcher says so.
        violations: Recommended sets that a constraint forbids, over all products.
        unavoidable_bad: The least `bad5` that five places can have on this library.
    """

    half: str
    seed: int
    products: int
    backgrounds: int
    versions: dict[str, str]
    systems: dict[str, SystemReport]
    baselines: tuple[str, ...]
    unmet: dict[str, bool]
    violations: int
    unavoidable_bad: float
    sweep: SweepReport | None = None

    @property
    def best_baseline(self) -> str:
        """The baseline that comes nearest to ours."""
        return max(self.baselines, key=lambda name: self.systems[name].figures["ndcg5"].value)


def table_of(evaluation: Evaluation) -> Table:
    """Return all systems side by side, with 95 % intervals."""
    title = f"Ranking: {evaluation.products} products ({evaluation.half} half), "
    table = Table(title=f"{title}{evaluation.backgrounds} backgrounds")
    table.add_column("system")
    for heading in (*COLUMNS.values(), "library", "ours leads by"):
        table.add_column(heading, justify="right")
    for name, report in evaluation.systems.items():
        cells = [_cell(report.figures[metric]) for metric in COLUMNS]
        lead = "" if report.lead is None else _signed(report.lead)
        table.add_row(name, *cells, f"{report.library_share:.0%}", lead)
    return table


def notes_of(evaluation: Evaluation) -> list[str]:
    """Return what a table cannot say."""
    notes = [f"bad in 5 that no order could avoid: {evaluation.unavoidable_bad:.3f}"]
    for name, said in evaluation.unmet.items():
        notes.append(f"no set suits {name}: the matcher {'says so' if said else 'does not say so'}")
    if evaluation.sweep is not None:
        sweep = evaluation.sweep
        notes.append(
            f"sweep of {sweep.products}: first most often {_named(sweep.most_first)}, shown most "
            f"often {_named(sweep.most_shown)}; {sweep.library_share:.0%} of the library shown"
        )
        notes += [f"never shown: {one.id}: {one.reason}" for one in sweep.unreached]
    return notes


def line_of(evaluation: Evaluation) -> str:
    """Return the figures that a script reads."""
    ours = evaluation.systems[OURS].figures
    lead = evaluation.systems[evaluation.best_baseline].lead
    values: dict[str, str | float | int] = {
        "half": evaluation.half,
        "products": evaluation.products,
        "backgrounds": evaluation.backgrounds,
        **{name: ours[name].value for name in COLUMNS},
        "violations": evaluation.violations,
        "best_baseline": evaluation.best_baseline,
    }
    if lead is not None:
        values |= {"lead": lead.value, "lead_low": lead.low, "lead_high": lead.high}
    if evaluation.sweep is not None:
        sweep = evaluation.sweep
        values |= {
            "sweep": sweep.products,
            "most_first": sweep.most_first[1],
            "most_shown": sweep.most_shown[1],
            "library_share": sweep.library_share,
            "unreached": len(sweep.unreached),
            "sweep_violations": sweep.violations,
        }
    return " ".join(f"{name}={_plain(value)}" for name, value in values.items())


def _cell(figure: Figure) -> str:
    half = (figure.high - figure.low) / 2
    return f"{figure.value:.2f} ± {half:.2f}"


def _signed(figure: Figure) -> str:
    return f"{figure.value:+.3f} ({figure.low:+.3f} to {figure.high:+.3f})"


def _named(of_set: tuple[str, float]) -> str:
    return f"{of_set[0]} ({of_set[1]:.1%})"


def _plain(value: str | float) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)

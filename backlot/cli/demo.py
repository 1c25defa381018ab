"""The demo: real photos through the real HTTP API, shown as they are understood."""

import statistics
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from backlot.cli.client import GIVE_UP_RENDER_S, Client, Order
from backlot.cli.report import write_report
from backlot.cli.samples import own, shipped
from backlot.contracts.errors import BacklotError
from backlot.contracts.jobs import JobBody, JobStatus
from backlot.contracts.stages import Stage, StageState
from backlot.embedded.line import NEEDED, default_state, embedded_line
from backlot.embedded.renderer import can_render

console = Console()
PICTURES: dict[str, object] = {"render": "draft", "renders": 1}
"""Asked for beside the recommendations where Blender is installed."""


class DemoFailedError(BacklotError):
    """A sample did not come to recommendations."""

    code = "demo-failed"


def run_demo(photos: list[Path], port: int, report: Path | None) -> None:
    """Start the line, send the photos, print what comes back, leave a report.

    Raises:
        DemoFailedError: One of the jobs did not succeed.
    """
    orders = list(own(photos) if photos else shipped())
    pictures = can_render()
    if pictures:
        # A photo from above cannot stand upright: of the samples only those with a model are shot.
        orders = [
            replace(one, request={**one.request, **PICTURES}) if photos or one.product else one
            for one in orders
        ]
    state = default_state()
    with _progress() as progress:
        task = progress.add_task("starting the line", total=len(orders) * 3)
        with (
            embedded_line(
                state,
                port,
                lambda words: progress.update(task, description=words),
                (*NEEDED, Stage.RENDER) if pictures else NEEDED,
            ) as address,
            Client(address) as client,
        ):
            shots = [(order, _shoot(client, order, progress, task)) for order in orders]
            for order, body in shots:
                _show(order, body)
            path = write_report(
                report or state.folder / "demo" / "report.html", shots, client.fetch
            )
    _conclude(shots, path)


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(),
        console=console, transient=True,
    )  # fmt: skip


def _shoot(client: Client, order: Order, progress: Progress, task: TaskID) -> JobBody:
    before = progress.tasks[0].completed
    body = client.submit(order)

    def changed(now: JobBody) -> None:
        done = sum(report.state is StageState.DONE for report in now.stages.values())
        words = f"{order.name}: {now.stage or now.status}"
        progress.update(task, completed=before + done, description=words)

    return client.follow(body.job_id, changed, GIVE_UP_RENDER_S)


def _show(order: Order, body: JobBody) -> None:
    console.rule(f"[bold]{order.name}")
    if body.error is not None:
        console.print(f"[red]{body.error.title}: {body.error.detail}")
        return
    _show_caption(body)
    brief = body.result.brief
    if brief is not None:
        console.print(Text(brief.prose.en, style="italic"))
        console.print(Text(brief.prose.ko, style="italic dim"))
    table = Table("#", "background", "kind", "why", show_lines=False, pad_edge=False)
    for row in (body.result.recommendations or ())[:3]:
        best = sorted(row.reasons, key=lambda reason: -reason.weight)[:2]
        why = " ".join(reason.text.en for reason in best)
        table.add_row(str(row.rank), row.background.name.en, row.background.kind, why)
    console.print(table)
    for picture in body.result.renders or ():
        failed = ", ".join(check.name for check in picture.checks if not check.passed)
        told = f"[yellow]but {failed}[/]" if failed else "[green]all checks passed[/]"
        console.print(
            f"  picture in {picture.background_id}: {picture.width}x{picture.height}, "
            f"{picture.quality}, from the {picture.product_from}, {picture.seconds:.0f} s, {told}"
        )
    for warning in body.warnings:
        console.print(f"[yellow]{warning.code}:[/] {warning.text.en}")


def _show_caption(body: JobBody) -> None:
    caption = body.result.caption
    if caption is None:
        return
    for facet, terms in caption.facets.items():
        words = ", ".join(f"{term.label.en} ({term.source} {term.score:.2f})" for term in terms)
        console.print(f"  [cyan]{facet:18}[/] {words}")
    swatches = Text("  colours            ")
    for swatch in caption.palette:
        swatches.append("   ", style=f"on {swatch.hex}")
        swatches.append(f" {swatch.hex} {swatch.share:.0%}  ")
    console.print(swatches)


def seconds(body: JobBody) -> float:
    """From the job's creation to its end."""
    end = body.finished_at or body.updated_at
    return (end - body.created_at).total_seconds()


def _conclude(shots: list[tuple[Order, JobBody]], path: Path) -> None:
    failed = [order.name for order, body in shots if body.status is not JobStatus.SUCCEEDED]
    median = statistics.median(seconds(body) for _, body in shots)
    console.rule()
    taken = [picture for _, body in shots for picture in body.result.renders or ()]
    console.print(f"{len(shots)} photos, median {median:.2f} s from job to its end")
    if taken:
        shooting = statistics.median(picture.seconds for picture in taken)
        console.print(f"{len(taken)} pictures, median {shooting:.1f} s")
    else:
        console.print("no pictures: install the extra `render` to shoot them")
    console.print(f"report: [bold]{path}")
    if failed:
        raise DemoFailedError("no recommendations for " + ", ".join(failed))

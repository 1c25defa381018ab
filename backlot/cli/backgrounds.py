"""`backlot backgrounds`: bring a folder of sets into the library, and make its index anew."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import typer
from rich.console import Console
from rich.progress import Progress

from backlot.cli.client import Client
from backlot.contracts.errors import BacklotError, UnavailableError
from backlot.contracts.jobs import JobBody, JobStatus

backgrounds_app = typer.Typer(no_args_is_help=True, help="The library of sets.")
console = Console()

SUFFIXES = (".glb", ".hdr", ".exr", ".jpg", ".jpeg", ".png", ".webp")
PREVIEW = "-preview"
"""`name.glb` and `name-preview.webp` belong together, and so does `name.json`."""

BATCH = 16
JOB_S = 3600.0
"""For one background: where a render worker takes its pictures, it waits behind the others'."""

Address = Annotated[str, typer.Option(envvar="BACKLOT_ADDRESS", help="Of a running line.")]
LOCAL = "http://127.0.0.1:8000"


class Item(NamedTuple):
    """One background of a folder.

    Attributes:
        key: What makes a second import of the same content the same job.
    """

    path: Path
    preview: Path | None
    metadata: dict[str, Any]
    key: str


class Verdict(NamedTuple):
    """What became of one background."""

    name: str
    done: bool
    detail: str


@backgrounds_app.command("import")
def import_folder(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
    licence: Annotated[str, typer.Option(help="SPDX id or name, of sets that do not say it.")],
    evidence: Annotated[
        str, typer.Option(help="How the licence is known: an address, a contract.")
    ],
    kind: Annotated[Literal["studio", "space"], typer.Option()] = "studio",
    setting: Annotated[
        str | None, typer.Option(help="Term of sets that do not say it themselves.")
    ] = None,
    address: Address = LOCAL,
    report: Annotated[Path | None, typer.Option(help="Where a JSON line for each goes.")] = None,
) -> None:
    """Import every GLB, HDRI and photo backdrop of a folder; run again, it goes on.

    `name.json` beside a file holds its metadata as POST /v1/backgrounds takes it.
    """
    said: dict[str, Any] = {"kind": kind, "licence": {"id": licence, "evidence": evidence}}
    if setting is not None:
        said["facets"] = {f"setting_{kind}": [{"term": setting}]}
    items = list(items_of(folder, said))
    with Client(address) as client, Progress(console=console) as progress:
        task = progress.add_task("importing", total=len(items))
        verdicts = []
        for start in range(0, len(items), BATCH):
            for verdict in imported(client, items[start : start + BATCH]):
                verdicts.append(verdict)
                progress.advance(task)
                if not verdict.done:
                    progress.console.print(f"[red]{verdict.name}[/]: {verdict.detail}")
    if report is not None:
        lines = [json.dumps(verdict._asdict(), ensure_ascii=False) for verdict in verdicts]
        report.write_text("\n".join(lines) + "\n", encoding="utf-8")
    failed = sum(not verdict.done for verdict in verdicts)
    fresh = sum(verdict.detail == "new" for verdict in verdicts)
    console.print(
        f"files={len(verdicts)} imported={len(verdicts) - failed} new={fresh} failed={failed}"
    )
    raise typer.Exit(1 if failed else 0)


@backgrounds_app.command()
def reindex(address: Address = LOCAL) -> None:
    """Make the index anew from the records; searches are answered from the old one meanwhile."""
    with Client(address) as client, Progress(console=console) as progress:
        task = progress.add_task("indexing", total=1.0)

        def moved(body: JobBody) -> None:
            told = [report.progress for report in body.stages.values() if report.progress]
            progress.update(task, completed=max(told, default=0.0))

        body = client.follow(client.reindex().job_id, moved, within_s=3600)
        progress.update(task, completed=1.0)
    if body.status is not JobStatus.SUCCEEDED or body.result.indexed is None:
        why = body.error.detail if body.error else body.status
        raise UnavailableError(f"The index was not made anew; the old one stays. {why}")
    console.print(f"points={body.result.indexed.points}")


def items_of(folder: Path, said: dict[str, Any]) -> Iterator[Item]:
    """Yield what a folder holds, in the order of names."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    for path in files:
        if path.stem.endswith(PREVIEW):
            continue
        beside = (path.with_name(f"{path.stem}{PREVIEW}{suffix}") for suffix in SUFFIXES)
        preview = next((one for one in beside if one.is_file()), None)
        own = path.with_suffix(".json")
        told = json.loads(own.read_text("utf-8")) if own.is_file() else {}
        name = path.stem.replace("_", " ").replace("-", " ")
        metadata = {
            "id": slug_of(str(path.relative_to(folder).with_suffix(""))),
            "name": {"en": name, "ko": name},
            **said,
            **told,
        }
        digest = hashlib.sha256(json.dumps(metadata, sort_keys=True).encode())
        for one in (path, *((preview,) if preview else ())):
            digest.update(one.read_bytes())
        yield Item(path, preview, metadata, f"import-{digest.hexdigest()}")


def slug_of(name: str) -> str:
    """Return an id: lower case, hyphens, 3 to 64 letters."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64].strip("-")
    return slug if len(slug) > 2 else f"set-{slug or 'x'}"  # noqa: PLR2004 - the shortest id


def imported(client: Client, items: list[Item]) -> Iterator[Verdict]:
    """Send some, then wait for each; what is refused is told and never half there."""
    begun: list[tuple[Item, JobBody, bool]] = []
    for item in items:
        try:
            begun.append((item, *client.bring(item.path, item.preview, item.metadata, item.key)))
        except BacklotError as error:
            yield Verdict(item.path.name, done=False, detail=str(error))
    for item, body, replayed in begun:
        try:
            ended = client.follow(body.job_id, lambda _: None, within_s=JOB_S)
        except BacklotError as error:
            yield Verdict(item.path.name, done=False, detail=str(error))
            continue
        if ended.status is JobStatus.SUCCEEDED and ended.result.indexed is not None:
            fresh = ended.result.indexed.fresh and not replayed
            yield Verdict(item.path.name, done=True, detail="new" if fresh else "there already")
        else:
            why = ended.error.detail if ended.error else str(ended.status)
            yield Verdict(item.path.name, done=False, detail=why or str(ended.status))

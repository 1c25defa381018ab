"""`python -m services.matcher.evaluation`: judge the ranking; wires, and only it."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from backlot.catalog import load_starter
from backlot.contracts.background import BackgroundAsset, BackgroundKind
from backlot.contracts.errors import BacklotError
from backlot.encoder.port import ImageTextEncoder, SentenceEncoder
from backlot.encoder.profiles import EncoderSettings, open_image_encoder, open_sentence_encoder
from backlot.vocabulary import load_vocabulary
from services.matcher.adapters.exact import ExactIndex
from services.matcher.adapters.previews import StoredPreviews
from services.matcher.adapters.price_file import write_prices
from services.matcher.engines import space_of
from services.matcher.evaluation.cases import Case, case_of
from services.matcher.evaluation.contest import Contest, Seeing
from services.matcher.evaluation.judgments import Half, load_judges
from services.matcher.evaluation.photos import by_look, looks_of, photos_in
from services.matcher.evaluation.pricing import ROUNDS, prices_of
from services.matcher.evaluation.report import line_of, notes_of, table_of
from services.matcher.evaluation.sweep import SHOWN
from services.matcher.evaluation.systems import Stock
from services.matcher.exposure import Exposure, load_exposure
from services.matcher.library import no_views, sync
from services.matcher.match import Matcher
from services.matcher.ranking import Scored
from services.matcher.settings import MatcherSettings
from services.matcher.stockroom import Stockroom
from services.matcher.variety import arrange
from services.matcher.weights import Weights, load_weights

app = typer.Typer(no_args_is_help=True, add_completion=False)
console, messages = Console(width=150), Console(stderr=True)

Folder = Annotated[Path, typer.Option(exists=True, file_okay=False)]


@app.command()
def cases(folder: Folder, half: Half, out: Path) -> None:
    """Write the judged products as captions that wait for briefs."""
    vocabulary = load_vocabulary()
    made = [case_of(judge, vocabulary) for judge in load_judges(folder, half, vocabulary)]
    lines = [case.model_dump_json(exclude={"briefs"}) for case in made]
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


@app.command()
def ranking(
    folder: Folder,
    half: Half,
    briefs: Path,
    sweep: Path | None = None,
    seed: int = 7,
    out: Path | None = None,
    parts: bool = True,
    photos: Path | None = None,
) -> None:
    """Judge the ranking of cases with briefs; print a table, and leave a JSON file if asked."""
    vocabulary = load_vocabulary()
    contest, cases = open_contest(seed), _read(briefs)
    evaluation = contest.evaluate(
        half,
        cases,
        load_judges(folder, half, vocabulary),
        seeing=_seeing(photos, cases) if photos else {},
        parts=parts,
    )
    if sweep is not None:
        evaluation = evaluation.model_copy(update={"sweep": contest.sweep(_read(sweep))})
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(evaluation.model_dump_json(indent=2) + "\n", encoding="utf-8")
    console.print(table_of(evaluation))
    for note in notes_of(evaluation):
        console.print(note, soft_wrap=True, markup=False, highlight=False)
    console.print(line_of(evaluation), soft_wrap=True, markup=False, highlight=False)


@app.command()
def exposure(briefs: Path, out: Path, share: float = 0.05) -> None:
    """Find what sets pay for being shown too often, from made-up products with briefs."""
    contest, cases = open_contest(0), _read(briefs)
    with Progress(console=messages) as progress:
        task = progress.add_task("matching", total=len(cases))
        lists = []
        for case in cases:
            lists.append(contest.ranked(case))
            progress.advance(task)
        pricing = progress.add_task("pricing", total=ROUNDS)

        def told(_: int, most: float) -> None:
            progress.update(pricing, advance=1, description=f"pricing, most shown {most:.1%}")

        prices = prices_of(lists, _shown, share, told)
    made_on = f"{len(cases)} products, {contest.size} backgrounds, at most {share:.0%} of them"
    write_prices(out, Exposure(made_on=made_on, prices=prices))
    console.print(f"products={len(cases)} backgrounds={contest.size} priced={len(prices)}")


def _shown(ranked: Sequence[Scored]) -> Sequence[Scored]:
    """Return what a client sees who asks for nothing special."""
    return arrange(ranked, SHOWN, tuple(BackgroundKind), load_weights().variety)


def open_contest(seed: int) -> Contest:
    """Open the encoders of the environment and index the starter library in memory, exactly."""
    encoders = EncoderSettings()
    sentence = open_sentence_encoder(encoders)
    scene = open_image_encoder(encoders, "scene")
    vocabulary, assets = load_vocabulary(), _library()
    index, stockroom = _indexed(sentence, scene), Stockroom(lambda: assets, vocabulary)

    def matcher_of(weights: Weights, exposure: Exposure = load_exposure()) -> Matcher:  # noqa: B008 - read once
        return Matcher(index, sentence, stockroom, vocabulary, weights, scene, exposure=exposure)

    return Contest(assets, sentence, vocabulary, load_weights(), matcher_of, seed)


def _indexed(sentence: SentenceEncoder, scene: ImageTextEncoder | None) -> ExactIndex:
    """Return the starter library in an exact index."""
    index = ExactIndex(space_of(sentence, scene))
    views = StoredPreviews(scene, folder=MatcherSettings().catalog) if scene else no_views
    sync(index, _library(), sentence, load_vocabulary(), views=views)
    return index


def _seeing(photos: Path, cases: Sequence[Case]) -> dict[str, Seeing]:
    """Return the baseline from photo to preview, by the encoder that both kinds of photo share.

    With `mini` that is the product encoder: it has no other, and was never shown a set.
    """
    encoders = EncoderSettings()
    encoder = open_image_encoder(encoders, "scene") or open_image_encoder(encoders, "product")
    if encoder is None:
        return {}
    assets = _library()
    views = StoredPreviews(encoder, folder=MatcherSettings().catalog)(assets)
    looks = looks_of(cases, photos_in(photos), encoder)
    stock = Stock(assets, load_vocabulary())
    name = f"direct photo to preview ({encoder.space.partition('@')[0]}, {len(looks)} photos)"
    return {name: (by_look(stock, views, looks), looks.keys())}


def _library() -> tuple[BackgroundAsset, ...]:
    """Return the library of the settings: the starter library, unless BACKLOT_CATALOG says else."""
    return load_starter(MatcherSettings().catalog)


def _read(path: Path) -> list[Case]:
    """Read cases, one a line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Case.model_validate_json(line) for line in lines]


def main() -> None:
    """Run; a known error is one line, not a traceback."""
    try:
        app()
    except BacklotError as error:
        messages.print(f"[red]backlot:[/] {error}")
        raise SystemExit(os.EX_CONFIG) from error


if __name__ == "__main__":
    main()

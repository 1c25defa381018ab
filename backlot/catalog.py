"""The starter library: background records read from a manifest, and how a record is shown."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from backlot.contracts.background import BackgroundAsset, BackgroundCard
from backlot.contracts.errors import ConfigurationError
from backlot.contracts.terms import TermId
from backlot.vocabulary import Vocabulary, load_vocabulary
from backlot.vocabulary.colour import name_of
from backlot.vocabulary.reading import read_yaml

# The catalog is data beside this package, in the repository and where the package is installed.
STARTER_FOLDER = Path(__file__).resolve().parents[1] / "catalog"
MANIFEST = "manifest.yaml"
PREVIEW_ROOT = "catalog/"


def load_starter(folder: Path | None = None) -> tuple[BackgroundAsset, ...]:
    """Read and check every background of a catalog folder; the same folder is read only once.

    Args:
        folder: Where ``manifest.yaml`` lies; the starter library that ships when None.

    Raises:
        ConfigurationError: The manifest or one of its entries is wrong; names the entry's id.
    """
    return _load((folder or STARTER_FOLDER).resolve())


def preview_path(key: str, folder: Path | None = None) -> Path:
    """Return where a starter preview lies on disk, given its key (``catalog/previews/x.webp``)."""
    return (folder or STARTER_FOLDER) / key.removeprefix(PREVIEW_ROOT)


def card(asset: BackgroundAsset) -> BackgroundCard:
    """Return a background as a recommendation or a list shows it; previews stay blob keys."""
    return BackgroundCard(
        id=asset.id,
        kind=asset.kind,
        name=asset.name,
        caption=asset.caption,
        setting=terms_of(asset, f"setting_{asset.kind}"),
        lighting=terms_of(asset, "lighting"),
        mood=terms_of(asset, "mood"),
        style=terms_of(asset, "style"),
        palette=asset.palette,
        previews=tuple(preview.key for preview in asset.files.previews),
        stage=asset.stage,
    )


def terms_of(asset: BackgroundAsset, facet: str) -> tuple[TermId, ...]:
    """Return the terms a background has in a facet, the strongest first."""
    weighted = sorted(asset.facets.get(facet, ()), key=lambda term: (-term.score, term.term))
    return tuple(term.term for term in weighted)


@cache
def _load(folder: Path) -> tuple[BackgroundAsset, ...]:
    """Read one folder's manifest."""
    path = folder / MANIFEST
    if not path.is_file():
        raise ConfigurationError(f"{path}: there is no catalog manifest")
    data = read_yaml(path).data
    entries = data.get("backgrounds") if isinstance(data, dict) else None
    if not isinstance(entries, list):
        raise ConfigurationError(f"{path}: a list named 'backgrounds' is missing")
    vocabulary = load_vocabulary()
    assets = tuple(
        _asset(entry, number, path, vocabulary) for number, entry in enumerate(entries, start=1)
    )
    for background_id, times in Counter(asset.id for asset in assets).items():
        if times > 1:
            raise ConfigurationError(f"{path}: {background_id}: this id stands {times} times")
    return assets


def _asset(entry: Any, number: int, path: Path, vocabulary: Vocabulary) -> BackgroundAsset:
    """Return one checked entry."""
    named = entry.get("id") if isinstance(entry, dict) else None
    where = f"{path}: {named or f'entry {number}'}"
    try:
        asset = BackgroundAsset.model_validate(_with_colour_names(entry))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise ConfigurationError(f"{where}: {place}: {first['msg']}") from None
    _check_words(asset, where, vocabulary)
    return asset


def _with_colour_names(entry: Any) -> Any:
    """Return the entry with the nearest colour name where a swatch has none."""
    palette = entry.get("palette") if isinstance(entry, dict) else None
    if not isinstance(palette, list):
        return entry
    return {**entry, "palette": [_named(swatch) for swatch in palette]}


def _named(swatch: Any) -> Any:
    """Return the swatch with a name; a swatch that is wrong elsewhere is left to validation."""
    if not isinstance(swatch, dict) or "name" in swatch or not isinstance(swatch.get("hex"), str):
        return swatch
    try:
        return {**swatch, "name": name_of(swatch["hex"])}
    except ValueError:
        return swatch


def _check_words(asset: BackgroundAsset, where: str, vocabulary: Vocabulary) -> None:
    """Refuse words the vocabulary does not know or that stand under a wrong facet."""
    setting = f"setting_{asset.kind}"
    if not asset.palette or not asset.facets.get(setting):
        raise ConfigurationError(f"{where}: a palette and a term of {setting} are needed")
    said = [(facet, term.term) for facet, terms in asset.facets.items() for term in terms]
    said += [("colour_name", swatch.name) for swatch in asset.palette]
    for facet, term_id in said:
        if facet not in vocabulary.facets:
            raise ConfigurationError(f"{where}: there is no facet {facet}")
        if not vocabulary.has(term_id) or vocabulary.term(term_id).facet != facet:
            raise ConfigurationError(f"{where}: {term_id} is not a term of {facet}")

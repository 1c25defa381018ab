"""Loads the vocabulary that ships with the package, and users' files on top of it."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import RootModel

from backlot.contracts.frozen import Frozen, Localized
from backlot.vocabulary.assembly import Assembly
from backlot.vocabulary.reading import SourceFile, read_yaml
from backlot.vocabulary.settings import VocabularySettings
from backlot.vocabulary.vocabulary import Vocabulary
from backlot.vocabulary.words import Facet, HouseRules, RulePrior

DATA = Path(__file__).parent / "data"
NUMBER = 1
FACET_ORDER = (
    "product_category",
    "material",
    "finish_texture",
    "colour_name",
    "shape_size",
    "style",
    "mood",
    "setting_studio",
    "setting_space",
    "lighting",
    "photo_technique",
    "props",
    "season_occasion",
    "audience",
    "photo_condition",
)


class PriorFile(Frozen):
    """The file of rule priors."""

    priors: tuple[RulePrior, ...]


class LayoutFile(RootModel[dict[str, dict[str, Localized]]]):
    """The file of layout words."""


@cache
def load_vocabulary(extra: tuple[Path, ...] | None = None) -> Vocabulary:
    """Load the shipped words and then the given facet files; the same call gives the same object.

    Args:
        extra: YAML files shaped like the shipped facet files. A file that names an existing facet
            and states only terms adds them to it; any other opens a new facet. None takes the
            files of `VocabularySettings`, so that every process has the same words.

    Raises:
        ConfigurationError: A file is unreadable, malformed, or clashes; says file, line and term.
    """
    return _loaded(VocabularySettings().files if extra is None else extra)


@cache
def _loaded(extra: tuple[Path, ...]) -> Vocabulary:
    return load_from(DATA, extra)


def load_from(folder: Path, extra: tuple[Path, ...] = ()) -> Vocabulary:
    """Load a vocabulary from a folder laid out like the shipped one, without caching it."""
    assembly = Assembly()
    for name in FACET_ORDER:
        assembly.add_shipped(read_yaml(folder / "facets" / f"{name}.yaml"))
    for path in extra:
        assembly.add_extra(read_yaml(path))
    facets = assembly.facets()
    priors_source = read_yaml(folder / "rule_priors.yaml")
    priors = priors_source.parse(PriorFile).priors
    _check_priors(priors_source, priors, facets)
    layout = read_yaml(folder / "layout.yaml").parse(LayoutFile).root
    rules = read_yaml(folder / "rules.yaml").parse(HouseRules)
    content = [
        *(facet.model_dump() for facet in facets.values()),
        *(prior.model_dump() for prior in priors),
        LayoutFile(layout).model_dump(),
        rules.model_dump(),
    ]
    return Vocabulary(
        version=f"{NUMBER}+{_short_hash(content)}",
        facets=facets,
        priors=priors,
        layout=layout,
        rules=rules,
    )


def _check_priors(
    source: SourceFile, priors: tuple[RulePrior, ...], facets: dict[str, Facet]
) -> None:
    """Refuse priors that name unknown words, share a name, or leave a product without any."""
    groups = set(facets["product_category"].groups)
    names: set[str] = set()
    for index, prior in enumerate(priors):
        loc = ("priors", index)
        if prior.name in names:
            raise source.refuse(f"prior {prior.name} exists already", loc)
        names.add(prior.name)
        if prior.is_fallback != (index == len(priors) - 1):
            raise source.refuse(
                f"prior {prior.name}: the last prior alone holds for everything", loc
            )
        for group in set(prior.groups) - groups:
            raise source.refuse(f"prior {prior.name} names an unknown group: {group}", loc)
        for facet, ids in {"product_category": prior.categories, **prior.slots()}.items():
            for term_id in set(ids) - {term.id for term in facets[facet].terms}:
                raise source.refuse(f"prior {prior.name} names an unknown {facet}: {term_id}", loc)


def _short_hash(content: list[dict[str, Any]]) -> str:
    """Return eight hex digits that change with the content."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]

"""Labels that may win and mean nothing, as a facet of their own."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from pydantic import RootModel

from backlot.contracts.frozen import Localized
from backlot.vocabulary import Facet, Term

FILE = Path(__file__).parent / "data" / "distractors.yaml"


class _Distractors(RootModel[Mapping[str, tuple[str, ...]]]):
    """Facet name to labels, articles included."""


def distractors_of(facet: Facet) -> Facet | None:
    """Return what competes with the terms of a facet, with that facet's own templates."""
    labels = _read().root.get(facet.name, ())
    if not labels:
        return None
    terms = tuple(
        Term(
            id=f"{facet.name}/nothing-{number}",
            facet=facet.name,
            label=Localized(en=label, ko=label),
        )
        for number, label in enumerate(labels)
    )
    return facet.model_copy(update={"name": f"{facet.name}_nothing", "terms": terms})


@cache
def _read() -> _Distractors:
    return _Distractors.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))

"""The sample photos the window offers; they lie beside the code and not in the images."""

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field

from backlot.contracts.frozen import Frozen, Localized
from backlot.contracts.jobs import Dimensions
from backlot.contracts.terms import TermId

FOLDER = Path(str(resources.files("backlot"))).parent / "samples"


class Sample(Frozen):
    """One photo with what a seller would say of it."""

    file: Annotated[str, Field(pattern=r"^[a-z0-9-]+\.jpg$")]
    title: Localized
    category: TermId
    dimensions_cm: Dimensions


class SampleList(Frozen):
    """All of them."""

    samples: tuple[Sample, ...]


@cache
def shipped_samples(folder: Path = FOLDER) -> SampleList:
    """The samples that are there; none where the folder was left out."""
    listing = folder / "samples.yaml"
    if not listing.is_file():
        return SampleList(samples=())
    rows = yaml.safe_load(listing.read_text(encoding="utf-8"))["samples"]
    return SampleList(
        samples=tuple(
            Sample(
                file=row["file"],
                title=Localized(en=row["title"], ko=row["title_ko"]),
                category=row["category"],
                dimensions_cm=row["dimensions_cm"],
            )
            for row in rows
        )
    )

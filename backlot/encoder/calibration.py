"""How far an encoder's scores can be trusted: fitted on labelled photos, kept by its weights."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from pydantic import Field, ValidationError

from backlot.contracts.errors import ConfigurationError
from backlot.contracts.frozen import Frozen
from backlot.contracts.terms import FacetName, TermId

SHIPPED = Path(__file__).parent / "weights"
SUFFIX = ".calibration.json"


class FacetCalibration(Frozen):
    """How the cosines of one facet become scores, and when they are an answer.

    A single choice is a softmax; where several may hold, each term is a sigmoid of its own around
    its threshold.
    """

    scale: float = Field(gt=0, description="Logits for a cosine of 1.")
    cutout_weight: float = Field(
        default=0.5, ge=0, le=1, description="Part of the cut-out in what is seen; the rest is the "
        "whole photo's."
    )  # fmt: skip
    answer: float = Field(ge=0, le=1, description="Least score of an answer; below: abstain.")
    group: float = Field(default=1.0, ge=0, le=1, description="Least score of a group's answer.")
    thresholds: Mapping[TermId, float] = Field(
        default={}, description="Cosine at which a term of several is as likely as not."
    )
    raw: bool = Field(default=False, description="True where no labels stood behind the fit.")
    silent: bool = Field(default=False, description="True where the encoder is not to be asked.")


class Provenance(Frozen):
    """What a calibration was fitted on."""

    made: str = Field(description="Date.")
    command: str
    data: Mapping[str, int] = Field(description="Photos by set.")
    n: int = Field(ge=1)
    seed: int
    vocabulary: str
    note: str = ""


class Calibration(Frozen):
    """The calibration of one vector space."""

    space: str = Field(description="Stamp of the encoder; it holds for no other.")
    facets: Mapping[FacetName, FacetCalibration]
    provenance: Provenance


def calibration_for(space: str, folders: Sequence[Path] = ()) -> Calibration | None:
    """Find the calibration of a vector space: in the given folders, then among the shipped ones.

    Args:
        space: Stamp of the encoder's vector space.
        folders: Looked through first; need not exist.

    Returns:
        None when nobody has calibrated this space: its scores stay raw.

    Raises:
        ConfigurationError: A calibration file is no calibration.
    """
    found = (_read(path) for folder in (*folders, SHIPPED) for path in _files(folder))
    return next((calibration for calibration in found if calibration.space == space), None)


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob(f"*{SUFFIX}"))


@cache
def _read(path: Path) -> Calibration:
    try:
        return Calibration.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise ConfigurationError(f"{path} is no calibration: {error}") from error

"""The numbers of the ranking, read once from one data file."""

import math
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from backlot.contracts.frozen import Frozen
from backlot.vocabulary.reading import read_yaml

FILE = Path(__file__).parent / "data" / "weights.yaml"

Question = Literal[
    "setting", "lighting", "mood", "style", "surface", "prose", "preview", "words", "product"
]
Slot = Literal["setting", "lighting", "mood", "style", "surface", "props", "season"]
Part = Literal[
    "questions", "overlap", "backdrop", "contrast", "harmony", "scale", "habit", "kinship"
]


class Fusion(Frozen):
    """How ranked lists become one."""

    k: float = Field(gt=0)
    depth: int = Field(ge=1, description="Points per question.")


class Variety(Frozen):
    """How alike the first results may be."""

    relevance: float = Field(gt=0, le=1, description="Against being unlike what is shown.")
    candidates: int = Field(ge=1, description="How many of the best are looked at for a place.")
    window: int = Field(ge=1)
    per_setting: int = Field(ge=1)
    twin_delta_e: float = Field(ge=0)
    twin_words: float = Field(ge=0, le=1, description="Share of common terms.")


class Liking(Frozen):
    """What the sets count that a seller wants more or less of."""

    more: float = Field(ge=0)
    less: float = Field(ge=0)


class Support(Frozen):
    """What the photo has to say for a claim."""

    least: float = Field(ge=0, le=1, description="Place among the words of a facet, 1 the nearest.")
    unmeasured: float = Field(ge=0, le=1, description="The same where no labels were at hand.")


class Suits(Frozen):
    """When the best set is good enough; reaching either is enough."""

    overlap: float = Field(ge=0, le=1)
    setting_similarity: float = Field(ge=-1, le=1)


class Weights(Frozen):
    """Every number the ranking uses; `parts` add up to 1."""

    version: int
    fusion: Fusion
    questions: dict[Question, float]
    overlap: dict[Slot, float]
    order: tuple[float, ...] = Field(min_length=1)
    parts: dict[Part, float]
    companion: float = Field(gt=0, le=1, description="On sets of a brief that was not chosen.")
    variety: Variety
    liking: Liking
    suits: Suits
    witness: Support

    @model_validator(mode="after")
    def _parts_make_one(self) -> Self:
        """Refuse parts that do not make a whole, so that scores lie between 0 and 1."""
        total = sum(self.parts.values())
        if not math.isclose(total, 1):
            raise ValueError(f"parts add up to {total}, not 1")
        return self

    def worth(self, place: int) -> float:
        """Return what the word at a place (0 is first) counts; later ones like the last."""
        return self.order[min(place, len(self.order) - 1)]

    def revised(self, **changes: Any) -> "Weights":
        """Return a checked copy with other values, as evaluation needs it."""
        return Weights.model_validate({**self.model_dump(), **changes})


@cache
def load_weights(path: Path = FILE) -> Weights:
    """Read the weights; raise ConfigurationError with file and line when one is wrong."""
    return read_yaml(path).parse(Weights)

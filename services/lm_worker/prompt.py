"""The prompt as versioned text files, and the user message that carries the facts."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from backlot.contracts.background import BackgroundKind
from backlot.contracts.caption import Measures
from backlot.contracts.terms import FacetTerm
from services.lm_worker.facts import ProductFacts
from services.lm_worker.stylist.rules import VARIANTS

PROMPT_VERSION = "refine-v1"
PHOTO_VERSION = "photo-v1"
"""What is added to the instructions when a photo is shown."""
_FOLDER = Path(__file__).parent / "prompts"
_DIGITS = 2


@cache
def system_prompt(version: str = PROMPT_VERSION) -> str:
    """Return the instructions of a prompt version."""
    return (_FOLDER / f"{version}.txt").read_text(encoding="utf-8")


def user_message(facts: ProductFacts, n: int) -> str:
    """Return the facts as one JSON object; the seller's words stand apart, marked as data."""
    message: dict[str, Any] = {
        "facts": [
            *(_fact(facts, fact) for fact in facts.seen),
            *_group(facts),
            *_measured(facts),
        ],
        "palette": [
            {"id": "palette", "hex": swatch.hex, "name": swatch.name, "share": _short(swatch.share)}
            for swatch in facts.palette
        ],
        "wanted": {
            "candidates": n,
            "variants": list(VARIANTS[:n]),
            "kinds": [kind.value for kind in facts.kinds or tuple(BackgroundKind)],
        },
        "seller_words": {"title": facts.title, "category": facts.category_words},
    }
    if facts.dimensions_cm is not None:
        message["facts"].append(
            {
                "id": "dimensions_cm",
                "value": facts.dimensions_cm.model_dump(exclude_none=True),
                "source": "hint",
            }
        )
    return json.dumps(message, ensure_ascii=False)


def fact_ids(facts: ProductFacts) -> frozenset[str]:
    """Return every id a reason may point to."""
    measured = Measures.model_fields if facts.measures else ()
    palette = ("palette",) if facts.palette else ()
    sizes = ("dimensions_cm",) if facts.dimensions_cm else ()
    return frozenset((*(fact.term for fact in facts.seen), *measured, *palette, *sizes))


def _fact(facts: ProductFacts, fact: FacetTerm) -> dict[str, Any]:
    return {
        "id": fact.term,
        "says": fact.label.en,
        "score": _short(fact.score),
        "source": facts.evidence(fact).kind,
    }


def _group(facts: ProductFacts) -> list[dict[str, Any]]:
    """Return the group where no single category is sure."""
    if facts.category is not None or facts.group is None:
        return []
    return [{"group": facts.group, "score": _short(facts.group_score)}]


def _measured(facts: ProductFacts) -> list[dict[str, Any]]:
    if facts.measures is None:
        return []
    return [
        {"id": name, "value": _short(value), "source": "measured"}
        for name, value in facts.measures.model_dump().items()
    ]


def _short(value: float) -> float:
    return round(value, _DIGITS)

"""The file of exposure prices, written by the evaluation."""

from pathlib import Path

import yaml

from services.matcher.exposure import Exposure

_HEADER = (
    "# What sets pay for being shown too often; see services/matcher/exposure.py.\n"
    "# Written by `backlot eval exposure`; make it anew when the library or the weights change.\n"
)


def write_prices(path: Path, exposure: Exposure) -> None:
    """Write the prices in one step."""
    body = yaml.safe_dump(exposure.model_dump(mode="json"), sort_keys=False, width=100)
    fresh = path.with_suffix(".part")
    fresh.write_text(_HEADER + body, encoding="utf-8")
    fresh.replace(path)

"""The sample photos that ship with the project."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

from backlot.contracts.jobs import JobRequest
from backlot.vocabulary import load_vocabulary
from services.render_worker.adapters.recipes import read_shots
from services.render_worker.studio import sample_row

FOLDER = Path(__file__).parents[2] / "samples"
MOST_BYTES = 120_000
LIST: dict[str, Any] = yaml.safe_load((FOLDER / "samples.yaml").read_text(encoding="utf-8"))
ROWS: list[dict[str, Any]] = LIST["samples"]
SHOTS = {shot.id: shot for shot in read_shots(FOLDER / "recipes")}

every_sample = pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])


def test_every_kind_of_product_is_there() -> None:
    """Drinkware, beauty, shoes, furniture, media and office products can be tried at once."""
    groups = {load_vocabulary().group_of(row["category"]) for row in ROWS if "category" in row}
    assert len(ROWS) >= 7
    assert len(groups) >= 6


def test_the_licence_is_ours() -> None:
    """The photos may be used under the project's licence."""
    assert LIST["licence"] == "Apache-2.0"


@every_sample
def test_photos_are_there_and_of_a_good_size(row: dict[str, Any]) -> None:
    """Each photo is 768 to 1024 pixels wide and high and at most 120 kB."""
    path = FOLDER / row["file"]
    assert path.stat().st_size <= MOST_BYTES
    with Image.open(path) as photo:
        assert photo.format == "JPEG"
        assert all(768 <= side <= 1024 for side in photo.size)


@every_sample
def test_rows_are_hints_a_client_may_send(row: dict[str, Any]) -> None:
    """Title, category and size make a valid request, and titles exist in both languages."""
    hints = {key: row[key] for key in ("title", "category", "dimensions_cm") if key in row}
    JobRequest.model_validate(hints)
    assert load_vocabulary().has(row["category"])
    assert any("가" <= letter <= "힣" for letter in row["title_ko"])


@every_sample
def test_rows_are_those_of_the_shots(row: dict[str, Any]) -> None:
    """The list says what the shot's recipe says, with the true size of the product."""
    assert row == sample_row(SHOTS[Path(row["file"]).stem])


def test_every_shot_has_its_photo() -> None:
    """No shot is without a photo and no photo without a shot."""
    assert {path.stem for path in FOLDER.glob("*.jpg")} == set(SHOTS)
    assert {Path(row["file"]).stem for row in ROWS} == set(SHOTS)

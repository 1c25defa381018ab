"""The describe stage: what a set is, from its files and the few words that came with it."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from backlot.blobs.memory import MemoryStore
from backlot.contracts.background import BackgroundAsset, BackgroundKind, Licence, Preview
from backlot.contracts.errors import PermanentStageError
from backlot.contracts.frozen import Localized
from backlot.contracts.ingest import IndexOrder, NewBackground, SetDraft
from backlot.contracts.jobs import JobKind, JobRequest, View
from backlot.contracts.stages import Stage
from backlot.contracts.terms import WeightedTerm
from backlot.line.work import Outcome, Work
from backlot.vocabulary import load_vocabulary
from services.vision_worker.describe import Describer

WOOD = "setting_studio/wooden-tabletop"
PLAIN: dict[str, Any] = {
    "id": "my-set",
    "kind": BackgroundKind.STUDIO,
    "name": Localized(en="Wooden tabletop with green leaves", ko="나무 테이블"),
    "licence": Licence(id="CC0-1.0", evidence="https://example.com"),
}


def described(said: dict[str, Any], blobs: MemoryStore | None = None, **draft: Any) -> Outcome:
    """Run the stage."""
    whole = SetDraft(said=NewBackground(**{**PLAIN, **said}), content="a", **draft)
    work = Work(
        job_id=f"job_{0:032x}", kind=JobKind.INGEST, stage=Stage.DESCRIBE, generation=1, fence=1,
        attempt=1, request=JobRequest(), photo=None,
        outputs={Stage.BUILD: whole.model_dump_json()},
    )  # fmt: skip
    return Describer(blobs or MemoryStore(), load_vocabulary())(work)


def asset_of(outcome: Outcome) -> BackgroundAsset:
    """The background it gives."""
    assert isinstance(outcome.output, IndexOrder)
    assert outcome.output.background is not None
    return outcome.output.background


def terms(asset: BackgroundAsset, facet: str) -> list[str]:
    """Tags of a facet."""
    return [weighted.term for weighted in asset.facets.get(facet, ())]


def test_words_of_name_and_caption_become_tags() -> None:
    """English and Korean; read words count for less than given ones."""
    caption = Localized(en="Soft window daylight, calm and serene.", ko="부드러운 자연광")
    asset = asset_of(described({"caption": caption}))
    assert terms(asset, "setting_studio") == [WOOD]
    assert terms(asset, "props") == ["props/green-leaves"]
    assert "lighting/soft-window-daylight" in terms(asset, "lighting")
    assert all(weighted.score < 1 for weighted in asset.facets["lighting"])


def test_given_tags_lead() -> None:
    """A facet that was named is taken as it is."""
    given = {"setting_studio": (WeightedTerm(term="setting_studio/marble-tabletop"),)}
    assert terms(asset_of(described({"facets": given})), "setting_studio") == [
        "setting_studio/marble-tabletop"
    ]


def test_colours_are_measured_in_the_preview() -> None:
    """A red picture gives a red palette."""
    blobs, out = MemoryStore(), BytesIO()
    Image.new("RGB", (64, 48), "#c01818").save(out, "PNG")
    blobs.put("library/files/my-set/p.webp", out.getvalue(), "image/webp")
    preview = Preview(view="front", key="library/files/my-set/p.webp", width=64, height=48)
    outcome = described({}, blobs, previews=(preview,))
    assert asset_of(outcome).palette[0].name == "colour_name/red"
    assert "background-unseen" not in {warning.code for warning in outcome.warnings}


def test_what_was_not_seen_or_said_is_warned_about() -> None:
    """Neither preview nor stage: the file's own size and colours, and a word on both."""
    outcome = described({}, size_m=(2.0, 1.0, 3.0))
    assert {w.code for w in outcome.warnings} == {"background-unseen", "background-stage-guessed"}
    stage = asset_of(outcome).stage
    assert (stage.width_m, stage.depth_m, stage.height_m) == (1.0, 0.5, 3.0)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"name": Localized(en="zzz", ko="zzz")}, "background-untagged"),
        ({"facets": {"mood": (WeightedTerm(term="mood/no-such"),)}}, "background-words"),
        ({"facets": {"mood": (WeightedTerm(term=WOOD),)}}, "background-words"),
    ],
)
def test_a_set_nobody_could_find_is_refused(said: dict[str, Any], why: str) -> None:
    """Without a setting, or with words nobody knows, it would never be recommended."""
    with pytest.raises(PermanentStageError, match=why):
        described(said)


def test_a_lost_preview_is_told() -> None:
    """The record must not name a picture that is not there."""
    preview = Preview(view="front", key="library/files/my-set/gone.webp", width=4, height=4)
    with pytest.raises(PermanentStageError, match="background-gone"):
        described({}, previews=(preview,))


def test_pictures_that_were_taken_of_a_model_are_looked_at() -> None:
    """Their colours count, and they become its previews; then nothing was unseen."""
    out = BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 30)).save(out, "WEBP")
    blobs = MemoryStore()
    blobs.put("library/files/my-set/a-front.webp", out.getvalue(), "image/webp")
    shot = Preview(view="front", key="library/files/my-set/a-front.webp", width=40, height=30)
    draft = SetDraft(said=NewBackground(**PLAIN), content="a", glb="library/files/x.glb")
    work = Work(
        job_id=f"job_{0:032x}", kind=JobKind.INGEST, stage=Stage.DESCRIBE, generation=1, fence=1,
        attempt=1, request=JobRequest(), photo=None,
        outputs={
            Stage.BUILD: draft.model_dump_json(),
            Stage.VIEW: View(previews=(shot,)).model_dump_json(),
        },
    )  # fmt: skip
    outcome = Describer(blobs, load_vocabulary())(work)
    asset = asset_of(outcome)
    assert asset.files.previews == (shot,)
    assert asset.palette[0].name == "colour_name/red"
    assert "background-unseen" not in [warning.code for warning in outcome.warnings]

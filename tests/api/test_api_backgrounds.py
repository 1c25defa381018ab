"""Bringing backgrounds in, and taking them out."""

import json
import struct
from typing import Any

import httpx
import pytest
from api_door import Door, problem_of
from api_models import document, glb
from api_photos import small_jpeg

from backlot.contracts.background import BackgroundAsset, BackgroundKind
from backlot.contracts.ingest import NewBackground, SetDraft
from backlot.contracts.jobs import JobBody, JobKind
from backlot.contracts.stages import Stage
from backlot.line.table import stages_of
from services.api.background_file import heaviness, kind_of, read_model

METADATA: dict[str, Any] = {
    "id": "my-oak-table",
    "kind": "studio",
    "name": {"en": "Wooden tabletop", "ko": "나무 테이블"},
    "licence": {"id": "CC0-1.0", "evidence": "https://example.com/licence"},
}


def bring(
    door: Door, file: bytes, key: str | None = None, preview: bytes | None = None, **said: Any
) -> httpx.Response:
    """Post a background."""
    files: dict[str, Any] = {
        "file": ("set.glb", file),
        "metadata": (None, json.dumps({**METADATA, **said})),
    }
    if preview is not None:
        files["preview"] = ("preview.jpg", preview)
    headers = {"Idempotency-Key": key} if key else {}
    return door.client.post("/v1/backgrounds", files=files, headers=headers)


def draft_of(door: Door, answer: httpx.Response) -> SetDraft:
    """What the job was made with."""
    assert answer.status_code == 202, answer.text
    body = JobBody.model_validate_json(answer.content)
    assert body.kind is JobKind.INGEST
    record = door.parts.records.get(body.job_id)
    assert record is not None
    assert record.line == (Stage.DESCRIBE, Stage.INDEX)
    return SetDraft.model_validate_json(record.outputs[Stage.BUILD])


def test_a_glb_becomes_an_ingest_job(door: Door) -> None:
    """Its files are stored under their content, and the job knows what came."""
    draft = draft_of(door, bring(door, glb(), preview=small_jpeg()))
    assert draft.said == NewBackground.model_validate(METADATA)
    assert draft.glb is not None
    assert door.store.get(draft.glb) == glb()
    assert draft.previews[0].key.endswith(".webp")
    assert draft.triangles == 1


def test_a_picture_becomes_a_backdrop_and_an_hdri_stays_one(door: Door) -> None:
    """Three kinds of files, told by their first bytes."""
    assert draft_of(door, bring(door, small_jpeg(), id="my-backdrop")).backdrop is not None
    hdri = b"#?RADIANCE\n" + bytes(100)
    assert draft_of(door, bring(door, hdri, id="my-sky")).hdri is not None


def test_the_same_key_again_is_the_same_job(door: Door) -> None:
    """A killed import that runs again makes nothing twice."""
    first, again = (bring(door, glb(), key="import-1", id="my-twice") for _ in range(2))
    assert first.json()["job_id"] == again.json()["job_id"]
    assert again.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    "file",
    [
        b"glTF" + struct.pack("<II", 3, 12),
        glb()[:-8],
        glb(document(nodes=[{"mesh": 9}])),
        b"not a file of any kind",
        b"",
    ],
)
def test_a_broken_file_is_refused_and_leaves_nothing(door: Door, file: bytes) -> None:
    """With its reason; neither job nor file is there afterwards."""
    before = door.everything()
    problem = problem_of(bring(door, file, id="my-broken"))
    assert problem.code == "background-broken"
    assert "background" in problem.detail
    assert door.everything() == before


@pytest.mark.parametrize("missing", ["id", "licence", "name"])
def test_metadata_must_be_whole(door: Door, missing: str) -> None:
    """A set without a licence is nobody's to use."""
    said = {name: value for name, value in METADATA.items() if name != missing}
    files = {"file": ("set.glb", glb()), "metadata": (None, json.dumps(said))}
    answer = door.client.post("/v1/backgrounds", files=files)
    problem = problem_of(answer)
    assert problem.code == "invalid-request"
    assert missing in (problem.detail or "")


def test_the_starter_library_cannot_be_changed(door: Door) -> None:
    """Neither replaced nor deleted."""
    shipped = door.parts.backgrounds()[0].id
    assert problem_of(bring(door, glb(), id=shipped)).code == "background-ours"
    gone = door.client.delete(f"/v1/backgrounds/{shipped}")
    assert problem_of(gone).code == "background-ours"


def test_a_background_can_be_listed_by_its_words_and_deleted(door: Door) -> None:
    """What the records hold the list shows; what was deleted is not found."""
    records = door.parts.own_backgrounds
    asset = door.parts.backgrounds()[0].model_copy(
        update={"id": "my-listed", "source": "imported", "kind": BackgroundKind.STUDIO}
    )
    records.put(BackgroundAsset.model_validate(asset.model_dump()), "a")
    door.parts.backgrounds.look_again()
    word = asset.facets["lighting"][0].term
    found = door.client.get("/v1/backgrounds", params={"source": "imported", "term": word}).json()
    assert [one["id"] for one in found["backgrounds"]] == ["my-listed"]
    none = door.client.get("/v1/backgrounds", params={"source": "imported", "term": "mood/festive"})
    assert none.json()["backgrounds"] == []
    assert door.client.delete("/v1/backgrounds/my-listed").status_code == 204
    assert problem_of(door.client.delete("/v1/backgrounds/my-listed")).code == "not-found"


def test_a_reindex_is_a_job_of_the_matcher_alone(door: Door) -> None:
    """Nothing is described again."""
    answer = door.client.post("/v1/backgrounds/reindex")
    assert answer.status_code == 202
    record = door.parts.records.get(answer.json()["job_id"])
    assert record is not None
    assert record.line == (Stage.INDEX,)
    assert Stage.INDEX in stages_of("matcher")


class TestModels:
    """What is read from a GLB."""

    def test_size_counts_the_nodes_places(self) -> None:
        """Scale and translation of every node above a mesh."""
        box = {"min": [0, 0, 0], "max": [1, 2, 3]}
        content = document(
            accessors=[{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3", **box}],
            nodes=[{"children": [1], "scale": [2, 2, 2]}, {"mesh": 0, "translation": [5, 0, 0]}],
            scenes=[{"nodes": [0]}],
        )
        model = read_model(*_opened(glb(content)))
        assert model.size_m == pytest.approx((2, 6, 4))
        assert (model.triangles, model.draws) == (1, 1)

    def test_a_turned_node_swaps_its_sides(self) -> None:
        """A quarter turn about the upright axis."""
        box = {"min": [0, 0, 0], "max": [1, 2, 3]}
        half = 0.5**0.5
        content = document(
            accessors=[{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3", **box}],
            nodes=[{"mesh": 0, "rotation": [0, half, 0, half]}],
        )
        assert read_model(*_opened(glb(content))).size_m == pytest.approx((3, 1, 2))

    def test_a_named_node_is_the_stage(self) -> None:
        """Its place and turn, under all nodes above it, and the room in its extras."""
        room = {"width_m": 0.6, "depth_m": 0.4, "height_m": 0.5, "floor_area_m2": 0.2}
        half = 0.5**0.5
        anchor = {
            "name": "product_anchor", "translation": [1, 0.75, 0], "rotation": [0, half, 0, half],
            "extras": {"backlot": room},
        }  # fmt: skip
        nodes = [{"mesh": 0}, {"children": [2], "translation": [0, 0, 2]}, anchor]
        model = read_model(*_opened(glb(document(nodes=nodes, scenes=[{"nodes": [0, 1]}]))))
        assert model.stage is not None
        assert model.stage.anchor == pytest.approx((1, 0.75, 2))
        assert model.stage.yaw_deg == pytest.approx(90)
        assert model.stage.width_m == 0.6

    @pytest.mark.parametrize(
        "extras",
        [
            {}, [7], {"backlot": 5}, {"backlot": {"width_m": "x"}},
            {"backlot": {"width_m": -1, "depth_m": 1, "height_m": 1}},
            {"backlot": {"width_m": 1e9, "depth_m": 1, "height_m": 1}},
        ],
    )  # fmt: skip
    def test_a_stage_that_makes_no_sense_is_none(self, extras: object) -> None:
        """The file may say anything."""
        nodes = [{"mesh": 0, "name": "product_anchor", "extras": extras}]
        assert read_model(*_opened(glb(document(nodes=nodes)))).stage is None

    def test_materials_give_a_palette(self) -> None:
        """Linear factors as sRGB."""
        red = {"pbrMetallicRoughness": {"baseColorFactor": [1, 0, 0, 1]}}
        model = read_model(*_opened(glb(document(materials=[red]))))
        assert [swatch.hex for swatch in model.palette] == ["#ff0000"]

    def test_what_passes_the_guidelines_is_named(self) -> None:
        """Every limit that is passed, with both numbers; a light file gets no warning."""
        model = read_model(*_opened(glb()))
        assert heaviness(model, 1000) == ()
        heavy = model._replace(triangles=300_000, textures=(4096,))
        (warning,) = heaviness(heavy, 1000)
        assert "300,000 triangles (guideline 250,000)" in warning.text.en
        assert "4,096" in warning.text.ko

    def test_kinds_are_told_by_their_bytes(self) -> None:
        """Names of files may lie."""
        heads = {
            b"glTF....": "glb",
            b"#?RGBE": "hdri",
            b"\x76\x2f\x31\x01": "hdri",
            b"\xff\xd8": "picture",
        }
        assert {kind_of(head) for head in heads} == set(heads.values())
        assert all(kind_of(head) == kind for head, kind in heads.items())


def _opened(data: bytes) -> tuple[Any, int]:
    from io import BytesIO

    return BytesIO(data), len(data)


def test_a_model_without_pictures_is_photographed_where_somebody_can(door: Door) -> None:
    """With a render worker on the line the job begins with `view`; without one it does not."""
    assert not draft_of(door, bring(door, glb())).to_view
    door.parts.records.beat("render@tester", 1, stages_of("render_worker"))
    body = JobBody.model_validate_json(bring(door, glb(), id="another-table").content)
    record = door.parts.records.get(body.job_id)
    assert record is not None
    assert record.line == (Stage.VIEW, Stage.DESCRIBE, Stage.INDEX)
    seen = draft_of(door, bring(door, glb(), preview=small_jpeg(), id="a-seen-table"))
    assert not seen.to_view

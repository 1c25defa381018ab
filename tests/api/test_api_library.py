import time
from pathlib import Path

import pytest
from api_door import KEYS, Door, problem_of
from api_photos import small_jpeg

from backlot.blobs.memory import MemoryStore
from backlot.catalog import load_starter, preview_path
from backlot.contracts.background import BackgroundDetail, BackgroundKind, BackgroundPage
from backlot.contracts.jobs import Manifest
from backlot.starter_models import StarterModel, write_models
from services.api.library import Library


def page_of(door: Door, **query: str | int) -> BackgroundPage:
    """One page of the library."""
    answer = door.client.get("/v1/backgrounds", params=query)
    assert answer.status_code == 200, answer.text
    return BackgroundPage.model_validate_json(answer.content)


def test_the_pages_hold_every_background_once(door: Door) -> None:
    """Following the cursors leads through the whole library, in order, without repeats."""
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = page_of(door, limit=7, **({"cursor": cursor} if cursor else {}))
        seen += [one.id for one in page.backgrounds]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == sorted(asset.id for asset in load_starter())


@pytest.mark.parametrize("kind", list(BackgroundKind))
def test_a_kind_can_be_asked_for(kind: BackgroundKind, door: Door) -> None:
    """Studio sets and open spaces are listed apart."""
    page = page_of(door, kind=kind.value, limit=60)
    assert page.next_cursor is not None
    rest = page_of(door, kind=kind.value, limit=60, cursor=page.next_cursor)
    assert rest.next_cursor is None
    shown = [*page.backgrounds, *rest.backgrounds]
    assert {one.kind for one in shown} == {kind}
    assert len(shown) == sum(asset.kind is kind for asset in load_starter())


def test_the_last_page_says_so() -> None:
    """A page that happens to end where the library ends has no cursor."""
    library = Library(load_starter(), str.upper)
    whole = library.page(None, len(load_starter()), None)
    assert whole.next_cursor is None
    assert library.page(None, len(load_starter()) - 1, None).next_cursor is not None


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 101}, {"kind": "cave"}, {"cursor": "%%%"}, {"cursor": "_w"}]
)
def test_a_wrong_question_is_refused(query: dict[str, str | int], door: Door) -> None:
    """Limits, kinds and cursors that are none of ours."""
    assert problem_of(door.client.get("/v1/backgrounds", params=query)).code == "invalid-request"


def test_one_background_is_shown_with_its_evidence(door: Door) -> None:
    """Facets, licence and stage, and pictures as addresses on this API."""
    wanted = load_starter()[0]
    answer = door.client.get(f"/v1/backgrounds/{wanted.id}")
    found = BackgroundDetail.model_validate_json(answer.content)
    assert (found.facets, found.licence, found.stage) == (
        wanted.facets,
        wanted.licence,
        wanted.stage,
    )
    assert len(found.previews) == len(wanted.files.previews)
    assert all(url.startswith(f"{door.url}/v1/catalog/previews/") for url in found.previews)


def test_there_is_no_background_nobody_made(door: Door) -> None:
    """Unknown ids are not found."""
    assert problem_of(door.client.get("/v1/backgrounds/no-such-set")).code == "not-found"


def test_every_preview_can_be_fetched(door: Door) -> None:
    """The addresses of the library lead to pictures that a browser may show and keep."""
    urls = [url for one in page_of(door, limit=100).backgrounds for url in one.previews]
    names = {url.rpartition("/")[2] for url in urls}
    there = [name for name in names if preview_path(f"catalog/previews/{name}").is_file()]
    assert len(there) == len(names)
    for name in sorted(there)[:3]:
        answer = door.client.get(f"/v1/catalog/previews/{name}")
        assert answer.headers["content-type"].startswith("image/")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "max-age=86400" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "name", ["x.webp", "..%2fmanifest.yaml", "manifest.yaml", "..%2f..%2fpyproject.toml", ".webp"]
)
def test_nothing_but_previews_is_served(name: str, door: Door) -> None:
    """Neither the manifest nor anything outside the folder."""
    assert problem_of(door.client.get(f"/v1/catalog/previews/{name}")).code == "not-found"


@pytest.fixture
def photo_url(door: Door) -> str:
    """The signed address of a stored photo."""
    job_id = door.submit(small_jpeg()).json()["job_id"]
    manifest = Manifest.model_validate_json(door.store.get(f"manifests/{job_id}.json"))
    assert manifest.photo is not None
    return door.store.url(manifest.photo.key, 600)


def test_a_signed_address_serves_its_file(door: Door, photo_url: str) -> None:
    """With the type its key says, not to be guessed, and only as long as it is signed."""
    answer = door.client.get(photo_url)
    assert answer.content.startswith(b"\xff\xd8\xff")
    headers = answer.headers
    assert (headers["content-type"], headers["x-content-type-options"]) == (
        "image/jpeg",
        "nosniff",
    )
    assert "sandbox" in headers["content-security-policy"]
    assert headers["cache-control"].startswith("private")
    head = door.client.head(photo_url)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(answer.content))


def test_a_signed_address_needs_no_key(keyed_door: Door) -> None:
    """An <img> on a shop's page sends no Authorization."""
    headers = {"Authorization": f"Bearer {KEYS['vrin']}"}
    job_id = keyed_door.submit(small_jpeg(), **headers).json()["job_id"]
    manifest = Manifest.model_validate_json(keyed_door.store.get(f"manifests/{job_id}.json"))
    assert manifest.photo is not None
    assert keyed_door.client.get(keyed_door.store.url(manifest.photo.key, 60)).status_code == 200


def test_a_changed_address_serves_nothing(door: Door, photo_url: str) -> None:
    """Another key, another time, another signature, or none: not found, whatever is there."""
    address, _, query = photo_url.partition("?")
    manifest = next(door.store.keys("manifests/"))
    changed = [
        address,
        photo_url[:-2] + "AA",
        photo_url.replace("expires=", "expires=9"),
        f"{address}?expires=soon&signature=x",
        f"{door.url}/v1/files/{manifest}?{query}",
        f"{door.url}/v1/files/..%2f..%2fetc/passwd?{query}",
        f"{door.url}/v1/files/?{query}",
    ]
    for url in changed:
        assert problem_of(door.client.get(url)).code in {"not-found", "invalid-request"}, url


def test_an_expired_address_serves_nothing(door: Door, photo_url: str) -> None:
    """A right signature of yesterday is no permission."""
    key = photo_url.partition("/v1/files/")[2].partition("?")[0]
    yesterday = int(time.time()) - 86_400
    url = door.store._signer.url(key, yesterday)
    assert problem_of(door.client.get(url)).code == "not-found"


def test_only_the_folder_store_is_served_here(tmp_path: Path, door: Door) -> None:
    """Addresses of other stores lead to those stores."""
    del tmp_path
    url = MemoryStore().url("a/b.jpg", 60).replace("http://memory.invalid", door.url)
    assert problem_of(door.client.get(url)).code == "not-found"


def test_a_background_s_3d_file_is_an_address_that_serves_it(door: Door) -> None:
    """Without a file there is none; once it is made the next look finds it."""
    wanted = load_starter()[0]
    before = door.client.get(f"/v1/backgrounds/{wanted.id}").json()
    assert before["files"] == {"glb": None, "hdri": None, "backdrop": None}
    key = f"library/starter/{wanted.id}-x.glb"
    door.store.put(key, b"glTF and more", "model/gltf-binary")
    model = StarterModel(key=key, digest="x", bytes=13, triangles=2)
    write_models(door.store, {wanted.id: model})
    door.parts.backgrounds.look_again()
    found = door.client.get(f"/v1/backgrounds/{wanted.id}").json()
    served = door.client.get(found["files"]["glb"])
    assert served.content == b"glTF and more"
    assert served.headers["content-type"] == "model/gltf-binary"
    assert (found["bytes"], found["triangles"]) == (13, 2)

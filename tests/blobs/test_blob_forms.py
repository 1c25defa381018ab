"""What every object store promises of forms that put a file into it."""

from collections.abc import Callable

import httpx
import pytest

from backlot.blobs.folder import FolderStore
from backlot.blobs.port import BlobMissingError, BlobStore, PostForm
from backlot.blobs.s3 import S3Store

KEY = "uploads/acme/x.bin"


class TestReading:
    """Pieces and sizes, on every store."""

    def test_comes_in_pieces(self, store: BlobStore) -> None:
        """The pieces together are the blob, none is larger than a megabyte where it matters."""
        data = bytes(range(256)) * 10_000
        store.put(KEY, data, "image/png")
        assert b"".join(store.chunks(KEY)) == data
        assert store.size(KEY) == len(data)

    def test_what_is_not_there_is_missing(self, store: BlobStore) -> None:
        """Asked for its size or its pieces."""
        with pytest.raises(BlobMissingError):
            store.size(KEY)
        with pytest.raises(BlobMissingError):
            list(store.chunks(KEY))

    def test_forms_are_for_good_keys_and_times_only(self, store: BlobStore) -> None:
        """As addresses are."""
        for key, expires_s in (("../x", 60), (KEY, 0), (KEY, 604_801)):
            with pytest.raises(ValueError):  # noqa: PT011  # as for every other method
                store.post_form(key, "image/png", 10, expires_s)


def post(form: PostForm, data: bytes, **changes: str) -> int:
    """Send a form as a browser does."""
    fields = {**form.fields, **changes}
    answer = httpx.post(
        form.url, data=fields, files={"file": ("p.png", data, "image/png")}, trust_env=False
    )
    return answer.status_code


class TestS3Forms:
    """A presigned POST against a server of the S3 protocol."""

    def test_a_form_stores_its_file(self, make_s3: Callable[..., S3Store]) -> None:
        """Under the key it was made for, below the store's prefix."""
        store = make_s3(prefix="shared")
        assert post(store.post_form(KEY, "image/png", 10, 60), b"12345") in {200, 204}
        assert store.get(KEY) == b"12345"

    def test_the_policy_names_key_type_size_and_time(self, make_s3: Callable[..., S3Store]) -> None:
        """S3 itself checks them; what is sent to it says all four."""
        import base64
        import json

        form = make_s3(prefix="shared").post_form(KEY, "image/png", 10, 60)
        policy = json.loads(base64.b64decode(form.fields["policy"]))
        assert {"Content-Type": "image/png"} in policy["conditions"]
        assert ["content-length-range", 1, 10] in policy["conditions"]
        assert {"key": f"shared/{KEY}"} in policy["conditions"]
        assert policy["expiration"].endswith("Z")
        assert form.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"


class TestFolderForms:
    """Forms that our own API takes."""

    def test_a_signed_form_says_what_it_allows(self, folder: FolderStore) -> None:
        """Key, type and size come back until it expires."""
        form = folder.post_form(KEY, "image/png", 10, 60)
        assert form.url == "http://api.example/v1/files"
        expires = int(form.fields["expires"])
        assert folder.verify_form(form.fields, expires - 1) == (KEY, "image/png", 10)
        assert folder.verify_form(form.fields, expires) is None

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("key", "uploads/other/x.bin"), ("max-bytes", "999999999"), ("expires", "99999999999"),
            ("Content-Type", "text/html"), ("signature", ""), ("signature", "ключ"),
            ("key", KEY + "\nimage/png"), ("expires", "soon"),
        ],
    )  # fmt: skip
    def test_a_changed_form_allows_nothing(
        self, folder: FolderStore, field: str, value: str
    ) -> None:
        """Every field is signed."""
        form = folder.post_form(KEY, "image/png", 10, 60)
        assert folder.verify_form({**form.fields, field: value}, 0) is None
        left = {name: text for name, text in form.fields.items() if name != field}
        assert folder.verify_form(left, 0) is None

    def test_an_address_is_no_form(self, folder: FolderStore) -> None:
        """A signature to read with does not let anybody write."""
        url = httpx.URL(folder.url(KEY, 60))
        fields = {"key": KEY, "Content-Type": "", "max-bytes": "", **dict(url.params)}
        assert folder.verify_form(fields, 0) is None

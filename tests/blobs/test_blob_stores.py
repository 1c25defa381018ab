"""What every object store promises, run on the folder, the fake and S3."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from backlot.blobs.keys import MAX_EXPIRES_S
from backlot.blobs.port import BlobMissingError, BlobStore

BYTES = "application/octet-stream"

UNSAFE_KEYS = (
    "",
    "/a",
    "a/",
    "a//b",
    ".hidden",
    "a/.hidden",
    "..",
    "../a",
    "a/../b",
    "a/./b",
    "a b",
    "a\\b",
    "a\nb",
    "a\0b",
    "ключ",
    "a%2e%2e/b",
    "~root",
    "x" * 201,
    "/".join(["x" * 150] * 7),
)


class TestBlobStore:
    """One behaviour, three stores."""

    def test_gives_back_what_was_put(self, store: BlobStore) -> None:
        """A blob comes back byte for byte, an empty one too."""
        store.put("jobs/job_1/photo.png", bytes(range(256)), "image/png")
        store.put("jobs/job_1/empty.json", b"", "application/json")
        assert store.get("jobs/job_1/photo.png") == bytes(range(256))
        assert store.get("jobs/job_1/empty.json") == b""

    def test_replaces(self, store: BlobStore) -> None:
        """The last put wins."""
        store.put("a/b.json", b"old", "application/json")
        store.put("a/b.json", b"new", "application/json")
        assert store.get("a/b.json") == b"new"

    def test_writes_once(self, store: BlobStore) -> None:
        """The first put_once stores and says so, the second changes nothing and says so."""
        assert store.put_once("manifests/k=1.json", b"first", "application/json") is True
        assert store.put_once("manifests/k=1.json", b"second", "application/json") is False
        assert store.get("manifests/k=1.json") == b"first"

    def test_write_once_respects_a_put(self, store: BlobStore) -> None:
        """put_once never replaces what put stored."""
        store.put("m.json", b"put", "application/json")
        assert store.put_once("m.json", b"once", "application/json") is False
        assert store.get("m.json") == b"put"

    def test_may_be_written_once_again_after_delete(self, store: BlobStore) -> None:
        """A deleted key is free."""
        store.put_once("m.json", b"1", "application/json")
        store.delete("m.json")
        assert store.put_once("m.json", b"2", "application/json") is True
        assert store.get("m.json") == b"2"

    def test_exactly_one_of_many_writes_once(self, store: BlobStore) -> None:
        """Of 16 threads that put_once the same key at the same moment, exactly one stores."""
        barrier = Barrier(16)

        def write(number: int) -> bool:
            barrier.wait()
            return store.put_once("race/manifest.json", b"%d" % number, "application/json")

        with ThreadPoolExecutor(16) as pool:
            won = list(pool.map(write, range(16)))
        assert won.count(True) == 1
        assert store.get("race/manifest.json") == b"%d" % won.index(True)

    def test_stores_files(self, store: BlobStore, tmp_path: Path) -> None:
        """A file of several chunks arrives whole; the source stays."""
        source = tmp_path / "scan.glb"
        source.write_bytes(bytes(range(256)) * 9_000)
        store.put_file("jobs/job_1/product.glb", source, "model/gltf-binary")
        assert store.get("jobs/job_1/product.glb") == source.read_bytes()

    def test_tells_of_a_missing_source_file(self, store: BlobStore, tmp_path: Path) -> None:
        """A source that is not there is the caller's mistake, and nothing is stored."""
        with pytest.raises(FileNotFoundError):
            store.put_file("a.glb", tmp_path / "none.glb", "model/gltf-binary")
        assert not store.exists("a.glb")

    def test_misses(self, store: BlobStore) -> None:
        """A key that was never stored is missing, and so is the folder of another key."""
        store.put("a/b/c.bin", b"x", BYTES)
        for key in ("nothing", "a/b", "a/b/d.bin", "a/b/c.bin/d"):
            assert store.exists(key) is False
            with pytest.raises(BlobMissingError):
                store.get(key)
        assert store.exists("a/b/c.bin") is True

    def test_deletes_quietly(self, store: BlobStore) -> None:
        """Delete removes one key only; what is not there, or is a folder, is no error."""
        store.put("a/b.bin", b"x", BYTES)
        store.put("a/c.bin", b"y", BYTES)
        for key in ("a/b.bin", "a/b.bin", "a", "a/b.bin/d", "never"):
            store.delete(key)
        assert list(store.keys("")) == ["a/c.bin"]
        store.put("a/b.bin", b"z", BYTES)
        assert store.get("a/b.bin") == b"z"

    def test_lists_by_prefix_in_order(self, store: BlobStore) -> None:
        """Keys come in byte order of the whole key, whatever part the prefix ends in."""
        names = ("j/a/2", "j/a-b/1", "j/a.txt", "j/a/10", "j/A/1", "j/b", "k/1", "j1/x", "j/a=1")
        for name in names:
            store.put(name, b"", BYTES)
        for prefix in ("", "j", "j/", "j/a", "j/a/", "j/a/1", "j/zzz", "nothing/here/"):
            expected = sorted(name for name in names if name.startswith(prefix))
            assert list(store.keys(prefix)) == expected

    @pytest.mark.parametrize("key", UNSAFE_KEYS)
    def test_refuses_unsafe_keys(self, store: BlobStore, key: str, tmp_path: Path) -> None:
        """No method takes a key that could leave the store or hide in it."""
        source = tmp_path / "file"
        source.write_bytes(b"x")
        calls: tuple[Callable[[], object], ...] = (
            lambda: store.put(key, b"x", BYTES),
            lambda: store.put_once(key, b"x", BYTES),
            lambda: store.put_file(key, source, BYTES),
            lambda: store.get(key),
            lambda: store.exists(key),
            lambda: store.delete(key),
            lambda: store.url(key, 60),
        )
        for call in calls:
            with pytest.raises(ValueError, match="blob key"):
                call()

    @pytest.mark.parametrize("prefix", ["/", "../", "a/../", "a//", ".incoming", "a/.", "ä"])
    def test_refuses_unsafe_prefixes(self, store: BlobStore, prefix: str) -> None:
        """A listing cannot leave the store either."""
        with pytest.raises(ValueError, match="prefix"):
            list(store.keys(prefix))

    @pytest.mark.parametrize("expires_s", [0, -1, MAX_EXPIRES_S + 1])
    def test_refuses_useless_lifetimes(self, store: BlobStore, expires_s: int) -> None:
        """An address lives from one second to the seven days that S3 allows."""
        with pytest.raises(ValueError, match="lives between"):
            store.url("a.png", expires_s)

    def test_signs_each_address_for_its_key(self, store: BlobStore) -> None:
        """Two keys have two addresses, and each names its key."""
        one, two = store.url("a/1.png", 60), store.url("a/2.png", 60)
        assert "a/1.png" in one
        assert "a/2.png" in two
        assert one.split("?")[1] != two.split("?")[1]

    def test_shows_no_half_replaced_blob(self, store: BlobStore) -> None:
        """A reader beside a writer sees only whole blobs, each one of those that were put."""
        size = 200_000
        store.put("race/blob", b"a" * size, BYTES)

        def write() -> None:
            for letter in b"bcdefghij":
                store.put("race/blob", bytes([letter]) * size, BYTES)

        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(write)
            while not writing.done():
                seen = store.get("race/blob")
                assert len(seen) == size
                assert len(set(seen)) == 1
            writing.result()

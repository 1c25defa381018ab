"""What the folder promises beyond the common behaviour: no partial files, honest addresses."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from backlot.blobs.folder import ABANDONED_S, INCOMING, FolderStore
from backlot.blobs.port import BlobMissingError, BlobUnavailableError
from backlot.contracts.errors import ConfigurationError

BASE_URL = "http://api.example"
SECRET = b"a-secret-of-the-tests"
BYTES = "application/octet-stream"

WRITER = """
import sys
from pathlib import Path
from backlot.blobs.folder import FolderStore
store = FolderStore(Path(sys.argv[1]), b"a-secret-of-the-tests", "http://api.example")
store.put_file("jobs/big.bin", Path(sys.argv[2]), "application/octet-stream")
"""


@pytest.fixture
def stuck_writer(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process in the middle of storing `jobs/big.bin`; its source never ends."""
    source = tmp_path / "source"
    os.mkfifo(source)
    command = [sys.executable, "-c", WRITER, str(tmp_path / "blobs"), str(source)]
    with subprocess.Popen(command) as process, source.open("wb", buffering=0) as feed:
        feed.write(b"x" * 3_000_000)
        incoming = tmp_path / "blobs" / INCOMING
        while not any(file.stat().st_size > 0 for file in incoming.iterdir()):
            assert process.poll() is None
            time.sleep(0.01)
        yield process
        process.kill()
        process.wait()


def test_killed_writer_leaves_nothing_to_see(
    folder: FolderStore, stuck_writer: subprocess.Popen[bytes]
) -> None:
    """A writer killed half-way leaves no key, and the old blob stays as it was."""
    folder.put("jobs/other.bin", b"whole", BYTES)
    stuck_writer.send_signal(signal.SIGKILL)
    stuck_writer.wait()
    assert list(folder.keys("")) == ["jobs/other.bin"]
    assert not folder.exists("jobs/big.bin")
    assert folder.put_once("jobs/big.bin", b"whole", BYTES) is True


def test_sweeps_what_dead_writers_left(folder: FolderStore, tmp_path: Path) -> None:
    """Opening the store removes temporary files older than an hour, and no younger ones."""
    incoming = tmp_path / "blobs" / INCOMING
    old, young = incoming / "old", incoming / "young"
    old.write_bytes(b"part")
    young.write_bytes(b"part")
    past = time.time() - ABANDONED_S - 1
    os.utime(old, (past, past))
    FolderStore(tmp_path / "blobs", SECRET, BASE_URL)
    assert not old.exists()
    assert young.exists()
    assert list(folder.keys("")) == []


def test_writes_leave_no_temporary_files(folder: FolderStore, tmp_path: Path) -> None:
    """Neither a write, nor a lost put_once, nor a refused one leaves anything behind."""
    folder.put("a", b"x", BYTES)
    folder.put_once("b", b"x", BYTES)
    folder.put_once("b", b"x", BYTES)
    with pytest.raises(ValueError, match="share a name"):
        folder.put("a/b", b"x", BYTES)
    assert list((tmp_path / "blobs" / INCOMING).iterdir()) == []


@pytest.mark.parametrize("key", ["a", "a/b/c"])
def test_a_blob_is_no_folder(folder: FolderStore, key: str) -> None:
    """A key that would make a blob of a folder, or a folder of a blob, is refused at once."""
    folder.put("a/b", b"x", BYTES)
    with pytest.raises(ValueError, match="share a name"):
        folder.put(key, b"y", BYTES)
    with pytest.raises(ValueError, match="share a name"):
        folder.put_once(key, b"y", BYTES)
    assert folder.get("a/b") == b"x"


def test_delete_removes_empty_folders(folder: FolderStore, tmp_path: Path) -> None:
    """Retention leaves no tree of empty folders behind, and writing there works again."""
    folder.put("jobs/1/caption/mask.png", b"x", "image/png")
    folder.delete("jobs/1/caption/mask.png")
    assert [entry.name for entry in (tmp_path / "blobs").iterdir()] == [INCOMING]
    folder.put("jobs/1/caption/mask.png", b"y", "image/png")
    assert folder.get("jobs/1/caption/mask.png") == b"y"


def test_gives_the_file_of_a_blob(folder: FolderStore) -> None:
    """A server can send the file itself; there is none for a folder or a missing key."""
    folder.put("a/b.png", b"x", "image/png")
    assert folder.path("a/b.png").read_bytes() == b"x"
    for key in ("a", "a/c.png"):
        with pytest.raises(BlobMissingError):
            folder.path(key)


def test_full_disk_is_unavailable(folder: FolderStore, tmp_path: Path) -> None:
    """When the folder cannot be written the caller hears that it may try again later."""
    (tmp_path / "blobs" / INCOMING).rmdir()
    with pytest.raises(BlobUnavailableError):
        folder.put("a", b"x", BYTES)


def test_refuses_a_root_that_is_no_folder(tmp_path: Path) -> None:
    """A setting that points at a file stops the process at its start."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ConfigurationError, match="cannot hold blobs"):
        FolderStore(tmp_path / "file", SECRET, BASE_URL)


def test_does_without_fsync(tmp_path: Path) -> None:
    """Without waiting for the disk the behaviour is the same."""
    store = FolderStore(tmp_path / "quick", SECRET, BASE_URL, fsync=False)
    assert store.put_once("a/b", b"x", BYTES) is True
    assert store.put_once("a/b", b"y", BYTES) is False
    assert list(store.keys("a/")) == ["a/b"]


class TestAddresses:
    """Signed addresses on our own API."""

    @pytest.fixture
    def signed(self, tmp_path: Path) -> tuple[FolderStore, str, int, str]:
        """A store whose clock stands at 1,000 and an address for a minute: key, end, signature."""
        store = FolderStore(tmp_path / "b", SECRET, BASE_URL + "/", clock=lambda: 1_000.0)
        address = urlsplit(store.url("a/b=1.png", 60))
        assert f"{address.scheme}://{address.netloc}" == BASE_URL
        assert address.path == "/v1/files/a/b%3D1.png"
        query = parse_qs(address.query)
        return store, "a/b=1.png", int(query["expires"][0]), query["signature"][0]

    def test_holds_until_it_expires(self, signed: tuple[FolderStore, str, int, str]) -> None:
        """The address is good for its lifetime and not a second longer."""
        store, key, expires, signature = signed
        assert expires == 1_060
        assert store.verify(key, expires, signature, 1_059.9)
        assert not store.verify(key, expires, signature, 1_060.0)

    @pytest.mark.parametrize("key", ["a/b=2.png", "a/b=1.png/", "a", "../secret", "ключ"])
    def test_is_good_for_one_key(self, signed: tuple[FolderStore, str, int, str], key: str) -> None:
        """A signature opens the key it was made for and no other."""
        store, _, expires, signature = signed
        assert not store.verify(key, expires, signature, 1_000.0)

    def test_cannot_be_made_to_live_longer(self, signed: tuple[FolderStore, str, int, str]) -> None:
        """The end is part of what is signed."""
        store, key, expires, signature = signed
        assert not store.verify(key, expires + 3_600, signature, 1_000.0)

    @pytest.mark.parametrize("signature", ["", "A" * 43, "ключ", "\ud800", "a" * 10_000])
    def test_refuses_any_other_signature(
        self, signed: tuple[FolderStore, str, int, str], signature: str
    ) -> None:
        """Whatever a client sends as a signature is compared, never an error."""
        store, key, expires, genuine = signed
        assert not store.verify(key, expires, signature, 1_000.0)
        assert not store.verify(key, expires, genuine + signature + "=", 1_000.0)

    def test_belongs_to_one_secret(
        self, signed: tuple[FolderStore, str, int, str], tmp_path: Path
    ) -> None:
        """Another installation's secret does not open it."""
        _, key, expires, signature = signed
        other = FolderStore(tmp_path / "b", b"another-secret-of-tests", BASE_URL)
        assert not other.verify(key, expires, signature, 1_000.0)

    def test_needs_a_real_secret(self, tmp_path: Path) -> None:
        """A secret that could be guessed stops the process at its start."""
        with pytest.raises(ConfigurationError, match="BACKLOT_SECRET"):
            FolderStore(tmp_path / "b", b"short", BASE_URL)

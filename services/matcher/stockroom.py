"""The library as one matcher process holds it: read at once by many, replaced as a whole."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

import structlog

from backlot.contracts.background import BackgroundAsset
from backlot.contracts.errors import UnavailableError
from backlot.vocabulary import Vocabulary
from services.matcher.lexical import Lexicon
from services.matcher.shelf import Shelf, stock

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Library:
    """All sets as they are at one moment; a match uses one from its start to its end.

    Attributes:
        version: Number of sets, and a hash of which they are.
    """

    assets: tuple[BackgroundAsset, ...]
    shelf: Shelf
    lexicon: Lexicon
    version: str


class Stockroom:
    """Holds the library that is in use, and notices when another one is there.

    Args:
        assets: Gives all backgrounds; the same tuple as long as nothing has changed.
        vocabulary: Where the tags' words are.
    """

    def __init__(
        self, assets: Callable[[], tuple[BackgroundAsset, ...]], vocabulary: Vocabulary
    ) -> None:
        self._assets = assets
        self._vocabulary = vocabulary
        self._lock = Lock()
        self._library = library_of(assets(), vocabulary)

    @property
    def library(self) -> Library:
        """The library as it is now; as it was, while the store of records does not answer."""
        try:
            assets = self._assets()
        except UnavailableError as error:
            log.warning("library_unread", why=str(error))
            return self._library
        with self._lock:
            if assets is not self._library.assets:
                self._library = library_of(assets, self._vocabulary)
            return self._library


def library_of(assets: tuple[BackgroundAsset, ...], vocabulary: Vocabulary) -> Library:
    """Return these records with all that can be computed before any job."""
    shelf = stock(assets)
    return Library(assets, shelf, Lexicon(shelf, vocabulary), _version(assets))


def _version(assets: Sequence[BackgroundAsset]) -> str:
    """Return the number of backgrounds and a hash of which they are."""
    named = ",".join(sorted(f"{asset.id}@{asset.version}" for asset in assets))
    return f"{len(assets)}+{hashlib.sha256(named.encode()).hexdigest()[:8]}"

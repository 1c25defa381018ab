"""The library as clients read it: pages in a fixed order, pictures as addresses."""

import base64
import binascii
from collections.abc import Collection

from backlot.catalog import card
from backlot.contracts.background import (
    BackgroundAsset,
    BackgroundCard,
    BackgroundDetail,
    BackgroundFiles,
    BackgroundKind,
    BackgroundPage,
    SetFiles,
)
from backlot.contracts.errors import RefusedInputError
from backlot.line.body import SignUrl


class Library:
    """Shows backgrounds.

    Args:
        backgrounds: All of them.
        sign_url: Turns the pictures' keys into addresses.
    """

    def __init__(self, backgrounds: tuple[BackgroundAsset, ...], sign_url: SignUrl) -> None:
        self._backgrounds = backgrounds
        self._sign_url = sign_url

    def page(
        self,
        kind: BackgroundKind | None,
        limit: int,
        cursor: str | None,
        *,
        source: str | None = None,
        terms: Collection[str] = (),
    ) -> BackgroundPage:
        """One page.

        Args:
            kind: Only these; all when None.
            source: Only those from here; all when None.
            terms: Only those that show every one of these.
            limit: Most backgrounds on the page.
            cursor: From the page before.

        Raises:
            RefusedInputError: ``invalid-request`` for a cursor that is none of ours.
        """
        after = _decoded(cursor) if cursor else ""
        rest = sorted(
            (
                one
                for one in self._backgrounds
                if one.id > after
                and kind in (None, one.kind)
                and source in (None, one.source)
                and _words_of(one).issuperset(terms)
            ),
            key=lambda one: one.id,
        )
        shown = rest[:limit]
        more = len(rest) > limit
        return BackgroundPage(
            backgrounds=tuple(self._card(one) for one in shown),
            next_cursor=_encoded(shown[-1].id) if more else None,
        )

    def one(self, background_id: str) -> BackgroundDetail:
        """One background; raises `RefusedInputError` ``not-found``."""
        found = next((one for one in self._backgrounds if one.id == background_id), None)
        if found is None:
            raise RefusedInputError("not-found", "There is no such background.")
        return BackgroundDetail(
            **dict(self._card(found)),
            files=self._files(found.files),
            facets=found.facets,
            cameras=found.cameras,
            lights=found.lights,
            triangles=found.triangles,
            bytes=found.bytes,
            licence=found.licence,
            version=found.version,
            source=found.source,
        )

    def _files(self, files: SetFiles) -> BackgroundFiles:
        keys = files.model_dump(include={"glb", "hdri", "backdrop"})
        return BackgroundFiles(
            **{name: self._sign_url(key) if key else None for name, key in keys.items()}
        )

    def _card(self, asset: BackgroundAsset) -> BackgroundCard:
        shown = card(asset)
        previews = tuple(self._sign_url(key) for key in shown.previews)
        return shown.model_copy(update={"previews": previews})


def _words_of(asset: BackgroundAsset) -> set[str]:
    """Every word of a background, its colours included."""
    tags = {term.term for terms in asset.facets.values() for term in terms}
    return tags | {swatch.name for swatch in asset.palette}


def _encoded(last_id: str) -> str:
    return base64.urlsafe_b64encode(last_id.encode()).decode().rstrip("=")


def _decoded(cursor: str) -> str:
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        detail = "cursor: use next_cursor as it came."
        raise RefusedInputError("invalid-request", detail) from error

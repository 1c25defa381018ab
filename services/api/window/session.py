"""The key a person typed in, kept by their browser out of reach of scripts."""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers

COOKIE = "backlot_key"
LASTS_S = 12 * 3600


def cookie_for(key: str, *, secure: bool) -> str:
    """A Set-Cookie value; strict, so that no other site's page can make use of it."""
    cookie: SimpleCookie = SimpleCookie()
    cookie[COOKIE] = key
    morsel = cookie[COOKIE]
    morsel["path"] = "/"
    morsel["httponly"] = True
    morsel["samesite"] = "Strict"
    morsel["max-age"] = str(LASTS_S)
    if secure:
        morsel["secure"] = True
    return morsel.OutputString()


def authorization_of(headers: Headers) -> str | None:
    """The Authorization header; for the window's own requests, the key in the cookie instead."""
    said = headers.get("authorization")
    if said is not None or not _from_here(headers):
        return said
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return f"Bearer {morsel.value}" if morsel is not None else None


def _from_here(headers: Headers) -> bool:
    """Whether a page of this very origin asks; a sibling site sends cookies too."""
    site = headers.get("sec-fetch-site", "same-origin")
    origin = headers.get("origin")
    return site in {"same-origin", "none"} and (
        origin is None or urlsplit(origin).netloc == headers.get("host")
    )

"""What the guards may find wrong with a brief."""

from enum import StrEnum

from backlot.contracts.frozen import Frozen


class Code(StrEnum):
    """Every kind of fault, stable for logs and tests."""

    UNKNOWN_TERM = "unknown-term"
    WRONG_KIND = "wrong-kind"
    CONTRADICTION = "contradiction"
    KELVIN = "kelvin"
    AVOIDS_ITSELF = "avoids-itself"
    CLEAR_ON_WHITE = "clear-on-white"
    NO_EVIDENCE = "no-evidence"
    FORBIDDEN = "forbidden"
    BRAND = "brand"
    MATERIAL = "material-not-seen"
    SELLER_WORDS = "seller-words"
    LENGTH = "length"
    LANGUAGE = "language"


ABOUT_PROSE = frozenset(
    {
        Code.FORBIDDEN,
        Code.BRAND,
        Code.MATERIAL,
        Code.SELLER_WORDS,
        Code.LENGTH,
        Code.LANGUAGE,
    }
)
"""Faults of the text alone; the slots may still be good."""


class Finding(Frozen):
    """One fault of a brief.

    `terms` are the words it is about; `detail` is for people and repeats no text of the seller.
    """

    code: Code
    slot: str
    detail: str
    terms: tuple[str, ...] = ()

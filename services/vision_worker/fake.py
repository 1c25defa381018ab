"""The caption stage without an engine, to measure and test the line itself."""

from backlot.contracts.caption import Caption, CaptionText, Measures
from backlot.contracts.frozen import Swatch
from backlot.contracts.terms import FactSource
from backlot.line.work import Outcome, Work

_GREY = Swatch(hex="#bebfc0", name="colour_name/light-gray", share=1.0)
_MEASURES = Measures(
    lightness=50.0,
    contrast=0.0,
    chroma=0.0,
    warmth=0.0,
    sharpness=1.0,
    clutter=0.0,
    frame_fill=1.0,
    aspect=1.0,
    photo_lightness=50.0,
)
_SENTENCES = (
    "The product was not looked at.",
    "Its main colour is light gray.",
    "Its tone is even.",
    "The photo was not opened.",
)
_CAPTION = Caption(
    texts=tuple(
        CaptionText(text=text, score=0.0, source=FactSource.MEASURED) for text in _SENTENCES
    ),
    facets={},
    palette=(_GREY,),
    measures=_MEASURES,
    cutout=None,
)


class EmptyCaptioner:
    """Says the least that is valid of every photo, at once, without reading it."""

    def __call__(self, work: Work) -> Outcome:  # noqa: ARG002 - a handler takes its work
        """Give the same minimal valid caption."""
        return Outcome(_CAPTION, versions={"caption": "fake"})

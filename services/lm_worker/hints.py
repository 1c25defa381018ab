"""Tells when a seller's Korean words could not be turned into terms."""

from backlot.contracts.caption import Caption
from backlot.contracts.frozen import Localized
from backlot.contracts.jobs import JobRequest, JobWarning
from backlot.contracts.terms import FactSource
from backlot.vocabulary import Vocabulary
from backlot.vocabulary.phrases import has_hangul

NOT_UNDERSTOOD = "hint-not-understood"
_WARNING = JobWarning(
    code=NOT_UNDERSTOOD,
    text=Localized(
        en="The Korean title or category has no word this system knows; it counts for little.",
        ko="한국어 제목이나 분류에서 아는 낱말을 찾지 못해 추천에 거의 반영되지 않았습니다.",
    ),
)


def hint_warnings(
    request: JobRequest, caption: Caption, vocabulary: Vocabulary
) -> tuple[JobWarning, ...]:
    """Return a warning if the seller wrote Korean and none of it became a term.

    Encoders do not read Korean, so such words reach a brief through labels and synonyms, or
    through a language model; a caller that used one has nothing to warn about.
    """
    korean = [text for text in (request.title, request.category) if text and has_hangul(text)]
    if not korean or any(_became_terms(text, vocabulary) for text in korean):
        return ()
    facts = (fact for several in caption.facets.values() for fact in several)
    understood = any(fact.source is FactSource.HINT for fact in facts)
    return () if understood else (_WARNING,)


def _became_terms(text: str, vocabulary: Vocabulary) -> bool:
    return any(vocabulary.mentions(text, facet) for facet in vocabulary.facets)

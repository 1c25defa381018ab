"""What of a background goes into the index: its named vectors, and the facts to filter by."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID, uuid5

import numpy as np

from backlot.contracts.background import BackgroundAsset
from backlot.contracts.terms import WeightedTerm
from backlot.encoder.port import SentenceEncoder, Vectors
from backlot.vocabulary import Vocabulary
from backlot.vocabulary.colour import lab_of
from services.matcher.port import Point, PointFacts, Vector, VectorName, VectorSpace

NAMESPACE = UUID("8f0d2a5e-3b51-5c55-9d0a-6a6b0c1d7e21")
LAYOUT = 1
"""Raise it when the same background should give other vectors or facts."""

SETTING_FACETS = ("setting_studio", "setting_space")
LOOK_FACETS = ("mood", "lighting", "style")
VISIBLE_SHARE = 0.1
"""A palette colour that covers less is not something a set shows."""

PHRASES = {"lighting": "lit by {}", "mood": "a {} atmosphere", "style": "{} style"}
"""How a word is put for the encoder; words of other facets stand alone."""


def point_id_of(asset: BackgroundAsset) -> str:
    """Return the id of a background's point; another version is another point."""
    return str(uuid5(NAMESPACE, f"{asset.id}@{asset.version}"))


def phrase(term_id: str, vocabulary: Vocabulary) -> str:
    """Return the English words under which a term is encoded, for sets and for questions alike."""
    term = vocabulary.term(term_id)
    return PHRASES.get(term.facet, "{}").format(term.label.en)


def shown_terms(asset: BackgroundAsset) -> dict[str, float]:
    """Return every term a background shows and how strongly, its palette's colours included."""
    shown = {swatch.name: 1.0 for swatch in asset.palette if swatch.share >= VISIBLE_SHARE}
    for terms in asset.facets.values():
        shown.update({weighted.term: weighted.score for weighted in terms})
    return shown


def fingerprint_of(asset: BackgroundAsset, space: VectorSpace) -> str:
    """Return a hash that changes with everything a point is made from."""
    text = f"{LAYOUT}|{space.stamp}|{asset.model_dump_json()}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def facts_of(asset: BackgroundAsset, space: VectorSpace) -> PointFacts:
    """Return what is stored beside the vectors."""
    return PointFacts(
        background_id=asset.id,
        kind=asset.kind,
        terms=tuple(sorted(shown_terms(asset))),
        licence=asset.licence.id,
        palette_lab=tuple((*lab_of(swatch.hex), swatch.share) for swatch in asset.palette),
        stage_m=(asset.stage.width_m, asset.stage.depth_m, asset.stage.height_m),
        version=asset.version,
        source=asset.source,
        fingerprint=fingerprint_of(asset, space),
    )


def points_of(
    assets: Sequence[BackgroundAsset],
    encoder: SentenceEncoder,
    vocabulary: Vocabulary,
    space: VectorSpace,
    views: Mapping[str, Vectors] | None = None,
) -> list[Point]:
    """Return the points of backgrounds, all their texts encoded in one call.

    Args:
        assets: What to index.
        encoder: Makes the text vectors.
        vocabulary: Where the terms' words are.
        space: What the collection's vectors are made with.
        views: Background id to its previews' vectors, shape (views, dim), where there are any.
    """
    texts = dict.fromkeys(text for asset in assets for text in _texts(asset, vocabulary))
    rows = dict(zip(texts, encoder.encode(tuple(texts)), strict=True))
    words = {
        term_id: rows[phrase(term_id, vocabulary)]
        for asset in assets
        for term_id in _spoken_terms(asset)
    }
    return [
        Point(
            point_id=point_id_of(asset),
            vectors=_vectors(asset, rows[_caption(asset)], words, (views or {}).get(asset.id)),
            facts=facts_of(asset, space),
        )
        for asset in assets
    ]


def blend(parts: Iterable[tuple[Vector, float]]) -> Vector | None:
    """Return the weighted mean direction of vectors; None when there is nothing to blend."""
    weighted = [vector * weight for vector, weight in parts if weight > 0]
    if not weighted:
        return None
    total: Vector = np.sum(weighted, axis=0, dtype=np.float32)
    length = float(np.linalg.norm(total))
    return total / np.float32(length) if length > 0 else None


def _vectors(
    asset: BackgroundAsset,
    caption: Vector,
    words: Mapping[str, Vector],
    views: Vectors | None,
) -> dict[VectorName, Vector]:
    """Return the named vectors of one background."""
    vectors: dict[VectorName, Vector] = {"caption": caption}
    setting = blend(
        (words[term.term], term.score) for facet in SETTING_FACETS for term in _terms(asset, facet)
    )
    # Each of mood, light and style counts the same, however many words it has.
    looks = (blend((words[t.term], t.score) for t in _terms(asset, facet)) for facet in LOOK_FACETS)
    look = blend((vector, 1.0) for vector in looks if vector is not None)
    if setting is not None:
        vectors["setting"] = setting
    if look is not None:
        vectors["look"] = look
    if views is not None and len(views):
        vectors["preview"] = views
    return vectors


def _caption(asset: BackgroundAsset) -> str:
    """Return the sentence a background is described with."""
    return f"{asset.name.en}. {asset.caption.en}"


def _texts(asset: BackgroundAsset, vocabulary: Vocabulary) -> list[str]:
    """Return everything about a background that has to be encoded."""
    spoken = [phrase(term_id, vocabulary) for term_id in _spoken_terms(asset)]
    return [_caption(asset), *spoken]


def _spoken_terms(asset: BackgroundAsset) -> list[str]:
    """Return the terms that go into a vector of their own."""
    facets = (*SETTING_FACETS, *LOOK_FACETS)
    return [term.term for facet in facets for term in _terms(asset, facet)]


def _terms(asset: BackgroundAsset, facet: str) -> tuple[WeightedTerm, ...]:
    """Return the terms of one facet."""
    return asset.facets.get(facet, ())

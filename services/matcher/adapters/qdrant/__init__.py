"""The index in Qdrant, and the one place that speaks with its client."""

from services.matcher.adapters.qdrant.index import QdrantIndex, open_folder, open_url

__all__ = ["QdrantIndex", "open_folder", "open_url"]

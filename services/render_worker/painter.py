"""What makes a picture from words, as the rest of the worker sees it."""

from typing import Protocol


class Painter(Protocol):
    """Makes pictures for photo backdrops."""

    @property
    def name(self) -> str:
        """The model, as licences and versions show it."""
        ...

    def paint(self, prompt: str) -> bytes:
        """A picture file.

        Raises:
            TransientStageError: The model does not answer; later it may.
            PermanentStageError: It refuses, or answers with no picture.
        """
        ...

"""Server-sent events, read line by line."""

from typing import NamedTuple


class Message(NamedTuple):
    """One message of a stream.

    Attributes:
        event_id: What Last-Event-ID says to hear what came after it.
    """

    event_id: str
    type: str
    data: str


class MessageReader:
    """Puts lines together; comments, and fields nobody knows, are passed over."""

    def __init__(self) -> None:
        self._event_id = ""
        self._type = "message"
        self._data: list[str] = []

    def read(self, line: str) -> Message | None:
        """Take a line without its end; an empty one may complete a message."""
        if not line:
            return self._complete()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._type = value
        elif name == "id":
            self._event_id = value
        return None

    def _complete(self) -> Message | None:
        kind, data = self._type, self._data
        self._type, self._data = "message", []
        return Message(self._event_id, kind, "\n".join(data)) if data else None

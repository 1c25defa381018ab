"""Pictures from an OpenAI-compatible images endpoint; the only place that knows its wire."""

import base64
import binascii
import json
import urllib.error
import urllib.request
from typing import Any, NamedTuple

from pydantic import SecretStr

from backlot.contracts.errors import PermanentStageError, TransientStageError

_MOST_BYTES = 40_000_000
_BUSY = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_AWAY = "The image model does not answer."


class Endpoint(NamedTuple):
    """Where the model is and how it is asked.

    Attributes:
        size: Width x height, as the endpoint spells it.
        timeout_s: Of every read.
    """

    base_url: str
    model: str
    api_key: SecretStr
    size: str = "1536x1024"
    timeout_s: float = 120.0


class OpenAiPainter:
    """Asks `POST {base_url}/images/generations`; see `Painter`.

    The address is the operator's own setting, not a client's.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    @property
    def name(self) -> str:
        """The model."""
        return self._endpoint.model

    def paint(self, prompt: str) -> bytes:
        """One picture, as its file."""
        at = self._endpoint
        wanted = {"model": at.model, "prompt": prompt, "n": 1, "size": at.size}
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked by the settings
            f"{at.base_url.rstrip('/')}/images/generations",
            data=json.dumps(wanted).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {at.api_key.get_secret_value() or 'none'}",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=at.timeout_s) as reply:  # noqa: S310 - as above
                body = reply.read(_MOST_BYTES + 1)
        except urllib.error.HTTPError as error:
            raise _refused(error) from error
        except OSError as error:
            raise TransientStageError("painter-away", _AWAY) from error
        return _picture(body)


def _refused(error: urllib.error.HTTPError) -> TransientStageError | PermanentStageError:
    with error:
        if error.code in _BUSY:
            return TransientStageError("painter-busy", _AWAY)
    return PermanentStageError("painter-refused", f"The image model refuses: {error.code}.")


def _picture(body: bytes) -> bytes:
    """The first picture of an answer."""
    if len(body) > _MOST_BYTES:
        raise PermanentStageError("painter-answer", "The image model's answer is too large.")
    try:
        answer: Any = json.loads(body)
        return base64.b64decode(answer["data"][0]["b64_json"], validate=True)
    except (ValueError, KeyError, IndexError, TypeError, binascii.Error) as error:
        raise PermanentStageError(
            "painter-answer", "The image model's answer holds no picture."
        ) from error

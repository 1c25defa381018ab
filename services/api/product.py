"""Cheap check of a product model: is this a whole, self-contained GLB? Nothing is decoded.

Follows the container layout and index rules of glTF 2.0 (https://registry.khronos.org/glTF/).
"""

import json
import struct
from typing import Any, BinaryIO, NoReturn

from backlot.contracts.errors import RefusedInputError
from services.api.product_scene import BrokenSceneError, check_scene

_MAGIC = 0x46546C67
_JSON = 0x4E4F534A
_BIN = 0x004E4942
_HEADER = 12
_CHUNK_HEADER = 8
MAX_JSON_BYTES = 16 * 2**20
"""Of the JSON chunk; 100,000 nodes need about 10 MB."""


def check_glb(file: BinaryIO, size: int) -> None:
    """Refuse what is not a readable GLB 2.0 with everything inside.

    Args:
        file: Seekable; read from the start, and the binary chunk is skipped.
        size: Bytes in the file.

    Raises:
        RefusedInputError: ``product-broken`` with the reason.
    """
    file.seek(0)
    if size < _HEADER + _CHUNK_HEADER:
        _refuse("it is too short to be a GLB")
    magic, version, length = struct.unpack("<III", file.read(_HEADER))
    if magic != _MAGIC:
        _refuse("it does not start like a GLB")
    if version != 2:  # noqa: PLR2004  # the only binary glTF there is
        _refuse(f"it is binary glTF version {version}, not 2")
    if length != size:
        _refuse(f"its header promises {length} bytes, but {size} came")
    document, binary_bytes = _chunks(file, size)
    try:
        check_scene(_parsed(document), binary_bytes)
    except BrokenSceneError as error:
        _refuse(str(error))


def _chunks(file: BinaryIO, size: int) -> tuple[bytes, int]:
    """Walk the chunks; gives the JSON text and the length of the binary chunk."""
    document = b""
    binary_bytes = 0
    at, index = _HEADER, 0
    while at < size:
        if at + _CHUNK_HEADER > size:
            _refuse("its last chunk is cut short")
        length, kind = struct.unpack("<II", file.read(_CHUNK_HEADER))
        at += _CHUNK_HEADER + length
        if length % 4 or at > size:
            _refuse(f"chunk {index} is cut short or not aligned")
        if (kind == _JSON) != (index == 0):
            _refuse("its first chunk, and only that, must be JSON")
        if index == 0:
            if length > MAX_JSON_BYTES:
                _refuse("its JSON chunk is too large")
            document = file.read(length)
        else:
            if kind == _BIN and index == 1:
                binary_bytes = length
            file.seek(length, 1)
        index += 1
    return document, binary_bytes


def _parsed(document: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(document.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        _refuse("its JSON chunk cannot be parsed")
    if not isinstance(parsed, dict):
        _refuse("its JSON chunk is not an object")
    return parsed


def _no_constant(word: str) -> NoReturn:
    raise ValueError(word)


def _refuse(why: str) -> NoReturn:
    raise RefusedInputError("product-broken", f"The product model cannot be used: {why}.")

"""A decoding child that misbehaves when it is told to; `DecodePool` starts it by its name.

A photo is the name of the way to misbehave; any other photo is decoded as it should be.
"""

import hashlib
import os
import signal

from backlot.contracts.errors import RefusedInputError
from services.api.photo import NormalisedPhoto, PhotoLimits, normalise
from services.api.photo_child import serve


def misbehave(photo: bytes, limits: PhotoLimits) -> NormalisedPhoto:  # noqa: C901  # one case a way
    """Die, hang, swell, lie, flood or print when a photo says so."""
    match photo:
        case b"die":
            os.kill(os.getpid(), signal.SIGSEGV)
        case b"raise":
            raise ZeroDivisionError
        case b"hang":  # in C code, where Python hears no signal
            hashlib.pbkdf2_hmac("sha256", b"x", b"x", 2**31 - 1)
        case b"swell":
            try:
                bytearray(512 * 2**20)
            except MemoryError as error:
                raise RefusedInputError("photo-too-many-pixels", "Memory ended.") from error
        case b"lie":
            raise RefusedInputError("no-such-code", "A code nobody knows.")
        case b"flood":
            raise RefusedInputError("photo-broken", "x" * 1_000_000)
        case b"print":
            print("a library's chatter", flush=True)  # noqa: T201  # what is tested
            os.write(1, b"more of it")
        case b"tell":
            secrets = [name for name in os.environ if name.startswith("BACKLOT_")]
            raise RefusedInputError("photo-broken", f"{os.getpid()} {len(secrets)}")
        case _:
            return normalise(photo, limits)
    return NormalisedPhoto(b"still here", 1, 1, False, "image/png", ())  # noqa: FBT003


if __name__ == "__main__":
    serve(misbehave)

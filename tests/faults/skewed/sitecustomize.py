"""With this folder first on PYTHONPATH a process' wall clock is wrong by STUB_SKEW_S seconds.

Python reads it when it starts, before anything else can have taken the right time. Clocks that only
grow stay as they are, and so does the time of Redis, which is another process.
"""

import datetime  # noqa: ICN001  # it is the module that is changed
import os
import time

_right_time, _real = time.time, datetime.datetime
_skew_s = float(os.environ.get("STUB_SKEW_S", "0"))


class _AnyDatetime(type(_real)):
    """Whatever the real class made is an instance, too."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _real)


class _Skewed(_real, metaclass=_AnyDatetime):
    """The class that everybody imports from now on."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
        """The wrong time."""
        return _real.fromtimestamp(time.time(), tz)


time.time = lambda: _right_time() + _skew_s
time.time_ns = lambda: int(time.time() * 1e9)
datetime.datetime = _Skewed

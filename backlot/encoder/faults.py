"""What can happen to a device while a network runs on it."""

from backlot.contracts.errors import BacklotError


class EngineMemoryError(BacklotError):
    """What was asked at once does not fit into the device's memory; half of it may."""

    code = "engine-memory"


class EngineLostError(BacklotError):
    """The device answers nothing more in this process: only a new process helps."""

    code = "engine-lost"

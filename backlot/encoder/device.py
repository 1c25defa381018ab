"""Where tensors live and how many threads work on them."""

import torch

from backlot.contracts.errors import ConfigurationError


def device_for(name: str) -> torch.device:
    """Return the device to run on.

    Args:
        name: ``auto`` takes a GPU when there is one; otherwise a torch device, for example
            ``cpu`` or ``cuda:1``.

    Raises:
        ConfigurationError: There is no such device here.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ConfigurationError(f"BACKLOT_DEVICE={name!r} names no device.") from error
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise ConfigurationError(f"BACKLOT_DEVICE={name!r}: this machine has no such GPU.")
    return device


def use_threads(count: int | None) -> None:
    """Set how many threads one operation may use in this process; None leaves torch's choice."""
    if count is not None:
        torch.set_num_threads(count)

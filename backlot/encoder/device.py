"""Where tensors live, how many threads work on them, and what goes wrong there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import torch

from backlot.contracts.errors import ConfigurationError
from backlot.encoder.faults import EngineLostError, EngineMemoryError
from backlot.encoder.models import Precision

CPU_MEMORY = "DefaultCPUAllocator"
"""Torch names an allocation that failed on the CPU by nothing but its message."""


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


def precision_for(wanted: Precision | Literal["auto"], device: torch.device) -> Precision:
    """Return the precision to run in; ``auto`` takes bf16 where the device is made for it.

    On CPUs without instructions for bf16 it is emulated and many times slower than fp32. What it
    brings where they exist was measured on ViT-B/32, two cores, one picture: 85 ms became 45.
    """
    if wanted != "auto":
        return wanted
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp32"
    if device.type != "cpu":
        return "fp32"
    # Torch has no public name for the question.
    knows = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()  # noqa: SLF001
    return "bf16" if knows else "fp32"


def use_threads(count: int | None) -> None:
    """Set how many threads one operation may use in this process; None leaves torch's choice."""
    if count is not None:
        torch.set_num_threads(count)


@contextmanager
def named_faults() -> Iterator[None]:
    """Give torch's errors their meaning: too much at once, or a device that is lost.

    After an error inside a CUDA kernel every later call of the process fails as well, so such an
    error says nothing about the pictures that happened to be there.
    """
    try:
        yield
    except torch.OutOfMemoryError as error:
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        raise EngineMemoryError(str(error)) from error
    except torch.AcceleratorError as error:
        raise EngineLostError(str(error)) from error
    except RuntimeError as error:
        if CPU_MEMORY in str(error):
            raise EngineMemoryError(str(error)) from error
        raise

"""Makes torchvision importable where its compiled part cannot load."""

import importlib.util
from pathlib import Path
from threading import Lock

import torch

# PyPI's torchvision is compiled for CUDA. Beside a CPU build of torch its extension does not load,
# and its Python part then fails at import with "operator torchvision::nms does not exist", because
# it registers shapes for operators that only the extension declares. Declaring the two schemas is
# enough: nothing here calls them. open_clip needs torchvision's transforms, transformers (under
# sentence-transformers) its interpolation modes.
SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
OPERATORS = ("nms", "qnms")

_lock = Lock()
_declared: list[torch.library.Library] = []


def make_torchvision_importable() -> bool:
    """Declare torchvision's missing operators when needed; returns whether they are declared.

    Call before anything imports torchvision. Does nothing with a GPU build of torch, without
    torchvision, or where torchvision's own extension loads.
    """
    with _lock:
        if not _declared and _is_cpu_build() and not _extension_loads():
            library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
            for name in OPERATORS:
                library.define(name + SCHEMA)  # type: ignore[no-untyped-call]
            # The declaration ends with the object.
            _declared.append(library)
        return bool(_declared)


def _is_cpu_build() -> bool:
    """Whether torch was built without any GPU."""
    return torch.version.cuda is None and torch.version.hip is None


def _extension_loads() -> bool:
    """Whether torchvision's compiled operators are there or not wanted at all."""
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.origin is None:
        return True
    extensions = sorted(Path(spec.origin).parent.glob("_C*.so"))
    try:
        for path in extensions:
            torch.ops.load_library(str(path))  # type: ignore[no-untyped-call]
    except OSError:
        return False
    return bool(extensions)

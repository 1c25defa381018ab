"""Writes open_clip models so small that a test can make them: random weights, real files."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from backlot.encoder.torchvision_ops import make_torchvision_importable

make_torchvision_importable()

import open_clip  # noqa: E402 - as in backlot.encoder.openclip

CONTEXT = 16


def write_tiny_clip(folder: Path, *, custom_text: bool, seed: int = 7) -> Path:
    """Write configuration and weights as `local-dir:` wants them; returns the folder."""
    config: dict[str, Any] = {
        "embed_dim": 16,
        "vision_cfg": {
            "image_size": 32, "layers": 1, "width": 32, "head_width": 16, "patch_size": 16,
        },
        "text_cfg": {
            "context_length": CONTEXT, "vocab_size": 49408, "width": 16, "heads": 2, "layers": 1,
        },
    }  # fmt: skip
    if custom_text:
        config["init_logit_bias"] = -10.0
    torch.manual_seed(seed)
    model = (open_clip.CustomTextCLIP if custom_text else open_clip.CLIP)(**config)
    folder.mkdir(parents=True)
    save_file(model.state_dict(), folder / "open_clip_model.safetensors")
    whole = {
        "model_cfg": config | {"custom_text": custom_text},
        "preprocess_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]},
    }
    (folder / "open_clip_config.json").write_text(json.dumps(whole), encoding="utf-8")
    return folder

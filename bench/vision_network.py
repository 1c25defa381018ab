"""Writes a network of the shape of a profile's, with random weights, for measuring speed alone."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from backlot.encoder.torchvision_ops import make_torchvision_importable

make_torchvision_importable()

import open_clip  # noqa: E402 - as in backlot.encoder.openclip

TEXT_SHAPE = "ViT-B-32"
"""Of the text side, which only makes label tables: others would fetch a tokenizer."""


def random_clip(folder: Path, shape: str) -> Path:
    """Write configuration and weights as `local-dir:` wants them; returns the folder.

    Args:
        folder: Where to; it must not be there yet.
        shape: The image side is as in this configuration of open_clip, as `ViT-B-16-SigLIP2-256`.
    """
    seen, read = (open_clip.get_model_config(name) for name in (shape, TEXT_SHAPE))
    config = {name: seen[name] for name in ("embed_dim", "vision_cfg")}
    config["text_cfg"] = read["text_cfg"]
    torch.manual_seed(1)
    model = open_clip.CLIP(**config)
    folder.mkdir(parents=True)
    save_file(model.state_dict(), folder / "open_clip_model.safetensors")
    mean, std = open_clip.OPENAI_DATASET_MEAN, open_clip.OPENAI_DATASET_STD
    whole = {"model_cfg": config, "preprocess_cfg": {"mean": list(mean), "std": list(std)}}
    (folder / "open_clip_config.json").write_text(json.dumps(whole), encoding="utf-8")
    return folder

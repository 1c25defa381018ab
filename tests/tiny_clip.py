"""Writes open_clip models so small that a test can make them: random weights, real files."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from backlot.encoder.torchvision_ops import make_torchvision_importable

make_torchvision_importable()

import open_clip  # noqa: E402 - as in backlot.encoder.openclip
from tokenizers import Tokenizer  # noqa: E402
from tokenizers.models import WordLevel  # noqa: E402
from tokenizers.pre_tokenizers import Whitespace  # noqa: E402
from transformers import PreTrainedTokenizerFast  # noqa: E402

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


def write_tiny_siglip2(folder: Path, seed: int = 7) -> Path:
    """Write a model of the kind that `standard` and `quality` fetch; returns the folder.

    A timm trunk (pooling by attention exists in large ones only), a text tower without causal
    mask, a logit bias, and a tokenizer of Hugging Face; only small, and with random weights.
    """
    words = ["<pad>", "<unk>", "<eos>", "a", "the", "of", "photo", "product", "mug", "red"]
    tokenizer = Tokenizer(WordLevel({word: at for at, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>", eos_token="<eos>"
    ).save_pretrained(folder)
    config: dict[str, Any] = {
        "embed_dim": 32,
        "init_logit_bias": -10,
        "vision_cfg": {
            "image_size": 64, "timm_model_name": "test_vit", "timm_model_pretrained": False,
            "timm_pool": "avg", "timm_proj": "linear",
        },
        "text_cfg": {
            "context_length": 12, "vocab_size": len(words), "hf_tokenizer_name": "here",
            "tokenizer_kwargs": {"clean": "canonicalize"}, "width": 32, "heads": 2, "layers": 1,
            "no_causal_mask": True, "proj_bias": True, "pool_type": "last",
        },
    }  # fmt: skip
    torch.manual_seed(seed)
    model = open_clip.CustomTextCLIP(**config)
    save_file(model.state_dict(), folder / "open_clip_model.safetensors")
    whole = {
        "model_cfg": config | {"custom_text": True},
        "preprocess_cfg": {"mean": [0.5] * 3, "std": [0.5] * 3, "resize_mode": "squash"},
    }
    (folder / "open_clip_config.json").write_text(json.dumps(whole), encoding="utf-8")
    return folder

"""Turns a checkpoint into the weights that are shipped, with what is known about them."""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from backlot.encoder import minilm
from backlot.encoder.mini_tower import MiniTower
from backlot.encoder.weights import STAMP_DIGITS
from training.mini.weights import learnt_by

WIDTHS, DEPTHS = (48, 96, 192, 384), (1, 1, 2, 1)


def main() -> None:
    """Writes `mini.safetensors` (fp16) and `mini.json` into the folder."""
    reader = argparse.ArgumentParser(description=main.__doc__)
    reader.add_argument("checkpoint", type=Path)
    reader.add_argument("folder", type=Path)
    reader.add_argument("--numbers", type=Path, help="What evaluate.py wrote.")
    reader.add_argument("--side", type=int, default=128)
    reader.add_argument("--note", default="", help="What the card says of this run.")
    given = reader.parse_args()
    state, learnt = torch.load(given.checkpoint, weights_only=False), learnt_by(given.checkpoint)
    MiniTower(WIDTHS, DEPTHS).load_state_dict(state["average"])
    weights = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).contiguous()
        for name, tensor in state["average"].items()
    }
    # The text side keeps its digits: it is small, and every word passes through it.
    weights["text.mean"] = state["mean"].float().contiguous()
    weights["text.spread"] = state["spread"].float().contiguous()
    given.folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, given.folder / "mini.safetensors")
    numbers = json.loads(given.numbers.read_text()) if given.numbers else {}
    card = {
        "run": {
            "logit_scale": numbers.get("scale", 30.0),
            "side": given.side,
            "widths": WIDTHS,
            "depths": DEPTHS,
            "sentences": f"sentence:{minilm.NAME}@{minilm.WEIGHTS_SHA256[:STAMP_DIGITS]}",
        },
        "training": {
            "seed": state["seed"],
            "note": given.note,
            "samples": learnt.samples,
            "steps": learnt.steps,
            "seconds": round(learnt.seconds),
            "parameters": sum(
                t.numel() for t in state["average"].values() if t.is_floating_point()
            ),
        },
        "scores": numbers,
    }
    (given.folder / "mini.json").write_text(json.dumps(card, indent=1) + "\n")


if __name__ == "__main__":
    main()

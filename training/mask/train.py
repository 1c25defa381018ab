"""Trains the mask network from scratch and writes its weights.

Everything random has one seed; a stopped run goes on from its last checkpoint.
"""

import argparse
import json
import time
from concurrent.futures import Future, ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional

from services.vision_worker.adapters.mask_network import MIDDLE, SCALE, MaskNetwork
from training.mask.backgrounds import Backgrounds
from training.mask.examples import Batch, Examples, load_renders, load_taught

SEED = 7
TOP_RATE = 3e-3
WARM_SHARE = 0.06
WEIGHT_DECAY = 0.02
AVERAGE = 0.998
"""Share of the old weights in the running average that is kept in the end."""
EDGE_WEIGHT = 4.0
SPAN = 100
"""Steps between a line of progress and a checkpoint."""


@dataclass(frozen=True)
class Phase:
    """Training at one size.

    Attributes:
        side: Pixels of the square photos.
        photos: How many are seen.
        batch: How many at a time.
    """

    side: int
    photos: int
    batch: int


def phases(photos: int) -> tuple[Phase, ...]:
    """Small photos first: they teach the shape of things for a third of the price."""
    return (
        Phase(96, int(photos * 0.55), 32),
        Phase(128, int(photos * 0.35), 32),
        Phase(160, int(photos * 0.10), 32),
    )


def loss_of(logits: Tensor, masks: Tensor) -> Tensor:
    """Cross-entropy, heavier at edges, and one minus the soft overlap."""
    blurred = functional.avg_pool2d(masks[:, None], 7, 1, 3, count_include_pad=False)[:, 0]
    weight = 1 + EDGE_WEIGHT * (masks - blurred).abs() * 2
    entropy = functional.binary_cross_entropy_with_logits(logits, masks, reduction="none")
    found = torch.sigmoid(logits)
    both = (found * masks).sum((1, 2))
    either = (found + masks - found * masks).sum((1, 2))
    overlap = 1 - (both + 1) / (either + 1)
    return (entropy * weight).sum() / weight.sum() + overlap.mean()


class Run:
    """One training run.

    Args:
        examples: Where photos and masks come from.
        plan: How many photos are seen, and how large.
        kept: The checkpoint's file.
    """

    def __init__(self, examples: Examples, plan: tuple[Phase, ...], kept: Path) -> None:
        torch.manual_seed(SEED)
        self.examples = examples
        self.kept = kept
        self.plan = plan
        self.steps = sum(phase.photos // phase.batch for phase in self.plan)
        self.network = MaskNetwork().to(memory_format=torch.channels_last)
        self.average = deepcopy(self.network)
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), TOP_RATE, weight_decay=WEIGHT_DECAY
        )
        self.step = 0
        if kept.exists():
            state = torch.load(kept, weights_only=True)
            self.network.load_state_dict(state["network"])
            self.average.load_state_dict(state["average"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.step = int(state["step"])

    def train(self) -> None:
        """Run all phases, the next batch made while the present one is learned from."""
        ends = np.cumsum([phase.photos // phase.batch for phase in self.plan])
        with ThreadPoolExecutor(1) as maker:

            def ask(step: int) -> Future[Batch]:
                phase = self.plan[min(int(np.searchsorted(ends, step, "right")), len(ends) - 1)]
                draw = np.random.default_rng((SEED, step))
                return maker.submit(self.examples.batch, phase.batch, phase.side, draw)

            coming, total, began = ask(self.step), 0.0, time.monotonic()
            while self.step < self.steps:
                photos, masks = coming.result()
                coming = ask(self.step + 1)
                total += self._learn(torch.from_numpy(photos), torch.from_numpy(masks))
                self.step += 1
                if self.step % SPAN == 0 or self.step == self.steps:
                    spent = time.monotonic() - began
                    print(
                        f"step {self.step} of {self.steps}, loss {total / SPAN:.4f}, {spent:.0f} s",
                        flush=True,
                    )
                    total = 0.0
                    self._keep()

    def _learn(self, photos: Tensor, masks: Tensor) -> float:
        self._set_rate()
        scaled = (photos.permute(0, 3, 1, 2).float() - MIDDLE) / SCALE
        scaled = scaled.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            logits = self.network(scaled)
        loss = loss_of(logits.float(), masks)
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self._follow()
        return float(loss.detach())

    def _set_rate(self) -> None:
        done = self.step / self.steps
        warm = min(1.0, (done + 1e-4) / WARM_SHARE)
        rate = TOP_RATE * warm * (0.5 + 0.5 * np.cos(np.pi * done) + 0.004)
        for group in self.optimiser.param_groups:
            group["lr"] = float(rate)

    @torch.no_grad()
    def _follow(self) -> None:
        keep = min(AVERAGE, (self.step + 1) / (self.step + 10))
        new = self.network.state_dict()
        for name, old in self.average.state_dict().items():
            if old.dtype.is_floating_point:
                old.lerp_(new[name], 1 - keep)
            else:
                old.copy_(new[name])

    def _keep(self) -> None:
        state = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
        }
        torch.save(state, self.kept)

    def export(self, path: Path) -> None:
        """Write the averaged weights, fp16."""
        weights = {
            name: each.half().contiguous()
            for name, each in self.average.state_dict().items()
            if each.dtype.is_floating_point
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(weights, path, metadata={"steps": str(self.step), "seed": str(SEED)})
        path.chmod(0o644)


def main() -> None:
    """Train and export."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--data", type=Path, required=True, help="holds photos/ and backdrops/")
    ask.add_argument("--renders", type=Path, required=True)
    ask.add_argument("--masks", type=Path, required=True)
    ask.add_argument("--out", type=Path, required=True, help="the safetensors file")
    ask.add_argument("--kept", type=Path, required=True, help="the checkpoint")
    ask.add_argument("--photos", type=int, default=54_000, help="how many photos are seen")
    ask.add_argument("--threads", type=int, default=1)
    told = ask.parse_args()
    torch.set_num_threads(told.threads)
    cv2.setNumThreads(1)
    renders, taught = (
        load_renders(told.renders, held_out=False),
        load_taught(told.masks, held_out=False),
    )
    print(f"{len(renders)} renders, {len(taught)} taught photos", flush=True)
    run = Run(
        Examples(renders, taught, Backgrounds(told.data, held_out=False, seed=SEED)),
        phases(told.photos),
        told.kept,
    )
    run.train()
    run.export(told.out)
    print(json.dumps({"steps": run.step, "bytes": told.out.stat().st_size}))


if __name__ == "__main__":
    main()

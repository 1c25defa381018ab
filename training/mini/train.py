"""Trains mini's tower for a given time; stops and resumes where it was."""

import argparse
import copy
import json
import math
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, distributed, nn
from torch.nn import functional
from tqdm import tqdm

from backlot.encoder.mini_tower import MiniTower
from training.mini.augment import varied
from training.mini.pictures import Pictures, load, weights
from training.mini.targets import Targets
from training.mini.words import Words, imagenet_names, read_labels

SIZES = ((0.35, 64, 48), (0.75, 80, 48), (1.01, 96, 40))
"""Until which share of the time, at which side, how many a batch."""
RATE = 2e-3
DECAY = 0.05
SMOOTH = 0.05
FEATURE_WEIGHT = 4.0
TEACHER_WEIGHT = 0.5
MIXED = 0.2
SAVE_EVERY = 600
MEET_EVERY = 8.0
"""Seconds; by the clock and not by steps, so that no worker waits for a slower one."""
KEEP = 0.97
"""What stays of the averaged weights at each meeting."""


@dataclass
class Parts:
    """All that learns; `teach` and the scales are thrown away after training."""

    tower: MiniTower
    teach: nn.Linear
    scales: nn.Parameter

    def parameters(self) -> list[nn.Parameter]:
        """Everything the optimiser moves."""
        return [*self.tower.parameters(), *self.teach.parameters(), self.scales]


class Teacher:
    """The teacher's features, evened out, and its answers as shares of ImageNet's names."""

    def __init__(self, found: Pictures, ats: np.ndarray, words: Words, names: list[str]) -> None:
        sample = found.features[torch.from_numpy(ats[:: max(1, len(ats) // 8000)])].float()
        self._mean, self._spread = sample.mean(0), sample.std(0) + 0.05
        self._found = found
        self.vectors = words.of(names)

    def features(self, ats: Tensor) -> Tensor:
        """Shape (n, 1280)."""
        return (self._found.features[ats].float() - self._mean) / self._spread

    def answers(self, ats: Tensor) -> Tensor:
        """Shape (n, 1000), sums of 1."""
        return self._found.logits[ats, 1:].float().softmax(1)


def losses(
    parts: Parts, pixels: Tensor, mix: Tensor, batch: np.ndarray, targets: Targets, teacher: Teacher
) -> Tensor:
    """The sum of all losses; `mix` (n,) is how much of each picture is its own."""
    with torch.autocast("cpu", torch.bfloat16):
        pooled = parts.tower.pooled(pixels)
    pooled = pooled.float()
    vectors = functional.normalize(parts.tower.out(pooled), dim=1)
    scale = parts.scales.exp()
    own, rest = mix[:, None], 1 - mix[:, None]

    def mixed(target: Tensor) -> Tensor:
        return own * target + rest * target.flip(0)

    ats = torch.from_numpy(batch)
    seen = functional.cosine_similarity(parts.teach(pooled), mixed(teacher.features(ats)))
    total = FEATURE_WEIGHT * (1 - seen).mean()
    named = (scale[1] * vectors @ teacher.vectors.T).log_softmax(1)
    total = total - TEACHER_WEIGHT * (mixed(teacher.answers(ats)) * named).sum(1).mean()
    said = mixed(targets.words_of(batch))
    said = said * (1 - SMOOTH) + said.sum(1, keepdim=True) * SMOOTH / said.shape[1]
    logits = (scale[0] * vectors @ targets.fine_vectors.T).log_softmax(1)
    total = total - (said * logits).sum(1).mean()
    right, spared = targets.categories_of(batch)
    spared |= spared.flip(0) & (mix < 1)[:, None]
    right = mixed(right)
    logits = scale[0] * vectors @ targets.slug_vectors.T
    logits = logits.masked_fill(spared & (right == 0), -1e4).log_softmax(1)
    return total - (right * logits).sum(1).mean()


def schedule(progress: float) -> tuple[int, int, float]:
    """Side, batch size and learning rate at a share of the time."""
    side, batch = next((s, b) for until, s, b in SIZES if progress < until)
    warm = min(1.0, progress / 0.02 + 0.02)
    return side, batch, RATE * warm * (0.5 + 0.5 * math.cos(math.pi * progress)) + 1e-6


class Run:
    """One training run: its parts, its clock and its checkpoint."""

    def __init__(self, given: argparse.Namespace) -> None:
        torch.manual_seed(given.seed)
        torch.set_num_threads(1)
        self.given = given
        labels = read_labels(given.meshes)
        self.found = load(given.views, labels)
        names = imagenet_names(given.data / "backbones" / "imagenet_labels.txt")
        known = sorted({label.words for label in labels.values()} - {""})
        self.words = Words([*names, *known], given.views / "sentences.pt")
        self.targets = Targets(self.found, labels, self.words)
        self.ats = self.found.of_split("train")
        self.chances = weights(self.found, self.ats)
        self.teacher = Teacher(self.found, self.ats, self.words, names)
        tower = MiniTower().to(memory_format=torch.channels_last)
        self.parts = Parts(
            tower, nn.Linear(tower.out.in_features, 1280), nn.Parameter(torch.tensor([3.0, 3.0]))
        )
        self.average = copy.deepcopy(tower)
        decayed = [p for p in self.parts.parameters() if p.ndim > 1]
        plain = [p for p in self.parts.parameters() if p.ndim <= 1]
        self.optimiser = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": DECAY}, {"params": plain, "weight_decay": 0.0}],
            fused=True,
        )
        self.elapsed, self.samples, self.steps, self.meetings = 0.0, 0, 0, 0
        self.fresh, self.fresh_samples = 0, 0
        self.dice = np.random.default_rng(given.seed)
        self.random = torch.Generator().manual_seed(given.seed)

    def step(self) -> float:
        """One batch; returns its loss."""
        side, size, rate = schedule(min(self.elapsed / self.given.seconds, 1.0))
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        batch = self.dice.choice(self.ats, size, p=self.chances)
        pixels = varied(self.found.pixels(batch), side, 1.0, self.random)
        mix = torch.ones(size)
        if self.dice.random() < MIXED:
            mix = torch.from_numpy(self.dice.beta(0.4, 0.4, size)).float()
            mix = torch.maximum(mix, 1 - mix)
            pixels = mix[:, None, None, None] * pixels + (
                1 - mix[:, None, None, None]
            ) * pixels.flip(0)
        loss = losses(self.parts, pixels, mix, batch, self.targets, self.teacher)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.parts.parameters(), 5.0)
        self.optimiser.step()
        self.fresh += 1
        self.fresh_samples += size
        return loss.item()

    @torch.no_grad()
    def meet(self) -> None:
        """Every worker goes on with the mean of all weights, by how many steps each has made."""
        slots = [t for t in self.parts.tower.state_dict().values() if t.dtype.is_floating_point]
        slots += [self.parts.teach.weight, self.parts.teach.bias, self.parts.scales]
        share = self.fresh + 1e-3
        counts = torch.tensor([share, self.fresh, self.fresh_samples])
        flat = torch.cat([*(slot.reshape(-1) * share for slot in slots), counts])
        if self.given.workers > 1:
            distributed.all_reduce(flat)
        sizes = [slot.numel() for slot in slots]
        for slot, total in zip(slots, flat[:-3].split(sizes), strict=True):
            slot.copy_(total.view_as(slot) / flat[-3])
        self.steps += int(flat[-2])
        self.samples += int(flat[-1])
        self.fresh, self.fresh_samples = 0, 0
        self.meetings += 1
        if not self.given.rank:
            self._follow(min(KEEP, (1 + self.meetings) / (10 + self.meetings)))

    def _follow(self, keep: float) -> None:
        pairs = zip(
            self.average.state_dict().values(), self.parts.tower.state_dict().values(), strict=True
        )
        for mean, now in pairs:
            if mean.dtype.is_floating_point:
                mean.lerp_(now, 1 - keep)
            else:
                mean.copy_(now)

    def save(self) -> None:
        """Writes the checkpoint whole or not at all."""
        if self.given.rank:
            return
        state = {
            "tower": self.parts.tower.state_dict(), "average": self.average.state_dict(),
            "teach": self.parts.teach.state_dict(), "scales": self.parts.scales.data,
            "optimiser": self.optimiser.state_dict(), "elapsed": self.elapsed,
            "samples": self.samples, "steps": self.steps, "meetings": self.meetings,
            "mean": self.words.mean, "spread": self.words.spread, "seed": self.given.seed,
        }  # fmt: skip
        part = self.given.checkpoint.with_suffix(".part")
        torch.save(state, part)
        part.replace(self.given.checkpoint)

    def resume(self) -> None:
        """Goes on from the checkpoint, where there is one."""
        if not self.given.checkpoint.exists():
            return
        state = torch.load(self.given.checkpoint, weights_only=False)
        self.parts.tower.load_state_dict(state["tower"])
        self.average.load_state_dict(state["average"])
        self.parts.teach.load_state_dict(state["teach"])
        self.parts.scales.data.copy_(state["scales"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.elapsed, self.samples, self.steps = state["elapsed"], state["samples"], state["steps"]
        self.meetings = state.get("meetings", 100)
        # Words that came since may not move the space the tower has learnt.
        self.words.mean, self.words.spread = state["mean"], state["spread"]
        self.targets.fine_vectors = self.words.of(self.targets.fine)
        self.targets.slug_vectors = self.words.of_categories(self.targets.slugs)

    def run(self) -> None:
        """Trains until the time is spent."""
        own = self.given.seed + 1000 * self.given.rank + self.steps
        self.dice = np.random.default_rng(own)
        self.random.manual_seed(own)
        start, begun, saved, mean = self._common_start(), self.elapsed, self.elapsed, 0.0
        planned = math.ceil((self.given.seconds - begun) / MEET_EVERY)
        met = 0
        with tqdm(
            total=round(self.given.seconds),
            initial=round(begun),
            mininterval=20,
            unit="s",
            disable=bool(self.given.rank),
        ) as bar:
            while met < planned:
                loss = self.step()
                mean = loss if not mean else 0.98 * mean + 0.02 * loss
                passed = time.monotonic() - start
                self.elapsed = begun + passed
                while met < min(planned, int(passed / MEET_EVERY)):
                    self.meet()
                    met += 1
                bar.n = min(round(self.elapsed), bar.total)
                bar.set_postfix(loss=f"{mean:.3f}", samples=self.samples, refresh=False)
                bar.update(0)
                if self.elapsed - saved > SAVE_EVERY and not self.fresh:
                    self.save()
                    saved = self.elapsed
        self.save()

    def _common_start(self) -> float:
        """The moment by the machine's clock from which all workers count."""
        start = torch.tensor([time.monotonic()], dtype=torch.float64)
        if self.given.workers > 1:
            distributed.broadcast(start, 0)
        return float(start)


def arguments() -> argparse.Namespace:
    """What the command line says."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--data", type=Path, required=True)
    reader.add_argument("--views", type=Path, required=True)
    reader.add_argument("--meshes", type=Path, nargs="+", required=True)
    reader.add_argument("--checkpoint", type=Path, required=True)
    reader.add_argument("--seconds", type=float, default=4800)
    reader.add_argument("--workers", type=int, default=2, help="Processes of one thread each.")
    reader.add_argument("--port", type=int, default=29417)
    reader.add_argument("--seed", type=int, default=1)
    return reader.parse_args()


def main() -> None:
    """Trains, or goes on training.

    Workers are processes of one thread: on a busy machine two threads of one process wait for
    each other at every operation, two processes only once a step.
    """
    given = arguments()
    given.rank = 0
    run = Run(given)
    run.resume()
    for rank in range(1, given.workers):
        if os.fork() == 0:
            os.setsid()
            given.rank = rank
            break
    if given.workers > 1:
        distributed.init_process_group(
            "gloo",
            init_method=f"tcp://127.0.0.1:{given.port}",
            rank=given.rank,
            world_size=given.workers,
        )
    if not given.rank:
        print(
            json.dumps({"rows": len(run.ats), "words": len(run.targets.fine), "from": run.elapsed}),
            flush=True,
        )
    run.run()


if __name__ == "__main__":
    main()

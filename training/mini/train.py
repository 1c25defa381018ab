"""Trains mini's tower for a given time; stops and resumes where it was."""

import argparse
import copy
import json
import math
import os
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, distributed, nn
from tqdm import tqdm

from backlot.encoder.mini_tower import MiniTower
from training.mini.augment import varied
from training.mini.losses import Parts, Teacher, fit_head, losses
from training.mini.pictures import load, weights
from training.mini.targets import Targets
from training.mini.weights import Learnt, learnt_by, read_weights
from training.mini.words import Words, imagenet_names, read_labels

SIZES = ((0.35, 64, 48), (0.75, 80, 48), (1.01, 96, 40))
FURTHER_SIZES = ((0.5, 96, 40), (1.01, 128, 32))
"""Until which share of the time, at which side, how many a batch: from nothing, and from weights
that have learnt before."""
RATE, FURTHER_RATE = 2e-3, 1e-3
DECAY = 0.05
MIXED = 0.2
LYING = ("electronics",)
"""Sets whose things lie about and were taken from above, any way up."""
LEARNT_SCALE = 3.3
"""Logarithm of the factor between cosine and logit that a trained tower goes on with."""
SAVE_EVERY = 600
MEET_EVERY = 8.0
"""Seconds; by the clock and not by steps, so that no worker waits for a slower one."""
LONGEST = 3 * MEET_EVERY
"""Between two meetings no more than this counts: a run that was halted loses none of its time."""
KEEP = 0.97
"""What stays of the averaged weights at each meeting."""


def schedule(progress: float, *, further: bool) -> tuple[int, int, float]:
    """Side, batch size and learning rate at a share of the time."""
    sizes = FURTHER_SIZES if further else SIZES
    side, batch = next((s, b) for until, s, b in sizes if progress < until)
    warm = min(1.0, progress / 0.02 + 0.02)
    rate = FURTHER_RATE if further else RATE
    return side, batch, rate * warm * (0.5 + 0.5 * math.cos(math.pi * progress)) + 1e-6


class Run:
    """One training run: its parts, its clock and its checkpoint."""

    def __init__(self, given: argparse.Namespace) -> None:
        torch.manual_seed(given.seed)
        torch.set_num_threads(1)
        self.given = given
        labels = read_labels(given.meshes)
        self.found = load(given.views, labels)
        self.names = imagenet_names(given.data / "backbones" / "imagenet_labels.txt")
        known = sorted({label.words for label in labels.values()} - {""})
        self.words = Words([*self.names, *known], given.views / "sentences.pt")
        self.targets = Targets(self.found, labels, self.words)
        self.ats = self.found.of_split("train")
        self.chances = weights(self.found, self.ats, given.shares)
        self.teacher = Teacher(self.found, self.ats, self.words, self.names)
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
        self.before = Learnt()
        self.dice = np.random.default_rng(given.seed)
        self.random = torch.Generator().manual_seed(given.seed)

    def step(self) -> float:
        """One batch; returns its loss."""
        progress = min(self.elapsed / self.given.seconds, 1.0)
        further = self.given.start is not None
        side, size, rate = schedule(progress, further=further)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        batch = self.dice.choice(self.ats, size, p=self.chances)
        pixels = varied(self.found.pixels(batch), side, 1.0, self.random, self._any_way_up(batch))
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

    def _any_way_up(self, batch: NDArray[np.int64]) -> Tensor:
        """Which rows show things that lie about (n, bool): those have no up and down."""
        return torch.tensor([self.found.rows[at]["set"] in LYING for at in batch])

    @torch.no_grad()
    def meet(self) -> None:
        """Every worker goes on with the mean of all weights, by how many steps each has made."""
        slots = [t for t in self.parts.tower.state_dict().values() if t.dtype.is_floating_point]
        slots += [self.parts.teach.weight, self.parts.teach.bias, self.parts.scales]
        share = self.fresh + 1e-3
        clock = 0.0 if self.given.rank else self.elapsed
        counts = torch.tensor([share, self.fresh, self.fresh_samples, clock])
        flat = torch.cat([*(slot.reshape(-1) * share for slot in slots), counts])
        if self.given.workers > 1:
            distributed.all_reduce(flat)
        sizes = [slot.numel() for slot in slots]
        for slot, total in zip(slots, flat[:-4].split(sizes), strict=True):
            slot.copy_(total.view_as(slot) / flat[-4])
        self.steps += int(flat[-3])
        self.samples += int(flat[-2])
        self.elapsed = float(flat[-1])
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
            "before": tuple(self.before),
        }  # fmt: skip
        part = self.given.checkpoint.with_suffix(".part")
        torch.save(state, part)
        part.replace(self.given.checkpoint)

    def resume(self) -> None:
        """Goes on from the checkpoint, where there is one, or else from weights, where given."""
        if not self.given.checkpoint.exists():
            if self.given.start is not None:
                self._start_from(self.given.start)
            return
        state = torch.load(self.given.checkpoint, weights_only=False)
        self.parts.tower.load_state_dict(state["tower"])
        self.average.load_state_dict(state["average"])
        self.parts.teach.load_state_dict(state["teach"])
        self.parts.scales.data.copy_(state["scales"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.elapsed, self.samples, self.steps = state["elapsed"], state["samples"], state["steps"]
        self.meetings = state.get("meetings", 100)
        self.before = Learnt(*state["before"])
        self._stay_in(state["mean"], state["spread"])

    def _start_from(self, path: Path) -> None:
        """Takes the tower and its space from shipped weights; the rest begins anew."""
        tower, mean, spread = read_weights(path)
        self.before = learnt_by(path)
        for one in (self.parts.tower, self.average):
            one.load_state_dict(tower.state_dict())
        self.parts.scales.data.fill_(LEARNT_SCALE)
        self._stay_in(mean, spread)
        fit_head(self.parts, self.found, self.ats, self.teacher)

    def _stay_in(self, mean: Tensor, spread: Tensor) -> None:
        """Words that came since may not move the space the tower has learnt."""
        self.words.mean, self.words.spread = mean, spread
        self.targets.fine_vectors = self.words.of(self.targets.fine)
        self.targets.slug_vectors = self.words.of_categories(self.targets.slugs)
        self.teacher.vectors = self.words.of(self.names)

    def run(self) -> None:
        """Trains until the time is spent."""
        own = self.given.seed + 1000 * self.given.rank + self.steps
        self.dice = np.random.default_rng(own)
        self.random.manual_seed(own)
        saved, mean = self.elapsed, 0.0
        with tqdm(
            total=round(self.given.seconds),
            initial=round(self.elapsed),
            mininterval=20,
            unit="s",
            disable=bool(self.given.rank),
        ) as bar:
            while self.elapsed < self.given.seconds:
                mean = self._until_meeting(mean)
                bar.n = min(round(self.elapsed), bar.total)
                bar.set_postfix(loss=f"{mean:.3f}", samples=self.samples, refresh=False)
                bar.update(0)
                if self.elapsed - saved > SAVE_EVERY:
                    self.save()
                    saved = self.elapsed
        self.save()

    def _until_meeting(self, mean: float) -> float:
        """Trains up to the next meeting and holds it; returns the running mean of the loss."""
        met, begun = self.elapsed, time.monotonic()
        while (passed := time.monotonic() - begun) < MEET_EVERY:
            loss = self.step()
            mean = loss if not mean else 0.98 * mean + 0.02 * loss
            self.elapsed = met + min(time.monotonic() - begun, LONGEST)
        self.elapsed = met + min(passed, LONGEST)
        self.meet()
        return mean


def arguments() -> argparse.Namespace:
    """What the command line says."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--data", type=Path, required=True)
    reader.add_argument("--views", type=Path, required=True)
    reader.add_argument("--meshes", type=Path, nargs="+", required=True)
    reader.add_argument("--checkpoint", type=Path, required=True)
    reader.add_argument("--seconds", type=float, default=4800)
    reader.add_argument("--start", type=Path, help="Weights to go on from, instead of nothing.")
    reader.add_argument("--shares", type=_share, nargs="*", default=[], help="As electronics=0.2.")
    reader.add_argument("--workers", type=int, default=2, help="Processes of one thread each.")
    reader.add_argument("--port", type=int, default=29417)
    reader.add_argument("--seed", type=int, default=1)
    given = reader.parse_args()
    given.shares = dict(given.shares)
    return given


def _share(said: str) -> tuple[str, float]:
    name, _, share = said.partition("=")
    return name, float(share)


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

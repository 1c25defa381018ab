"""What the training of mini's tower minimises."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from backlot.encoder.device import precision_for
from backlot.encoder.mini_tower import MiniTower
from training.mini.pictures import Pictures
from training.mini.targets import Targets
from training.mini.words import Words

SMOOTH = 0.05
FEATURE_WEIGHT = 4.0
TEACHER_WEIGHT = 0.5
HEAD_ROWS, RIDGE, SEEN = 6000, 0.01, 96
"""How many views a head is fitted on, how much it is held back, at which side it sees."""
CPU = torch.device("cpu")
FAST = precision_for("auto", CPU) == "bf16"
"""Without instructions for bf16 a CPU imitates it, at a fifth of the speed of fp32."""


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

    def __init__(
        self, found: Pictures, ats: NDArray[np.int64], words: Words, names: list[str]
    ) -> None:
        asked = ats[~found.features[torch.from_numpy(ats), 0].isnan().numpy()]
        sample = found.features[torch.from_numpy(asked[:: max(1, len(asked) // 8000)])].float()
        self._mean, self._spread = sample.mean(0), sample.std(0) + 0.05
        self._found = found
        self.vectors = words.of(names)

    def features(self, ats: Tensor) -> Tensor:
        """Shape (n, 1280); NaN where the teacher was not asked."""
        return (self._found.features[ats].float() - self._mean) / self._spread

    def answers(self, ats: Tensor) -> Tensor:
        """Shape (n, 1000), sums of 1; NaN where the teacher was not asked."""
        return self._found.logits[ats, 1:].float().softmax(1)


@torch.no_grad()
def fit_head(parts: Parts, found: Pictures, ats: NDArray[np.int64], teacher: Teacher) -> None:
    """Fits `teach` to a tower that has learnt before, by ridge regression.

    A head that knew nothing would teach the tower noise at first. Nothing happens where the
    teacher was not asked.
    """
    told = ~found.features[torch.from_numpy(ats), 0].isnan().numpy()
    ats = ats[told][:: max(1, int(told.sum()) // HEAD_ROWS)]
    if not len(ats):
        return
    parts.tower.eval()
    pooled = torch.cat(
        [parts.tower.pooled(_small(found.pixels(some))) for some in np.array_split(ats, 100)]
    )
    parts.tower.train()
    wanted = functional.normalize(teacher.features(torch.from_numpy(ats)), dim=1)
    middle, target = pooled.mean(0), wanted.mean(0)
    gram = (pooled - middle).T @ (pooled - middle)
    gram.diagonal().add_(RIDGE * gram.diagonal().mean())
    weight = torch.linalg.solve(gram, (pooled - middle).T @ (wanted - target)).T
    parts.teach.weight.copy_(weight)
    parts.teach.bias.copy_(target - weight @ middle)


def _small(pixels: Tensor) -> Tensor:
    return functional.interpolate(pixels.float(), (SEEN, SEEN), mode="bilinear", antialias=True)


def losses(
    parts: Parts,
    pixels: Tensor,
    mix: Tensor,
    batch: NDArray[np.int64],
    targets: Targets,
    teacher: Teacher,
) -> Tensor:
    """The sum of all losses.

    Args:
        parts: What learns.
        pixels: Shape (n, 3, side, side), 0 to 255.
        mix: Shape (n,): how much of each picture is its own.
        batch: Which rows they are.
        targets: What the rows should be answered with.
        teacher: What it sees in them.
    """
    with torch.autocast("cpu", torch.bfloat16, enabled=FAST):
        pooled = parts.tower.pooled(pixels)
    pooled = pooled.float()
    vectors = functional.normalize(parts.tower.out(pooled), dim=1)
    scale = parts.scales.exp()
    own, rest = mix[:, None], 1 - mix[:, None]

    def mixed(target: Tensor) -> Tensor:
        # Nothing is taken of a neighbour that nothing is wanted of: what it lacks is no number.
        return torch.where(rest > 0, own * target + rest * target.flip(0), target)

    total = _taught(parts, pooled, vectors, mixed, torch.from_numpy(batch), teacher)
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


def _taught(
    parts: Parts,
    pooled: Tensor,
    vectors: Tensor,
    mixed: Callable[[Tensor], Tensor],
    ats: Tensor,
    teacher: Teacher,
) -> Tensor:
    """How far the tower is from its teacher, over the pictures that the teacher has seen."""
    features, answers = mixed(teacher.features(ats)), mixed(teacher.answers(ats))
    asked = ~(features.isnan().any(1) | answers.isnan().any(1))
    if not asked.any():
        return vectors.new_zeros(())
    share = asked.float().mean()
    named = (parts.scales.exp()[1] * vectors[asked] @ teacher.vectors.T).log_softmax(1)
    total = -TEACHER_WEIGHT * (answers[asked] * named).sum(1).mean()
    alike = functional.cosine_similarity(parts.teach(pooled[asked]), features[asked])
    return share * (total + FEATURE_WEIGHT * (1 - alike).mean())

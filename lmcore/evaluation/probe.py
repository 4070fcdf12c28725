"""Linear probes on every layer, and on ELMo's learned mix of the layers.

A probe is one linear map and a softmax on frozen vectors (Peters et al. 2018, section 5.3; Liu et
al. 2019). The mix is ELMo's own way to use its layers (Peters et al. 2018, equation 1):

    mixed = gamma · Σ_j softmax(w)_j · h_j

with w and gamma learned together with the probe on top and a penalty 0.001 · ‖w‖². Each layer is
normalised first (mean 0 and variance 1 over the dimensions of a vector), as section 3.2 of the
paper suggests where layers differ in scale, so that the weights of the mix can be compared. All
probes are trained side by side on the same batches: nothing passes from one to another.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lmcore.evaluation.benchmark import Progress, percent

#: Passes over the data, or more where these make fewer steps than the second number.
EPOCHS, STEPS = 12, 600
BATCH, RATE, PENALTY = 256, 3e-3, 1e-3


@dataclass(frozen=True)
class Labelled:
    """Vectors with right answers.

    Attributes:
        vectors: float32 ``[N, K, D]``, K layers.
        labels: int ``[N]``.
        groups: int ``[N]``, which answers are allowed (a row of ``allowed``), or ``None``.
    """

    vectors: np.ndarray
    labels: np.ndarray
    groups: np.ndarray | None = None


class Probes(nn.Module):
    """K probes on single layers and one on the mix, for C classes."""

    def __init__(self, layers: int, width: int, classes: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(layers + 1, width, classes))
        self.bias = nn.Parameter(torch.zeros(layers + 1, 1, classes))
        self.mix = nn.Parameter(torch.zeros(layers))
        self.gamma = nn.Parameter(torch.ones(()))

    def forward(self, vectors: Tensor) -> Tensor:
        """``[B, K, D]`` to logits ``[K + 1, B, C]``, the mix last."""
        normal = F.layer_norm(vectors, vectors.shape[-1:]).transpose(0, 1)  # [K, B, D]
        shares = self.mix.softmax(dim=0)[:, None, None]
        mixed = self.gamma * (shares * normal).sum(dim=0, keepdim=True)
        return torch.baddbmm(self.bias, torch.cat([normal, mixed]), self.weight)


def train(
    data: Labelled,
    classes: int,
    progress: Progress,
    allowed: np.ndarray | None = None,
    seed: int = 0,
) -> Probes:
    """Train all probes with Adam, the rate falling linearly to zero.

    Args:
        data: training vectors.
        classes: C.
        progress: told after each pass over the data.
        allowed: bool ``[groups, C]``.
        seed: of the order of the batches; probes start from zero.
    """
    probes = Probes(data.vectors.shape[1], data.vectors.shape[2], classes)
    optimiser = torch.optim.Adam(probes.parameters(), lr=RATE)
    random = np.random.default_rng(seed)
    batches = -(-len(data.labels) // BATCH)
    epochs = max(EPOCHS, -(-STEPS // batches))
    steps = epochs * batches
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: 1 - step / steps)
    for epoch in range(epochs):
        order = random.permutation(len(data.labels))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            logits = _logits(probes, data, rows, allowed)
            wanted = torch.from_numpy(data.labels[rows]).expand(len(logits), -1)
            # Summed over the probes, so that each learns as if it were alone.
            loss = F.cross_entropy(logits.flatten(0, 1), wanted.flatten()) * len(logits)
            loss = loss + PENALTY * probes.mix.square().sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        progress((epoch + 1) / epochs, "probes")
    return probes


def _logits(probes: Probes, data: Labelled, rows: np.ndarray, allowed: np.ndarray | None) -> Tensor:
    logits = probes(torch.from_numpy(data.vectors[rows]))
    if allowed is not None and data.groups is not None:
        logits = logits.masked_fill(~torch.from_numpy(allowed[data.groups[rows]]), -1e9)
    return logits


@torch.no_grad()
def answers(probes: Probes, data: Labelled, allowed: np.ndarray | None = None) -> np.ndarray:
    """Answers of every probe, int ``[K + 1, N]``, the mix last.

    Args:
        probes: trained.
        data: vectors.
        allowed: bool ``[groups, C]``.
    """
    parts = [
        _logits(probes, data, rows, allowed).argmax(dim=-1).numpy()
        for rows in np.array_split(np.arange(len(data.labels)), -(-len(data.labels) // BATCH))
    ]
    return np.concatenate(parts, axis=1)


def report(
    learn: Labelled,
    test: Labelled,
    classes: int,
    progress: Progress,
    allowed: np.ndarray | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Train on one part, measure on the other: accuracy in per cent, and the learned mix.

    Args:
        learn: training vectors.
        test: vectors that are measured on.
        classes: C.
        progress: told how far it is.
        allowed: bool ``[groups, C]``.
        seed: of the order of the batches.
    """
    probes = train(learn, classes, progress, allowed, seed)
    right = answers(probes, test, allowed) == test.labels
    shares = [percent(value) for value in right.mean(axis=1)]
    return {
        "probe_accuracy_by_layer": shares[:-1],
        "mix_accuracy": shares[-1],
        "mix_weights": probes.mix.softmax(dim=0).detach().numpy().round(4).tolist(),
        "mix_gamma": round(float(probes.gamma.detach()), 4),
        "seed": seed,
    }

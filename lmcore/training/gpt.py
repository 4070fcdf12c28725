"""GPT's objective: the next piece from all pieces to its left (Radford et al. 2018, eq. 1)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lmcore import hf
from lmcore.training.objectives import Batch, Objective, Schedule, sinusoids
from lmcore.training.packing import Packed

START = 1  # id of <s>


class GptObjective(Objective):
    """Windows that begin at a sentence, each led by ``<s>``; short windows first, longer later."""

    family = "gpt"
    schedule = Schedule(peak=5e-4, warmup_steps=300)
    unit = "nats per piece"
    sizes: ClassVar[dict[str, int]] = {
        "vocab_size": 16_384,
        "n_positions": 128,
        "n_embd": 256,
        "n_layer": 6,
        "n_head": 4,
    }

    def __init__(
        self,
        train: Packed,
        valid: Packed | None,
        seed: int,
        tokenizer: Path,
        positions: int = 4_096,
        **sizes: int,
    ) -> None:
        super().__init__(train, valid, seed)
        self.tokenizer, self.positions = tokenizer, positions
        self.config = self.sizes | sizes
        torch.manual_seed(seed)
        self.network: Any = hf.new_gpt(self.config)
        with torch.no_grad():
            table = self.network.transformer.positions_embed.weight
            table.copy_(sinusoids(*table.shape))

    def length(self, step: int, progress: float) -> int:
        """Window length: 32 to get going, then 64, and every fourth step the full context."""
        longest = int(self.config["n_positions"])
        return min(longest, 32 if progress < 0.1 else longest if step % 4 == 0 else 64)

    def draw(self, step: int, progress: float) -> Batch:
        """``ids [B, T]``: ``<s>`` and T - 1 pieces of running text from a sentence start on."""
        random, length = self.random(step), self.length(step, progress)
        rows = max(1, self.positions // length)
        starts = self.train.sentence_starts[
            random.integers(0, len(self.train.sentence_starts) - 1, rows)
        ]
        starts = np.minimum(starts, len(self.train.ids) - length)
        ids = self.train.ids[starts[:, None] + np.arange(length - 1)[None]].astype(np.int64)
        ids = np.concatenate([np.full((rows, 1), START), ids], axis=1)
        return Batch({"ids": torch.from_numpy(ids)}, rows * length)

    def loss(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean cross-entropy of every piece after ``<s>``."""
        ids = batch.tensors["ids"]
        hidden = self.network.transformer(ids).last_hidden_state[:, :-1]
        loss = cross_entropy(
            hidden.flatten(0, 1), self.network.lm_head.weight, ids[:, 1:].flatten()
        )
        return loss, {}

    def validate(self, limit: int | None = None) -> dict[str, float]:
        """Every held-out piece once, in windows of the full context that begin with ``<s>``."""
        assert self.valid is not None
        length = int(self.config["n_positions"])
        total = len(self.valid.ids) // (length - 1)
        windows = np.asarray(self.valid.ids[: total * (length - 1)]).reshape(total, length - 1)
        if limit is not None:
            windows = windows[:: max(1, len(self.valid.ids) // limit)]
        device = next(self.network.parameters()).device
        losses = []
        for rows in np.array_split(windows, max(1, len(windows) // 16)):
            ids = np.concatenate([np.full((len(rows), 1), START), rows], axis=1).astype(np.int64)
            batch = Batch({"ids": torch.from_numpy(ids)}, ids.size).to(device)
            losses.append(self.loss(batch)[0].item() * len(rows))
        return {"loss": sum(losses) / len(windows)}

    def save_files(self, folder: Path) -> dict[str, Any]:
        """The tokenizer, and the sizes of the network."""
        shutil.copyfile(self.tokenizer, folder / "tokenizer.json")
        return self.config


def cross_entropy(hidden: Tensor, weight: Tensor, targets: Tensor, chunk: int = 2_048) -> Tensor:
    """Mean cross-entropy over a large vocabulary, a chunk of rows at a time to spare memory.

    Args:
        hidden: ``[N, D]``; weight: ``[V, D]``; targets: ids ``[N]``.
    """
    total = hidden.new_zeros((), dtype=torch.float32)
    for rows, wanted in zip(hidden.split(chunk), targets.split(chunk), strict=True):
        total = total + F.cross_entropy(rows @ weight.T, wanted, reduction="sum").float()
    return total / len(targets)

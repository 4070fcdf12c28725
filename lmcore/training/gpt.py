"""GPT's objective: the next piece from all pieces to its left (Radford et al. 2018, eq. 1)."""

from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lmcore.runtime import transformers_models
from lmcore.training.objectives import Batch, PieceObjective, Schedule

START = 1  # id of <s>
#: Rows of logits that are held at once while training: on a CPU what fits its cache.
_ROWS = {"cpu": 256, "cuda": 8_192}


class GptObjective(PieceObjective):
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

    longest, early = "n_positions", 0.1

    def new_network(self) -> Any:
        """See :meth:`PieceObjective.new_network`."""
        network: Any = transformers_models.new_gpt(self.config)
        for block in network.transformer.h:
            # The same function as the model's own, which is put together of eight operations.
            block.mlp.act = torch.nn.GELU(approximate="tanh")
        return network

    def position_table(self) -> Tensor:
        """See :meth:`PieceObjective.position_table`."""
        weight: Tensor = self.network.transformer.positions_embed.weight
        return weight

    def draw(self, step: int, progress: float, part: int = 0) -> Batch:
        """``ids [B, T]``: ``<s>`` and T - 1 pieces of running text from a sentence start on."""
        random, length = self.random(step, part), self.length(step, progress)
        rows = max(1, self.positions // length)
        begin = self.corpus.starts[self.corpus.sentences(rows, random)]
        ids = F.pad(self.corpus.runs(begin, length - 1), (1, 0), value=START)
        return Batch({"ids": ids}, rows * length)

    def embeddings(self) -> Tensor:
        """Embeddings of the pieces, tied to the output."""
        weight: Tensor = self.network.transformer.tokens_embed.weight
        return weight

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
        length = self.context
        total = len(self.valid.ids) // (length - 1)
        windows = np.asarray(self.valid.ids[: total * (length - 1)]).reshape(total, length - 1)
        if limit is not None:
            windows = windows[:: max(1, len(self.valid.ids) // limit)]
        device = next(self.network.parameters()).device
        nats = torch.zeros((), device=device)
        for rows in torch.from_numpy(windows.astype(np.int64)).to(device).split(16):
            ids = F.pad(rows, (1, 0), value=START)
            nats += self.loss(Batch({"ids": ids}, ids.numel()))[0] * len(rows)
        return {"loss": nats.item() / len(windows)}


class _LinearCrossEntropy(torch.autograd.Function):
    """Summed cross-entropy of a linear layer that makes its gradients on the way forward.

    The logits of a few rows at a time stay in the processor's cache, and the backward pass of
    PyTorch's own bf16 log-softmax, the slowest operation of a step, is never needed.
    """

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, targets: Tensor) -> Tensor:
        total = hidden.new_zeros((), dtype=torch.float32)
        differences = hidden.new_empty(len(targets), len(weight))
        count = rows_at_once(hidden.device)
        for start in range(0, len(targets), count):
            rows, wanted = hidden[start : start + count], targets[start : start + count, None]
            chances = torch.softmax((rows @ weight.T).float(), dim=-1)
            right = chances.gather(1, wanted)
            total -= right.clamp_min(1e-30).log().sum()
            differences[start : start + count] = chances.scatter_(1, wanted, right - 1)
        ctx.save_for_backward(differences @ weight, differences.T @ hidden)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, None]:
        to_hidden, to_weight = ctx.saved_tensors
        factor = gradients[0].to(to_hidden.dtype)
        return to_hidden * factor, to_weight * factor, None


def rows_at_once(device: torch.device) -> int:
    """How many rows of logits stand in memory at once on a device."""
    return _ROWS.get(device.type, _ROWS["cuda"])


def cross_entropy(hidden: Tensor, weight: Tensor, targets: Tensor) -> Tensor:
    """Mean cross-entropy over a large vocabulary, a few rows at a time to spare memory.

    Args:
        hidden: ``[N, D]``; weight: ``[V, D]``; targets: ids ``[N]``.
    """
    if torch.is_autocast_enabled(hidden.device.type):
        low = torch.get_autocast_dtype(hidden.device.type)
        hidden, weight = hidden.to(low), weight.to(low)
    if torch.is_grad_enabled():
        return _LinearCrossEntropy.apply(hidden, weight, targets) / len(targets)
    total = hidden.new_zeros((), dtype=torch.float32)
    for rows, wanted in zip(hidden.split(2_048), targets.split(2_048), strict=True):
        total = total + F.cross_entropy((rows @ weight.T).float(), wanted, reduction="sum")
    return total / len(targets)

"""ELMo's objective: predict the next word from the left and the previous word from the right, with
one softmax for both directions (Peters et al. 2018, section 3.1)."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lmcore.readers.elmo_network import (
    SENTENCE_END,
    SENTENCE_START,
    ElmoConfig,
    ElmoNetwork,
    character_ids,
    cropped,
    mark_ids,
)
from lmcore.training.lstm import projected_lstm
from lmcore.training.objectives import Batch, Objective, Schedule
from lmcore.training.packing import Packed

#: The first entries of ELMo's vocabulary, as in the published one.
SPECIALS = ["<S>", "</S>", "<UNK>"]
VOCABULARY_SIZE = 32_768
_START, _END, _UNKNOWN = 0, 1, 2
#: Rows of scores that are held at once while training.
_ROWS = 256


class ElmoObjective(Objective):
    """Windows of running text; half begin with ``<S>`` at a sentence, half end with ``</S>``.

    Ids of the packed corpus are ranks of word types, commonest first: rank r is entry r + 3 of the
    vocabulary, and ranks beyond the vocabulary are ``<UNK>`` as targets (never as input: ELMo reads
    characters).
    """

    family = "elmo"
    schedule = Schedule(peak=2e-3, warmup_steps=200)
    unit = "nats per word or sentence mark, mean of both directions"
    sizes = ElmoConfig(
        filters=((1, 32), (2, 32), (3, 64), (4, 128), (5, 256)),
        character_dim=16,
        n_highway=2,
        dim=1_024,
        projection_dim=256,
        n_layers=2,
        cell_clip=None,
        proj_clip=None,
        use_skip_connections=True,
        vocabulary_size=VOCABULARY_SIZE,
    )

    def __init__(
        self,
        train: Packed,
        valid: Packed | None,
        seed: int,
        words: list[str],
        types: int,
        rows: int = 128,
        length: int = 32,
        negatives: int = 4_096,
        config: ElmoConfig | None = None,
    ) -> None:
        super().__init__(train, valid, seed)
        self.config = config or self.sizes
        entries = min(self.config.vocabulary_size, len(SPECIALS) + types)
        self.config = replace(self.config, vocabulary_size=entries)
        self.rows, self.window, self.negatives = rows, length, negatives
        width = self.config.max_characters_per_token
        self.vocabulary = SPECIALS + words[: self.config.vocabulary_size - len(SPECIALS)]
        # One row of character ids per type: the marks first, then the types by rank.
        marks = [mark_ids(SENTENCE_START, width), mark_ids(SENTENCE_END, width)]
        table = np.empty((len(words) + len(SPECIALS), width), dtype=np.int16)
        table[:3] = [*marks, character_ids(SPECIALS[_UNKNOWN], width)]
        for rank, word in enumerate(words, start=len(SPECIALS)):
            table[rank] = character_ids(word, width)
        self.characters = table
        torch.manual_seed(seed)
        self.network: Any = ElmoNetwork(self.config)
        torch.nn.init.normal_(self.network.softmax.weight, std=0.05)
        torch.nn.init.zeros_(self.network.softmax.bias)

    def _batch(self, types: np.ndarray) -> Batch:
        """Types ``[B, T]`` (entries of the table) to a batch with each distinct word once."""
        distinct, where = np.unique(types, return_inverse=True)
        letters = cropped(self.characters[distinct], self.config.filters[-1][0])
        known = len(self.vocabulary)
        return Batch(
            {
                "letters": torch.from_numpy(letters.astype(np.int64)),
                "where": torch.from_numpy(where.reshape(types.shape)),
                "targets": torch.from_numpy(np.where(types < known, types, _UNKNOWN)),
            },
            types.size,
        )

    def draw(self, step: int, progress: float) -> Batch:
        """Half of the rows ``<S> w w w …``, half ``… w w w </S>``."""
        random, count = self.random(step), self.window - 1
        chosen = random.integers(1, len(self.train.sentence_starts) - 1, self.rows)
        edges = self.train.sentence_starts[chosen]
        half = self.rows // 2
        from_start = np.minimum(edges[:half], len(self.train.ids) - count)
        to_end = np.maximum(edges[half:] - count, 0)
        offsets = np.arange(count)[None]
        head = self.train.ids[from_start[:, None] + offsets].astype(np.int64) + len(SPECIALS)
        tail = self.train.ids[to_end[:, None] + offsets].astype(np.int64) + len(SPECIALS)
        return self._batch(
            np.concatenate(
                [
                    np.concatenate([np.full((len(head), 1), _START), head], axis=1),
                    np.concatenate([tail, np.full((len(tail), 1), _END)], axis=1),
                ]
            )
        )

    def _read(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Top vectors of both directions and what each has to predict, flat."""
        t = batch.tensors
        token = self.network.encoder(t["letters"])[t["where"]]  # [B, T, D]
        ahead, behind = t["targets"][:, 1:], t["targets"][:, :-1]
        forward, backward = self._top(token, 0)[:, :-1], self._top(token, 1)[:, 1:]
        return forward.flatten(0, 1), ahead.flatten(), backward.flatten(0, 1), behind.flatten()

    def _top(self, token: Tensor, direction: int) -> Tensor:
        """What the upper layer of a direction gives for whole rows ``[B, T, D]``."""
        if not torch.is_grad_enabled():
            lengths = torch.full((len(token),), token.shape[1], device=token.device)
            out = self.network.read_vectors(token, lengths)
            return (out.forward, out.backward)[direction][-1]
        assert self.config.cell_clip is None
        assert self.config.proj_clip is None
        x = token.transpose(0, 1)
        x = x.flip(0) if direction else x
        for depth, layer in enumerate(self.network.directions[direction]):
            y = projected_lstm(x, layer.lstm)
            x = y + x if depth and self.config.use_skip_connections else y
        return (x.flip(0) if direction else x).transpose(0, 1)

    def loss(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean of both directions, with log-uniform negatives shared by the batch."""
        forward, ahead, backward, behind = self._read(batch)
        sampled = self._negatives(batch)
        one = sampled_softmax(self.network.softmax, forward, ahead, sampled, self.negatives)
        two = sampled_softmax(self.network.softmax, backward, behind, sampled, self.negatives)
        return (one + two) / 2, {"forward": one.detach(), "backward": two.detach()}

    def _negatives(self, batch: Batch) -> Tensor:
        """Distinct vocabulary entries drawn log-uniformly, seeded by the batch (no state)."""
        seed = int(batch.tensors["targets"].sum()) + batch.positions
        random = np.random.default_rng([self.seed, seed])
        size = len(self.vocabulary)
        drawn = np.exp(random.random(self.negatives) * np.log(size + 1)).astype(np.int64) - 1
        return torch.from_numpy(np.unique(drawn.clip(0, size - 1))).to(
            batch.tensors["targets"].device
        )

    def validate(self, limit: int | None = None) -> dict[str, float]:
        """Held-out sentences, each whole between ``<S>`` and ``</S>``, full softmax."""
        assert self.valid is not None
        starts, ids = self.valid.sentence_starts, self.valid.ids
        device = next(self.network.parameters()).device
        order = np.arange(len(starts) - 1)
        if limit is not None:
            order = order[:: max(1, len(ids) // limit)]
        order = order[np.argsort(np.diff(starts)[order], kind="stable")]
        sums, words = np.zeros(2), 0
        for group in np.array_split(order, max(1, len(order) // 64)):
            rows = [
                np.concatenate([[_START], ids[starts[s] : starts[s + 1]] + len(SPECIALS), [_END]])
                for s in group
                if starts[s + 1] > starts[s]
            ]
            for row_group in _same_length(rows):
                batch = self._batch(row_group.astype(np.int64)).to(device)
                forward, ahead, backward, behind = self._read(batch)
                for side, (hidden, wanted) in enumerate([(forward, ahead), (backward, behind)]):
                    logits = self.network.softmax(hidden).float()
                    sums[side] += F.cross_entropy(logits, wanted, reduction="sum").item()
                words += len(ahead)
        forward_loss, backward_loss = (sums / words).tolist()
        return {
            "loss": (forward_loss + backward_loss) / 2,
            "forward": forward_loss,
            "backward": backward_loss,
        }

    def save_files(self, folder: Path) -> dict[str, Any]:
        """The vocabulary of the softmax with corpus counts, and the sizes of the network."""
        known = len(self.vocabulary) - len(SPECIALS)
        by_rank = np.bincount(self.train.ids, minlength=known)
        sentences = len(self.train.sentence_starts) - 1
        counts = [sentences, sentences, int(by_rank[known:].sum()), *by_rank[:known].tolist()]
        lines = [f"{word}\t{n}" for word, n in zip(self.vocabulary, counts, strict=True)]
        (folder / "vocabulary.txt").write_text("\n".join(lines) + "\n", encoding="utf8")
        return asdict(self.config)


def _same_length(rows: list[np.ndarray]) -> list[np.ndarray]:
    """Rows grouped by length, each group as one array."""
    groups: dict[int, list[np.ndarray]] = {}
    for row in rows:
        groups.setdefault(len(row), []).append(row)
    return [np.stack(group) for group in groups.values()]


def sampled_softmax(
    softmax: torch.nn.Linear, hidden: Tensor, targets: Tensor, sampled: Tensor, draws: int
) -> Tensor:
    """Cross-entropy against sampled negatives, corrected for how often each is drawn.

    Log-uniform sampling as in Jozefowicz et al. 2016: entry r is drawn with probability
    p = log((r + 2) / (r + 1)) / log(V + 1) and is among the distinct ones of n draws with chance
    1 - (1 - p)^n; subtracting the log of that makes the estimate consistent. A negative that equals
    the target of a row is taken out of that row.

    Args:
        hidden: ``[N, D]``; targets: ids ``[N]``; sampled: distinct ids ``[S]``; draws: n.
    """

    def correction(ids: Tensor) -> Tensor:
        chance = torch.log((ids + 2) / (ids + 1)) / np.log(softmax.out_features + 1)
        return torch.log(-torch.expm1(draws * torch.log1p(-chance)))

    weight, bias = softmax.weight, softmax.bias
    return _AgainstSampled.apply(
        hidden,
        weight[sampled],
        bias[sampled].float() - correction(sampled),
        weight[targets],
        bias[targets].float() - correction(targets),
        _places(targets, sampled),
    )


def _places(targets: Tensor, sampled: Tensor) -> Tensor:
    """Where in ``sampled`` (ascending) each target stands, -1 where it was not drawn."""
    place = torch.searchsorted(sampled, targets).clamp_max(len(sampled) - 1)
    return torch.where(sampled[place] == targets, place, -1)


class _AgainstSampled(torch.autograd.Function):
    """Mean cross-entropy of an own score against shared ones, with its gradients made on the way.

    A few rows of scores at a time stay in the processor's cache; the own score is the last column.
    """

    @staticmethod
    def forward(
        ctx: Any,
        hidden: Tensor,
        shared: Tensor,
        shared_bias: Tensor,
        own: Tensor,
        own_bias: Tensor,
        places: Tensor,
    ) -> Tensor:
        count, negatives = len(hidden), len(shared)
        total = hidden.new_zeros((), dtype=torch.float32)
        at_shared = hidden.new_empty(count, negatives)
        at_own = hidden.new_empty(count, dtype=torch.float32)
        for start in range(0, count, _ROWS):
            part = slice(start, start + _ROWS)
            rows = hidden[part]
            scores = torch.empty(len(rows), negatives + 1, device=hidden.device)
            torch.add(rows @ shared.T, shared_bias, out=scores[:, :negatives])
            scores[:, negatives] = (rows * own[part]).sum(-1).float() + own_bias[part]
            (drawn,) = torch.nonzero(places[part] >= 0, as_tuple=True)
            scores[drawn, places[part][drawn]] = -1e4
            chances = torch.softmax(scores, dim=-1)
            total -= chances[:, negatives].clamp_min(1e-30).log().sum()
            at_shared[part] = chances[:, :negatives]
            at_own[part] = chances[:, negatives] - 1
        ctx.save_for_backward(hidden, shared, own, at_shared, at_own)
        return total / count

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        hidden, shared, own, at_shared, at_own = ctx.saved_tensors
        factor = gradients[0] / len(hidden)
        column = (at_own * factor)[:, None].to(hidden.dtype)
        small = factor.to(hidden.dtype)
        return (
            at_shared @ shared * small + column * own,
            at_shared.T @ hidden * small,
            at_shared.sum(0, dtype=torch.float32) * factor,
            column * hidden,
            at_own * factor,
            None,
        )

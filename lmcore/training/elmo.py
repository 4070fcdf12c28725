"""ELMo's objective: predict the next word from the left and the previous word from the right, with
one softmax for both directions (Peters et al. 2018, section 3.1)."""

import math
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lmcore.readers.elmo_characters import (
    SENTENCE_END,
    SENTENCE_START,
    character_ids,
    cropped,
    mark_ids,
)
from lmcore.readers.elmo_network import ElmoConfig, ElmoNetwork
from lmcore.training.gpt import cross_entropy
from lmcore.training.lstm import cudnn_lstm, projected_lstm
from lmcore.training.objectives import Batch, Objective, Schedule
from lmcore.training.packing import Packed
from lmcore.training.sampled_softmax import sampled_softmax

#: The first entries of ELMo's vocabulary, as in the published one.
SPECIALS = ["<S>", "</S>", "<UNK>"]
VOCABULARY_SIZE = 32_768
_START, _END, _UNKNOWN = 0, 1, 2


class ElmoObjective(Objective):
    """Windows of running text; half begin with ``<S>`` at a sentence, half end with ``</S>``.

    Ids of the packed corpus are ranks of word types, commonest first: rank r is entry r + 3 of the
    vocabulary, and ranks beyond the vocabulary are ``<UNK>`` as targets (never as input: ELMo reads
    characters).
    """

    family = "elmo"
    schedule = Schedule(peak=2e-3, warmup_steps=200)
    unit = "nats per word or sentence mark, mean of both directions"
    first_embedded = len(SPECIALS)
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
        self.characters = np.zeros((0, 0), dtype=np.int16)
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
        self.place(torch.device("cpu"))
        torch.manual_seed(seed)
        self.network: Any = ElmoNetwork(self.config)
        torch.nn.init.normal_(self.network.softmax.weight, std=0.05)
        torch.nn.init.zeros_(self.network.softmax.bias)

    @classmethod
    def sized(
        cls,
        train: Packed,
        valid: Packed | None,
        seed: int,
        words: list[str],
        types: int,
        **sizes: int,
    ) -> "ElmoObjective":
        """With some sizes of the network (:class:`ElmoConfig`) or of a batch changed."""
        batch = {name: sizes.pop(name) for name in ("rows", "length") if name in sizes}
        config = replace(cls.sizes, **sizes)  # type: ignore[arg-type]
        return cls(train, valid, seed, words, types, config=config, **batch)

    def place(self, device: torch.device) -> None:
        """The corpus, and the characters of its words."""
        super().place(device)
        self.letters = torch.from_numpy(self.characters).to(device)

    def embeddings(self) -> Tensor:
        """Rows of the softmax that both directions share."""
        weight: Tensor = self.network.softmax.weight
        return weight

    def _batch(self, types: Tensor, random: torch.Generator | None = None) -> Batch:
        """Types ``[B, T]`` (entries of the table) to a batch.

        On a CPU each distinct word goes through the character encoder once; on a GPU every word
        does, because counting the distinct ones would wait for the device.
        """
        if types.device.type == "cpu":
            distinct, where = torch.unique(types, return_inverse=True)
            rows = cropped(self.letters[distinct].numpy(), self.config.filters[-1][0])
            letters = torch.from_numpy(rows)
        else:
            letters = self.letters[types.flatten()]
            where = torch.arange(types.numel(), device=types.device).view_as(types)
        tensors = {
            "letters": letters.long(),
            "where": where,
            "targets": torch.where(types < len(self.vocabulary), types, _UNKNOWN),
        }
        if random is not None and types.device.type == "cpu":
            tensors["negatives"] = self._negatives(random)
        return Batch(tensors, types.numel())

    def draw(self, step: int, progress: float, part: int = 0) -> Batch:
        """Half of the rows ``<S> w w w …``, half ``… w w w </S>``."""
        random, count = self.random(step, part), self.window - 1
        edges = self.corpus.starts[self.corpus.sentences(self.rows, random)]
        half, first = self.rows // 2, len(SPECIALS)
        head = self.corpus.runs(edges[:half], count) + first
        tail = self.corpus.runs(edges[half:] - count, count) + first
        rows = [F.pad(head, (1, 0), value=_START), F.pad(tail, (0, 1), value=_END)]
        return self._batch(torch.cat(rows), random)

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
            lengths = torch.full((len(token),), token.shape[1])
            out = self.network.read_vectors(token, lengths)
            return (out.forward, out.backward)[direction][-1]
        assert self.config.cell_clip is None
        assert self.config.proj_clip is None
        x = token.transpose(0, 1)
        x = x.flip(0) if direction else x
        run = projected_lstm if x.device.type == "cpu" else cudnn_lstm
        for depth, layer in enumerate(self.network.directions[direction]):
            y = run(x, layer.lstm)
            x = y + x if depth and self.config.use_skip_connections else y
        return (x.flip(0) if direction else x).transpose(0, 1)

    def loss(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean of both directions: on a CPU against log-uniform negatives shared by the batch, on
        a GPU, which has the room, against the whole vocabulary.
        """
        forward, ahead, backward, behind = self._read(batch)
        losses = [self._direction(*side, batch) for side in ((forward, ahead), (backward, behind))]
        parts = dict(zip(("forward", "backward"), (loss.detach() for loss in losses), strict=True))
        return (losses[0] + losses[1]) / 2, parts

    def _direction(self, hidden: Tensor, targets: Tensor, batch: Batch) -> Tensor:
        """Mean loss of one direction in nats: hidden ``[N, D]``, targets ``[N]``."""
        softmax, sampled = self.network.softmax, batch.tensors.get("negatives")
        if sampled is not None:
            return sampled_softmax(softmax, hidden, targets, sampled, self.negatives)
        hidden = torch.cat([hidden, hidden.new_ones(len(hidden), 1)], dim=1)
        weight = torch.cat([softmax.weight, softmax.bias[:, None]], dim=1)
        return cross_entropy(hidden, weight, targets)

    def _negatives(self, random: torch.Generator) -> Tensor:
        """Distinct vocabulary entries drawn log-uniformly, ascending."""
        size = len(self.vocabulary)
        chance = torch.rand(self.negatives, generator=random, dtype=torch.float64)
        return torch.unique((chance * math.log(size + 1)).exp().long().sub(1).clamp(0, size - 1))

    def validate(self, limit: int | None = None) -> dict[str, float]:
        """Held-out sentences, each whole between ``<S>`` and ``</S>``, full softmax."""
        assert self.valid is not None
        starts, ids = self.valid.sentence_starts, self.valid.ids
        device = next(self.network.parameters()).device
        order = np.arange(len(starts) - 1)
        if limit is not None:
            order = order[:: max(1, len(ids) // limit)]
        order = order[np.argsort(np.diff(starts)[order], kind="stable")]
        sums, words = torch.zeros(2, device=device), 0
        for group in np.array_split(order, max(1, len(order) // 64)):
            rows = [
                np.concatenate([[_START], ids[starts[s] : starts[s + 1]] + len(SPECIALS), [_END]])
                for s in group
                if starts[s + 1] > starts[s]
            ]
            for row_group in _same_length(rows):
                types = torch.from_numpy(row_group.astype(np.int64)).to(device)
                forward, ahead, backward, behind = self._read(self._batch(types))
                for side, (hidden, wanted) in enumerate([(forward, ahead), (backward, behind)]):
                    logits = self.network.softmax(hidden).float()
                    sums[side] += F.cross_entropy(logits, wanted, reduction="sum")
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

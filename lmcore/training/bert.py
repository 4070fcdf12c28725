"""BERT's objectives: masked words, and whether the second text follows the first (Devlin 2018)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lmcore.readers.scoring import MASKED_SHARE, mask
from lmcore.runtime import transformers_models
from lmcore.training.gpt import cross_entropy
from lmcore.training.objectives import Batch, Objective, Schedule, sinusoids
from lmcore.training.packing import Packed

CLS, SEP, MASK, SPECIALS = 2, 3, 4, 5
#: How much of a text is masked when training begins; it ends at the share of validation.
FIRST_SHARE = 0.30


class BertObjective(Objective):
    """Half of the rows are one text, half are two with the question whether B follows A.

    The share of single texts is ours: people will type single sentences.
    """

    family = "bert"
    schedule = Schedule(peak=1e-3, warmup_steps=200)
    unit = "nats per masked piece, 15 % masked"
    sizes: ClassVar[dict[str, int]] = {
        "vocab_size": 16_384,
        "max_position_embeddings": 128,
        "hidden_size": 256,
        "num_hidden_layers": 6,
        "num_attention_heads": 4,
        "intermediate_size": 1_024,
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
        self.ordinary = np.arange(int(self.config["vocab_size"])) >= SPECIALS
        self.ends = {"train": train.last_sentence_of_document()}
        if valid is not None:
            self.ends["valid"] = valid.last_sentence_of_document()
        torch.manual_seed(seed)
        self.network: Any = transformers_models.new_bert(self.config)
        with torch.no_grad():
            table = self.network.bert.embeddings.position_embeddings.weight
            table.copy_(sinusoids(*table.shape))

    def length(self, step: int, progress: float) -> int:
        """Row length: 32 leaves the unigram plateau soonest; then 64, every fourth step all."""
        longest = int(self.config["max_position_embeddings"])
        early = progress < 0.35 and not self.begun
        return min(longest, 32 if early else longest if step % 4 == 0 else 64)

    def draw(self, step: int, progress: float) -> Batch:
        """Rows of the current length with masks drawn anew each time."""
        share = FIRST_SHARE - (FIRST_SHARE - MASKED_SHARE) * min(1.0, progress)
        return self._batch(
            self.train, self.ends["train"], self.random(step), self.length(step, progress), share
        )

    def _batch(
        self,
        packed: Packed,
        ends: np.ndarray,
        random: np.random.Generator,
        length: int,
        share: float,
    ) -> Batch:
        rows = max(2, self.positions // length)
        ids = np.empty((rows, length), dtype=np.int64)
        segments = np.zeros((rows, length), dtype=np.int64)
        follows = np.full(rows, -100, dtype=np.int64)
        for row in range(rows):
            if row % 2 == 0:
                ids[row] = single(packed, random, length)
            else:
                ids[row], segments[row], follows[row] = pair(packed, ends, random, length)
        masked, targets = mask(ids, random, share, MASK, self.ordinary)
        places = np.flatnonzero(targets >= 0)
        tensors = {
            "ids": masked,
            "segments": segments,
            "follows": follows,
            "places": places,
            "targets": targets.ravel()[places],
        }
        return Batch({k: torch.from_numpy(v) for k, v in tensors.items()}, rows * length)

    def loss(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Masked-LM loss plus next-sentence loss; label 0 means that B follows A, as in BERT."""
        t = batch.tensors
        hidden, pooled = self.network.bert(
            t["ids"], token_type_ids=t["segments"], return_dict=False
        )[:2]
        head = self.network.cls.predictions
        chosen = head.transform(hidden.flatten(0, 1)[t["places"]])
        weight = head.decoder.weight
        bias = head.decoder.bias
        # The bias rides along as one more column, so that the chunked loss needs no second path.
        chosen = torch.cat([chosen, chosen.new_ones(len(chosen), 1)], dim=1)
        words = cross_entropy(chosen, torch.cat([weight, bias[:, None]], dim=1), t["targets"])
        follows = F.cross_entropy(
            self.network.cls.seq_relationship(pooled).float(), t["follows"], ignore_index=-100
        )
        return words + follows, {"masked": words.detach(), "next_sentence": follows.detach()}

    def validate(self, limit: int | None = None) -> dict[str, float]:
        """Held-out rows of the full context, drawn with a fixed seed, 15 % masked."""
        assert self.valid is not None
        length = int(self.config["max_position_embeddings"])
        wanted = limit or len(self.valid.ids)
        device = next(self.network.parameters()).device
        random = np.random.default_rng(0)
        sums, masks, right, pairs, seen = 0.0, 0, 0, 0, 0
        while seen < wanted:
            batch = self._batch(self.valid, self.ends["valid"], random, length, MASKED_SHARE)
            batch = batch.to(device)
            _, parts = self.loss(batch)
            count = len(batch.tensors["targets"])
            sums, masks = sums + parts["masked"].item() * count, masks + count
            right, pairs = _add_pairs(self.network, batch, right, pairs)
            seen += batch.positions
        return {"loss": sums / masks, "next_sentence_accuracy": right / pairs}

    def save_files(self, folder: Path) -> dict[str, Any]:
        """The tokenizer, and the sizes of the network."""
        shutil.copyfile(self.tokenizer, folder / "tokenizer.json")
        return self.config


def _add_pairs(
    network: transformers_models.BertForPreTraining, batch: Batch, right: int, pairs: int
) -> tuple[int, int]:
    """Count right next-sentence answers of a batch on top of earlier counts."""
    t = batch.tensors
    pooled = network.bert(t["ids"], token_type_ids=t["segments"], return_dict=False)[1]
    answers = network.cls.seq_relationship(pooled).argmax(dim=-1)
    asked = t["follows"] >= 0
    return right + int((answers == t["follows"])[asked].sum()), pairs + int(asked.sum())


def _run(packed: Packed, start: int, count: int) -> np.ndarray:
    """``count`` pieces from ``start`` on (moved back where the corpus would end)."""
    start = min(start, len(packed.ids) - count)
    return packed.ids[start : start + count]


def single(packed: Packed, random: np.random.Generator, length: int) -> np.ndarray:
    """``[CLS] text [SEP]``: running text from a sentence start on."""
    start = packed.sentence_starts[random.integers(len(packed.sentence_starts) - 1)]
    return np.concatenate([[CLS], _run(packed, int(start), length - 2), [SEP]])


def pair(
    packed: Packed, ends: np.ndarray, random: np.random.Generator, length: int
) -> tuple[np.ndarray, np.ndarray, int]:
    """``[CLS] A [SEP] B [SEP]``: A is a sentence, B what follows it (0) or another place (1)."""
    starts = packed.sentence_starts
    sentence = int(random.integers(len(starts) - 1))
    room = length - 3
    first = packed.ids[starts[sentence] : starts[sentence + 1]][-int(0.7 * room) :]
    away = bool(random.random() < 0.5) or bool(ends[sentence])
    after = int(random.integers(len(starts) - 1)) if away else sentence + 1
    second = _run(packed, int(starts[after]), room - len(first))
    ids = np.concatenate([[CLS], first, [SEP], second, [SEP]])
    segments = np.zeros(length, dtype=np.int64)
    segments[len(first) + 2 :] = 1
    return ids, segments, int(away)

"""BERT's objectives: masked words, and whether the second text follows the first (Devlin 2018)."""

from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from lmcore.readers.scoring import MASKED_SHARE
from lmcore.runtime import transformers_models
from lmcore.training.draws import DeviceCorpus, generator, masked, pairs
from lmcore.training.gpt import cross_entropy
from lmcore.training.objectives import Batch, PieceObjective, Schedule

CLS, SEP, MASK, SPECIALS = 2, 3, 4, 5
#: How much of a text is masked when training begins; it ends at the share of validation.
FIRST_SHARE = 0.30


class BertObjective(PieceObjective):
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

    longest = "max_position_embeddings"
    early = 0.35  # rows of 32 leave the unigram plateau soonest

    def new_network(self) -> Any:
        """See :meth:`PieceObjective.new_network`."""
        return transformers_models.new_bert(self.config)

    def position_table(self) -> Tensor:
        """See :meth:`PieceObjective.position_table`."""
        weight: Tensor = self.network.bert.embeddings.position_embeddings.weight
        return weight

    def draw(self, step: int, progress: float, part: int = 0) -> Batch:
        """Rows of the current length with masks drawn anew each time."""
        share = FIRST_SHARE - (FIRST_SHARE - MASKED_SHARE) * min(1.0, progress)
        length = self.length(step, progress)
        return self._batch(self.corpus, self.random(step, part), length, share)

    def embeddings(self) -> Tensor:
        """Embeddings of the pieces, tied to the output."""
        weight: Tensor = self.network.bert.embeddings.word_embeddings.weight
        return weight

    def _batch(
        self, corpus: DeviceCorpus, random: torch.Generator, length: int, share: float
    ) -> Batch:
        rows, entries = max(2, self.positions // length), int(self.config["vocab_size"])
        ids, segments, follows = pairs(corpus, rows, length, random, (CLS, SEP))
        ids, places, targets = masked(ids, share, random, SPECIALS, entries, MASK)
        names = ("ids", "segments", "follows", "places", "targets")
        tensors = dict(zip(names, (ids, segments, follows, places, targets), strict=True))
        return Batch(tensors, rows * length)

    def _read(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Top vectors ``[rows, length, width]`` and what the pooler makes of ``[CLS]``."""
        t = batch.tensors
        hidden, pooled = self.network.bert(
            t["ids"], token_type_ids=t["segments"], return_dict=False
        )[:2]
        return hidden, pooled

    def _words(self, hidden: Tensor, batch: Batch) -> Tensor:
        """Mean masked-LM loss in nats."""
        head = self.network.cls.predictions
        chosen = head.transform(hidden.flatten(0, 1)[batch.tensors["places"]])
        # The bias rides along as one more column, so that the chunked loss needs no second path.
        chosen = torch.cat([chosen, chosen.new_ones(len(chosen), 1)], dim=1)
        weight = torch.cat([head.decoder.weight, head.decoder.bias[:, None]], dim=1)
        return cross_entropy(chosen, weight, batch.tensors["targets"])

    def loss(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Masked-LM loss plus next-sentence loss; label 0 means that B follows A, as in BERT."""
        hidden, pooled = self._read(batch)
        words = self._words(hidden, batch)
        answers = self.network.cls.seq_relationship(pooled).float()
        follows = F.cross_entropy(answers, batch.tensors["follows"], ignore_index=-100)
        return words + follows, {"masked": words.detach(), "next_sentence": follows.detach()}

    def validate(self, limit: int | None = None) -> dict[str, float]:
        """Held-out rows of the full context, drawn with a fixed seed, 15 % masked."""
        assert self.valid is not None
        length = self.context
        wanted = limit or len(self.valid.ids)
        device = next(self.network.parameters()).device
        corpus, random = DeviceCorpus.of(self.valid, device), generator(device, 0)
        sums = torch.zeros(4, device=device)  # nats, masks, right answers, pairs
        for _ in range(-(-wanted // (max(2, self.positions // length) * length))):
            batch = self._batch(corpus, random, length, MASKED_SHARE)
            hidden, pooled = self._read(batch)
            count = len(batch.tensors["targets"])
            answers = self.network.cls.seq_relationship(pooled).argmax(dim=-1)
            follows = batch.tensors["follows"]
            right = ((answers == follows) & (follows >= 0)).sum()
            loss = self._words(hidden, batch) * count
            sums += torch.stack([loss, loss.new_tensor(count), right, (follows >= 0).sum()])
        nats, masks, right, judged = sums.tolist()
        return {"loss": nats / masks, "next_sentence_accuracy": right / judged}

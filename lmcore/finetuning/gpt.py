"""GPT on its way to a task (Radford et al. 2018, sections 3.2 and 3.3)."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lmcore.finetuning.inputs import NEW, Row
from lmcore.finetuning.learner import Scored
from lmcore.finetuning.settings import Settings
from lmcore.finetuning.task import Kind
from lmcore.finetuning.transformer import Copied
from lmcore.readers.base import Reader


class GptLearner(Copied):
    """The whole decoder learns, with a classifier on the top vector of the extract position.

    The loss is L3 = L2 + λ · L1 (equation 5): L2 the cross-entropy of the answers, L1 the mean
    cross-entropy of every next piece of the same sequences. New are the classifier and the
    embeddings of delimiter and extract (and of start where pre-training had none).
    """

    family: ClassVar[str] = "gpt"

    def __init__(self, reader: Reader, kind: Kind, width: int, settings: Settings) -> None:
        super().__init__(reader, kind, width, settings)
        size = self.reader.embeddings().weight.shape[1]
        drawn = torch.randn(NEW, size, generator=self.random) * 0.02
        self.extra = nn.Parameter(drawn.to(self.reader.device))
        self.make_head(size)
        self.to(self.reader.device)

    def body_parts(self) -> list[nn.Module]:
        """The decoder with its embeddings."""
        return [self.network.transformer]  # type: ignore[list-item]

    def after_layers(self) -> list[nn.Module]:
        """The last normalisation, where there is one (GPT-2)."""
        last = getattr(self.network.transformer, "ln_f", None)
        return [] if last is None else [last]

    def embedded(self, ids: Tensor) -> Tensor:
        """Vectors ``[…, D]`` of pieces; the new ones have the numbers V, V + 1 and V + 2.

        The two tables stay apart, here and in :meth:`language`: joined, the gradient of the large
        one would be computed for the sake of three rows, even where it does not learn.
        """
        table = self.reader.embeddings().weight
        new = ids >= len(table)
        added = F.embedding((ids - len(table)).clamp_min(0), self.extra)
        return torch.where(new[..., None], added, F.embedding(ids.masked_fill(new, 0), table))

    def language(self, hidden: Tensor, ids: Tensor) -> Tensor:
        """Mean cross-entropy in nats of the next pieces ``[N]``, given the vectors ``[N, D]``."""
        table = self.reader.embeddings().weight
        every = torch.logaddexp(
            (hidden @ table.T).logsumexp(-1), (hidden @ self.extra.T).logsumexp(-1)
        )
        return (every - (hidden * self.embedded(ids)).sum(-1)).mean()

    def run(self, rows: Sequence[Row], **options: Any) -> tuple[Any, Tensor, Tensor]:
        """See :meth:`Copied.run`; the causal mask hides the padding on the right."""
        ids, mask = self.tensors(rows, 0)
        return self.reader.body(None, inputs_embeds=self.embedded(ids), **options), ids, mask

    def predicted(self, items: Sequence[Sequence[Row]]) -> int:
        """See :meth:`Learner.predicted`."""
        if self.settings.lm_weight == 0:
            return 0
        return sum(len(row.ids) - 1 for item in items for row in item)

    def forward(self, items: Sequence[Sequence[Row]]) -> Scored:
        """See :meth:`Learner.forward`; ``language`` only while training with λ above 0."""
        rows = [row for item in items for row in item]
        out, ids, mask = self.run(rows)
        hidden = out.last_hidden_state  # [R, P, D]
        last = mask.sum(dim=1) - 1
        vectors = hidden[torch.arange(len(rows), device=hidden.device), last]
        logits = self.answer(vectors, len(items[0]))
        if not self.training or self.settings.lm_weight == 0:
            return Scored(logits)
        there = mask[:, 1:].bool()
        return Scored(logits, self.language(hidden[:, :-1][there], ids[:, 1:][there]))

"""BERT on its way to a task (Devlin et al. 2018, sections 3 and 4.1)."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from lmcore.finetuning.inputs import Row
from lmcore.finetuning.learner import Scored
from lmcore.finetuning.settings import Settings
from lmcore.finetuning.task import Kind
from lmcore.finetuning.transformer import Copied
from lmcore.readers.base import Reader
from lmcore.readers.tokens import padded


class BertLearner(Copied):
    """The whole encoder learns, with a classifier on the vector of ``[CLS]``.

    That vector goes through the pooler (one linear map and tanh), which was pre-trained with the
    prediction of the next sentence; a model without one gives the top vector itself.
    """

    family: ClassVar[str] = "bert"

    def __init__(self, reader: Reader, kind: Kind, width: int, settings: Settings) -> None:
        super().__init__(reader, kind, width, settings)
        self.make_head(self.reader.embeddings().weight.shape[1])
        self.to(self.reader.device)

    def body_parts(self) -> list[nn.Module]:
        """The encoder with its embeddings and its pooler."""
        return [self.network.bert]  # type: ignore[list-item]

    def after_layers(self) -> list[nn.Module]:
        """The pooler, where there is one."""
        pooler = getattr(self.network.bert, "pooler", None)
        return [] if pooler is None else [pooler]

    def run(self, rows: Sequence[Row], **options: Any) -> tuple[Any, Tensor, Tensor]:
        """See :meth:`Copied.run`."""
        ids, mask = self.tensors(rows, self.reader.filler)
        segments, _ = padded([row.segments for row in rows], 0)
        out = self.reader.body(
            ids, mask, token_type_ids=torch.from_numpy(segments).to(ids.device), **options
        )
        return out, ids, mask

    def forward(self, items: Sequence[Sequence[Row]]) -> Scored:
        """See :meth:`Learner.forward`."""
        out, _, _ = self.run([row for item in items for row in item])
        pooled = getattr(out, "pooler_output", None)
        vectors = out.last_hidden_state[:, 0] if pooled is None else pooled
        return Scored(self.answer(vectors, len(items[0])))

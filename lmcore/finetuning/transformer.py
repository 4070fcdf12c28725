"""What GPT and BERT share on their way to a task: copied weights, rows, layers that learn."""

import copy
from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from lmcore.finetuning import base
from lmcore.finetuning.base import replace_dropout
from lmcore.finetuning.inputs import Row, rows_of
from lmcore.finetuning.learner import Learner
from lmcore.finetuning.outcome import Observation
from lmcore.finetuning.settings import Settings
from lmcore.finetuning.task import Example, Kind
from lmcore.readers.base import Reader
from lmcore.readers.tokens import padded
from lmcore.runtime.scheduler import computing


class Copied(Learner):
    """A learner on a copy of a transformer.

    Weights that do not learn are shared with the reader; nothing ever writes to them.
    """

    at_once: ClassVar[int] = 4

    def __init__(self, reader: Reader, kind: Kind, width: int, settings: Settings) -> None:
        super().__init__(reader, kind, width, settings)
        self.network = _sharing(base.network_of(self.reader))
        self.reader = base.with_network(self.reader, self.network)
        for module in self._learning():
            for parameter in module.parameters():
                parameter.data = parameter.data.clone()
                parameter.requires_grad_(True)
        replace_dropout(self.network, settings.dropout, self.random)

    def body_parts(self) -> list[nn.Module]:
        """Modules that make the vectors; what else the network has (heads) never learns."""
        raise NotImplementedError

    def _learning(self) -> list[nn.Module]:
        wanted = self.settings.trained_layers
        if wanted is None:
            return self.body_parts()
        layers = self.layers()
        return [*layers[max(0, len(layers) - wanted) :], *self.after_layers()]

    def layers(self) -> list[nn.Module]:
        """The layers, lowest first: the longest list of modules that the network has."""
        lists = [m for m in self.network.modules() if isinstance(m, nn.ModuleList)]
        return max((list(layers) for layers in lists), key=len)

    def after_layers(self) -> list[nn.Module]:
        """Modules above the top layer that belong to the vectors."""
        return []

    def run(self, rows: Sequence[Row], **options: Any) -> tuple[Any, Tensor, Tensor]:
        """Output of the body, ids ``[R, P]`` and mask ``[R, P]`` of some rows."""
        raise NotImplementedError

    def encode(self, examples: Sequence[Example]) -> list[list[Row]]:
        """See :meth:`Learner.encode`."""
        return [self._rows(example.texts) for example in examples]

    def _rows(self, texts: Sequence[str]) -> list[Row]:
        return rows_of(self.reader, self.kind, texts, self.settings.truncate)

    def length(self, item: Sequence[Row]) -> int:
        """See :meth:`Learner.length`."""
        return max(len(row.ids) for row in item)

    def left_out(self, items: Sequence[Sequence[Row]]) -> int:
        """See :meth:`Learner.left_out`."""
        return sum(any(row.left_out for row in item) for item in items)

    def tensors(self, rows: Sequence[Row], filler: int) -> tuple[Tensor, Tensor]:
        """Ids and mask of some rows, padded on the right."""
        ids, mask = padded([row.ids for row in rows], filler)
        device = self.reader.device
        return torch.from_numpy(ids).to(device), torch.from_numpy(mask).to(device)

    def observe(self, texts: Sequence[str]) -> Observation:
        """See :meth:`Learner.observe`."""
        row = self._rows(texts)[0]
        self.eval()
        with computing():
            out, _, _ = self.run([row], output_hidden_states=True, output_attentions=True)
            layers = torch.stack(out.hidden_states)[:, 0].float().cpu().numpy()
            attention = torch.stack(out.attentions)[:, 0].float().cpu().numpy()
        decides = next(i for i, role in enumerate(row.roles) if role in ("extract", "class"))
        return Observation(row.pieces, layers, attention, decides)


def _sharing(network: nn.Module) -> nn.Module:
    """A copy of a network whose weights are those of the original and do not learn.

    They learn in float32 whatever the reader has: on a GPU published models read in half precision.
    """
    shared = {
        id(p): nn.Parameter(p.data.float(), requires_grad=False) for p in network.parameters()
    }
    return copy.deepcopy(network, dict(shared))

"""ELMo on its way to a task: its layers as features, their weighting learned.

The biLM stays as it is (Peters et al. 2018, section 3.2). Of each word, equation 1:

    ELMo = γ · Σ_j s_j · h_j,   s = softmax(w)

with w and γ learned together with the classifier and a penalty λ ‖w‖².
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lmcore.finetuning.base import fill_uniform
from lmcore.finetuning.inputs import joined, sequences
from lmcore.finetuning.learner import Learner, Scored
from lmcore.finetuning.outcome import Observation
from lmcore.finetuning.settings import Settings
from lmcore.finetuning.task import Example, Kind
from lmcore.readers.base import Reader
from lmcore.text.words import Sentence, split

#: Cells of each direction of the small BiLSTM.
CELLS = 64
#: Texts that are read at once where all of a set are.
AT_ONCE = 16


class Features(NamedTuple):
    """Frozen layers of one text.

    Attributes:
        layers: float32 ``[L + 1, T, D]``; pooled by the mean, T is 1.
        cut: whether words were left out.
    """

    layers: Tensor
    cut: bool


class ElmoLearner(Learner):
    """A mix of frozen layers, a mean or a small BiLSTM over the words, and a classifier.

    Two texts a and b become [a; b; |a − b|; a ∘ b] (Conneau et al. 2017), without an order
    [a + b; |a − b|; a ∘ b]: the paper itself gives every task a model of its own.
    """

    family: ClassVar[str] = "elmo"

    def __init__(self, reader: Reader, kind: Kind, width: int, settings: Settings) -> None:
        super().__init__(reader, kind, width, settings)
        #: What has been read already, by text.
        self.known: Mapping[str, Features] = {}
        config = self.reader.network.config
        size = 2 * config.projection_dim
        self.scores = nn.Parameter(torch.zeros(config.n_layers + 1))
        self.gamma = nn.Parameter(torch.ones(()))
        if settings.pooling == "bilstm":
            self.lstm = nn.LSTM(size, CELLS, batch_first=True, bidirectional=True)
            fill_uniform(self.lstm, self.random, CELLS**-0.5)
            size = 2 * CELLS
        self.make_head(size * {"classification": 1, "similarity": 3}.get(kind, 4))
        self.to(self.reader.device)

    def encode(self, examples: Sequence[Example]) -> list[list[tuple[Features, ...]]]:
        """Read every text once, if it is not :attr:`known`; the biLM learns nothing."""
        texts = dict.fromkeys(text for example in examples for text in example.texts)
        read = {text: self.known[text] for text in texts if text in self.known}
        read |= self.features([text for text in texts if text not in read])
        return [
            [tuple(read[text] for text in row) for row in sequences(self.kind, e.texts, False)]
            for e in examples
        ]

    def features(self, texts: Sequence[str]) -> dict[str, Features]:
        """What is kept of each text: it depends on reader, text, pooling and normalisation only."""
        sentences = [self._cut(split(text)) for text in texts]
        read = self.reader.word_layers([cut for cut, _ in sentences]) if sentences else []
        return {
            text: Features(self._kept(layers), cut)
            for text, layers, (_, cut) in zip(texts, read, sentences, strict=True)
        }

    def length(self, item: Sequence[tuple[Features, ...]]) -> int:
        """See :meth:`Learner.length`; a mean has one position."""
        return max(features.layers.shape[1] for row in item for features in row)

    def _cut(self, sentence: Sentence) -> tuple[Sentence, bool]:
        """At most 128 words where texts may be cut: as much as the others can read."""
        most = 128
        if not self.settings.truncate or len(sentence) <= most:
            return sentence, False
        return Sentence(sentence.text, sentence.words[:most]), True

    def _kept(self, layers: np.ndarray) -> Tensor:
        """Layers ``[L + 1, W, D]`` of a text as they are kept: normalised, or their mean.

        Mixing is linear, so that the mean may come before it.
        """
        kept = torch.from_numpy(np.ascontiguousarray(layers))
        if self.settings.layer_norm:
            kept = F.layer_norm(kept, kept.shape[-1:])
        return kept.mean(dim=1, keepdim=True) if self.settings.pooling == "mean" else kept

    def left_out(self, items: Sequence[Sequence[tuple[Features, ...]]]) -> int:
        """See :meth:`Learner.left_out`."""
        return sum(any(f.cut for row in item for f in row) for item in items)

    def forward(self, items: Sequence[Sequence[tuple[Features, ...]]]) -> Scored:
        """See :meth:`Learner.forward`."""
        rows = [row for item in items for row in item]
        flat = [features for row in rows for features in row]
        vectors = self._vectors(flat).reshape(len(rows), len(rows[0]), -1)
        whole = joined(self.kind, vectors.unbind(dim=1), partial(torch.cat, dim=-1))  # [R, D]
        return Scored(self.answer(whole, len(items[0])))

    def _vectors(self, flat: Sequence[Features]) -> Tensor:
        """One vector ``[R, D]`` for each text."""
        lengths = [features.layers.shape[1] for features in flat]
        width = max(lengths)
        stacked = torch.stack(
            [F.pad(f.layers, (0, 0, 0, width - f.layers.shape[1])) for f in flat]
        ).to(self.reader.device)  # [R, L + 1, T, D]
        shares = self.scores.softmax(dim=0)[None, :, None, None]
        mixed = self.gamma * (shares * stacked).sum(dim=1)  # [R, T, D]
        if self.settings.pooling == "mean":
            return mixed[:, 0]
        packed = pack_padded_sequence(
            mixed, torch.tensor(lengths), batch_first=True, enforce_sorted=False
        )
        out, _ = pad_packed_sequence(
            self.lstm(packed)[0], batch_first=True, padding_value=float("-inf")
        )
        return out.amax(dim=1)

    def penalty(self) -> Tensor:
        """λ ‖w‖² of the mix."""
        return self.settings.mix_penalty * self.scores.square().sum()

    def mix(self) -> tuple[np.ndarray, float]:
        """See :meth:`Learner.mix`."""
        shares = self.scores.detach().softmax(dim=0).cpu().numpy()
        return shares, float(self.gamma.detach())

    def observe(self, texts: Sequence[str]) -> Observation:
        """See :meth:`Learner.observe`: the frozen layers of the first text."""
        reading = self.reader.read([split(texts[0])])[0]
        pieces = tuple(word.text for word in reading.sentence.words)
        return Observation(pieces, reading.layers, None)


def read_all(
    learner: ElmoLearner, texts: Sequence[str], progress: Callable[[float], None]
) -> dict[str, Features]:
    """What is kept of many texts, read in batches of about equally long ones.

    Args:
        learner: whose reader, pooling and normalisation count.
        texts: each once.
        progress: called with the share that is done, now and then.
    """
    read: dict[str, Features] = {}
    ordered = sorted(texts, key=lambda text: (len(text), text))
    for begin in range(0, len(ordered), AT_ONCE):
        progress(begin / len(ordered))
        read |= learner.features(ordered[begin : begin + AT_ONCE])
    return read

"""The network of ELMo: a character encoder and two stacks of LSTMs (Peters et al. 2018, section 3).

Shapes: B sentences, T words (with the sentence marks), D = projection width, K = LSTM layers.
Stateless: a call begins from zero unless a state is passed in, and leaves nothing behind.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lmcore.readers.elmo_characters import N_CHARACTERS

# PyTorch says once per process that oneDNN has no projected LSTM; its own loop is what we want.
warnings.filterwarnings("ignore", message="LSTM with projections is not supported with oneDNN")

#: Hidden and cell state of every direction and layer: ``state[direction][layer] = (h, c)``.
State = list[list[tuple[Tensor, Tensor]]]


@dataclass(frozen=True)
class ElmoConfig:
    """Sizes of an ELMo, named as in the published ``options.json``."""

    filters: tuple[tuple[int, int], ...]
    character_dim: int
    n_highway: int
    dim: int
    projection_dim: int
    n_layers: int
    cell_clip: float | None
    proj_clip: float | None
    use_skip_connections: bool
    activation: str = "relu"
    max_characters_per_token: int = 50
    vocabulary_size: int = 0

    @classmethod
    def from_options(cls, options: dict[str, Any], vocabulary_size: int = 0) -> "ElmoConfig":
        """Read the published ``options.json``."""
        cnn, lstm = options["char_cnn"], options["lstm"]
        return cls(
            filters=tuple((int(width), int(number)) for width, number in cnn["filters"]),
            character_dim=cnn["embedding"]["dim"],
            n_highway=cnn["n_highway"],
            dim=lstm["dim"],
            projection_dim=lstm["projection_dim"],
            n_layers=lstm["n_layers"],
            cell_clip=lstm.get("cell_clip"),
            proj_clip=lstm.get("proj_clip"),
            use_skip_connections=lstm.get("use_skip_connections", True),
            activation=cnn.get("activation", "relu"),
            max_characters_per_token=cnn.get("max_characters_per_token", 50),
            vocabulary_size=vocabulary_size,
        )


class Highway(nn.Module):
    """y = g * x + (1 - g) * relu(W x + b), with g = sigmoid(V x + c) (Srivastava et al. 2015)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.both = nn.Linear(width, 2 * width)
        nn.init.normal_(self.both.weight, std=width**-0.5)
        nn.init.zeros_(self.both.bias)
        with torch.no_grad():
            self.both.bias[width:].fill_(1.0)  # begin close to passing the input on

    def forward(self, x: Tensor) -> Tensor:
        """``[N, width]`` to ``[N, width]``."""
        new, gate = self.both(x).chunk(2, dim=-1)
        gate = torch.sigmoid(gate)
        return gate * x + (1 - gate) * F.relu(new)


class CharacterEncoder(nn.Module):
    """Characters of a word to a vector of the word, whatever its neighbours: ELMo's layer 0."""

    def __init__(self, config: ElmoConfig) -> None:
        super().__init__()
        self.config = config
        self.characters = nn.Embedding(N_CHARACTERS, config.character_dim, padding_idx=0)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(config.character_dim, number, width) for width, number in config.filters
        )
        total = sum(number for _, number in config.filters)
        self.highways = nn.ModuleList(Highway(total) for _ in range(config.n_highway))
        self.projection = nn.Linear(total, config.projection_dim)

    def forward(self, ids: Tensor) -> Tensor:
        """Character ids ``[N, characters]`` to word vectors ``[N, D]``."""
        x = self.characters(ids).transpose(1, 2)  # [N, character_dim, characters]
        squash = torch.tanh if self.config.activation == "tanh" else F.relu
        pooled = [squash(convolve(x).amax(dim=-1)) for convolve in self.convolutions]
        y = torch.cat(pooled, dim=-1)
        for highway in self.highways:
            y = highway(y)
        return self.projection(y)


class ProjectedLstm(nn.Module):
    """One LSTM layer whose output is projected before it returns to the recurrence.

    Parameters are laid out as in ``nn.LSTM(proj_size=...)``, gates i, f, g, o. With clipping
    (published weights) the steps run one by one; without, PyTorch's own loop does the same faster.
    """

    def __init__(
        self, width: int, cells: int, cell_clip: float | None, proj_clip: float | None
    ) -> None:
        super().__init__()
        self.cell_clip, self.proj_clip = cell_clip, proj_clip
        self.lstm = nn.LSTM(width, cells, proj_size=width, batch_first=True)

    def forward(
        self, x: Tensor, lengths: Tensor, state: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """``[B, T, D]`` to ``[B, T, D]`` and the state after each row's last real step.

        Positions at or after ``lengths[b]`` are padding: they come last, so they cannot change
        what comes before, and they do not move the state. ``lengths`` stands on the CPU, where
        asking it something costs nothing.

        Args:
            x: ``[B, T, D]``.
            lengths: ``[B]``, real steps of each row.
            state: hidden ``[B, D]`` and cells ``[B, cells]`` to begin with; zeros without it.
        """
        if state is None:
            cells = self.lstm.hidden_size
            state = (x.new_zeros(len(x), x.shape[-1]), x.new_zeros(len(x), cells))
        unclipped = self.cell_clip is None and self.proj_clip is None
        # Apple's MPS has no projected LSTM, and cuDNN's gives gradients only while training.
        there = x.device.type != "mps" and (
            x.device.type != "cuda" or self.training or not torch.is_grad_enabled()
        )
        if unclipped and there and bool((lengths == x.shape[1]).all()):
            y, (h, c) = self.lstm(x, (state[0][None], state[1][None]))
            return y, (h[0], c[0])
        return self._step_by_step(x, lengths, state)

    def _step_by_step(
        self, x: Tensor, lengths: Tensor, state: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        h, c = state
        w: Any = self.lstm
        driven = F.linear(x, w.weight_ih_l0, w.bias_ih_l0 + w.bias_hh_l0)  # [B, T, 4 cells]
        outputs, lengths = [], lengths.to(x.device)
        for step, now in enumerate(driven.unbind(1)):  # not by index: gradients would be quadratic
            i, f, g, o = (now + F.linear(h, w.weight_hh_l0)).chunk(4, dim=-1)
            new_c = torch.sigmoid(i) * torch.tanh(g) + torch.sigmoid(f) * c
            if self.cell_clip is not None:
                new_c = new_c.clamp(-self.cell_clip, self.cell_clip)
            new_h = F.linear(torch.sigmoid(o) * torch.tanh(new_c), w.weight_hr_l0)
            if self.proj_clip is not None:
                new_h = new_h.clamp(-self.proj_clip, self.proj_clip)
            alive = (step < lengths)[:, None]
            h, c = torch.where(alive, new_h, h), torch.where(alive, new_c, c)
            outputs.append(new_h)
        return torch.stack(outputs, dim=1), (h, c)


class ElmoOutput(NamedTuple):
    """What one pass gives, sentence marks included.

    Attributes:
        token: layer 0, ``[B, T, D]``.
        forward: outputs of the forward LSTMs, ``[K, B, T, D]``; position t has seen words 0..t.
        backward: the same for the backward LSTMs; position t has seen words t..T-1.
        state: where both directions stand afterwards.
    """

    token: Tensor
    forward: Tensor
    backward: Tensor
    state: State


def reversal(lengths: Tensor, steps: int) -> Tensor:
    """``[B, T]`` indices that turn each row round within its own length, padding left in place."""
    t = torch.arange(steps, device=lengths.device)[None]
    turned = lengths[:, None] - 1 - t
    return torch.where(turned >= 0, turned, t)


class ElmoNetwork(nn.Module):
    """Character encoder, forward and backward LSTMs, and one softmax for both directions."""

    def __init__(self, config: ElmoConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = CharacterEncoder(config)
        self.directions = nn.ModuleList(
            nn.ModuleList(
                ProjectedLstm(config.projection_dim, config.dim, config.cell_clip, config.proj_clip)
                for _ in range(config.n_layers)
            )
            for _ in range(2)
        )
        if config.vocabulary_size:
            self.softmax = nn.Linear(config.projection_dim, config.vocabulary_size)

    def forward(self, ids: Tensor, lengths: Tensor, state: State | None = None) -> ElmoOutput:
        """Read character ids ``[B, T, characters]`` of sentences ``lengths [B]`` words long.

        Lengths stand on the CPU, whatever the network's device is.

        Args:
            ids: ``[B, T, characters]``.
            lengths: ``[B]``, in words.
            state: where both directions stood; zeros without it.
        """
        flat = ids.reshape(-1, ids.shape[-1])
        token = self.encoder(flat).reshape(*ids.shape[:2], -1)
        return self.read_vectors(token, lengths, state)

    def read_vectors(
        self, token: Tensor, lengths: Tensor, state: State | None = None
    ) -> ElmoOutput:
        """The same from word vectors ``[B, T, D]`` on (gradients, one CNN pass per word type).

        Args:
            token: ``[B, T, D]``.
            lengths, state: as in :meth:`forward`.
        """
        turn = reversal(lengths.to(token.device), token.shape[1])[..., None].expand_as(token)
        outputs, states = [], []
        for direction in range(2):
            layers: Any = self.directions[direction]
            x = token if direction == 0 else token.gather(1, turn)
            before = state[direction] if state is not None else [None] * len(layers)
            y, after = self.run(layers, x, lengths, before)
            outputs.append(y if direction == 0 else y.gather(2, turn[None].expand_as(y)))
            states.append(after)
        return ElmoOutput(token, outputs[0], outputs[1], states)

    def run(
        self,
        layers: nn.ModuleList,
        x: Tensor,
        lengths: Tensor,
        before: Sequence[tuple[Tensor, Tensor] | None],
    ) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """One direction: ``[B, T, D]`` to ``[K, B, T, D]``, with the residual between layers.

        Args:
            layers: of the direction, lowest first.
            x: ``[B, T, D]``.
            lengths: ``[B]``, in words.
            before: state of each layer to begin with.
        """
        outputs, after = [], []
        for depth, layer in enumerate(layers):
            y, state = layer(x, lengths, before[depth])
            if depth > 0 and self.config.use_skip_connections:
                y = y + x
            outputs.append(y)
            after.append(state)
            x = y
        return torch.stack(outputs), after


class ElmoParts(Protocol):
    """What filling and writing need of ELMo's reader (:class:`lmcore.readers.elmo.ElmoReader`)."""

    device: torch.device
    network: ElmoNetwork
    vocabulary: list[str]
    entries: dict[str, int]
    frequency: Tensor
    writable: Tensor

    @property
    def family(self) -> str: ...  # noqa: D102
    @property
    def lexicon(self) -> Any: ...  # noqa: D102
    def forms(self, sentence: Any) -> list[str]: ...  # noqa: D102
    def _inputs(self, sentences: Sequence[Sequence[str]]) -> tuple[Tensor, Tensor]: ...
    def _log(self, vectors: Tensor) -> Tensor: ...

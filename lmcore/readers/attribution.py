"""Influence of each word on each word's top vector: one measure for all readers, and its check.

*Gradient × input*: Hidden Token Attribution (Brunner et al. 2020) from the input to the top layer,
with the input factor of GlobEnc (Modarressi et al. 2022): c[i, j] = ‖ ∂e_i / ∂x_j ⊙ x_j ‖_F, each
row divided by its sum. The Frobenius norm of the Jacobian is estimated with random ±1 projections
of e_i (Hutchinson), from a fixed seed, so that a sentence always gives the same map.

*Leave-one-out*, the check: gradients follow the slope at the sentence as it stands; here the change
is made. Word j is taken away by setting its input vectors to zero: the very change whose
first-order effect gradient × input measures, and the same for all readers. Its place stays, so that
no other word moves to another position, which alone would change every vector of GPT and BERT. What
is measured is how far each word's top vector moves: ‖ h_i(s) − h_i(s without j) ‖, each row divided
by its sum. A reader has never met such an input, which is why replacing a word by an unknown or
masked one is seen as often (representation erasure, Li et al. 2016; perturbed masking, Wu et al.
2020); but ELMo and GPT have no such entry that would mean the same in all three.

Both ask what a change at the input does at the top, and need nothing of a reader but a
:class:`Route`. GPT and BERT have one; ELMo has two, which never meet.

Letters in shapes: B changed copies of one sentence, P positions, p the first of them, W words, w
the first of them, D and E dimensions, T words whose gradients flow at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lmcore.outputs.reading import Influence
from lmcore.runtime.scheduler import computing, differentiating

#: Gradients computed at once: more save little time and take memory.
CHUNK = 32
#: Positions read at once: bounds the memory of long sentences.
POSITIONS = 4_096


@dataclass(frozen=True)
class Route:
    """One way through a reader, in the order in which it reads.

    Attributes:
        name: of the direction, ``""`` where there is but one route.
        order: ``[W]`` words of the sentence in reading order.
        inputs: ``[P, D]`` input vectors, marks and special positions included, without positions or
            segments: what is known of a word before it is read.
        word_pieces: bool ``[W, P]``, positions of each word, both in reading order.
        reach: ``[W]`` on how many positions, from the first on, the top vector of each word
            depends; never smaller than that of the word before.
        read: from the first positions of some copies, ``[B, p, D]``, to top vectors ``[B, w, E]``:
            right for every word whose reach is at most p.
    """

    name: str
    order: np.ndarray
    inputs: Tensor
    word_pieces: np.ndarray
    reach: Sequence[int]
    read: Callable[[Tensor], Tensor]

    def visible(self) -> np.ndarray:
        """On which words each word's vector can depend: bool ``[W, W]`` in reading order."""
        first = self.word_pieces.argmax(axis=1)
        return first[None, :] < np.asarray(self.reach)[:, None]


def of_pieces(
    word_pieces: np.ndarray, inputs: Tensor, body: Callable[[Tensor], Tensor], left: bool
) -> Route:
    """The route of a reader whose words are the mean of their pieces (GPT, BERT).

    Args:
        word_pieces: bool ``[W, P]``.
        inputs: ``[P, D]``.
        body: from input vectors ``[B, p, D]`` to top vectors of pieces ``[B, p, E]``.
        left: whether a piece sees only what stands before it.
    """
    words, pieces = word_pieces.shape
    share = torch.from_numpy(word_pieces / word_pieces.sum(axis=1, keepdims=True)).to(inputs)

    def read(vectors: Tensor) -> Tensor:
        return share[:, : vectors.shape[1]] @ body(vectors)

    last = pieces - word_pieces[:, ::-1].argmax(axis=1)
    reach = np.maximum.accumulate(last) if left else np.full(words, pieces)
    return Route("", np.arange(words), inputs, word_pieces, reach.tolist(), read)


def of_directions(network: Any, tokens: Tensor) -> list[Route]:
    """The two routes of ELMo: each direction reads from its own end and never sees the other.

    Args:
        network: an :class:`lmcore.readers.elmo_network.ElmoNetwork`.
        tokens: ``[W + 2, D]`` token vectors between the sentence marks.
    """
    words = len(tokens) - 2
    word_pieces = np.eye(words + 2, dtype=bool)[1:-1]

    def reader_of(direction: int) -> Callable[[Tensor], Tensor]:
        layers = network.directions[direction]

        def read(vectors: Tensor) -> Tensor:
            lengths = torch.full((len(vectors),), vectors.shape[1])
            outputs, _ = network.run(layers, vectors, lengths, [None] * len(layers))
            return outputs[-1][:, 1 : words + 1]

        return read

    order, reach = np.arange(words), range(2, words + 2)
    return [
        Route("forward", order, tokens, word_pieces, reach, reader_of(0)),
        Route("backward", order[::-1], tokens.flip(0), word_pieces, reach, reader_of(1)),
    ]


def to_words(raw: np.ndarray, word_pieces: np.ndarray) -> np.ndarray:
    """Influence of words by the root of the summed squares of their pieces.

    Args:
        raw: ``[W, P]``, influence of each piece on each word's vector.
        word_pieces: bool ``[W, P]``.

    Returns:
        ``[W, W]``.
    """
    shares = word_pieces / np.maximum(word_pieces.sum(axis=0), 1)  # a piece of two words: half each
    return np.sqrt(raw**2 @ shares.T)


def normalised(raw: np.ndarray) -> np.ndarray:
    """Each row of ``[W, W]`` divided by its sum, float32."""
    return (raw / np.maximum(raw.sum(axis=-1, keepdims=True), 1e-30)).astype(np.float32)


def joined(family: str, routes: Sequence[Route], raw: Sequence[np.ndarray]) -> Influence:
    """The influence map of a reader from those of its routes.

    The top vector of a word is that of all routes one after the other, so its change is the root of
    their summed squares.

    Args:
        family: of the reader.
        routes: at least one.
        raw: for each, non-negative ``[W, W]`` in reading order.

    Returns:
        maps in the order of the sentence.
    """
    placed = []
    for route, ordered in zip(routes, raw, strict=True):
        matrix = np.zeros_like(ordered)
        matrix[np.ix_(route.order, route.order)] = ordered
        placed.append(matrix)
    both = np.sqrt(np.sum([matrix**2 for matrix in placed], axis=0))
    named = zip(routes, placed, strict=True)
    halves = {route.name: normalised(matrix) for route, matrix in named if route.name}
    return Influence(family, normalised(both), halves)


def influence(family: str, routes: Callable[[], list[Route]]) -> Influence:
    """Gradient × input influence of each word on each word's top vector; see :class:`Route`."""
    with differentiating():
        ways = routes()
        raw = [to_words(gradient_times_input(route), route.word_pieces) for route in ways]
    return joined(family, ways, raw)


def leave_one_out(family: str, routes: Callable[[], list[Route]]) -> Influence:
    """How much each word's top vector moves when a word is taken away; see :class:`Route`."""
    with computing():
        ways = routes()
        raw = [moved(route) for route in ways]
    return joined(family, ways, raw)


def projections_for(words: int) -> int:
    """How many random projections a sentence of this length gets (time grows with both)."""
    return 8 if words <= 12 else 4 if words <= 30 else 2 if words <= 60 else 1


def gradient_times_input(route: Route) -> np.ndarray:
    """Unnormalised influence of each input position on each word's vector.

    The sentence is read once for each group of words, only as far as the last of them depends on
    it, and the gradients of the whole group flow back at once (a batched vector-Jacobian product).

    Returns:
        float64 ``[W, P]`` in reading order, non-negative.
    """
    words = len(route.reach)
    repeats = projections_for(words)
    generator = torch.Generator().manual_seed(0)
    total = torch.zeros(words, len(route.inputs), dtype=torch.float64)
    for targets in torch.arange(words).repeat_interleave(repeats).split(CHUNK):
        seen = route.inputs.detach()[: route.reach[int(targets[-1])]].requires_grad_(True)  # [p, D]
        vectors = route.read(seen[None])[0]  # [w, E]
        signs = torch.randint(0, 2, (len(targets), vectors.shape[-1]), generator=generator)
        projections = vectors.new_zeros(len(targets), *vectors.shape)  # [T, w, E]
        projections[torch.arange(len(targets)), targets] = (signs * 2 - 1).to(vectors)
        (gradients,) = torch.autograd.grad(vectors, seen, projections, is_grads_batched=True)
        squared = (gradients * seen.detach()).square().sum(-1)  # [T, p]
        total[:, : len(seen)].index_add_(0, targets, squared.cpu().double())
    return (total / repeats).sqrt().numpy()


def moved(route: Route) -> np.ndarray:
    """How far each word's top vector moves when a word is taken away.

    Returns:
        float64 ``[W, W]`` in reading order: row = the word that moves, column = the one left out;
        exactly 0 where the route cannot see.
    """
    words = len(route.reach)
    members = torch.from_numpy(route.word_pieces).to(route.inputs.device)
    whole = route.read(route.inputs[None])[0, :words]
    columns = []
    for group in torch.arange(words).split(max(1, POSITIONS // len(route.inputs))):
        kept = ~members[group.to(members.device)]
        changed = route.read(route.inputs * kept[..., None])[:, :words]  # [B, W, E]
        columns.append((changed - whole).norm(dim=-1).cpu().double())
    # Computed in batches of another size, a vector that cannot change differs in its last bits.
    return torch.cat(columns).T.numpy() * route.visible()

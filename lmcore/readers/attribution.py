"""Influence of each word on each word's top vector: one measure for all readers, and its check.

*Gradient × input*: Hidden Token Attribution (Brunner et al. 2020) from the input to the top layer,
with the input factor of GlobEnc (Modarressi et al. 2022): c[i, j] = ‖ ∂e_i / ∂x_j ⊙ x_j ‖_F, each
row divided by its sum. The Frobenius norm of the Jacobian is estimated with ±1 projections of e_i
(Hutchinson 1990) that are orthogonal to each other (rows of a Hadamard matrix with random signs
from a fixed seed, so that a sentence always gives the same map): as many as there are dimensions
would give the norm itself. How far they differ among each other tells the error of their mean.

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
the first of them, D and E dimensions, K projections, T gradients that flow at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from scipy.linalg import hadamard
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
    """The two routes of ELMo: each direction reads from its end and never sees the other.

    ``tokens [W + 2, D]`` are token vectors between the sentence marks.
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
    """Influence of words ``[W, W]``, given ``[W, P]``: root of the sum of their pieces' squares."""
    shares = word_pieces / np.maximum(word_pieces.sum(axis=0), 1)  # a piece of two words: half each
    return np.sqrt(raw**2 @ shares.T)


def normalised(raw: np.ndarray) -> np.ndarray:
    """Each row of ``[W, W]`` divided by its sum, float32."""
    return (raw / np.maximum(raw.sum(axis=-1, keepdims=True), 1e-30)).astype(np.float32)


def joined(
    family: str, routes: Sequence[Route], raw: Sequence[np.ndarray], error: float = 0.0
) -> Influence:
    """The influence map of a reader from those of its routes.

    The top vector of a word is that of all routes one after the other, so its change is the root of
    their summed squares.

    Args:
        family: of the reader.
        routes: at least one.
        raw: for each, non-negative ``[W, W]`` in reading order.
        error: of these, see :class:`Influence`.

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
    return Influence(family, normalised(both), halves, error)


def influence(family: str, routes: Callable[[], list[Route]]) -> Influence:
    """Gradient × input influence of each word on each word's top vector; see :class:`Route`."""
    with differentiating():
        ways = routes()
        estimates = [projected(route) for route in ways]
        error = error_of(estimates, ways)
    roots = [np.sqrt(squares.mean(axis=0)) for squares in estimates]
    raw = [to_words(root, way.word_pieces) for root, way in zip(roots, ways, strict=True)]
    return joined(family, ways, raw, error)


def leave_one_out(family: str, routes: Callable[[], list[Route]]) -> Influence:
    """How much each word's top vector moves when a word is taken away; see :class:`Route`."""
    with computing():
        ways = routes()
        raw = [moved(route) for route in ways]
    return joined(family, ways, raw)


def projections_for(words: int) -> int:
    """How many projections a sentence of this length gets (time grows with both); never one,
    which could not tell its error.
    """
    return 32 if words <= 12 else 8 if words <= 30 else 4 if words <= 60 else 2


def orthogonal_signs(count: int, width: int) -> Tensor:
    """Rows of ±1, orthogonal as far as the width allows.

    The columns are cut into blocks whose sizes are powers of two (768 = 512 + 256). Each block has
    the rows of a Hadamard matrix of its size, which begin anew after the last: as many rows are
    orthogonal as the smallest block has columns. Random signs of whole columns keep that.

    Args:
        count: K, at most ``width``.
        width: E.

    Returns:
        float32 ``[K, E]``.
    """
    sizes = [2**power for power in range(width.bit_length()) if width >> power & 1]
    rows = np.concatenate([hadamard(size)[np.arange(count) % size] for size in sizes], axis=1)
    generator = torch.Generator().manual_seed(0)
    signs = torch.randint(0, 2, (width,), generator=generator) * 2 - 1
    return (torch.from_numpy(rows) * signs).float()


def error_of(estimates: Sequence[np.ndarray], routes: Sequence[Route]) -> float:
    """The share of its size that about 95 of 100 estimates ``[K, W, P]`` are within."""
    relative = []
    for squares, route in zip(estimates, routes, strict=True):
        count = len(squares)
        by_word = squares @ route.word_pieces.T.astype(float)  # [K, W, W]
        mean, seen = by_word.mean(axis=0), by_word.mean(axis=0) > 0
        left = 1 - count / width_of(route)  # nothing once all are drawn
        variance = left * by_word.var(axis=0, ddof=1) / count
        relative.append(variance[seen] / (2 * mean[seen]) ** 2)  # of a root, half of the square's
    return float(1.96 * np.sqrt(np.concatenate(relative).mean()))


def width_of(route: Route) -> int:
    """How many dimensions E the top vectors of a route have."""
    with torch.no_grad():
        return int(route.read(route.inputs[None, : route.reach[0]]).shape[-1])


def projected(route: Route) -> np.ndarray:
    """Squared influence of each input position on each word's vector, by each projection alone.

    The sentence is read once for each group of words, only as far as the last of them depends on
    it, and the gradients of the whole group flow back at once (a batched vector-Jacobian product).

    Returns:
        float64 ``[K, W, P]`` in reading order, non-negative.
    """
    words = len(route.reach)
    width = width_of(route)
    repeats = min(projections_for(words), width)
    signs = orthogonal_signs(repeats, width)
    total = torch.zeros(repeats, words, len(route.inputs), dtype=torch.float64)
    for group in torch.arange(words * repeats).split(CHUNK):
        targets, numbers = group // repeats, group % repeats
        seen = route.inputs.detach()[: route.reach[int(targets[-1])]].requires_grad_(True)  # [p, D]
        vectors = route.read(seen[None])[0]  # [w, E]
        projections = vectors.new_zeros(len(targets), *vectors.shape)  # [T, w, E]
        projections[torch.arange(len(targets)), targets] = signs[numbers].to(vectors)
        (gradients,) = torch.autograd.grad(vectors, seen, projections, is_grads_batched=True)
        # In half precision a square of a small slope would be 0.
        squared = (gradients.float() * seen.detach().float()).square().sum(-1)  # [T, p]
        total[numbers, targets, : len(seen)] = squared.cpu().double()
    return total.numpy()


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
        columns.append((changed.float() - whole.float()).norm(dim=-1).cpu().double())
    # Computed in batches of another size, a vector that cannot change differs in its last bits.
    return torch.cat(columns).T.numpy() * route.visible()

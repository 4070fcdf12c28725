"""Ways from the input vectors of a sentence to the top vectors of its words.

Both measures of influence (:mod:`lmcore.readers.gradient`, :mod:`lmcore.readers.leave_one_out`) ask
what a change at the input does at the top, and need nothing else of a reader. GPT and BERT have one
route; ELMo has two, which never meet.

Letters in shapes: B changed copies of one sentence, P positions, W words, D and E dimensions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lmcore.reading import Influence


@dataclass(frozen=True)
class Route:
    """One way through a reader, in the order in which it reads.

    Attributes:
        name: of the direction, ``""`` where there is but one route.
        order: ``[W]`` words of the sentence in reading order.
        inputs: ``[P, D]`` input vectors, marks and special positions included, without positions or
            segments: what is known of a word before it is read.
        membership: bool ``[W, P]``, positions of each word, both in reading order.
        reach: ``[W]`` on how many positions, from the first on, the top vector of each word
            depends; never smaller than that of the word before.
        read: from the first positions of some copies, ``[B, p, D]``, to top vectors ``[B, w, E]``:
            right for every word whose reach is at most p.
    """

    name: str
    order: np.ndarray
    inputs: Tensor
    membership: np.ndarray
    reach: Sequence[int]
    read: Callable[[Tensor], Tensor]

    def in_sight(self) -> np.ndarray:
        """bool ``[W, W]`` in reading order: on which words each word's vector can depend."""
        first = self.membership.argmax(axis=1)
        return first[None, :] < np.asarray(self.reach)[:, None]


def of_pieces(
    membership: np.ndarray, inputs: Tensor, body: Callable[[Tensor], Tensor], left: bool
) -> Route:
    """The route of a reader whose words are the mean of their pieces.

    Args:
        membership: bool ``[W, P]``.
        inputs: ``[P, D]``.
        body: from input vectors ``[B, p, D]`` to top vectors of pieces ``[B, p, E]``.
        left: whether a piece sees only what stands before it.
    """
    words, pieces = membership.shape
    share = torch.from_numpy(membership / membership.sum(axis=1, keepdims=True)).to(inputs)

    def read(vectors: Tensor) -> Tensor:
        return share[:, : vectors.shape[1]] @ body(vectors)

    last = pieces - membership[:, ::-1].argmax(axis=1)
    reach = np.maximum.accumulate(last) if left else np.full(words, pieces)
    return Route("", np.arange(words), inputs, membership, reach.tolist(), read)


def of_directions(network: Any, tokens: Tensor) -> list[Route]:
    """The two routes of ELMo: each direction reads from its own end and never sees the other.

    Args:
        network: an :class:`lmcore.readers.elmo_network.ElmoNetwork`.
        tokens: ``[W + 2, D]`` token vectors between the sentence marks.
    """
    words = len(tokens) - 2
    membership = np.eye(words + 2, dtype=bool)[1:-1]

    def reading(direction: int) -> Callable[[Tensor], Tensor]:
        layers = network.directions[direction]

        def read(vectors: Tensor) -> Tensor:
            lengths = torch.full((len(vectors),), vectors.shape[1], device=vectors.device)
            outputs, _ = network.run(layers, vectors, lengths, [None] * len(layers))
            return outputs[-1][:, 1 : words + 1]

        return read

    there, reach = np.arange(words), range(2, words + 2)
    return [
        Route("forward", there, tokens, membership, reach, reading(0)),
        Route("backward", there[::-1], tokens.flip(0), membership, reach, reading(1)),
    ]


def to_words(raw: np.ndarray, membership: np.ndarray) -> np.ndarray:
    """Influence of pieces ``[W, P]`` to influence of words ``[W, W]`` (root of summed squares)."""
    shares = membership / np.maximum(membership.sum(axis=0), 1)  # a piece of two words: half each
    return np.sqrt(raw**2 @ shares.T)


def normalised(raw: np.ndarray) -> np.ndarray:
    """Each row divided by its sum, float32."""
    return (raw / np.maximum(raw.sum(axis=-1, keepdims=True), 1e-30)).astype(np.float32)


def joined(family: str, routes: Sequence[Route], raw: Sequence[np.ndarray]) -> Influence:
    """The influence map of a reader from those of its routes.

    The top vector of a word is that of all routes one after the other, so its change is the root of
    their summed squares.

    Args:
        family: of the reader.
        routes: at least one.
        raw: for each, non-negative ``[W, W]`` in reading order.
    """
    placed = []
    for route, own in zip(routes, raw, strict=True):
        matrix = np.zeros_like(own)
        matrix[np.ix_(route.order, route.order)] = own
        placed.append(matrix)
    both = np.sqrt(np.sum([matrix**2 for matrix in placed], axis=0))
    named = zip(routes, placed, strict=True)
    halves = {route.name: normalised(matrix) for route, matrix in named if route.name}
    return Influence(family, normalised(both), halves)

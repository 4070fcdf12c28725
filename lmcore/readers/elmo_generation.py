"""How ELMo writes: the forward model to the right, the backward model to the left.

Each direction is a language model of its own (Peters et al. 2018, section 3.1): the one that reads
from the left gives p(word | words before it), the one that reads from the right p(word | words
after it). Nothing joins them here.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from lmcore.outputs.generation import Alternative, GeneratedToken
from lmcore.readers.elmo_network import ElmoParts
from lmcore.readers.sampling import Guided, joined, led, rank_of
from lmcore.readers.scoring import entropy
from lmcore.runtime.scheduler import computing
from lmcore.text.prompts import Direction


def write(
    reader: ElmoParts, text: str, words: list[str], sampler: Guided, side: Direction
) -> Iterator[GeneratedToken]:
    """One word a step, at the right or at the left end of a text.

    Args:
        reader: whose vocabulary, network and softmax.
        text: what stands there.
        words: the same as ELMo spells it.
        sampler: chooses the words.
        side: where to write; to the left, the words are those of an ending.
    """
    length, state = sampler.settings.length, None
    left = side == "left"
    next_to = words[0] if left else ""
    for step in range(length):
        with computing():
            vector, state = _step(reader, words, state, 1 if left else 0)
            log = reader._log(vector)
        log = log.masked_fill(~reader.writable, float("-inf")).log_softmax(-1)
        entry = sampler.choose(log)
        words = [reader.vocabulary[entry]]
        written = led(words[0], next_to) if left else joined(text, words[0])
        text, next_to = (written + text if left else text + written), words[0]
        yield GeneratedToken(
            text=written,
            piece=words[0],
            position=length - 1 - step if left else step,
            probability=float(log[entry].exp()),
            rank=rank_of(log, entry),
            entropy=entropy(log),
            alternatives=tuple(
                Alternative(reader.vocabulary[i], float(log[i].exp()), reader.vocabulary[i])
                for i in log.topk(5).indices.tolist()
            ),
            text_so_far=text,
        )


def _step(reader: ElmoParts, words: list[str], state: Any, direction: int) -> tuple[Tensor, Any]:
    """Top vector ``[D]`` of a direction (0 forward) after more words of a text, and its state."""
    ids, _ = reader._inputs([words])
    row = ids[0] if direction == 0 else ids[0].flip(0)
    # Marks: the near one belongs in front of the first words only, the far one never.
    row = row[(0 if state is None else 1) : -1]
    token = reader.network.encoder(row.to(reader.device))[None]
    layers: Any = reader.network.directions[direction]
    before = state if state is not None else [None] * len(layers)
    lengths = torch.tensor([token.shape[1]])
    out, after = reader.network.run(layers, token, lengths, before)
    return out[-1, 0, -1], after

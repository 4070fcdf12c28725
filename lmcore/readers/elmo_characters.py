"""Characters of words as ids, as AllenNLP counts them."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

#: Character ids as in AllenNLP: bytes 0-255, then these, all shifted by one; 0 masks a word.
SENTENCE_START, SENTENCE_END, WORD_START, WORD_END, WORD_PADDING = 256, 257, 258, 259, 260
N_CHARACTERS = 262


def character_ids(word: str, width: int = 50) -> list[int]:
    """Ids of one word: start mark, UTF-8 bytes, end mark, padding; cut at ``width - 2`` bytes."""
    text = list(word.encode("utf8"))[: width - 2]
    ids = [WORD_START, *text, WORD_END]
    return [code + 1 for code in ids + [WORD_PADDING] * (width - len(ids))]


def mark_ids(mark: int, width: int = 50) -> list[int]:
    """Ids of a sentence mark (:data:`SENTENCE_START` or :data:`SENTENCE_END`)."""
    ids = [WORD_START, mark, WORD_END]
    return [code + 1 for code in ids + [WORD_PADDING] * (width - len(ids))]


def batch_ids(sentences: Sequence[Sequence[str]], width: int) -> tuple[Tensor, Tensor]:
    """Character ids with sentence marks: ``[B, T + 2, width]`` (0 where a row has ended), lengths.

    Only as many character positions are kept as the longest word needs, plus the widest filter:
    beyond that all windows are equal padding and cannot change a maximum.
    """
    lengths = [len(words) + 2 for words in sentences]
    ids = np.zeros((len(sentences), max(lengths), width), dtype=np.int64)
    for row, words in enumerate(sentences):
        ids[row, 0] = mark_ids(SENTENCE_START, width)
        for position, word in enumerate(words, start=1):
            ids[row, position] = character_ids(word, width)
        ids[row, len(words) + 1] = mark_ids(SENTENCE_END, width)
    return torch.from_numpy(ids), torch.tensor(lengths)


def cropped(ids: np.ndarray, widest_filter: int) -> np.ndarray:
    """Character ids ``[N, characters]`` without positions that are padding in every word.

    One window of them stays: beyond it all are alike and cannot change a maximum.
    """
    used = int((ids != WORD_PADDING + 1).any(axis=0).nonzero()[0].max(initial=0)) + 1
    return ids[:, : min(ids.shape[1], used + widest_filter)]

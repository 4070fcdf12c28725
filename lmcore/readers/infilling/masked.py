"""How BERT fills blanks: all of them masked at once, or one after the other.

Alone, each blank is predicted while the others stay masked. Jointly, the surest blank is filled
first and the others are predicted anew with it in place (chain rule over that order, as in Wang and
Cho 2019, section 3; the order as in Ghazvininejad et al. 2019). BERT's conditional probabilities
belong to no common joint distribution: another order gives another product.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from lmcore.outputs.answers import BlankAnswers
from lmcore.readers.infilling import beam as common
from lmcore.readers.infilling.beam import Entries
from lmcore.readers.scoring import entropy
from lmcore.readers.tokens import spellings
from lmcore.runtime.scheduler import computing
from lmcore.text.words import Sentence

if TYPE_CHECKING:
    from lmcore.readers.transformer import TransformerReader


class MaskDecoder:
    """An encoder that fills its masks in some order: a :class:`~.beam.Decoder`.

    Args:
        reader: whose network.
        ids: the sentence with its masks.
        places: where the masks stand, in the order in which they are to be filled.
        first: ln p ``[V]`` at the first of them.
    """

    def __init__(
        self, reader: TransformerReader, ids: Sequence[int], places: Sequence[int], first: Tensor
    ) -> None:
        self.reader, self.places, self.met = reader, places, 0
        self.rows, self.log_here = [list(ids)], first[None]

    def log(self) -> Tensor:
        """See :meth:`Decoder.log`."""
        return self.log_here

    def advance(self, parents: Sequence[int], entries: Sequence[int]) -> np.ndarray:
        """See :meth:`Decoder.advance`; the fixed words are always seen and never predicted."""
        rows = [list(self.rows[parent]) for parent in parents]
        for row, entry in zip(rows, entries, strict=True):
            row[self.places[self.met]] = entry
        self.rows, self.met = rows, self.met + 1
        if self.met < len(self.places):
            self.log_here = predicted(self.reader, rows, [self.places[self.met]] * len(rows))
        return np.zeros(len(rows))

    def keep(self, rows: Sequence[int]) -> None:
        """See :meth:`Decoder.keep`."""
        self.rows, self.log_here = [self.rows[row] for row in rows], self.log_here[list(rows)]


def predicted(
    reader: TransformerReader, rows: Sequence[Sequence[int]], places: Sequence[int]
) -> Tensor:
    """ln p ``[B, V]`` at one place of each row.

    Args:
        reader: whose network.
        rows: ids ``[B, P]``, equally long.
        places: ``[B]``.
    """
    hidden = reader.body(torch.tensor(rows, device=reader.device)).last_hidden_state
    chosen = hidden[torch.arange(len(rows)), torch.tensor(places)]
    return reader.model.cls.predictions(chosen).float().log_softmax(-1).cpu()


def masked(
    reader: TransformerReader, sentence: Sentence, blanks: Sequence[int], lengths: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Ids with masks in the blanks, and the place of each blank's first mask.

    Args:
        reader: whose pieces.
        sentence: the text.
        blanks: indices of its words.
        lengths: how many masks each blank gets.

    Raises:
        InputError: ``text_too_many_pieces``.
    """
    parts = reader.encode(sentence).stretches(blanks)
    ids, places = list(parts[0]), []
    for length, behind in zip(lengths, parts[1:], strict=True):
        places.append(len(ids))
        ids += [*[reader.id_of(reader.spelling.mask)] * length, *behind]
    reader.check_length(len(ids))
    return ids, places


def fill(
    reader: TransformerReader, sentence: Sentence, blanks: Sequence[int], beam: int
) -> BlankAnswers:
    """See :meth:`lmcore.readers.base.Reader.fill_blanks`."""
    lexicon = reader.lexicon
    ids, places = masked(reader, sentence, blanks, [1] * len(blanks))
    with computing():
        hidden = reader.body(torch.tensor([ids], device=reader.device)).last_hidden_state[0]
        hidden = hidden[torch.tensor(places)]
        first = reader.model.cls.predictions(hidden).float().log_softmax(-1).cpu()
        order = np.argsort([entropy(row) for row in first], kind="stable").tolist()
        marginal = [common.answer(reader, "both", row, reader.written) for row in first]
        independent = tuple(marginal[blank].entry() for blank in order)
        decoder = MaskDecoder(reader, ids, [places[blank] for blank in order], first[order[0]])
        result = common.beam_search(decoder, len(blanks), lexicon, beam, independent)
    joint = common.fillings(reader.family, "both", lexicon, result, order)
    return BlankAnswers(tuple((answer,) for answer in marginal), (joint,))


def log_probability_of_word(
    reader: TransformerReader,
    sentence: Sentence,
    blanks: Sequence[int],
    which: int,
    word: str,
    beam: int,
) -> dict[str, float]:
    """See :meth:`lmcore.readers.base.Reader.log_probability_of_word`.

    The blank gets as many masks as the word has pieces; they are filled from left to right (chain
    rule). That tells BERT how long the word is: not the same question as one mask.
    """
    ways = spellings(reader.tokenizer, reader.unknown_id, sentence, blanks[which], word)
    values = [_spell_one(reader, sentence, blanks, which, way) for way in ways]
    if not values:
        return {}
    return {"both": float(np.logaddexp.reduce(np.asarray(values)))}


def _spell_one(
    reader: TransformerReader,
    sentence: Sentence,
    blanks: Sequence[int],
    which: int,
    word: Entries,
) -> float:
    lengths = [len(word) if blank == which else 1 for blank in range(len(blanks))]
    ids, places = masked(reader, sentence, blanks, lengths)
    start = places[which]
    rows = [[*ids[:start], *word[:k], *ids[start + k :]] for k in range(len(word))]
    with computing():
        log = predicted(reader, rows, [start + k for k in range(len(word))])
    return float(log[range(len(word)), list(word)].double().sum())

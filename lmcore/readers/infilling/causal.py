"""How GPT fills blanks: from left to right, and by scoring whole sentences.

``left``: each blank from what stands to its left, blanks there filled (chain rule). What stands to
the right of a blank has no say. ``rescored``: many fillings are tried, and each gets its share of
their summed probability as whole sentences: for a reader that goes from left to right this is the
only way in which the right side has a say.

Letters in shapes: H hypotheses, F fillings, D dimensions, V entries of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from lmcore.errors import InputError
from lmcore.outputs.answers import Answer, BlankAnswers, Lexicon
from lmcore.readers.infilling import beam as common
from lmcore.readers.infilling.beam import Beam, Entries, SearchResult, total
from lmcore.readers.infilling.marginal import likeliest, marginals, walk
from lmcore.readers.scoring import log_of
from lmcore.readers.tokens import spellings
from lmcore.runtime.scheduler import computing
from lmcore.text.words import Sentence

if TYPE_CHECKING:
    from lmcore.readers.transformer import TransformerReader

#: Positions that are read at once: bounds the memory for long sentences.
_AT_ONCE = 4_096
#: How many words of one blank, and at least how many fillings of several, are scored as sentences.
TRIED, TRIED_OF_SEVERAL = 100, 40
#: Positions that are read in all to try other words in the best filling: bounds the time.
_SWEPT = 2_048

#: Ids before, between and behind the blanks: one more than there are blanks.
Stretches = Sequence[Sequence[int]]


def _read(
    reader: TransformerReader, rows: Sequence[Sequence[int]], scored: int
) -> tuple[Tensor, np.ndarray]:
    """Last vectors ``[H, D]`` and ln p ``[H]`` of the last ``scored`` ids of rows equally long."""
    ids = torch.tensor(rows, device=reader.device)
    last, values = [], []
    for group in ids.split(max(1, _AT_ONCE // ids.shape[1])):
        hidden = reader.body(group).last_hidden_state
        last.append(hidden[:, -1])
        if scored:
            before, wanted = hidden[:, -1 - scored : -1], group[:, -scored:]
            flat = log_of(reader.model.lm_head, before.flatten(0, 1), wanted.flatten()).double()
            values.append(flat.reshape(len(group), -1).sum(1).numpy())
    return torch.cat(last), np.concatenate(values) if scored else np.zeros(len(ids))


class LeftDecoder:
    """A decoder on its way through a sentence with blanks: a :class:`~.beam.Decoder`.

    Args:
        reader: whose network.
        parts: pieces before, between and behind the blanks.

    Raises:
        InputError: ``blank_first``: nothing stands before the first blank, not even a start sign.
    """

    def __init__(self, reader: TransformerReader, parts: Stretches) -> None:
        if not parts[0]:
            raise InputError("blank_first", reader=reader.card.name)
        self.reader, self.parts, self.blank = reader, parts, 0
        self.rows = [list(parts[0])]
        self.last, _ = _read(reader, self.rows, 0)

    def log(self) -> Tensor:
        """See :meth:`Decoder.log`."""
        return self.reader.model.lm_head(self.last).float().log_softmax(-1).cpu()

    def advance(self, parents: Sequence[int], entries: Sequence[int]) -> np.ndarray:
        """See :meth:`Decoder.advance`."""
        return self.log_probabilities(parents, [[entry] for entry in entries])

    def log_probabilities(
        self, parents: Sequence[int], words: Sequence[Sequence[int]]
    ) -> np.ndarray:
        """:meth:`advance` with words of several pieces, equally many in each row.

        Returns:
            ``[len(words)]`` ln p of all that was read but the first pieces.
        """
        self.blank += 1
        behind = self.parts[self.blank]
        self.rows = [
            [*self.rows[parent], *word, *behind]
            for parent, word in zip(parents, words, strict=True)
        ]
        scored = len(words[0]) - 1 + len(behind)
        if self.blank + 1 == len(self.parts) and not scored:
            return np.zeros(len(words))  # the sentence ends with the blank: nothing is left to read
        self.last, values = _read(self.reader, self.rows, scored)
        return values

    def keep(self, rows: Sequence[int]) -> None:
        """See :meth:`Decoder.keep`."""
        self.rows = [self.rows[row] for row in rows]
        self.last = self.last[torch.tensor(rows)]


def sentence_scores(
    reader: TransformerReader, parts: Stretches, fillings: Sequence[Entries]
) -> np.ndarray:
    """ln p ``[F]`` of whole sentences from the first blank on.

    Args:
        reader: whose network.
        parts: pieces before, between and behind the blanks.
        fillings: the entries of the blanks.
    """
    rows = []
    for filling in fillings:
        row = list(parts[0])
        for entry, behind in zip(filling, parts[1:], strict=True):
            row += [entry, *behind]
        rows.append(row)
    _, values = _read(reader, rows, len(rows[0]) - len(parts[0]))
    return values


def try_sentences(
    reader: TransformerReader, parts: Stretches, marginal: Sequence[Tensor], beam: int
) -> SearchResult:
    """Fillings with ln p of the whole sentence from the first blank on.

    At each blank the likeliest continuations are read up to the next blank before the best go on:
    so the words between blanks have their say in time. Then other words are tried in each blank of
    the best filling, and at last the filling made of each blank's likeliest word.

    Args:
        reader: whose network.
        parts: pieces before, between and behind the blanks.
        marginal: ln p ``[V]`` of each blank from the left.
        beam: how many hypotheses go on from blank to blank.
    """
    count, lexicon = len(parts) - 1, reader.lexicon
    width = TRIED if count == 1 else max(TRIED_OF_SEVERAL, TRIED // count)
    decoder, tried = LeftDecoder(reader, parts), Beam.empty()
    for blank in range(count):
        log = decoder.log()
        score = torch.from_numpy(tried.evidence)[:, None] + log
        parents, entries = common.expanded(score, lexicon.ids, width)
        taken = score[parents, entries].numpy()
        reached = taken + decoder.advance(parents, entries)
        fillings = [(*tried.entries[p], e) for p, e in zip(parents, entries, strict=True)]
        tried = Beam(fillings, reached, reached)
        if blank + 1 < count:
            kept = np.argsort(-reached, kind="stable")[:beam].tolist()
            decoder.keep(kept)
            tried = tried.rows(kept)
    if count > 1:
        tried = _with(reader, parts, tried, _neighbours(tried, lexicon, marginal, parts))
    # The likeliest word of each blank: case variants and what stands in the others summed.
    place = {int(entry): number for number, entry in enumerate(lexicon.ids)}
    shares = [_shares(place, tried.entries, tried.evidence, blank) for blank in range(count)]
    independent = tuple(lexicon.likeliest(single) for single in shares)
    tried = _with(reader, parts, tried, [independent])
    return SearchResult(tried.entries, tried.evidence, independent)


def _neighbours(
    tried: Beam, lexicon: Lexicon, marginal: Sequence[Tensor], parts: Stretches
) -> list[Entries]:
    """The best filling with another word in one of its blanks: those likeliest from the left."""
    best = tried.entries[int(tried.evidence.argmax())]
    many = max(1, min(TRIED, _SWEPT // sum(map(len, parts))) // len(best))
    fillings = []
    for blank, log in enumerate(marginal):
        _, entries = common.expanded(log[None], lexicon.ids, many)
        fillings += [(*best[:blank], entry, *best[blank + 1 :]) for entry in entries]
    return fillings


def _with(
    reader: TransformerReader, parts: Stretches, tried: Beam, others: Sequence[Entries]
) -> Beam:
    """Fillings and some more that were not among them."""
    known = set(tried.entries)
    new = [filling for filling in dict.fromkeys(others) if filling not in known]
    if not new:
        return tried
    evidence = np.concatenate([tried.evidence, sentence_scores(reader, parts, new)])
    return Beam([*tried.entries, *new], evidence, evidence)


def _shares(
    place: dict[int, int], fillings: Sequence[Entries], evidence: np.ndarray, blank: int
) -> np.ndarray:
    """Shares ``[len(place)]`` of the words in one blank of the fillings tried."""
    single = np.zeros(len(place))
    shares = np.exp(evidence - total(evidence))
    np.add.at(single, [place[filling[blank]] for filling in fillings], shares)
    return single


def _rescored(reader: TransformerReader, tried: SearchResult, blank: int) -> Answer:
    """What stands in one blank in the fillings tried, weighted by the whole sentences."""
    entries = sorted({filling[blank] for filling in tried.entries})
    place = {entry: number for number, entry in enumerate(entries)}
    whole = reader.lexicon
    lexicon = Lexicon.of([whole.words[i] for i in np.searchsorted(whole.ids, entries)], entries)
    sums, spelling = lexicon.merged(_shares(place, tried.entries, tried.chosen, blank))
    evidence = total(tried.chosen)
    return Answer(reader.family, "rescored", lexicon, sums, spelling, None, evidence)


def fill(
    reader: TransformerReader, sentence: Sentence, blanks: Sequence[int], beam: int
) -> BlankAnswers:
    """See :meth:`lmcore.readers.base.Reader.fill_blanks`."""
    parts, lexicon, count = reader.encode(sentence).stretches(blanks), reader.lexicon, len(blanks)
    with computing():
        marginal = marginals(LeftDecoder(reader, parts), count, lexicon)
        independent = likeliest(marginal, lexicon)
        left = common.beam_search(LeftDecoder(reader, parts), count, lexicon, beam, independent)
        tried = try_sentences(reader, parts, marginal, beam)
    answers = [common.answer(reader, "left", log, reader.written) for log in marginal]
    shares = [_rescored(reader, tried, blank) for blank in range(count)]
    order, chosen = range(count), tried.chosen - total(tried.chosen)
    joint = SearchResult(tried.entries, chosen, tried.independent)
    return BlankAnswers(
        tuple(zip(answers, shares, strict=True)),
        (
            common.fillings(reader.family, "left", lexicon, left, order),
            common.fillings(reader.family, "rescored", lexicon, joint, order, len(tried.entries)),
        ),
    )


def log_probability_of_word(
    reader: TransformerReader,
    sentence: Sentence,
    blanks: Sequence[int],
    which: int,
    word: str,
    beam: int,
) -> dict[str, float]:
    """See :meth:`lmcore.readers.base.Reader.log_probability_of_word`.

    ``left`` is ln p of the word: the product over its pieces, the last of which ends the word,
    mixed over hypotheses of the blanks before it. ``rescored`` is ln of the summed probabilities of
    the whole sentences (from the first blank on) with the word in its place.
    """
    ways = spellings(reader.tokenizer, reader.unknown_id, sentence, blanks[which], word)
    if not ways:
        return {}
    parts = reader.encode(sentence).stretches(blanks)
    reader.check_length(sum(map(len, parts)) + len(blanks) - 1 + max(map(len, ways)))
    with computing():
        left = _from_left(reader, parts, which, ways)
        whole = [_in_sentences(reader, parts, which, way, beam) for way in ways]
    return {"left": left, "rescored": total(np.asarray(whole))}


def _from_left(
    reader: TransformerReader, parts: Stretches, which: int, ways: Sequence[Entries]
) -> float:
    """ln p of a word, written in some ways, mixed over what stands in the blanks before it."""
    decoder = LeftDecoder(reader, parts)
    *_, (log, evidence) = walk(decoder, which + 1, reader.lexicon)
    sums = []
    for word in ways:
        rows, length = [[*row, *word] for row in decoder.rows], len(word) - 1
        inner = _read(reader, rows, length)[1] if length else np.zeros(len(rows))
        sums.append(total(evidence + log[:, word[0]].double().numpy() + inner))
    return total(np.asarray(sums)) - total(evidence)


def _in_sentences(
    reader: TransformerReader, parts: Stretches, which: int, word: Entries, beam: int
) -> float:
    """ln of the summed probabilities of sentences in which a blank holds one spelling of a word."""
    lexicon, decoder, kept = reader.lexicon, LeftDecoder(reader, parts), Beam.empty()
    for blank in range(len(parts) - 1):
        score = torch.from_numpy(kept.evidence)[:, None] + decoder.log()
        if blank == which:
            parents, entries = list(range(len(kept.entries))), [word[0]] * len(kept.entries)
            middle = decoder.log_probabilities(parents, [word] * len(parents))
        else:
            parents, entries = common.expanded(score, lexicon.ids, beam)
            middle = decoder.advance(parents, entries)
        reached = score[parents, entries].numpy() + middle
        kept = Beam([()] * len(reached), reached, reached)
    return total(kept.evidence)

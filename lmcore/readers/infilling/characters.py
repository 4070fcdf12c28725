"""Words of several characters in one blank, where a character is a piece (Chinese).

BERT gets one, two, three and four masks. Under each number the characters are filled from left to
right (chain rule), and those that make a word are kept with their joint probability. These are set
beside each other as they are: that a word has two characters is what BERT is told, not what it
says, so that probabilities of words of different lengths are no shares of one whole.

GPT spells from the left: probability of the characters, times that of the word ending there, which
is the share of the likeliest next characters before which the segmenter sets a boundary. Those are
shares of one whole. Rescored, each word that was tried has its share of the summed probability of
the whole sentences.

Letters in shapes: H hypotheses, V entries of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from lmcore.outputs.answers import Answer, BlankAnswers, Filling, Fillings, Lexicon, View
from lmcore.readers.infilling import beam as common
from lmcore.readers.infilling.beam import Entries, Infilling
from lmcore.readers.infilling.causal import sentence_scores, total
from lmcore.readers.infilling.masked import masked, predicted
from lmcore.runtime.scheduler import computing
from lmcore.text import han
from lmcore.text.words import Sentence, is_han

if TYPE_CHECKING:
    from lmcore.readers.transformer import TransformerReader

#: Characters of a word, at the most; hypotheses that go on; next characters that are looked at.
LONGEST, WIDTH, NEXT = 4, 32, 20
#: Words: their entries of the vocabulary, and ln p.
Found = dict[str, tuple[Entries, float]]
#: Words that are tried as whole sentences.
TRIED = 60


def fill(
    reader: TransformerReader, sentence: Sentence, blanks: Sequence[int], beam: int
) -> BlankAnswers:
    """See :meth:`lmcore.readers.base.Reader.fill_blanks`; of several blanks each is a character."""
    if len(blanks) > 1:
        return _usual(reader).fill(reader, sentence, blanks, beam)
    return (fill_masked if reader.spelling.mask else fill_spelt)(reader, sentence, blanks[0])


def log_probability_of_word(
    reader: TransformerReader,
    sentence: Sentence,
    blanks: Sequence[int],
    which: int,
    word: str,
    beam: int,
) -> dict[str, float]:
    """See :meth:`lmcore.readers.base.Reader.log_probability_of_word`; GPT's word may go on."""
    usual = _usual(reader)
    return usual.log_probability_of_word(reader, sentence, blanks, which, word, beam)


def _usual(reader: TransformerReader) -> Infilling:
    """How the family fills blanks in other languages."""
    return type(reader).infilling


def is_word(text: str) -> bool:
    """Whether some Han characters are one word of the segmenter's dictionary."""
    import rjieba

    return len(text) == 1 or bool(rjieba.has_word(text))


def _signs(reader: TransformerReader) -> np.ndarray:
    """Entries that are one Han character, int ``[N]``."""
    return np.array([i for i, text in enumerate(reader.texts) if len(text) == 1 and is_han(text)])


def _grown(
    rows: list[Entries], score: np.ndarray, log: Tensor, ids: np.ndarray
) -> tuple[list[Entries], np.ndarray]:
    """The likeliest hypotheses with one more character; scores are summed ln p ``[H]``."""
    total = torch.from_numpy(score)[:, None] + log.double()
    parents, entries = common.expanded(total, ids, WIDTH)
    grown = [(*rows[parent], entry) for parent, entry in zip(parents, entries, strict=True)]
    return grown, total[parents, entries].numpy()


def _text(reader: TransformerReader, entries: Entries) -> str:
    return "".join(reader.texts[entry] for entry in entries)


def masked_words(reader: TransformerReader, sentence: Sentence, blank: int) -> Found:
    """Words of two to four characters by BERT: their entries, and ln p under so many masks."""
    words: Found = {}
    ids = _signs(reader)
    for length in range(2, LONGEST + 1):
        row, (place,) = masked(reader, sentence, [blank], [length])
        rows: list[Entries] = [()]
        score = np.zeros(1)
        for done in range(length):
            filled = [[*row[:place], *put, *row[place + done :]] for put in rows]
            log = predicted(reader, filled, [place + done] * len(filled))
            rows, score = _grown(rows, score, log, ids)
        for entries, value in zip(rows, score.tolist(), strict=True):
            if is_word(text := _text(reader, entries)):
                words[text] = (entries, value)
    return words


def spelt_words(reader: TransformerReader, before: Sequence[int]) -> Found:
    """Words of one to four characters by GPT: their entries, and ln p of the word and its end."""
    words: Found = {}
    ids, score = _signs(reader), np.zeros(1)
    rows: list[Entries] = [()]
    log = _next(reader, [list(before)])
    for _ in range(LONGEST):
        rows, score = _grown(rows, score, log, ids)
        log = _next(reader, [[*before, *put] for put in rows])
        for entries, value, after in zip(rows, score.tolist(), log, strict=True):
            text = _text(reader, entries)
            if is_word(text) and (share := _ends(reader, text, after)) > 0:
                words[text] = (entries, value + float(np.log(share)))
    return words


def _next(reader: TransformerReader, rows: Sequence[Sequence[int]]) -> Tensor:
    """ln p ``[H, V]`` of what follows rows equally long."""
    hidden = reader.body(torch.tensor(rows, device=reader.device)).last_hidden_state[:, -1]
    log: Tensor = reader.model.lm_head(hidden).float().log_softmax(-1).cpu()
    return log


def _ends(reader: TransformerReader, word: str, log: Tensor) -> float:
    """Share of the likeliest next entries ``[V]`` before which a word ends."""
    values, entries = log.topk(NEXT)
    following = [reader.texts[entry] for entry in entries.tolist()]
    ends = [not is_han(sign[:1]) or han.words(word + sign)[0] == word for sign in following]
    shares = values.double().exp()
    return float(shares[torch.tensor(ends)].sum() / shares.sum())


def _answers(
    family: str,
    view: View,
    words: dict[str, float],
    covered: float | None = None,
    evidence: float | None = None,
) -> tuple[Answer, Fillings]:
    """Words with ln p as an answer, and as fillings of the one blank."""
    lexicon = Lexicon.of(list(words))
    values = np.fromiter(words.values(), dtype=np.float64)
    sums, spelling = lexicon.merged(np.exp(values))
    answer = Answer(family, view, lexicon, sums, spelling, covered, evidence)
    ordered = sorted(words.items(), key=lambda pair: -pair[1])[: common.MAX_BEAM]
    best = tuple(Filling((word,), value) for word, value in ordered)
    tried = None if evidence is None else len(words)
    return answer, Fillings(family, view, best, best[0], (0,), tried)


def fill_masked(reader: TransformerReader, sentence: Sentence, blank: int) -> BlankAnswers:
    """BERT's words of one to four characters for one blank."""
    with computing():
        row, places = masked(reader, sentence, [blank], [1])
        log = predicted(reader, [row], places)[0].double()
        alone = {text: float(log[i]) for text, i in _whole(reader).items()}
        covered = float(np.exp(list(alone.values())).sum())
        longer = {text: value for text, (_, value) in masked_words(reader, sentence, blank).items()}
    answer, joint = _answers(reader.family, "both", alone | longer, covered)
    return BlankAnswers(((answer,),), (joint,))


def _whole(reader: TransformerReader) -> dict[str, int]:
    """Words of one piece: entry by text."""
    lexicon = reader.lexicon
    return {text: int(entry) for text, entry in zip(lexicon.words, lexicon.ids, strict=True)}


def fill_spelt(reader: TransformerReader, sentence: Sentence, blank: int) -> BlankAnswers:
    """GPT's words of one to four characters for one blank: from the left, and rescored."""
    before, behind = reader.encode(sentence).stretches([blank])
    reader.check_length(len(before) + LONGEST + len(behind))
    with computing():
        words = spelt_words(reader, before)
        likeliest = sorted(words.items(), key=lambda pair: -pair[1][1])[:TRIED]
        by_length: dict[int, list[tuple[str, Entries]]] = {}
        for text, (entries, _) in likeliest:
            by_length.setdefault(len(entries), []).append((text, entries))
        whole: dict[str, float] = {}
        for length, group in by_length.items():
            parts = [list(before), *[[]] * (length - 1), list(behind)]
            values = sentence_scores(reader, parts, [entries for _, entries in group])
            whole |= {text: float(v) for (text, _), v in zip(group, values, strict=True)}
    evidence = total(np.fromiter(whole.values(), dtype=np.float64))
    shares = {text: value - evidence for text, value in whole.items()}
    left, from_left = _answers(reader.family, "left", {t: v for t, (_, v) in words.items()}, 1.0)
    rescored, together = _answers(reader.family, "rescored", shares, None, evidence)
    return BlankAnswers(((left, rescored),), (from_left, together))

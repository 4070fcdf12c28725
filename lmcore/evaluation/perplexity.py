"""How surprised a reader is by held-out text, over its whole vocabulary.

Perplexity is exp of the mean negative log-probability. Readers count in different tokens (GPT in
pieces, ELMo in words), so the same log-probability is divided by tokens and by words: only
perplexities *per word* can be compared, and only where both readers saw the same context. ELMo
also tells capitals from small letters, GPT reads small letters only. Here each
sentence is read alone. End-of-sentence marks, which only ELMo predicts, are left out.

ELMo predicts a closed vocabulary and gives every word outside it the probability of ``<UNK>``,
which flatters it; ``adjusted`` shares that probability out among the distinct unknown words of the
text (adjusted perplexity, Ueberla 1994). Its two directions are averaged before the exponential,
as in Peters et al. 2018, section 3.4 (39.7 there).

GPT is also measured on running text in windows as long as it can hold (Radford et al. 2018 give
18.4 per piece), which is what it was trained for. BERT gives no probability of a text: apart from
the others stands its masked loss in such windows (Devlin et al. 2018, section 3.1: 15 % of the
pieces asked for, 80/10/10, fixed seed), which is not comparable with a perplexity of the others.
"""

from collections.abc import Sequence

import numpy as np

from lmcore.evaluation.batches import in_batches
from lmcore.evaluation.benchmark import Benchmark, Progress, Row, locate, percent, stretch
from lmcore.evaluation.text import VALID, HeldOut, held_out, pieces_of, valid_of
from lmcore.readers.base import Reader
from lmcore.readers.scoring import MASKED_SHARE
from lmcore.text.words import Sentence, split

SEED = 0


def _log_likelihoods(
    reader: Reader, sentences: Sequence[Sentence], progress: Progress, text: str
) -> dict[str, list[np.ndarray]]:
    """Log-probability of every word of every sentence in nats, by the side that was seen."""
    sides: dict[str, list[np.ndarray]] = {}
    for index, scores in in_batches(reader, reader.scores, sentences, progress, text):
        for score in scores:
            if score.side not in sides:  # once: there are very many scores and sentences
                sides[score.side] = [np.zeros(len(sentence)) for sentence in sentences]
            sides[score.side][index][score.word] = score.log_probability
    return sides


def _counted(
    reader: Reader, sentences: Sequence[Sentence], rows: Sequence[np.ndarray]
) -> tuple[int, int]:
    """Words and tokens that have a probability: all but what nothing stands before (NaN)."""
    words = tokens = 0
    for sentence, row in zip(sentences, rows, strict=True):
        without = [word for word, value in zip(sentence.words, row, strict=True) if np.isnan(value)]
        words += len(sentence) - len(without)
        tokens += reader.count_pieces(sentence) - sum(
            reader.count_pieces(split(word.text)) for word in without
        )
    return words, tokens


def _per_unit(nats: float, words: int, tokens: int) -> Row:
    """A summed negative log-probability per word and per token."""
    return {
        "perplexity_per_word": round(float(np.exp(nats / words)), 3),
        "perplexity_per_token": round(float(np.exp(nats / tokens)), 3),
        "nats_per_word": round(nats / words, 4),
        "nats_per_token": round(nats / tokens, 4),
    }


def _adjustment(reader: Reader, sentences: Sequence[Sentence]) -> tuple[float, int]:
    """What unknown words cost on top of ``<UNK>`` in nats, and how many there are.

    Each unknown word gets its equal share of the probability of ``<UNK>`` among the distinct
    unknown words of the text.
    """
    words = [word.text for sentence in sentences for word in sentence.words]
    known = {form: reader.predicts(form) for form in set(words)}
    forms = sum(not is_known for is_known in known.values())
    unknown = sum(not known[word] for word in words)
    return unknown * float(np.log(max(1, forms))), unknown


def alone(reader: Reader, sentences: Sequence[Sentence], progress: Progress) -> Row:
    """Every sentence read alone.

    Args:
        reader: who is measured.
        sentences: on what; those that the reader cannot hold are cut in halves.
        progress: told how far it is.
    """
    texts = [part for sentence in sentences for part in pieces_of(reader, sentence)]
    sides = _log_likelihoods(reader, texts, progress, "sentences")
    words, tokens = _counted(reader, texts, next(iter(sides.values())))
    nats = {side: -float(sum(np.nansum(row) for row in rows)) for side, rows in sides.items()}
    mean = float(np.mean(list(nats.values())))
    extra, unknown = _adjustment(reader, texts)
    row = _per_unit(mean, words, tokens)
    if len(nats) > 1:
        for side, name in (("left", "forward"), ("right", "backward")):
            row[f"{name}_perplexity_per_word"] = round(float(np.exp(nats[side] / words)), 3)
    if unknown:
        row["adjusted_perplexity_per_word"] = round(float(np.exp((mean + extra) / words)), 3)
        row["unknown_words_percent"] = percent(unknown / words)
    return row | {"words": words, "tokens": tokens}


def _running(reader: Reader, windows: Sequence[Sentence], progress: Progress) -> Row:
    """Running text, in windows as long as the reader can hold."""
    (rows,) = _log_likelihoods(reader, windows, progress, "running text").values()
    nats = -float(sum(np.nansum(row) for row in rows))
    words, tokens = _counted(reader, windows, rows)
    return {f"running_text_{name}": value for name, value in _per_unit(nats, words, tokens).items()}


def _masked(reader: Reader, windows: Sequence[Sentence], progress: Progress) -> Row:
    """Mean loss of pieces that were asked for, in windows of running text."""
    random = np.random.default_rng(SEED)

    def masked_scores(sentences: Sequence[Sentence]) -> list[np.ndarray]:
        return reader.masked_scores(sentences, MASKED_SHARE, random)

    batches = in_batches(reader, masked_scores, windows, progress, "masked pieces")
    losses = [loss for _, loss in batches]
    mean = -float(np.concatenate(losses).mean())
    return {
        "masked_nats_per_token": round(mean, 4),
        "masked_perplexity_per_token": round(float(np.exp(mean)), 3),
        "masked_tokens": sum(len(row) for row in losses),
        "masked_percent": percent(MASKED_SHARE),
        "tokens": sum(reader.count_pieces(window) for window in windows),
        "seed": SEED,
    }


def _measure(reader: Reader, text: HeldOut, progress: Progress) -> Row:
    """What can be said of one reader."""
    windows = text.windows(reader)
    if reader.context == "both":
        return _masked(reader, windows, progress)
    if not windows:
        return alone(reader, text.sentences(), progress)
    row = alone(reader, text.sentences(), stretch(progress, 0, 2, ""))
    return row | _running(reader, windows, stretch(progress, 1, 2, ""))


BENCHMARK = Benchmark(
    name="perplexity",
    summary="surprise at held-out text per word and per token; BERT's masked loss apart",
    limits="sentences, and as many windows of running text",
    applies=lambda reader: reader.can("score"),
    prepare=lambda data, limit: HeldOut(held_out(locate(data, VALID)), limit),
    measure=_measure,
    in_language=lambda data, limit, of: HeldOut(held_out(locate(data, valid_of(of))), limit),
)

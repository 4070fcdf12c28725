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

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from lmcore.evaluation.batches import batches
from lmcore.evaluation.benchmark import (
    Benchmark,
    Progress,
    Row,
    Rows,
    for_each,
    locate,
    percent,
    spread,
    stretch,
)
from lmcore.evaluation.text import VALID, held_out, packed, pieces_of, with_words
from lmcore.readers.base import Reader
from lmcore.readers.scoring import MASKED_SHARE
from lmcore.text.words import Sentence, split

SEED = 0


def log_likelihoods(
    reader: Reader, sentences: Sequence[Sentence], progress: Progress, text: str
) -> dict[str, list[np.ndarray]]:
    """Log-probability of every word of every sentence in nats, by the side that was seen.

    Args:
        reader: who is measured.
        sentences: none longer than the reader can hold.
        progress: told how far it is.
        text: what is being done.
    """
    sides: dict[str, list[np.ndarray]] = {}
    for batch in batches(reader, sentences, progress, text):
        for index, scores in zip(batch, reader.scores([sentences[i] for i in batch]), strict=True):
            for score in scores:
                if score.side not in sides:  # once: there are very many scores and sentences
                    sides[score.side] = [np.zeros(len(sentence)) for sentence in sentences]
                sides[score.side][index][score.word] = score.log_probability
    return sides


def counted(
    reader: Reader, sentences: Sequence[Sentence], rows: Sequence[np.ndarray]
) -> tuple[int, int]:
    """Words and tokens that have a probability: all but what nothing stands before (NaN).

    Args:
        reader: counts the tokens.
        sentences: the texts.
        rows: log-probability of each word of each sentence ``[W]``.
    """
    words = tokens = 0
    for sentence, row in zip(sentences, rows, strict=True):
        without = [word for word, value in zip(sentence.words, row, strict=True) if np.isnan(value)]
        words += len(sentence) - len(without)
        tokens += reader.count_pieces(sentence) - sum(
            reader.count_pieces(split(word.text)) for word in without
        )
    return words, tokens


def per_unit(nats: float, words: int, tokens: int) -> Row:
    """A summed negative log-probability per word and per token.

    Args:
        nats: the sum.
        words: over so many words.
        tokens: over so many tokens.
    """
    return {
        "perplexity_per_word": round(float(np.exp(nats / words)), 3),
        "perplexity_per_token": round(float(np.exp(nats / tokens)), 3),
        "nats_per_word": round(nats / words, 4),
        "nats_per_token": round(nats / tokens, 4),
    }


def adjustment(reader: Reader, sentences: Sequence[Sentence]) -> tuple[float, int]:
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
    sides = log_likelihoods(reader, texts, progress, "sentences")
    words, tokens = counted(reader, texts, next(iter(sides.values())))
    nats = {side: -float(sum(np.nansum(row) for row in rows)) for side, rows in sides.items()}
    mean = float(np.mean(list(nats.values())))
    extra, unknown = adjustment(reader, texts)
    row = per_unit(mean, words, tokens)
    if len(nats) > 1:
        for side, name in (("left", "forward"), ("right", "backward")):
            row[f"{name}_perplexity_per_word"] = round(float(np.exp(nats[side] / words)), 3)
    if unknown:
        row["adjusted_perplexity_per_word"] = round(float(np.exp((mean + extra) / words)), 3)
        row["unknown_words_percent"] = percent(unknown / words)
    return row | {"words": words, "tokens": tokens}


def running(reader: Reader, windows: Sequence[Sentence], progress: Progress) -> Row:
    """Running text, in windows as long as the reader can hold.

    Args:
        reader: who is measured.
        windows: on what.
        progress: told how far it is.
    """
    (rows,) = log_likelihoods(reader, windows, progress, "running text").values()
    nats = -float(sum(np.nansum(row) for row in rows))
    words, tokens = counted(reader, windows, rows)
    return {f"running_text_{name}": value for name, value in per_unit(nats, words, tokens).items()}


def masked(reader: Reader, windows: Sequence[Sentence], progress: Progress) -> Row:
    """Mean loss of pieces that were asked for, in windows of running text.

    Args:
        reader: who is measured.
        windows: on what.
        progress: told how far it is.
    """
    random = np.random.default_rng(SEED)
    losses: list[np.ndarray] = []
    for batch in batches(reader, windows, progress, "masked pieces"):
        losses += reader.masked_scores([windows[i] for i in batch], MASKED_SHARE, random)
    mean = -float(np.concatenate(losses).mean())
    return {
        "masked_nats_per_token": round(mean, 4),
        "masked_perplexity_per_token": round(float(np.exp(mean)), 3),
        "masked_tokens": sum(len(row) for row in losses),
        "masked_percent": percent(MASKED_SHARE),
        "tokens": sum(reader.count_pieces(window) for window in windows),
        "seed": SEED,
    }


def measure(
    reader: Reader,
    documents: Sequence[Sequence[str]],
    progress: Progress,
    limit: int | None = None,
) -> Row:
    """What can be said of one reader.

    Args:
        reader: who is measured.
        documents: running text, each a list of sentences.
        progress: told how far it is.
        limit: documents, windows and sentences at the most.
    """
    windows: list[Sentence] = []
    if reader.max_pieces is not None:
        chosen = [documents[i] for i in spread(len(documents), limit)]
        windows = [w for document in chosen for w in packed(reader, with_words(document))]
        windows = [windows[i] for i in spread(len(windows), limit)]
    if reader.context == "both":
        return masked(reader, windows, progress)
    texts = [text for document in documents for text in document]
    sentences = with_words([texts[i] for i in spread(len(texts), limit)])
    if not windows:
        return alone(reader, sentences, progress)
    return alone(reader, sentences, stretch(progress, 0, 2, "")) | running(
        reader, windows, stretch(progress, 1, 2, "")
    )


def run(
    readers: Mapping[str, Reader], data: Path, progress: Progress, limit: int | None = None
) -> Rows:
    """The benchmark; see :class:`~lmcore.evaluation.benchmark.Run`."""
    path = locate(data, VALID)
    progress(0.0, "held-out text")
    documents = held_out(path)
    return for_each(readers, progress, lambda reader, part: measure(reader, documents, part, limit))


BENCHMARK = Benchmark(
    name="perplexity",
    summary="surprise at held-out text per word and per token; BERT's masked loss apart",
    limits="sentences, and as many windows of running text",
    applies=lambda reader: reader.can("score"),
    run=run,
)

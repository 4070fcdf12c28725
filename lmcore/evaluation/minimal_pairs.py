"""Does a reader find the grammatical sentence of a pair likelier? BLiMP.

Warstadt et al. 2020, "BLiMP: The Benchmark of Linguistic Minimal Pairs for English" (TACL 8,
377-392): 67 paradigms of 1,000 pairs. A pair is right when the good sentence has the higher score
(a tie is wrong; guessing gives 50 %). The score of a sentence is the sum of the log-probabilities
of its words: for GPT from the left, for ELMo from the left and from the right added up, for BERT
the pseudo-log-likelihood, in which each piece is masked in turn (Salazar et al. 2020, "Masked
Language Model Scoring", ACL). ``overall`` is the mean over the paradigms, and the twelve phenomena
are those of the paper's table 3.
"""

import json
import zipfile
from dataclasses import dataclass
from math import isnan
from pathlib import Path

import numpy as np

from lmcore.evaluation.batches import in_batches
from lmcore.evaluation.benchmark import Benchmark, Progress, Row, locate, percent, spread
from lmcore.evaluation.text import fits
from lmcore.readers.base import Reader
from lmcore.text.words import Sentence, split

#: The paper counts selectional restrictions among argument structure.
MERGED = {"s-selection": "argument_structure"}


@dataclass(frozen=True)
class Pair:
    """A good and a bad sentence that differ in one thing."""

    phenomenon: str
    paradigm: str
    good: Sentence
    bad: Sentence


def load(path: Path, limit: int | None = None) -> list[Pair]:
    """Read ``BLiMP.zip``: at most ``limit`` pairs of each paradigm, evenly spread."""
    pairs = []
    with zipfile.ZipFile(path) as archive:
        names = [n for n in archive.namelist() if n.startswith("data/") and n.endswith(".jsonl")]
        for name in sorted(names):
            lines = archive.read(name).decode("utf8").splitlines()
            for index in spread(len(lines), limit):
                row = json.loads(lines[index])
                phenomenon = row["linguistics_term"]
                pairs.append(
                    Pair(
                        MERGED.get(phenomenon, phenomenon),
                        row["UID"],
                        split(row["sentence_good"]),
                        split(row["sentence_bad"]),
                    )
                )
    return pairs


def measure(reader: Reader, pairs: list[Pair], progress: Progress) -> Row:
    """Share of right pairs by phenomenon, in per cent."""
    pairs = [pair for pair in pairs if fits(reader, pair.good) and fits(reader, pair.bad)]
    sentences = [sentence for pair in pairs for sentence in (pair.good, pair.bad)]
    totals = np.zeros(len(sentences))
    for index, words in in_batches(reader, reader.scores, sentences, progress, "pairs", 512):
        # The published GPT-1 has no probability for the first word, which both sentences share or
        # which is left out of both.
        totals[index] = sum(s.log_probability for s in words if not isnan(s.log_probability))
    right = totals[0::2] > totals[1::2]
    by_paradigm: dict[tuple[str, str], list[bool]] = {}
    for pair, is_right in zip(pairs, right.tolist(), strict=True):
        by_paradigm.setdefault((pair.phenomenon, pair.paradigm), []).append(is_right)
    shares = {key: float(np.mean(hits)) for key, hits in by_paradigm.items()}
    phenomena = sorted({phenomenon for phenomenon, _ in shares})
    return {
        "overall": percent(float(np.mean(list(shares.values())))),
        "by_phenomenon": {
            name: percent(float(np.mean([v for (p, _), v in shares.items() if p == name])))
            for name in phenomena
        },
        "paradigms": len(shares),
        "pairs": len(pairs),
    }


BENCHMARK = Benchmark(
    name="minimal_pairs",
    summary="which sentence of a pair is grammatical, in per cent (BLiMP, Warstadt et al. 2020)",
    limits="pairs of each of the 67 paradigms (there are 1,000)",
    applies=lambda reader: reader.can("score"),
    prepare=lambda data, limit: load(locate(data, "blimp/BLiMP.zip"), limit),
    measure=measure,
    default_limit=200,
)

"""Benchmarks of Chinese readers, from sets with open licences; numbers only leave them.

``sling``: minimal pairs of 54 paradigms and nine phenomena (Song et al. 2022, EMNLP, "SLING: Sino
Linguistic Evaluation of Large Language Models"), scored as BLiMP is
(:mod:`lmcore.evaluation.minimal_pairs`). There BERT-base-Chinese has 84.8, people 97.1.

``sememe_wsd``: senses of 22 words as sets of HowNet sememes (Hou et al. 2020, COLING), sentences of
SemEval-2007 task 5, no split given: nearest centroids in five folds
(:mod:`lmcore.evaluation.folds`).

``polyphone``: the reading of a character with several (Park and Lee 2020, Interspeech, "g2pM"), the
same way: its development part.

``ud_pos``: parts of speech by a linear probe, as :mod:`lmcore.evaluation.pos`, learnt on Universal
Dependencies' PUD and tested on GSDSimp.
"""

import json
import lzma
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lmcore.evaluation import minimal_pairs, pos
from lmcore.evaluation.benchmark import Benchmark, locate, spread
from lmcore.evaluation.folds import FoldedSenses, marked
from lmcore.evaluation.minimal_pairs import Pair
from lmcore.evaluation.occurrences import Marked, Target, targets_of
from lmcore.text.words import split

_MARK = "▁"


def pairs(path: Path, limit: int | None = None) -> list[Pair]:
    """SLING: at most ``limit`` pairs of each paradigm, evenly spread."""
    by_paradigm: dict[str, list[dict[str, str]]] = {}
    with lzma.open(path, "rt", encoding="utf8") as lines:
        for line in lines:
            row = json.loads(line)
            by_paradigm.setdefault(row["paradigm"], []).append(row)
    return [
        Pair(
            rows[i]["phenomenon"],
            f"{rows[i]['phenomenon']}/{rows[i]['paradigm']}",
            split(rows[i]["good"]),
            split(rows[i]["bad"]),
        )
        for rows in by_paradigm.values()
        for i in spread(len(rows), limit)
    ]


def senses(path: Path, limit: int | None = None) -> list[Marked]:
    """SememeWSD: a word, its sense and the tokens of a sentence a line."""
    texts = []
    with path.open(encoding="utf8") as lines:
        rows = [json.loads(line) for line in lines]
    for i in spread(len(rows), limit):
        row, place = rows[i], int(rows[i]["position"])
        tokens = [*row["tokens"][:place], row["word"], *row["tokens"][place + 1 :]]
        start = sum(map(len, tokens[:place]))
        texts.append(marked("".join(tokens), start, row["word"], row["sense"]))
    return texts


def readings(folder: Path, limit: int | None = None) -> list[Marked]:
    """CPP: a sentence with a marked character a line, and its reading in another file."""
    lines = (folder / "dev.sent").read_text(encoding="utf8").splitlines()
    labels = (folder / "dev.lb").read_text(encoding="utf8").splitlines()
    texts = []
    for i in spread(len(lines), limit):
        before, sign, after = lines[i].split(_MARK, 2)
        texts.append(marked(before + sign + after, len(before), sign, labels[i].strip()))
    return texts


def _sentences(path: Path) -> Iterator[list[tuple[str, str]]]:
    """Words and their parts of speech, a sentence each."""
    rows: list[tuple[str, str]] = []
    for line in [*path.read_text(encoding="utf8").splitlines(), ""]:
        cells = line.split("\t")
        if not line and rows:
            yield rows
            rows = []
        elif cells[0].isdigit():
            rows.append((cells[1], cells[3]))


def tagged(path: Path, limit: int | None = None) -> list[Marked]:
    """CoNLL-U: every word that is no sign, with its part of speech as its sense."""
    texts, rows = [], list(_sentences(path))
    for i in spread(len(rows), limit):
        spans, start = [], 0
        for form, _ in rows[i]:
            spans.append((start, start + len(form)))
            start += len(form)
        sentence = split("".join(form for form, _ in rows[i]), apart=spans)
        if [w.text for w in sentence.words] == [form for form, _ in rows[i]]:
            targets = tuple(
                Target(form, tag, place, place + 1)
                for place, (form, tag) in enumerate(rows[i])
                if tag not in ("PUNCT", "X", "SYM")
            )
            texts.append(Marked(sentence, targets))
    return texts


def _parts(data: Path, limit: int | None) -> pos.Material:
    train = tagged(locate(data, "data_zh/ud_pud_simplified/zh_pud-ud-test.conllu"), limit)
    folder = locate(data, "data_zh/ud_gsdsimp")
    test = [text for file in sorted(folder.glob("*.conllu")) for text in tagged(file, limit)]
    counts = Counter(target.sense for target in targets_of(train))
    tags = {tag for tag, count in counts.items() if count >= pos.OFTEN}
    return pos.only(train, tags), pos.only(test, tags)


_ANY = "occurrences"
BENCHMARKS: tuple[Benchmark, ...] = (
    Benchmark(
        name="sling",
        summary="which sentence of a pair is grammatical, in per cent (SLING, Song et al. 2022)",
        limits="pairs of each of the 54 paradigms",
        applies=lambda reader: reader.can("score"),
        prepare=lambda data, limit: pairs(locate(data, "data_zh/sling/sling.jsonl.xz"), limit),
        measure=minimal_pairs.measure,
        default_limit=200,
    ),
    FoldedSenses(
        name="sememe_wsd",
        summary="senses of 22 words, nearest centroid by layer in five folds (Hou et al. 2020)",
        limits=_ANY,
        applies=lambda reader: True,
        prepare=lambda data, limit: senses(locate(data, "data_zh/sememe_wsd/dataset.jsonl"), limit),
    ),
    FoldedSenses(
        name="polyphone",
        summary="readings of characters, nearest centroid by layer in five folds (g2pM)",
        limits=_ANY,
        applies=lambda reader: True,
        prepare=lambda data, limit: readings(locate(data, "data_zh/cpp_polyphone"), limit),
        default_limit=2_000,
    ),
    Benchmark(
        name="ud_pos",
        summary="parts of speech by layer, linear probe (UD: learnt on PUD, tested on GSDSimp)",
        limits="training sentences, and as many of each test file",
        applies=lambda reader: reader.context != "none",
        prepare=_parts,
        measure=pos.measure,
        references=lambda parts: {
            "most_frequent_tag": pos.most_frequent_tag(*map(targets_of, parts))
        },
    ),
)

"""What panels of lessons about words say: blanks, pairs, writing, surprise, training and tasks."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from lmcore.analyses import sentence_score
from lmcore.analyses.generation_statistics import frame as pieces_frame
from lmcore.charts import masked_word as masked_charts
from lmcore.lessons.lesson import Panel
from lmcore.lessons.tools import Made
from pages.sections.history import curves
from pages.sections.lessons.shown import Said
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t


def _bars(panel: Panel, made: Made) -> Said:
    column, hidden, wanted = made.data
    top = column.candidates[: panel.number("mk", 8)]
    first = {"name": made.about, "word": top[0].word, "hidden": hidden}
    first["share"] = masked_charts.percent(top[0].probability)
    if wanted is None or wanted.probability is None:
        finding = t("lessons.blank_unknown", **first)
    else:
        share = masked_charts.percent(wanted.probability)
        finding = t("lessons.blank", **first, rank=wanted.rank, own=share)
    columns = {
        t("lessons.rank"): [guess.rank for guess in top],
        t("common.word"): [guess.word for guess in top],
        t("masked_word.probability"): [guess.probability for guess in top],
    }
    return Said(made.about, finding, pd.DataFrame(columns))


def _pair(panel: Panel, made: Made) -> Said:
    judgement, reader = made.data, FAMILY_NAMES[made.families[0]]
    verdict = {"given": "prefers_given", "swapped": "prefers_swapped"}
    finding = t(
        "masked_word.pair_finding",
        reader=reader,
        given=masked_charts.percent(judgement.given),
        swapped=masked_charts.percent(judgement.swapped),
        verdict=t(f"masked_word.pair_{verdict.get(judgement.verdict, judgement.verdict)}"),
    )
    texts = t("lessons.pair", first=panel.params["p1"], second=panel.params["p2"])
    columns = {
        t("masked_word.pair_order"): [t("masked_word.pair_given"), t("masked_word.pair_swapped")],
        t("masked_word.probability"): (judgement.given, judgement.swapped),
    }
    return Said(reader, f"{texts} {finding}", pd.DataFrame(columns))


def _text(panel: Panel, made: Made) -> Said:
    written = made.data
    names = ("step", "place", "piece", "probability", "rank", "entropy", "instead")
    titles = {name: t(f"generation.{name}") for name in names}
    least = min(written.tokens, key=lambda token: token.probability)
    finding = t(
        "lessons.writes",
        reader=FAMILY_NAMES[made.families[0]],
        prompt=panel.prompt().text,
        text=" ".join(written.continuation.split()),
        piece=least.text.strip(),
        share=masked_charts.percent(least.probability),
    )
    titles = {"reader": t("common.reader"), **titles}
    return Said("", finding, pieces_frame([written], FAMILY_NAMES, titles))


def _surprise(panel: Panel, made: Made) -> Said:
    by_family, names = made.data
    findings = []
    for family, view in by_family.items():
        score = view.main
        word = score.most_surprising()
        if word is not None and np.isfinite(score.total):
            values = {"word": score.sentence.words[word].text, "total": f"{-score.total:.1f}"}
            values["value"] = f"{-float(score.log_probability[word]):.1f}"
            findings.append(t("lessons.surprise", reader=FAMILY_NAMES[family], **values))
    titles = {
        "word": t("common.word"),
        "log": t("sentence_score.log_title", name="{name}"),
        "bits": t("sentence_score.bits_title", name="{name}"),
        "unknown": t("sentence_score.unknown"),
    }
    scores = [score for view in by_family.values() for score in view.scores]
    frame = sentence_score.word_frame(scores, list(names.values()), titles)
    text = t("common.semicolon").join(findings) or t("lessons.no_number")
    return Said("", t("lessons.sentence", text=text), frame)


def _loss(panel: Panel, made: Made) -> Said:
    clauses = [curves.fall_clause(history, "tokens") for history in made.data]
    finding = t("history.finding", parts=curves.joined(clauses))
    return Said("", finding, curves.reports_table(made.data))


def _inputs(panel: Panel, made: Made) -> Said:
    rows, names = made.data
    counts = t("common.semicolon").join(
        t("lessons.input", reader=row.name, count=len(row.pieces), extra=row.parts.count("extra"))
        for row in rows
    )
    finding = f"{t('lessons.sentence', text=counts)} {t('lessons.input_legend')}"
    frame = pd.DataFrame(
        [
            (row.name, number, piece, names[part])
            for row in rows
            for number, (piece, part) in enumerate(zip(row.pieces, row.parts, strict=True), 1)
        ],
        columns=[t("common.reader"), "#", t("lessons.piece"), t("lessons.stands_for")],
    )
    return Said("", finding, frame)


SAYS: dict[tuple[str, str], Callable[[Panel, Made], Said]] = {
    ("masked_word", "bars"): _bars,
    ("masked_word", "pair"): _pair,
    ("generation", "text"): _text,
    ("sentence_score", "bars"): _surprise,
    ("history", "loss"): _loss,
    ("finetuning", "inputs"): _inputs,
    ("finetuning", "inputs_pair"): _inputs,
}

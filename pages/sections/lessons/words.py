"""Panels of lessons about words: blanks, pairs, writing, surprise, training and tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import numpy as np
import pandas as pd

from lmcore.analyses import sentence_score
from lmcore.analyses.generation_statistics import frame as pieces_frame
from lmcore.analyses.masked_word import BlankQuestion, WordScore
from lmcore.analyses.sentence_pair import SENTENCE_PAIR, PairQuestion
from lmcore.analyses.sentence_score import SENTENCE_SCORE, ScoreQuestion
from lmcore.analyses.training_history import histories
from lmcore.charts import generation as generation_charts
from lmcore.charts import lessons as charts
from lmcore.charts import masked_word as masked_charts
from lmcore.charts import sentence_score as score_charts
from lmcore.charts import training_history as history_charts
from lmcore.finetuning.task import Kind
from lmcore.lessons.lesson import Panel
from lmcore.outputs.answers import Candidates
from lmcore.text.examples import TASKS
from lmcore.text.words import checked, split
from pages.sections.history import curves
from pages.sections.lessons import data
from pages.sections.lessons.shown import Shown
from pages.sections.masked_word import candidates as blank_parts
from pages.sections.masked_word import words as word_parts
from pages.sections.sentence_score import scores as score_parts
from pages.ui import cache, views
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t

#: Which text a role stands for; all other roles stand for none.
_TEXTS: dict[str, charts.Part] = {"text_a": "first", "text_b": "second"}


def _bars(panel: Panel) -> list[Shown]:
    gaps = panel.cloze()
    question = BlankQuestion(gaps.sentence.text, gaps.positions)
    every = []
    for family, view in blank_parts.views_of(question).items():
        if not panel.shows(family):
            continue
        for number, columns in enumerate(view.blanks):
            hidden = gaps.hidden[number]
            scores = word_parts.scores_of([family], question, number, [hidden or ""])
            for column in columns:
                if panel.only and column.view not in panel.only:
                    continue
                wanted = next((score for score in scores if score.view == column.view), None)
                every.append(_candidates(column, panel, hidden, wanted))
    return every


def _candidates(
    column: Candidates, panel: Panel, hidden: str | None, wanted: WordScore | None
) -> Shown:
    """One list of words for one gap."""
    k, number = panel.number("mk", 8), column.blank
    name = blank_parts.name(column.family, column.view)
    if len(panel.blanks) > 1:
        name = t("lessons.gap", name=name, number=number + 1)
    figure, top = masked_charts.bars(column, k), column.candidates[:k]
    first = {"name": name, "word": top[0].word, "hidden": hidden}
    first["share"] = masked_charts.percent(top[0].probability)
    if wanted is None or wanted.probability is None:
        said = t("lessons.blank_unknown", **first)
    else:
        share = masked_charts.percent(wanted.probability)
        said = t("lessons.blank", **first, rank=wanted.rank, own=share)
    frame = pd.DataFrame(
        {
            t("lessons.rank"): [guess.rank for guess in top],
            t("common.word"): [guess.word for guess in top],
            t("masked_word.probability"): [guess.probability for guess in top],
        }
    )
    return Shown(f"lesson-blank-{column.family}-{column.view}-{number}", name, figure, said, frame)


def _pair(panel: Panel) -> list[Shown]:
    first, second = panel.params["p1"], panel.params["p2"]
    orders, every = [t("masked_word.pair_given"), t("masked_word.pair_swapped")], []
    for family in cache.readers("pairs"):
        judgement = views.view(SENTENCE_PAIR, family, PairQuestion(first, second))
        values, reader = (judgement.given, judgement.swapped), FAMILY_NAMES[family]
        figure = masked_charts.pair(family, orders, values)
        verdict = {"given": "prefers_given", "swapped": "prefers_swapped"}
        said = t(
            "masked_word.pair_finding",
            reader=reader,
            given=masked_charts.percent(judgement.given),
            swapped=masked_charts.percent(judgement.swapped),
            verdict=t(f"masked_word.pair_{verdict.get(judgement.verdict, judgement.verdict)}"),
        )
        said = t("lessons.pair", first=first, second=second) + " " + said
        columns = {t("masked_word.pair_order"): orders, t("masked_word.probability"): values}
        every.append(Shown(f"lesson-pair-{family}", reader, figure, said, pd.DataFrame(columns)))
    return every


def _text(panel: Panel) -> list[Shown]:
    prompt = panel.prompt()
    temperature = float(panel.params.get("gt", "0.0"))
    titles = {
        name: t(f"generation.{name}")
        for name in ("step", "place", "piece", "probability", "rank", "entropy", "instead")
    }
    titles = {"reader": t("common.reader"), **titles}
    every = []
    for family in cache.readers("generate"):
        if not panel.shows(family):
            continue
        length, seed = panel.number("gn", 10), panel.number("gs", 0)
        own = data.written(cache.key(family), prompt.text, length, temperature, seed)
        figure = generation_charts.curves(
            [own],
            "probability",
            places=t("generation.place"),
            axis=t("generation.probability_axis"),
            names=FAMILY_NAMES,
        )
        least = min(own.tokens, key=lambda token: token.probability)
        said = t(
            "lessons.writes",
            reader=FAMILY_NAMES[family],
            prompt=prompt.text,
            text=" ".join(own.continuation.split()),
            piece=least.text.strip(),
            share=masked_charts.percent(least.probability),
        )
        frame = pieces_frame([own], FAMILY_NAMES, titles)
        every.append(Shown(f"lesson-text-{family}", "", figure, said, frame))
    return every


def _surprise(panel: Panel) -> list[Shown]:
    question = ScoreQuestion(checked(panel.params["s"]).text)
    by_reader = views.views(SENTENCE_SCORE, views.families("score"), question)
    by_reader = {family: view for family, view in by_reader.items() if panel.shows(family)}
    if not by_reader:
        return []
    every = [score for view in by_reader.values() for score in view.scores]
    names = score_parts.names_of(every)
    axis = t("sentence_score.bars_axis", unit="nats")
    figure = score_charts.surprisal(every, names, "nats", axis, FAMILY_NAMES)
    said = []
    for family, view in by_reader.items():
        score = view.main
        word = score.most_surprising()
        if word is not None and np.isfinite(score.total):
            values = {"word": score.sentence.words[word].text, "total": f"{-score.total:.1f}"}
            values["value"] = f"{-float(score.log_probability[word]):.1f}"
            said.append(t("lessons.surprise", reader=FAMILY_NAMES[family], **values))
    titles = {
        "word": t("common.word"),
        "log": t("sentence_score.log_title", name="{name}"),
        "bits": t("sentence_score.bits_title", name="{name}"),
        "unknown": t("sentence_score.unknown"),
    }
    frame = sentence_score.word_frame(every, list(names.values()), titles)
    text = t("common.semicolon").join(said) or t("lessons.no_number")
    return [Shown("lesson-surprise", "", figure, t("lessons.sentence", text=text), frame)]


def _loss(panel: Panel) -> list[Shown]:
    trained = [history for history in histories() if history.trained]
    if not trained:
        return []
    texts = history_charts.Texts(
        x=t("history.axis.tokens"),
        y=t("history.nats"),
        faint=t("history.report"),
        bold=t("history.smoothed"),
        end=t("history.held_out"),
    )
    lines = [curves.loss_line(history, "tokens") for history in trained]
    figure = history_charts.along(lines, texts, log=True)
    clauses = [curves.fall_clause(history, "tokens") for history in trained]
    said = t("history.finding", parts=curves.joined(clauses))
    return [Shown("lesson-loss", "", figure, said, curves.reports_table(trained))]


def _inputs(panel: Panel) -> list[Shown]:
    rows = [
        row
        for family, reader in cache.readers().items()
        if panel.shows(family) and reader.context != "none"
        for row in _sequences(family, panel.kind)
    ]
    if not rows:
        return []
    names = {part: t(f"lessons.part_{part}") for part in get_args(charts.Part)}
    said = t("common.semicolon").join(
        t("lessons.input", reader=one.name, count=len(one.pieces), extra=one.parts.count("extra"))
        for one in rows
    )
    said = t("lessons.sentence", text=said) + " " + t("lessons.input_legend")
    frame = pd.DataFrame(
        [
            (one.name, number, piece, names[part])
            for one in rows
            for number, (piece, part) in enumerate(zip(one.pieces, one.parts, strict=True), 1)
        ],
        columns=[t("common.reader"), "#", t("lessons.piece"), t("lessons.stands_for")],
    )
    return [Shown(f"lesson-{panel.view}", "", charts.inputs(rows, names), said, frame)]


def _sequences(family: str, kind: Kind) -> list[charts.Input]:
    """What a reader gets of our example of a task."""
    name, texts = FAMILY_NAMES[family], TASKS[kind]
    if cache.reader(family).context == "both_apart":  # it reads each text by itself
        return [
            charts.Input(name, family, words, (part,) * len(words))
            for part, text in zip(_TEXTS.values(), texts, strict=False)
            if (words := tuple(word.text for word in split(text).words))
        ]
    return [
        charts.Input(
            name, family, own.pieces, tuple(_TEXTS.get(role, "extra") for role in own.roles)
        )
        for own in data.task_rows(family, kind, texts)
    ]


VIEWS: dict[tuple[str, str], Callable[[Panel], list[Shown]]] = {
    ("masked_word", "bars"): _bars,
    ("masked_word", "pair"): _pair,
    ("generation", "text"): _text,
    ("sentence_score", "bars"): _surprise,
    ("history", "loss"): _loss,
    ("finetuning", "inputs"): _inputs,
    ("finetuning", "inputs_pair"): _inputs,
}

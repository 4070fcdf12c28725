"""Figures of panels about words: blanks, pairs, writing, surprise, training and tasks."""

from collections.abc import Iterator
from typing import get_args

from lmcore.analyses.generation import GENERATION, GenerationQuestion
from lmcore.analyses.masked_word import MASKED_WORD, WORDS, BlankQuestion, WordsQuestion
from lmcore.analyses.sentence_pair import SENTENCE_PAIR, PairQuestion
from lmcore.analyses.sentence_score import SENTENCE_SCORE, ScoreQuestion
from lmcore.analyses.training_history import AXES, histories
from lmcore.charts import generation as generation_charts
from lmcore.charts import lessons as lesson_charts
from lmcore.charts import masked_word as masked_charts
from lmcore.charts import sentence_score as score_charts
from lmcore.charts import training_history as history_charts
from lmcore.finetuning.inputs import rows_of
from lmcore.finetuning.task import Kind
from lmcore.lessons.lesson import Panel
from lmcore.lessons.tools import Made, Maker, Tools
from lmcore.outputs.generation import GenerationSettings
from lmcore.text.examples import TASKS
from lmcore.text.words import checked, split

#: Which text a role stands for; all other roles stand for none.
_ROLES: dict[str, lesson_charts.Part] = {"text_a": "first", "text_b": "second"}


def _bars(panel: Panel, tools: Tools) -> Iterator[Made]:
    gaps = panel.cloze()
    question = BlankQuestion(gaps.sentence.text, gaps.positions)
    views = tools.views(MASKED_WORD, tools.able(panel, "fill"), question)
    for family, view in views.items():
        for number, columns in enumerate(view.blanks):
            hidden = gaps.hidden[number]
            query = WordsQuestion(question, number, (hidden or "",))
            scores = tools.views(WORDS, [family], query)[family].scores
            for column in columns:
                if panel.only and column.view not in panel.only:
                    continue
                name = tools.t(
                    "masked_word.name",
                    reader=tools.name(family),
                    view=tools.t(f"masked_word.view.{column.view}"),
                )
                if len(gaps) > 1:
                    name = tools.t("lessons.gap", name=name, number=number + 1)
                figure = masked_charts.bars(column, panel.number("mk", 8))
                wanted = next((score for score in scores if score.view == column.view), None)
                file = f"blank{number + 1}-{family}-{column.view}"
                yield Made(file, name, figure, (family,), (column, hidden, wanted))


def _pair(panel: Panel, tools: Tools) -> Iterator[Made]:
    question = PairQuestion(checked(panel.params["p1"]).text, checked(panel.params["p2"]).text)
    orders = [tools.t("masked_word.pair_given"), tools.t("masked_word.pair_swapped")]
    judgements = tools.views(SENTENCE_PAIR, tools.able(panel, "pairs"), question)
    for family, judgement in judgements.items():
        figure = masked_charts.pair(family, orders, (judgement.given, judgement.swapped))
        about = tools.t("figures.pair", reader=tools.name(family))
        yield Made(f"pair-{family}", about, figure, (family,), judgement)


def _text(panel: Panel, tools: Tools) -> Iterator[Made]:
    prompt = panel.prompt()
    settings = GenerationSettings(
        length=panel.number("gn", 10),
        temperature=float(panel.params.get("gt", "0.0")),
        seed=panel.number("gs", 0),
    )
    question = GenerationQuestion(prompt.text, settings)
    views = tools.views(GENERATION, tools.able(panel, "generate"), question)
    for family, written in views.items():
        figure = generation_charts.curves(
            [written],
            "probability",
            places=tools.t("generation.place"),
            axis=tools.t("generation.probability_axis"),
            names=tools.names,
        )
        about = tools.t(
            "figures.text",
            reader=tools.name(family),
            prompt=prompt.text,
            text=" ".join(written.continuation.split()),
            temperature=settings.temperature,
            seed=settings.seed,
        )
        yield Made(f"text-{family}-seed{settings.seed}", about, figure, (family,), written)


def _surprise(panel: Panel, tools: Tools) -> Iterator[Made]:
    question = ScoreQuestion(checked(panel.params["s"]).text)
    by_family = tools.views(SENTENCE_SCORE, tools.able(panel, "score"), question)
    scores = [score for view in by_family.values() for score in view.scores]
    names = {
        (s.family, s.view): tools.t(f"sentence_score.view.{s.view}", reader=tools.name(s.family))
        for s in scores
    }
    if scores:
        axis = tools.t("sentence_score.bars_axis", unit="nats")
        figure = score_charts.surprisal(scores, names, "nats", axis, tools.names)
        about = tools.t("figures.surprise")
        yield Made("surprise", about, figure, tuple(by_family), (by_family, names))


def _loss(panel: Panel, tools: Tools) -> Iterator[Made]:
    texts = history_charts.Texts(
        x=tools.t("history.axis.tokens"),
        y=tools.t("history.nats"),
        faint=tools.t("history.report"),
        bold=tools.t("history.smoothed"),
        end=tools.t("history.held_out"),
    )
    trained = [h for h in histories() if h.trained and panel.shows(h.family)]
    lines = [
        history_charts.Line(
            history.name,
            history.family,
            history.reports[AXES["tokens"]],
            history.reports[history.measure],
            history.smoothed,
            history.end("tokens"),
        )
        for history in trained
    ]
    if lines:
        figure = history_charts.along(lines, texts, log=True)
        families = tuple(line.family for line in lines)
        yield Made("loss", tools.t("figures.loss"), figure, families, trained)


def _inputs(panel: Panel, tools: Tools) -> Iterator[Made]:
    able = [f for f in tools.able(panel) if tools.facts[f].context != "none"]
    rows = [row for family in able for row in _sequences(family, tools, panel.kind)]
    if rows:
        names = {part: tools.t(f"lessons.part_{part}") for part in get_args(lesson_charts.Part)}
        figure = lesson_charts.inputs(rows, names)
        about = tools.t("figures.inputs")
        yield Made(panel.view, about, figure, tuple(able), (rows, names))


def _sequences(family: str, tools: Tools, kind: Kind) -> list[lesson_charts.Input]:
    """What a reader gets of our example of a task."""
    name, texts = tools.name(family), TASKS[kind]
    if tools.facts[family].context == "both_apart":  # it reads each text by itself
        parts = [tuple(word.text for word in split(text).words) for text in texts]
        return [
            lesson_charts.Input(name, family, words, (part,) * len(words))
            for part, words in zip(_ROLES.values(), parts, strict=False)
            if words
        ]
    return [
        lesson_charts.Input(
            name, family, row.pieces, tuple(_ROLES.get(role, "extra") for role in row.roles)
        )
        for row in rows_of(tools.reader(family), kind, texts)  # type: ignore[arg-type]
    ]


MAKERS: dict[tuple[str, str], Maker] = {
    ("masked_word", "bars"): _bars,
    ("masked_word", "pair"): _pair,
    ("generation", "text"): _text,
    ("sentence_score", "bars"): _surprise,
    ("history", "loss"): _loss,
    ("finetuning", "inputs"): _inputs,
    ("finetuning", "inputs_pair"): _inputs,
}

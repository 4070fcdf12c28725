"""Figures of panels about words: blanks, pairs, writing, surprise, training and tasks."""

from __future__ import annotations

from collections.abc import Iterator

from lmcore.analyses.generation import GENERATION, GenerationQuestion
from lmcore.analyses.masked_word import BlankQuestion, likeliest_words
from lmcore.analyses.sentence_pair import PairQuestion, judge
from lmcore.analyses.sentence_score import score_all
from lmcore.analyses.training_history import AXES, histories
from lmcore.charts import generation as generation_charts
from lmcore.charts import lessons as lesson_charts
from lmcore.charts import masked_word as masked_charts
from lmcore.charts import sentence_score as score_charts
from lmcore.charts import training_history as history_charts
from lmcore.charts.theme import FAMILY_NAMES
from lmcore.finetuning.inputs import bert_rows, gpt_rows
from lmcore.finetuning.task import Kind
from lmcore.lessons.figures import Made, Maker, Tools
from lmcore.lessons.lesson import Panel
from lmcore.outputs.generation import GenerationSettings
from lmcore.readers.base import Reader
from lmcore.text.examples import TASKS
from lmcore.text.words import checked, split

#: Which text a role stands for; all other roles stand for none.
_ROLES: dict[str, lesson_charts.Part] = {"text_a": "first", "text_b": "second"}


def _bars(panel: Panel, tools: Tools) -> Iterator[Made]:
    gaps = panel.cloze()
    for family, reader in tools.able(panel, "fill").items():
        question = BlankQuestion(gaps.sentence.text, gaps.positions)
        for number, columns in enumerate(likeliest_words(reader, question).blanks):
            for column in columns:
                if panel.only and column.view not in panel.only:
                    continue
                about = tools.t(
                    "masked_word.name",
                    reader=FAMILY_NAMES[family],
                    view=tools.t(f"masked_word.view.{column.view}"),
                )
                if len(gaps) > 1:
                    about = tools.t("lessons.gap", name=about, number=number + 1)
                figure = masked_charts.bars(column, panel.number("mk", 8))
                yield Made(f"blank{number + 1}-{family}-{column.view}", about, figure, (family,))


def _pair(panel: Panel, tools: Tools) -> Iterator[Made]:
    question = PairQuestion(checked(panel.params["p1"]).text, checked(panel.params["p2"]).text)
    orders = [tools.t("masked_word.pair_given"), tools.t("masked_word.pair_swapped")]
    for family, reader in tools.able(panel, "pairs").items():
        judgement = judge(reader, question)
        figure = masked_charts.pair(family, orders, (judgement.given, judgement.swapped))
        about = tools.t("figures.pair", reader=FAMILY_NAMES[family])
        yield Made(f"pair-{family}", about, figure, (family,))


def _text(panel: Panel, tools: Tools) -> Iterator[Made]:
    prompt = panel.prompt()
    settings = GenerationSettings(
        length=panel.number("gn", 10),
        temperature=float(panel.params.get("gt", "0.0")),
        seed=panel.number("gs", 0),
    )
    for family, reader in tools.able(panel, "generate").items():
        own = GENERATION.compute(reader, GenerationQuestion(prompt.text, settings))
        figure = generation_charts.curves(
            [own],
            "probability",
            places=tools.t("generation.place"),
            axis=tools.t("generation.probability_axis"),
        )
        text = " ".join(own.continuation.split())
        drawn = {"temperature": settings.temperature, "seed": settings.seed}
        about = tools.t(
            "figures.text", reader=FAMILY_NAMES[family], prompt=prompt.text, text=text, **drawn
        )
        yield Made(f"text-{family}-seed{settings.seed}", about, figure, (family,))


def _surprise(panel: Panel, tools: Tools) -> Iterator[Made]:
    sentence, every = checked(panel.params["s"]), []
    for reader in tools.able(panel, "score").values():
        every += score_all(reader, [sentence])[0]
    names = {
        (s.family, s.view): tools.t(f"sentence_score.view.{s.view}", reader=FAMILY_NAMES[s.family])
        for s in every
    }
    if every:
        axis = tools.t("sentence_score.bars_axis", unit="nats")
        figure = score_charts.surprisal(every, names, "nats", axis)
        about = tools.t("figures.surprise")
        yield Made("surprise", about, figure, tuple(dict.fromkeys(s.family for s in every)))


def _loss(panel: Panel, tools: Tools) -> Iterator[Made]:
    texts = history_charts.Texts(
        x=tools.t("history.axis.tokens"),
        y=tools.t("history.nats"),
        faint=tools.t("history.report"),
        bold=tools.t("history.smoothed"),
        end=tools.t("history.held_out"),
    )
    lines = [
        history_charts.Line(
            history.name,
            history.family,
            history.reports[AXES["tokens"]],
            history.reports[history.measure],
            history.smoothed,
            history.end("tokens"),
        )
        for history in histories()
        if history.trained and panel.shows(history.family)
    ]
    if lines:
        figure = history_charts.along(lines, texts, log=True)
        yield Made("loss", tools.t("figures.loss"), figure, tuple(line.family for line in lines))


def _inputs(panel: Panel, tools: Tools) -> Iterator[Made]:
    able = {f: r for f, r in tools.able(panel).items() if r.context != "none"}
    rows = [
        row for family, reader in able.items() for row in _sequences(family, reader, panel.kind)
    ]
    if rows:
        names = {part: tools.t(f"lessons.part_{part}") for part in ("first", "second", "extra")}
        figure = lesson_charts.inputs(rows, names)
        yield Made(panel.view, tools.t("figures.inputs"), figure, tuple(able))


def _sequences(family: str, reader: Reader, kind: Kind) -> list[lesson_charts.Input]:
    """What a reader gets of our example of a task."""
    name, texts = FAMILY_NAMES[family], TASKS[kind]
    if reader.context == "both_apart":  # it reads each text by itself
        parts = [tuple(word.text for word in split(text).words) for text in texts]
        return [
            lesson_charts.Input(name, family, words, (part,) * len(words))
            for part, words in zip(_ROLES.values(), parts, strict=False)
        ]
    make = gpt_rows if reader.context == "left" else bert_rows
    return [
        lesson_charts.Input(
            name, family, own.pieces, tuple(_ROLES.get(role, "extra") for role in own.roles)
        )
        for own in make(reader, kind, texts)  # type: ignore[arg-type]
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

"""Analyses in which a reader answers: blanks, pairs, writing, scores, a task."""

from collections.abc import Sequence

import numpy as np

from lmcore.analyses import (
    blank_words,
    generation,
    generation_scores,
    generation_statistics,
    joint_fill,
    masked_word,
    sentence_comparison,
    sentence_pair,
    sentence_score,
    without_right,
)
from lmcore.charts import finetuning as task_charts
from lmcore.charts import generation as generation_charts
from lmcore.charts import generation as matrix_charts
from lmcore.charts import lessons as lesson_charts
from lmcore.charts import masked_word as blank_charts
from lmcore.charts import sentence_score as score_charts
from lmcore.finetuning import inputs, upload
from lmcore.finetuning.task import columns
from lmcore.outputs.answers import Candidates
from lmcore.outputs.generation import Forced, GenerationSettings
from lmcore.readers.base import Reader
from lmcore.text import cloze, prompts, words
from lmcore.text.prompts import Direction
from tests.hostile.run import Trial


def opened(trial: Trial, most: int) -> cloze.Cloze | None:
    """The text with its typed blanks, or with some of its words taken out."""
    sentence = trial.do(words.checked, trial.text)
    if sentence is None:
        return None
    sentence = trial.do(cloze.written, sentence) or sentence
    usual = trial.do(cloze.suggested, sentence) or ()
    trial.do(cloze.carried, sentence, words.split(trial.text[1:]), usual)
    trial.do(cloze.opened, sentence, ())
    trial.do(cloze.opened, sentence, (trial.number,))
    count = 2 + trial.place(most - 1) if most > 1 else 1
    wanted = {trial.place(len(sentence), nth) for nth in range(count)}
    return trial.do(cloze.opened, sentence, wanted) or trial.do(cloze.opened, sentence, usual)


def filling(trial: Trial) -> None:
    """One blank in the text, and the text as the word that is asked about."""
    gaps = opened(trial, 1)
    typed = trial.do(cloze.asked_words, trial.text) or []
    if gaps is None:
        gaps = cloze.opened(words.split("She sat by the ___ again."))
    question = masked_word.BlankQuestion(gaps.sentence.text, gaps.positions, 4)
    more = [*typed, *(word for word in gaps.hidden if word)]
    for reader in trial.one_of("fill"):
        view = trial.do(masked_word.likeliest_words, reader, question)
        if view is None:
            continue
        columns = view.blanks[0]
        _words_in_blank(trial, reader, question, columns, more)
        trial.figure(blank_charts.bars(columns[0], 5, bold=more), svg=False)
        asked = without_right.ChangeQuestion(question, 0)
        found = trial.do(without_right.compare_without_right, reader, asked)
        if found is not None:
            trial.figure(blank_charts.differences(found.changes[0], axis="points"), svg=False)


def _words_in_blank(
    trial: Trial,
    reader: Reader,
    question: masked_word.BlankQuestion,
    columns: Sequence[Candidates],
    more: list[str],
) -> None:
    """The table of all words, and the words that are asked about."""
    proposed = tuple(masked_word.proposed(columns, 20, more))
    asked = masked_word.WordsQuestion(question, 0, proposed)
    scores = trial.do(masked_word.score_words, reader, asked)
    assert scores is not None
    known = list(scores.scores)
    if more:
        asked = masked_word.WordsQuestion(question, 0, (more[0],), spelled=True)
        spelled = trial.do(masked_word.score_words, reader, asked)
        known += spelled.scores if spelled is not None else ()
    rows = blank_words.rows(columns, scores.scores, 5, more)
    numbers = blank_words.comparison(columns, rows, known)
    names = [f"{column.family} {column.view}" for column in columns]
    trial.frame(blank_words.frame(rows, names, *numbers, ("word", "rank")))
    listed = more or rows[:5]
    probability, _ = blank_words.comparison(columns, listed, known)
    trial.figure(blank_charts.word_marks(listed, names, probability, axis="p"))


def filling_several(trial: Trial) -> None:
    """Several blanks, each for itself and all together."""
    gaps = opened(trial, 3)
    if gaps is None or len(gaps) < 2:
        hidden = " ".join(trial.text.split())[:200]
        gaps = trial.do(lambda: cloze.opened(words.checked(f"A ___ {hidden} ___ it.")))
    if gaps is None:
        return
    question = masked_word.BlankQuestion(gaps.sentence.text, gaps.positions, 3)
    for reader in trial.one_of("fill"):
        view = trial.do(masked_word.likeliest_words, reader, question)
        if view is None:
            continue
        for contrast in trial.do(joint_fill.contrasts, view) or []:
            trial.do(gaps.filled, contrast.together)
        titles = ["view", "rank", *(f"blank {place}" for place in range(len(gaps))), "p"]
        names = [f"{fillings.family} {fillings.view}" for fillings in view.joint]
        trial.frame(joint_fill.fillings_frame(view.joint, names, titles))


def judging_pairs(trial: Trial) -> None:
    """Whether one text follows the other."""
    sentence = trial.do(words.checked, trial.text)
    if sentence is None:
        return
    question = sentence_pair.PairQuestion(sentence.text, "She poured the hot water.")
    for reader in trial.prepared.able("pairs").values():
        judgement = trial.do(sentence_pair.judge, reader, question)
        if judgement is not None:
            values = (judgement.given, judgement.swapped)
            trial.figure(blank_charts.pair(reader.family, ["given", "swapped"], values), svg=False)


def writing(trial: Trial) -> None:
    """Writing on from the text on both sides, pieces told and refused, and who likes what."""
    reader = next(iter(trial.one_of("generate")))
    seed = trial.number % 1_000
    settings = GenerationSettings(3, (0.0, 0.8, 2.0)[trial.place(3)], 40, 0.95, seed)
    # The text as a piece that somebody tells a reader to write.
    wrong = Forced(0, trial.text)
    trial.do(lambda: list(reader.generate(words.split("It was"), settings, [wrong])))
    sentence = trial.do(words.checked, trial.text)
    if sentence is None:
        return
    for side in ("right", "left"):
        low, high = prompts.cut_range(sentence, side)
        if low > high:
            continue
        place = low + trial.place(high - low + 1)
        prompt = trial.do(prompts.cut_prompt, sentence, place, side)
        trial.do(prompts.half_way, sentence, side)
        if prompt is not None:
            _written(trial, reader, prompt, settings, side)


def _written(
    trial: Trial,
    reader: Reader,
    prompt: prompts.Prompt,
    settings: GenerationSettings,
    side: Direction,
) -> None:
    def write(forced: tuple[Forced, ...] = ()) -> generation.GenerationView:
        question = generation.GenerationQuestion(prompt.text, settings, side, forced)
        return generation.GENERATION.compute(reader, question)

    own = trial.do(write)
    if own is None:
        return
    other = next((one.piece for one in own.tokens[1].alternatives), own.tokens[1].piece)
    anew = trial.do(write, own.instead(2, other))
    for text in filter(None, (own, anew)):
        joined = "".join(segment.lead + segment.text for segment in generation.segments(text))
        before, after = generation.around(text)
        assert f"{before}{joined}{after}" == text.text
        trial.do(generation_statistics.statistics, text)
        trial.frame(generation_statistics.frame([text], {reader.family: "x"}, _TITLES))
        trial.figure(generation_charts.curves([text], "rank", places="place", axis="rank"))
        trial.figure(generation_charts.order(text, places="place", steps="step"), svg=False)
    texts = [
        generation_scores.Text(reader.family, own.text, own.written),
        generation_scores.Text("author", prompt.whole, prompt.cut_off),
    ]
    questions = [generation_scores.JudgedText(text.text) for text in texts]
    scores = {
        family: [trial.do(generation_scores.word_scores, judge, text) for text in questions]
        for family, judge in trial.prepared.able("score").items()
    }
    table = trial.do(generation_scores.cross_scores, texts, scores)
    assert table is not None
    trial.do(table.favourites)
    figure = matrix_charts.matrix(
        table.by_writer(), table.writers, table.judges, writer_axis="w", judge_axis="j", scale="s"
    )
    trial.figure(figure, svg=False)


_TITLES = {
    name: name
    for name in ("reader", "step", "place", "piece", "probability", "rank", "entropy", "instead")
}


def scoring(trial: Trial) -> None:
    """How likely every word is, and which of two texts is likelier."""
    first = trial.do(words.checked, trial.text)
    if first is None:
        return
    second = trial.do(words.checked, f"{trial.text} the") or words.split("The bank was closed.")
    chained = bool(trial.place(2))
    scores: list[sentence_score.Score] = []
    for reader in trial.one_of("score"):
        views = [
            trial.do(
                sentence_score.score_sentence,
                reader,
                sentence_score.ScoreQuestion(sentence.text, chained),
            )
            for sentence in (first, second)
        ]
        if views[0] is None or views[1] is None:
            continue
        for comparison in sentence_comparison.compare_views(views[0], views[1]):
            _compared(trial, comparison)
        scores += views[0].scores
    if scores:
        names = {(score.family, score.view): f"{score.family} {score.view}" for score in scores}
        trial.do(sentence_score.relief, scores)
        trial.frame(sentence_score.word_frame(scores, list(names.values()), _WORDS))
        trial.figure(score_charts.surprisal(scores, names, "bits", "bits"))


def _compared(trial: Trial, comparison: sentence_comparison.Comparison) -> None:
    first = comparison.first
    for value in (first.total, first.mean, first.perplexity, first.unknown, comparison.of_context):
        trial.do(lambda value=value: value)
    trial.do(first.most_surprising)
    trial.do(
        lambda: (
            comparison.total,
            comparison.per_word,
            comparison.verdict,
            comparison.unsure,
            comparison.decisive,
        )
    )
    names = {(first.family, first.view): "x"}
    trial.frame(sentence_comparison.step_frame([comparison], ["x"], _STEPS))
    figure = score_charts.difference([comparison], names, "nats", "nats")
    trial.figure(figure, svg=first.view == "left")


_WORDS = {"word": "word", "log": "log {name}", "bits": "bits {name}", "unknown": "unknown"}
_STEPS = {
    name: name for name in ("first", "second", "kind", "same", "substituted", "deleted", "inserted")
}


def uploading(trial: Trial) -> None:
    """The text as a table, and in the cells, the labels and the headings of one."""
    data = trial.text.encode("utf8", "surrogatepass")
    trial.do(upload.kind_of, data)
    for kind in ("classification", "entailment", "choice", "similarity"):
        trial.do(upload.parse, data, kind)
    cell = '"' + trial.text.replace('"', '""') + '"'
    good, bad = f'{cell[:-1]} good"', f'{cell[:-1]} bad"'
    for heading, label in (("label,text", cell[:25]), ("label,text", "a"), (f"label,{cell}", "a")):
        closed = label if label.count('"') % 2 == 0 else label + '"'
        rows = [
            f'{own},{text[:-1]} {number}"'
            for number in range(10)
            for own, text in ((closed, good), ("b", bad))
        ]
        table = "\n".join([heading, *rows]).encode("utf8", "surrogatepass")
        task = trial.do(upload.parse, table, "classification")
        if task is not None:
            figure = task_charts.confusion(_counts(task.width), task.labels, "true", "answered")
            trial.figure(figure)
    trial.do(columns, "classification")


def _counts(width: int) -> np.ndarray:
    return np.arange(width * width).reshape(width, width)


def answering(trial: Trial) -> None:
    """A new text for a reader that has learned a task: its input and its decision."""
    sentence = trial.do(words.checked, trial.text)
    if sentence is None:
        return
    family = ("elmo", "gpt", "bert")[trial.place(3)]
    reader = trial.prepared.readers[family]
    if family != "elmo":
        make = inputs.rows_of
        rows = trial.do(make, reader, "classification", [sentence.text]) or []  # type: ignore[arg-type]
        drawn = [
            lesson_charts.Input("x", family, row.pieces, ("first",) * len(row.pieces))
            for row in rows
        ]
        if drawn:
            names = {"first": "first", "second": "second", "extra": "extra"}
            trial.figure(lesson_charts.inputs(drawn, names))
    learner = trial.prepared.learner(family)
    found = trial.do(learner.probabilities, [[sentence.text]])
    if found is not None:
        line = task_charts.Line("x", family, found[0])
        # Choices are texts of the visitor, and stand on the axis.
        trial.figure(task_charts.answers([line], [sentence.text, "b"], "probability"))
        trial.do(learner.observe, [sentence.text])

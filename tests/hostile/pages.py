"""Where the pages themselves turn a text into Markdown or HTML, or read it from a link."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from unittest.mock import patch

import pandas as pd
import plotly.graph_objects as go

from lmcore.analyses.generation import GENERATION, GenerationQuestion, around, segments
from lmcore.analyses.sentence_score import score_all
from lmcore.analyses.tokenization import TOKENIZATION, TokenizationQuestion
from lmcore.charts.theme import label, labels, short
from lmcore.finetuning.inputs import Row
from lmcore.hub import policy
from lmcore.lessons import handout
from lmcore.lessons.lesson import Panel
from lmcore.outputs.generation import GenerationSettings
from lmcore.text import words
from pages.sections.finetuning import task
from pages.sections.home import tokenization
from pages.sections.sentence_score import strip
from pages.ui.components import coloured_text
from pages.ui.models import choice
from pages.ui.navigation import ADDRESS, PAGES
from tests.hostile import markup
from tests.hostile.run import Trial


def escaping(trial: Trial) -> None:
    """The text as Markdown, as a label of a figure, and in a table for a spreadsheet."""
    trial.do(markup.check_markdown, trial.text)
    for own in (label(trial.text), short(trial.text), *labels([trial.text, trial.text[::-1]])):
        markup.check_label(own)
    if trial.whole:
        frame = pd.DataFrame({trial.text: [trial.text, trial.text.strip()], "n": [-1, 1]})
        trial.frame(frame)


@contextmanager
def captured(module: object) -> Iterator[list[str]]:
    """What a module of the pages would show as HTML, and nothing else of it."""
    found: list[str] = []
    stand_in = SimpleNamespace(
        html=found.append, session_state={}, container=lambda **_: nullcontext()
    )
    with patch.object(module, "st", stand_in):
        yield found


def stripping(trial: Trial) -> None:
    """The strips and tables that are written as HTML."""
    sentence = trial.do(words.checked, trial.text)
    if sentence is None:
        return
    texts = [word.text for word in sentence.words]
    question = TokenizationQuestion(sentence.text)
    views = {
        family: view
        for family, reader in trial.prepared.readers.items()
        if (view := trial.do(TOKENIZATION.compute, reader, question)) is not None
    }
    if views:
        with captured(tokenization) as shown, patch.object(tokenization, "show_table") as tables:
            tokenization.table(views)
        markup.check_html(shown[0], texts)
        trial.frame(tables.call_args.args[0])
    gpt = trial.prepared.readers["gpt"]
    scores = (trial.do(score_all, gpt, [sentence]) or [[]])[0]
    if scores:
        with captured(strip) as shown, patch.object(strip, "save"):
            strip.show(scores, {("gpt", "left"): "x"}, "bits")
        markup.check_html(shown[0], texts)
    writing = GenerationQuestion(sentence.text, GenerationSettings(length=2, seed=1))
    written = trial.do(GENERATION.compute, gpt, writing)
    if written:
        body: list[str] = []
        before, after = around(written)
        coloured_text.show(SimpleNamespace(html=body.append), before, segments(written), after, 1)  # type: ignore[arg-type]
        markup.check_html(body[0], texts)
    row = Row((0,) * len(texts), (0,) * len(texts), tuple(texts), ("text_a",) * len(texts))
    with captured(task) as shown:
        task.draw(row, segments=False)
    markup.check_html(shown[0], texts)
    trial.do(shown.copy)


def linking(trial: Trial) -> None:
    """The text as every value that a link can hold, and as the name of a model."""
    for page in PAGES:
        for name, rule in ADDRESS[page].items():
            allowed = trial.do(rule, trial.text)
            assert isinstance(allowed, bool), name
    known, rest = trial.do(choice.parse, trial.text) or ({}, [])
    assert all(policy.find(model) is not None for model in known.values())
    trial.do(choice.parse, f"bert:{trial.text},gpt:{trial.text}")
    trial.do(policy.find, trial.text)
    trial.do(choice.address, known)
    if rest:
        trial.do(markup.check_markdown, ", ".join(rest))
    if trial.do(words.checked, trial.text) is not None:
        address = Panel("home", "sight", {"s": trial.text}).address(lang="中文")
        assert set(address) <= set(_PLAIN), address


#: What an address is made of once every other character is written as a number.
_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%=&?/"


def handing_out(trial: Trial) -> None:
    """The text in every part of a handout."""
    text = trial.text
    if not trial.whole:
        return
    figures = [handout.Figure(text, text, go.Figure()), handout.Figure("", text, go.Figure())]
    section = handout.Section(text, text, figures, text, text, text)
    labels_ = dict.fromkeys(("language", "see", "ask", "key", "page"), "{count}")
    page = trial.do(handout.handout, text, text, [section], labels_, text)
    assert page is not None
    markup.check_html("".join(page.texts).removeprefix("<!doctype html>"), tags=_HANDOUT)


_HANDOUT = {
    *("html", "head", "meta", "title", "body", "h1", "h2", "h3", "p", "strong", "section"),
    *("figure", "figcaption"),
}

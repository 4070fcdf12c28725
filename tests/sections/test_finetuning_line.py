"""What a training on the page does and says while it waits for its turn."""

import time
from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner_utils.exceptions import StopException
from streamlit.testing.v1 import AppTest

from lmcore.errors import ReadersError
from lmcore.finetuning import task
from lmcore.finetuning.run import LEARNING
from lmcore.finetuning.settings import Settings, sensible
from lmcore.runtime import scheduler
from lmcore.runtime.scheduler import Client, FairQueue
from pages.sections.finetuning import controls, training
from pages.sections.finetuning import progress as finetuning_progress
from pages.sections.finetuning.session import Trained
from tests.ui.app_page import open_page


@pytest.fixture(autouse=True)
def progress_texts(monkeypatch) -> list[str]:
    """All that the progress said, of a training with few examples and steps."""
    whole, texts = task.split, []
    progress = DeltaGenerator.progress

    def noted(bar: DeltaGenerator, value: float, text: str | None = None) -> Any:
        texts.append(text or "")
        return progress(bar, value, text)

    def few(family: str, examples: int, parameters: int) -> Settings:
        return replace(sensible(family, examples, parameters), epochs=2, trained_layers=1)

    monkeypatch.setattr(DeltaGenerator, "progress", noted)
    monkeypatch.setattr(task, "split", lambda whole_task: whole(whole_task, 24, 12, 16))
    monkeypatch.setattr(controls, "for_waiting", few)
    monkeypatch.setattr(finetuning_progress, "EVERY", 0.0)
    monkeypatch.setattr(training, "AGAIN", 0.01)
    return texts


def page(lang: str = "English") -> AppTest:
    app = open_page("finetuning", lang, {"ft": "sentiment"})
    assert not app.exception
    return app


def train(app: AppTest) -> None:
    app.button(key="ft:train:bert").click().run()
    assert not app.exception


def trained(app: AppTest) -> Trained:
    assert not app.error, [error.value for error in app.error]
    return next(iter(app.session_state["ft:trained"].values()))


class Full(FairQueue):
    """A line that is full two times out of three when a training asks."""

    calls = 0

    def _take(self, client: Client, kind: Hashable) -> None:
        if kind == LEARNING:
            self.calls += 1
            if self.calls % 3:
                raise ReadersError("too_busy", waiting=self.calls)
        super()._take(client, kind)


class Late(FairQueue):
    """A line in which the first step of a training has to wait for 1.6 seconds."""

    since = 0.0

    def _room(self, kind: Hashable) -> bool:
        if kind == LEARNING:
            self.since = self.since or time.monotonic()
            return time.monotonic() - self.since > 1.6
        return super()._room(kind)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("English", "(0 s) · too many visitors wait already: the training pauses"),
        ("中文", "（0 秒） · 等待的访客太多：训练暂停，稍后会自动继续"),
    ],
)
def test_a_full_line_in_the_middle_loses_no_training(monkeypatch, progress_texts, lang, words):
    undisturbed = page()
    train(undisturbed)
    assert not [text for text in progress_texts if "·" in text]
    monkeypatch.setattr(scheduler, "_slots", Full())
    app = page(lang)
    train(app)
    assert [text for text in progress_texts if words in text.replace("\\", "")]
    paused, straight = trained(app).outcome, trained(undisturbed).outcome
    assert paused.epochs == straight.epochs
    assert np.array_equal(paused.probabilities, straight.probabilities)
    assert trained(app).ended == "whole"


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("English", "· other visitors are being served: number 1 in line"),
        ("中文", "· 正在为其他访客计算：排在第 1 位"),
    ],
)
def test_the_progress_says_the_place_in_line(monkeypatch, progress_texts, lang, words):
    monkeypatch.setattr(scheduler, "_slots", Late())
    app = page(lang)
    train(app)
    assert [text for text in progress_texts if words in text]
    assert words not in progress_texts[-1], "it is told as long as it waits"
    assert trained(app).ended == "whole"


def test_who_leaves_while_a_training_waits_leaves_the_line(monkeypatch, progress_texts):
    """And finds the training where it stood, if it was only a change of the page."""
    line, noted = Late(), DeltaGenerator.progress
    monkeypatch.setattr(scheduler, "_slots", line)

    def leaves(bar: DeltaGenerator, value: float, text: str | None = None) -> Any:
        if "in line" in (text or ""):
            raise StopException
        return noted(bar, value, text)

    app = page()
    monkeypatch.setattr(DeltaGenerator, "progress", leaves)
    train(app)
    assert line.waiting == 0
    assert "ft:active" in app.session_state
    assert not app.session_state["ft:trained"]
    app.run()
    assert trained(app).ended == "whole"
    assert "ft:active" not in app.session_state


def test_other_errors_end_a_training(monkeypatch):
    class Broken(FairQueue):
        def _take(self, client: Client, kind: Hashable) -> None:
            if kind == LEARNING:
                raise ReadersError("out_of_memory")
            super()._take(client, kind)

    monkeypatch.setattr(scheduler, "_slots", Broken())
    app = page()
    train(app)
    assert len(app.error) == 1
    assert "ft:active" not in app.session_state
    assert app.session_state["ft:queue"] == []


def test_the_page_says_that_the_time_does_not_include_the_wait():
    for lang, words in (("English", "waiting does not count"), ("中文", "不含排队等待")):
        assert [note for note in page(lang).caption if words in note.value]

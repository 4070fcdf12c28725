"""What a visitor sees of a training under way: how far it is, and its accuracy so far."""

from __future__ import annotations

import time

import numpy as np
from streamlit.delta_generator import DeltaGenerator

from lmcore.charts import finetuning as charts
from pages.sections.finetuning.session import Active, name_of
from pages.ui.text import t, tm
from pages.ui.waiting import PATIENCE

#: Seconds between two drawings of the progress.
EVERY = 0.4


class Progress:
    """What a visitor sees of a training under way.

    Args:
        active: the training.
        bar: place for the bar and its line of text.
        picture: place for the curve.
    """

    def __init__(self, active: Active, bar: DeltaGenerator, picture: DeltaGenerator) -> None:
        self._active, self._bar, self._picture = active, bar, picture
        self._name = name_of(active.method)
        self._shown, self._drawn = 0.0, 0

    def in_line(self, place: int, waited: float) -> None:
        """The place in line, for who waits long enough to wonder."""
        if waited >= PATIENCE:
            self.show("finetuning.in_line", place=place)

    def show(self, why: str = "", **values: object) -> None:
        """How far it is, now and then; ``why`` is the text that says why it does not go on."""
        if time.monotonic() - self._shown <= EVERY:
            return
        self._shown = time.monotonic()
        now = _status(self._active, self._name)
        self._bar.progress(self._active.run.share, text=t(why, now=now, **values) if why else now)
        if len(self._active.epochs) > self._drawn:
            self._drawn = len(self._active.epochs)
            _curve(self._active, self._name, self._picture, self._drawn)


def _status(active: Active, name: str) -> str:
    epoch = len(active.epochs) + 1
    phase = "finetuning.reading" if active.run.step == 0 else "finetuning.learning"
    return tm(
        phase,
        name=name,
        epoch=min(epoch, active.method.settings.epochs),
        epochs=active.method.settings.epochs,
        seconds=f"{active.seconds:.0f}",
    )


def _curve(active: Active, name: str, picture: DeltaGenerator, drawn: int) -> None:
    """Validation accuracy so far."""
    values = np.array([own.validation_accuracy for own in active.epochs])
    line = charts.Line(name, active.method.family, values)
    figure = charts.curves(
        [line], [], t("finetuning.epoch"), t("finetuning.validation"), percent=True
    )
    picture.plotly_chart(
        figure,
        width="stretch",
        key=f"ft:live:{active.method.family}:{drawn}",
        alt=t("finetuning.live_alt", name=name, value=f"{values[-1]:.0%}", epoch=drawn),
        config={"displayModeBar": False},
    )

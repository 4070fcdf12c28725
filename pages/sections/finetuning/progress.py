"""What a visitor sees of a training under way: how far it is, and its accuracy so far."""

import time

import numpy as np
from streamlit.delta_generator import DeltaGenerator

from lmcore.charts import finetuning as charts
from lmcore.finetuning.outcome import Standing
from pages.sections.finetuning.session import Method
from pages.ui.text import t, tm
from pages.ui.waiting import PATIENCE

#: Seconds between two drawings of the progress.
EVERY = 0.4


class Progress:
    """What a visitor sees of a training under way.

    Args:
        method: what is trained.
        standing: where it stands at first.
        bar: place for the bar and its line of text.
        picture: place for the curve.
    """

    def __init__(
        self, method: Method, standing: Standing, bar: DeltaGenerator, picture: DeltaGenerator
    ) -> None:
        self._method, self._standing, self._bar, self._picture = method, standing, bar, picture
        self._last, self._passes = 0.0, 0

    def in_line(self, place: int, waited: float) -> None:
        """The place in line, for who waits long enough to wonder."""
        if waited >= PATIENCE:
            self.show("finetuning.in_line", place=place)

    def at(self, standing: Standing) -> None:
        """It stands here now."""
        self._standing = standing
        self.show()

    def show(self, why: str = "", **values: object) -> None:
        """How far it is, now and then; ``why`` is the text that says why it does not go on."""
        if time.monotonic() - self._last <= EVERY:
            return
        self._last = time.monotonic()
        now = self._status()
        self._bar.progress(self._standing.share, text=t(why, now=now, **values) if why else now)
        if len(self._standing.accuracies) > self._passes:
            self._passes = len(self._standing.accuracies)
            self._curve()

    def _status(self) -> str:
        return tm(
            "finetuning.learning" if self._standing.steps else "finetuning.reading",
            name=self._method.name,
            epoch=self._standing.epoch,
            epochs=self._standing.epochs,
            seconds=f"{self._standing.seconds:.0f}",
        )

    def _curve(self) -> None:
        """Validation accuracy so far."""
        name, family = self._method.name, self._method.family
        values = np.array(self._standing.accuracies)
        figure = charts.curves(
            [charts.Line(name, family, values)],
            [],
            t("finetuning.epoch"),
            t("finetuning.validation"),
            percent=True,
        )
        self._picture.plotly_chart(
            figure,
            width="stretch",
            key=f"ft:live:{family}:{self._passes}",
            alt=t("finetuning.live_alt", name=name, value=f"{values[-1]:.0%}", epoch=self._passes),
            config={"displayModeBar": False},
        )

"""What a visitor has trained: in memory only, for this session, and not without bounds.

A trained network takes up to 40 MB. A session keeps a few of them and the whole process a few more;
the oldest lose their weights first and keep their numbers. Nothing is ever written anywhere.
"""

from __future__ import annotations

import hashlib
import threading
import weakref
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from lmcore.charts.finetuning import Line
from lmcore.finetuning.outcome import Outcome, Standing
from lmcore.finetuning.settings import Settings
from lmcore.finetuning.task import Split, Task
from lmcore.runtime.families import CONTEXTUAL
from lmcore.runtime.limits import LIMITS
from pages.ui import views
from pages.ui.address import state
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t

if TYPE_CHECKING:
    from lmcore.finetuning.learner import Learner
    from lmcore.finetuning.run import Run

#: Trained networks of one session, and of the whole process.
MOST_HERE, MOST_EVERYWHERE = LIMITS.trained, LIMITS.trained_by_all
#: In the address: families that have been trained on the task.
TRAINED = "ftd"
#: Remembered views of one trained network, and tasks whose baselines are remembered.
_REMEMBERED, _BASELINES = 12, 3

_alive: OrderedDict[int, weakref.ref[Trained]] = OrderedDict()
_alive_lock = threading.Lock()


@dataclass(frozen=True)
class Method:
    """One way to train on a task: what tells the trained ones apart.

    Attributes:
        family: the reader.
        key: of the model in its place (:func:`pages.ui.views.key`).
        settings: all of them.
    """

    family: str
    key: str
    settings: Settings

    @property
    def name(self) -> str:
        """What it is called: reader, and what is not as usual."""
        usual, chosen = Settings(), self.settings
        parts = [FAMILY_NAMES[self.family]]
        if self.family == "gpt":
            parts.append(f"λ = {chosen.lm_weight:g}")
        if chosen.pooling != usual.pooling:
            parts.append(t("finetuning.pooling.bilstm"))
        if self.family == "elmo" and chosen.mix_penalty != usual.mix_penalty:
            parts.append(t("finetuning.penalty_short", value=f"{chosen.mix_penalty:g}"))
        if self.family == "elmo" and not chosen.layer_norm:
            parts.append(t("finetuning.no_norm_short"))
        if not chosen.pretrained:
            parts.append(t("finetuning.random_short"))
        if chosen.seed:
            parts.append(t("finetuning.seed_short", seed=chosen.seed))
        return t("finetuning.details").join(parts)


@dataclass(eq=False)
class Trained:
    """One finished training.

    Attributes:
        method: what was trained.
        task: what for: an identifier.
        outcome: its numbers.
        learner: the network; ``None`` once the server needed its memory.
        seconds: of training.
        ended: ``whole``, ``stopped`` or ``time``.
    """

    method: Method
    task: str
    outcome: Outcome
    learner: Learner | None
    seconds: float
    ended: str
    remembered: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)

    @property
    def name(self) -> str:
        """See :attr:`Method.name`."""
        return self.method.name

    def remember(self, name: Hashable, make: Callable[[Learner], Any]) -> Any:
        """What a network with weights says of something, made once."""
        if name not in self.remembered:
            assert self.learner is not None
            self.remembered[name] = make(self.learner)
            while len(self.remembered) > _REMEMBERED:
                self.remembered.popitem(last=False)
        return self.remembered[name]


@dataclass(eq=False)
class Active:
    """A training under way.

    Attributes:
        method: what is trained.
        task: what for.
        run: where it stands.
        ended: why it ends, where it does before its time.
    """

    method: Method
    task: str
    run: Run
    ended: str = "whole"

    @property
    def standing(self) -> Standing:
        """What is shown of it."""
        return self.run.standing


def lines(
    trained: Sequence[Trained], values: Sequence[np.ndarray], marks: Sequence[int] | None = None
) -> list[Line]:
    """What figures draw of some methods; those of one family look alike, and yet different.

    Args:
        trained: the methods.
        values: ``[N]`` of each.
        marks: of each the index of a point to be marked.
    """
    before: Counter[str] = Counter()
    drawn = []
    for number, (method, row) in enumerate(zip(trained, values, strict=True)):
        family = method.method.family
        mark = None if marks is None else marks[number]
        drawn.append(Line(method.name, family, row, before[family], mark))
        before[family] += 1
    return drawn


def named(key: str, options: Sequence[str]) -> Callable[[str], str]:
    """How options are called, in the language of this very run."""
    names = {option: t(f"{key}.{option}") for option in options}
    return lambda option: names[option]


def identity(task: Task) -> str:
    """A short name of a task and of all that stands in it."""
    whole = hashlib.sha256(f"{task.kind}\n{task.labels}".encode("utf8", "surrogatepass"))
    for example in task.examples:
        whole.update(repr((example.label, example.texts)).encode("utf8", "surrogatepass"))
    return whole.hexdigest()[:16]


def store() -> OrderedDict[tuple[str, Method], Trained]:
    """What this session has trained, the oldest first."""
    return st.session_state.setdefault("ft:trained", OrderedDict())


def of_task(task: str) -> list[Trained]:
    """What was trained on a task with the models that read now, in the order of the families."""
    trained = [
        network
        for (name, method), network in store().items()
        if name == task and method.key == views.key(method.family)
    ]
    return sorted(trained, key=lambda network: CONTEXTUAL.index(network.method.family))


def keep(trained: Trained) -> None:
    """Add a finished training; the oldest make way."""
    here = store()
    here.pop((trained.task, trained.method), None)
    here[trained.task, trained.method] = trained
    while len(here) > MOST_HERE:
        here.popitem(last=False)
    with _alive_lock:
        _alive[id(trained)] = weakref.ref(trained)
        for number in [n for n, ref in _alive.items() if ref() is None]:
            del _alive[number]
        while len(_alive) > MOST_EVERYWHERE:
            _, oldest = _alive.popitem(last=False)
            dropped = oldest()
            if dropped is not None:
                dropped.learner = None


def trained_by_link(task: str) -> list[str]:
    """Families that had been trained on a task where the link was copied that brought us here.

    Nothing that was trained can be in a link. As soon as something is trained here, or another task
    is chosen, this is past.
    """
    linked = st.query_params.get(TRAINED, "")
    if linked and (store() or st.session_state.setdefault("ft:linked", task) != task):
        state.drop(TRAINED)
        return []
    return [family for family in linked.split(",") if family]


def keep_trained(trained: Sequence[Trained]) -> None:
    """Write into the address what has been trained on the task that is looked at."""
    families = dict.fromkeys(network.method.family for network in trained)
    state.keep(TRAINED, "", ",".join(families))


def forget() -> None:
    """Drop everything that this session has trained, and what is under way."""
    state.drop(TRAINED)
    st.session_state.pop("ft:trained", None)
    st.session_state.pop("ft:active", None)
    st.session_state["ft:queue"] = []


def baseline_answers(task: Task, parts: Split) -> dict[str, np.ndarray]:
    """Answers int ``[N]`` of the baselines to the test part; kept for the last tasks only."""
    from lmcore.finetuning import baselines

    name = identity(task)
    kept: OrderedDict[str, dict[str, np.ndarray]] = st.session_state.setdefault(
        "ft:baselines", OrderedDict()
    )
    if name not in kept:
        kept[name] = baselines.answers(task, parts, views.readers().get("static"))
        while len(kept) > _BASELINES:
            kept.popitem(last=False)
    return kept[name]

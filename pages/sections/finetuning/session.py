"""What a visitor has trained: in memory only, for this session, and not without bounds.

A trained network takes up to 40 MB. A session keeps a few of them and the whole process a few more;
the oldest lose their weights first and keep their numbers. Nothing is ever written anywhere.
"""

from __future__ import annotations

import hashlib
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from lmcore.finetuning import baselines
from lmcore.finetuning.learners import Learner
from lmcore.finetuning.outcome import Epoch, Outcome
from lmcore.finetuning.run import Run
from lmcore.finetuning.settings import Settings
from lmcore.finetuning.task import Split, Task
from lmcore.runtime.limits import LIMITS
from pages.ui import cache
from pages.ui.address import state
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t

#: Trained networks of one session, and of the whole process.
MOST_HERE, MOST_EVERYWHERE = LIMITS.trained, LIMITS.trained_by_all
#: In the address: families that have been trained on the task.
TRAINED = "ftd"
#: Remembered results of one trained network.
_REMEMBERED = 12

_alive: OrderedDict[int, weakref.ref[Trained]] = OrderedDict()
_alive_lock = threading.Lock()


@dataclass(frozen=True)
class Method:
    """One way to train on a task: what tells the trained ones apart.

    Attributes:
        family: the reader.
        key: of the model in its place (:func:`pages.ui.cache.key`).
        settings: all of them.
    """

    family: str
    key: str
    settings: Settings


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

    def remember(self, name: Hashable, make: Callable[[], Any]) -> Any:
        """A result of this network, made once."""
        if name not in self.remembered:
            self.remembered[name] = make()
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
        seconds: of work so far.
        ended: why it ends, where it does before its time.
    """

    method: Method
    task: str
    run: Run
    seconds: float = 0.0
    ended: str = "whole"

    @property
    def epochs(self) -> list[Epoch]:
        """Passes that are behind."""
        return self.run.epochs


def named(key: str, options: Sequence[str]) -> Callable[[str], str]:
    """How options are called, in the language of this very run."""
    names = {option: t(f"{key}.{option}") for option in options}
    return lambda option: names[option]


def name_of(method: Method) -> str:
    """What a trained method is called: reader, and what is not as usual."""
    usual, own = Settings(), method.settings
    parts = [FAMILY_NAMES[method.family]]
    if method.family == "gpt":
        parts.append(f"λ = {own.lm_weight:g}")
    if own.pooling != usual.pooling:
        parts.append(t("finetuning.pooling.bilstm"))
    if method.family == "elmo" and own.mix_penalty != usual.mix_penalty:
        parts.append(t("finetuning.penalty_short", value=f"{own.mix_penalty:g}"))
    if method.family == "elmo" and not own.layer_norm:
        parts.append(t("finetuning.no_norm_short"))
    if not own.pretrained:
        parts.append(t("finetuning.random_short"))
    if own.seed:
        parts.append(t("finetuning.seed_short", seed=own.seed))
    return t("common.comma").join(parts)


def identity(task: Task) -> str:
    """A short name of a task and of all that stands in it."""
    whole = hashlib.sha256(f"{task.kind}\n{task.labels}".encode("utf8", "surrogatepass"))
    for one in task.examples:
        whole.update(repr((one.label, one.texts)).encode("utf8", "surrogatepass"))
    return whole.hexdigest()[:16]


def store() -> OrderedDict[tuple[str, Method], Trained]:
    """What this session has trained, the oldest first."""
    return st.session_state.setdefault("ft:trained", OrderedDict())


def of_task(task: str) -> list[Trained]:
    """What was trained on a task with the models that read now, in the order of the families."""
    found = [
        own
        for (name, method), own in store().items()
        if name == task and method.key == cache.key(method.family)
    ]
    order = {"elmo": 0, "gpt": 1, "bert": 2}
    return sorted(found, key=lambda own: order.get(own.method.family, 9))


def keep(trained: Trained) -> None:
    """Add a finished training; the oldest make way."""
    own = store()
    own.pop((trained.task, trained.method), None)
    own[trained.task, trained.method] = trained
    while len(own) > MOST_HERE:
        own.popitem(last=False)
    with _alive_lock:
        _alive[id(trained)] = weakref.ref(trained)
        for number in [n for n, ref in _alive.items() if ref() is None]:
            del _alive[number]
        while len(_alive) > MOST_EVERYWHERE:
            _, oldest = _alive.popitem(last=False)
            dropped = oldest()
            if dropped is not None:
                dropped.learner = None


def told_by_link(task: str) -> list[str]:
    """Families that had been trained on a task where the link was copied that brought us here.

    Nothing that was trained can be in a link. As soon as something is trained here, or another task
    is chosen, this is past.
    """
    asked = st.query_params.get(TRAINED, "")
    if asked and (store() or st.session_state.setdefault("ft:linked", task) != task):
        state.drop(TRAINED)
        return []
    return [family for family in asked.split(",") if family]


def keep_trained(found: Sequence[Trained]) -> None:
    """Write into the address what has been trained on the task that is looked at."""
    families = dict.fromkeys(own.method.family for own in found)
    state.keep(TRAINED, "", ",".join(families))


def forget() -> None:
    """Drop everything that this session has trained, and what is under way."""
    state.drop(TRAINED)
    st.session_state.pop("ft:trained", None)
    st.session_state.pop("ft:active", None)
    st.session_state["ft:queue"] = []


def baseline_answers(name: str, task: Task, parts: Split) -> dict[str, np.ndarray]:
    """Probabilities ``[N, C]`` of the baselines for the test part; kept for the last tasks only."""
    kept: OrderedDict[str, dict[str, np.ndarray]] = st.session_state.setdefault(
        "ft:baselines", OrderedDict()
    )
    if name not in kept:
        found = {
            "majority": baselines.majority(task, parts),
            "bag_of_words": baselines.bag_of_words(task, parts),
        }
        if "static" in cache.readers():
            found["static"] = baselines.static_vectors(task, parts, cache.reader("static"))
        kept[name] = found
        while len(kept) > 3:
            kept.popitem(last=False)
    return kept[name]

"""How to train on a task: settings, and a button for each reader."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lmcore.finetuning.settings import LARGE, for_waiting
from lmcore.finetuning.task import Split, Task
from lmcore.runtime.families import CONTEXTUAL
from pages.sections.finetuning import training
from pages.sections.finetuning.session import Method, identity, named
from pages.ui import views
from pages.ui.address import state
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import in_a_row, t, tm

#: What can be chosen: λ, the penalty on ELMo's mix, and how ELMo's words become one vector.
WEIGHTS, PENALTIES = (0.0, 0.25, 0.5, 1.0), (0.0, 0.001, 0.1, 1.0)
POOLINGS = ("mean", "bilstm")


def controls(task: Task, parts: Split) -> None:
    """Settings, and a button for each reader; a click puts trainings into the queue."""
    st.subheader(t("finetuning.train"))
    chosen = _settings()
    families = [family for family in CONTEXTUAL if family in views.families()]
    if not families:
        st.info(t("common.no_reader"))
        return
    methods = [_method(family, len(parts.train), chosen) for family in families]
    places = st.columns(len(families) + 1)
    for place, method in zip(places, methods, strict=False):
        place.button(
            tm("finetuning.train_one", reader=FAMILY_NAMES[method.family]),
            key=f"ft:train:{method.family}",
            width="stretch",
            on_click=_enqueue,
            args=(task, [method]),
        )
    places[-1].button(
        t("finetuning.train_all"),
        key="ft:train:all",
        type="primary",
        width="stretch",
        on_click=_enqueue,
        args=(task, methods),
    )
    st.caption(_how_it_learns(families))


def _settings() -> dict[str, dict[str, Any]]:
    """What the visitor wants otherwise, by family; ``""``: for all of them."""
    with st.expander(t("finetuning.settings"), icon=":material/tune:"):
        left, middle, right = st.columns(3)
        weight = _one_of(left, "ftl", WEIGHTS, 0.5, "lm_weight")
        seed = left.number_input(t("finetuning.seed"), 0, 999, 0, key="fts", bind="query-params")
        with middle:
            pooling = state.one_of(
                "ftp",
                POOLINGS,
                t("finetuning.pooling"),
                named=named("finetuning.pooling", POOLINGS),
            )
        norm = middle.toggle(t("finetuning.norm"), value=True, key="ftn", bind="query-params")
        penalty = _one_of(right, "ftm", PENALTIES, 0.001, "penalty")
        random = state.switch("ftr", t("finetuning.random"), right, t("finetuning.random_help"))
    return {
        "": {"seed": int(seed), "pretrained": not random},
        "elmo": {"pooling": pooling, "layer_norm": norm, "mix_penalty": penalty},
        "gpt": {"lm_weight": weight},
    }


def _one_of(
    column: DeltaGenerator, key: str, options: Sequence[float], usual: float, name: str
) -> float:
    """A setting that is one of a few numbers, remembered in the address."""
    state.take(key, options, usual)
    chosen: float = column.select_slider(
        t(f"finetuning.{name}"), options, key=key, help=t(f"finetuning.{name}_help")
    )
    state.keep(key, str(usual), chosen)
    return chosen


def _method(family: str, examples: int, chosen: dict[str, dict[str, Any]]) -> Method:
    usual = for_waiting(family, examples, views.facts(family).parameters)
    settings = replace(usual, **chosen[""], **chosen.get(family, {}))
    return Method(family, views.key(family), settings)


def _enqueue(task: Task, methods: list[Method]) -> None:
    queue = st.session_state.setdefault("ft:queue", [])
    name = identity(task)
    queue += [(name, method) for method in methods if (name, method) not in queue]


def _how_it_learns(families: list[str]) -> str:
    """What is frozen here, and for how long it trains at the most."""
    large = [f for f in families if f != "elmo" and views.facts(f).parameters > LARGE]
    sentences = [t("finetuning.limits", seconds=f"{training.MOST_SECONDS:.0f}")]
    if large:
        names = t("common.comma").join(FAMILY_NAMES[family] for family in large)
        sentences.append(tm("finetuning.large", readers=names))
    return in_a_row(sentences)


def anew(families: Sequence[str]) -> None:
    """Say that what a link shows has to be trained here first."""
    names = t("common.comma").join(FAMILY_NAMES[family] for family in families)
    st.warning(tm("finetuning.anew", readers=names), icon=":material/model_training:")

"""The facts of the cards side by side."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from lmcore.analyses.training_history import HistoryView
from lmcore.analyses.training_recipe import Recipe
from lmcore.text.catalogue import catalogue
from pages.ui.figure import show_table
from pages.ui.format import duration, people
from pages.ui.models import cards
from pages.ui.text import md, t


def section(histories: Sequence[HistoryView]) -> None:
    """One column a reader that has a card."""
    columns = {view.name: _facts(view.recipe) for view in histories if view.recipe is not None}
    if not columns:
        st.info(t("history.no_cards"))
        return
    table = pd.DataFrame(columns)
    st.table(table.map(md))
    st.caption(t("history.recipe_note"))
    show_table(table.rename_axis(t("history.fact")).reset_index(), "training-recipes")


def _count(value: float) -> str:
    return f"{value:,.0f}"


def _two_digits(value: float) -> str:
    return f"{value:.2g}"


def _two_places(value: float) -> str:
    return f"{value:.2f}"


#: Facts of a recipe in the order of the table, and how a number is written.
_NUMBERS: Mapping[str, Callable[[float], str]] = {
    "parameters": people,
    "vocabulary": _count,
    "corpus": str,
    "corpus_pieces": people,
    "tokens_seen": people,
    "passes": _two_digits,
    "per_parameter": _two_digits,
    "steps": _count,
    "per_step": _count,
    "wall": duration,
    "cpu": duration,
    "device": str,
    "blind": _two_places,
    "held_out": _two_places,
    "choices": people,
    "unit": str,
    "seed": str,
    "date": str,
    "licence": str,
}


def _facts(recipe: Recipe) -> dict[str, str]:
    """What card and configuration say of one training, in the interface's language."""
    unit = f"cards.unit.{recipe.unit}"
    values = {
        **{name: getattr(recipe, name, None) for name in _NUMBERS},
        "corpus": ", ".join(recipe.corpus),
        "wall": recipe.minutes,
        "cpu": recipe.cpu_minutes,
        "device": cards.device(recipe.device or "–"),
        "held_out": recipe.validation_loss,
        "unit": t(unit) if unit in catalogue() else recipe.unit,
    }
    return {
        t(f"history.fact.{name}"): "–" if values[name] in (None, "") else written(values[name])
        for name, written in _NUMBERS.items()
    }

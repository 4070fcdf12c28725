"""The table of a figure: every chart has one, with the names that its axes have."""

import importlib
import inspect
import pkgutil

import plotly.graph_objects as go
import pytest

from lmcore import charts
from lmcore.export.table import UnsupportedFigureError, plain, table
from tests.chart_samples import SAMPLES


def chart_functions() -> set[str]:
    """Every public function of lmcore.charts that gives a figure."""
    found = set()
    for module in pkgutil.iter_modules(charts.__path__):
        if module.name == "theme":
            continue
        chart = importlib.import_module(f"lmcore.charts.{module.name}")
        for name, function in inspect.getmembers(chart, inspect.isfunction):
            public = not name.startswith("_") and function.__module__ == chart.__name__
            if public and "Figure" in str(inspect.signature(function).return_annotation):
                found.add(f"{module.name}.{name}")
    return found


def test_every_chart_has_a_sample():
    assert chart_functions() == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_chart_has_a_table(name: str):
    frame = table(SAMPLES[name]())
    assert len(frame)
    assert {"x", "y"} <= set(frame)


def test_the_table_names_what_the_axes_name():
    frame = table(SAMPLES["attention.heat_map"]())
    assert frame["x"].tolist()[:4] == ["The", "<b>bank</b>", "$x$", "銀行"]
    bars = table(SAMPLES["sentence_score.surprisal"]())
    assert bars["part"].unique().tolist() == ["ELMo", "GPT", "BERT"]
    assert bars["series"].unique().tolist() == ["elmo left", "elmo right", "gpt left", "bert both"]
    assert bars["y"].tolist()[0] == "The"


def test_a_label_is_what_it_shows():
    assert plain("<b>a</b><br>&lt;b&gt;\u200b") == "a\n<b>"


def test_a_figure_without_a_table_is_refused():
    with pytest.raises(UnsupportedFigureError):
        table(go.Figure(go.Box(y=[1, 2])))

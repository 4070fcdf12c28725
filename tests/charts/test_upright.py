"""Chinese in figures: no character is turned, nothing of another script changes."""

import numpy as np
import plotly.graph_objects as go

from lmcore.charts import attention
from lmcore.charts.theme import stacked, upright


def lines(title: str) -> go.Figure:
    figure = go.Figure(go.Scatter(x=[0, 1], y=[0, 1]))
    return figure.update_yaxes(title=title).update_layout(margin={"l": 10})


def test_a_figure_without_chinese_stays_the_same_object():
    figure = lines("similarity")
    assert upright(figure) is figure


def test_the_title_at_the_side_is_a_column():
    figure = lines("损失（nats 每词）")
    turned = upright(figure)
    assert figure.layout.yaxis.title.text == "损失（nats 每词）"  # its table keeps it
    assert turned.layout.yaxis.title.text is None
    (note,) = turned.layout.annotations
    assert note.text.split("<br>") == ["损", "失", "︵", "nats", "每", "词", "︶"]
    assert not note.textangle
    assert turned.layout.margin.l > 10


def test_names_below_a_map_are_columns_and_its_titles_stand():
    names = ["银行", "在", "河边", "。"]
    titles = attention.Titles("在看", "被看", "权重")
    figure = attention.heat_map(names, np.eye(4), 1.0, titles)
    turned = upright(figure)
    assert list(turned.layout.xaxis.ticktext) == ["银<br>行", "在", "河<br>边", "。"]
    assert turned.layout.xaxis.tickangle == 0
    assert turned.layout.height > figure.layout.height
    assert not any(note.textangle for note in turned.layout.annotations)
    english = attention.heat_map(["The", "bank"], np.eye(2), 1.0, titles)
    assert upright(english).layout.xaxis.tickangle == -90  # only Chinese is stacked


def test_categories_of_layers_are_columns():
    figure = go.Figure(go.Heatmap(z=[[1, 2]], x=["输入层", "第 1 层"], y=["a", "b"]))
    figure.update_xaxes(type="category")
    turned = upright(figure)
    assert list(turned.layout.xaxis.ticktext) == ["输<br>入<br>层", "第<br>1<br>层"]
    assert list(turned.layout.xaxis.tickvals) == ["输入层", "第 1 层"]


def test_words_of_another_script_stay_in_one_line():
    assert stacked("LSTM 1 层") == "LSTM<br>1<br>层"
    assert stacked("cosine") == "cosine"

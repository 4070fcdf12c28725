"""Figures as files on the command line, drawn by a browser; one sentence where there is none."""

import builtins
import io
import os
import shutil
import xml.etree.ElementTree as ET
from typing import Any

import plotly.graph_objects as go
import pytest
from PIL import Image

from lmcore.charts.theme import label
from lmcore.errors import ReadersError
from lmcore.export.palette import PALETTES
from lmcore.lessons.drawing import FINER, Order, draw
from tests.chart_samples import SAMPLES

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<b>$x$</b> &amp; 銀行 <script>"
needs_browser = pytest.mark.skipif(
    not (
        shutil.which("chromium") or shutil.which("google-chrome") or os.environ.get("BROWSER_PATH")
    ),
    reason="needs chromium on the PATH",
)


def lines() -> go.Figure:
    figure = go.Figure(go.Scatter(x=[0, 1], y=[0, 1], mode="lines", name=label(HOSTILE)))
    figure.update_layout(showlegend=True, height=300)
    return figure.update_yaxes(tickvals=[0, 1], ticktext=[label(HOSTILE), "b"])


@needs_browser
def test_pictures_hold_their_marks_texts_and_caption_in_every_palette():
    orders = [
        Order(SAMPLES["sentence_score.surprisal"](), name, "What it is.") for name in PALETTES
    ]
    orders.append(Order(lines(), "light", HOSTILE))
    *pictures, hostile = draw(orders)
    for (svg, png), palette in zip(pictures, PALETTES.values(), strict=True):
        root = ET.fromstring(svg)
        bars = [node for node in root.iter(f"{SVG}g") if node.get("class") == "point"]
        assert len(bars) == sum(len(trace.y) for trace in orders[0].figure.data)
        texts = ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]
        assert {"ELMo", "GPT", "BERT", "What it is."} <= set(texts)
        image = Image.open(io.BytesIO(png)).convert("RGB")
        assert image.width == FINER * int(root.get("width", 0))
        ground = tuple(int(palette.ground[place : place + 2], 16) for place in (1, 3, 5))
        assert image.getpixel((2, 2)) == ground
    texts = ["".join(node.itertext()) for node in ET.fromstring(hostile[0]).iter(f"{SVG}text")]
    assert texts.count(HOSTILE) == 3  # on the axis, in the legend, below


@needs_browser
def test_the_same_figure_gives_the_same_bytes():
    one, other = draw([Order(SAMPLES["masked_word.bars"](), "dark", "c")] * 2)
    assert one == other


def test_without_a_browser_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BROWSER_PATH", "/nowhere/chromium")
    with pytest.raises(ReadersError) as caught:
        draw([Order(lines(), "light", "")])
    assert caught.value.code == "browser_missing"


def test_without_the_package_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch):
    whole = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "kaleido":
            raise ImportError(name)
        return whole(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ReadersError) as caught:
        draw([Order(lines(), "light", "")])
    assert caught.value.code == "kaleido_missing"
    assert "pip install kaleido" in str(caught.value)

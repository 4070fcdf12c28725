"""Pictures as files: every figure can be drawn, in every palette, with the words that it shows."""

from __future__ import annotations

import importlib
import inspect
import io
import pkgutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from matplotlib.text import Text
from PIL import Image

from lmcore import charts
from lmcore.charts import export, export_text
from lmcore.charts.export_axes import number
from lmcore.charts.export_palette import PALETTES, contrast, of_area, of_line, parsed
from lmcore.charts.export_plain import plain
from lmcore.charts.theme import FAMILY_COLOURS, FAMILY_DASHES, label
from lmcore.export.table import table
from tests.chart_samples import SAMPLES

ROOT = Path(__file__).resolve().parents[2]


def chart_functions() -> set[str]:
    """Every public function of lmcore.charts that gives a figure."""
    found = set()
    for module in pkgutil.iter_modules(charts.__path__):
        if module.name == "theme" or module.name.startswith("export"):
            continue
        own = importlib.import_module(f"lmcore.charts.{module.name}")
        for name, function in inspect.getmembers(own, inspect.isfunction):
            public = not name.startswith("_") and function.__module__ == own.__name__
            if public and "Figure" in str(inspect.signature(function).return_annotation):
                found.add(f"{module.name}.{name}")
    return found


def words(figure: go.Figure, **more: str) -> list[str]:
    drawn = export.to_matplotlib(figure, **more)
    return [text.get_text() for text in drawn.findobj(Text) if text.get_text()]


def test_every_chart_has_a_sample():
    assert chart_functions() == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_chart_becomes_a_file_with_its_numbers(name: str):
    figure = SAMPLES[name]()
    picture = export.svg(figure, "print", "caption")
    root = ET.fromstring(picture.data)
    assert root.tag.endswith("svg")
    assert sum(1 for _ in root.iter("{http://www.w3.org/2000/svg}path")) > 10
    assert b"<text" not in picture.data  # letters are outlines: fonts need not be there
    assert b"://" not in picture.data.replace(b"http://www.w3.org/", b"").replace(
        b"http://purl.org/", b""
    ).replace(b"http://creativecommons.org/", b"")
    frame = table(figure)
    assert len(frame)
    assert {"x", "y"} <= set(frame)


@pytest.mark.parametrize("palette", PALETTES)
def test_a_png_is_three_times_as_fine_and_stands_on_its_palettes_ground(palette: str):
    figure = SAMPLES["sight.triangles"]()
    image = Image.open(io.BytesIO(export.png(figure, palette).data)).convert("RGB")
    assert image.width == export.FINER * export.WIDE
    ground = tuple(round(255 * part) for part in parsed(PALETTES[palette].ground)[:3])
    assert image.getpixel((2, 2)) == ground


def test_print_has_no_colour_at_all():
    for name in ("sight.strips", "layers.neighbours", "sentence_score.surprisal", "polysemy.plane"):
        image = Image.open(io.BytesIO(export.png(SAMPLES[name](), "print").data)).convert("RGB")
        pixels = np.asarray(image).astype(int)
        assert np.ptp(pixels, axis=-1).max() <= 1, name


def test_readers_are_told_apart_on_paper_and_visible_in_the_dark():
    paper = PALETTES["print"].fresh()
    areas = [of_area(paper, FAMILY_COLOURS[family]) for family in ("elmo", "gpt", "bert")]
    assert len({hatch for _, hatch in areas}) == 3
    assert len({fill for fill, _ in areas}) == 3
    assert len(set(FAMILY_DASHES.values())) == len(FAMILY_DASHES)
    dark = PALETTES["dark"].fresh()
    for colour in FAMILY_COLOURS.values():
        assert contrast(of_line(dark, colour), parsed(dark.ground)) >= 3
    for palette in PALETTES.values():
        assert contrast(parsed(palette.ink), parsed(palette.ground)) >= 7
        assert contrast(parsed(palette.muted), parsed(palette.ground)) >= 4.5


def test_text_is_shown_as_it_was_typed():
    hostile = "<b>$x$</b> &amp; 銀行 <script>"
    figure = go.Figure(go.Scatter(x=[0, 1], y=[0, 1], mode="lines", name=label(hostile)))
    figure.update_layout(showlegend=True)
    figure.update_xaxes(tickvals=[0, 1], ticktext=[label(hostile), "b"])
    found = [text.strip() for text in words(figure, caption=hostile)]
    assert found.count(hostile) >= 3  # name on the axis, in the legend, caption
    assert not [text for text in found if "&lt;" in text]
    assert plain("<b>a</b><br>&lt;b&gt;\u200b") == ("a\n<b>", True)


def test_signs_without_a_font_or_a_shape_are_named():
    assert export_text.undrawn(["plain – ünder ← x²"]) == ""
    assert set(export_text.undrawn(["a\U0010ffff", "שלום"])) >= {"\U0010ffff", "ש"}


def test_chinese_is_drawn_where_a_font_is_there():
    if len(export_text.families()) < 2:
        pytest.skip("needs a Chinese font, as .ci/run installs it")
    assert export.svg(SAMPLES["sight.strips"](), "light", "银行的利率").undrawn == ""


def test_without_a_chinese_font_the_signs_are_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(export_text, "CHINESE", ())
    for cached in (export_text.families, export_text._held):
        cached.cache_clear()
    try:
        assert "银" in export.svg(SAMPLES["masked_word.pair"](), "light", "银行").undrawn
    finally:
        monkeypatch.undo()
        for cached in (export_text.families, export_text._held):
            cached.cache_clear()


def test_the_same_figure_gives_the_same_bytes():
    one, other = (export.svg(SAMPLES["masked_word.bars"](), "dark", "c").data for _ in range(2))
    assert one == other


def test_a_long_caption_is_broken_and_whole():
    caption = "word " * 80 + "句" * 200
    lines = words(SAMPLES["masked_word.pair"](), caption=caption)[-1]
    text = max(words(SAMPLES["masked_word.pair"](), caption=caption), key=len)
    assert text.count("\n") >= 5
    assert text.replace("\n", "").replace(" ", "") == caption.replace(" ", "")
    assert max(map(export_text.ems, lines.split("\n"))) < 90


@pytest.mark.parametrize(
    "broken",
    [
        go.Figure(go.Pie(values=[1, 2])),
        go.Figure(go.Scatter(x=[1], y=[1], mode="markers", marker={"symbol": "hexagram"})),
        go.Figure(go.Scatter(x=[1], y=[1], mode="lines", line={"dash": "5px,2px"})),
        go.Figure(go.Bar(x=[1], y=[1], textposition="inside", text=["a"])),
        go.Figure(go.Scatter(x=[1], y=[1])).add_annotation(x=1, y=1, text="a", showarrow=True),
        go.Figure(go.Scatter(x=[1], y=[1])).add_shape(type="circle", x0=0, x1=1, y0=0, y1=1),
        go.Figure(go.Heatmap(z=[[1]], x=[0], y=[0], texttemplate="%{x} is %{z}")),
        go.Figure(go.Scatter(x=["2020-01-01"], y=[1])).update_xaxes(type="date"),
    ],
)
def test_what_cannot_be_drawn_is_refused(broken: go.Figure):
    with pytest.raises(export.UnsupportedFigureError):
        export.svg(broken)


def test_bars_have_their_lengths_and_cells_their_colours():
    drawn = export.to_matplotlib(SAMPLES["masked_word.pair"]())
    widths = sorted(patch.get_width() for patch in drawn.axes[0].patches)
    assert widths == pytest.approx([0.002, 0.9])
    figure = SAMPLES["attention.heat_map"]()
    cells = export.to_matplotlib(figure).axes[0].patches
    assert len(cells) == np.isfinite(np.asarray(figure.data[0].z)).sum()
    shades = [cell.get_facecolor()[2] for cell in cells]
    assert shades[0] > shades[-1]  # Cividis: from blue to yellow


def test_the_table_names_what_the_axes_name():
    frame = table(SAMPLES["attention.heat_map"]())
    assert frame["x"].tolist()[:4] == ["The", "<b>bank</b>", "$x$", "銀行"]
    bars = table(SAMPLES["sentence_score.surprisal"]())
    assert bars["part"].unique().tolist() == ["ELMo", "GPT", "BERT"]
    assert bars["series"].unique().tolist() == ["elmo left", "elmo right", "gpt left", "bert both"]
    assert bars["y"].tolist()[0] == "The"


def test_numbers_by_formats():
    assert number(0.256, ".0%") == "26%"
    assert number(12345, ",d") == "12,345"
    assert number(0.5, None) == "0.5"
    with pytest.raises(export.UnsupportedFigureError):
        number(1.0, "~s%$")


def test_pages_load_no_drawing_library():
    code = (
        "import pages.ui.figure, lmcore.export.table, sys;"
        "print([m for m in sys.modules if m.split('.')[0] == 'matplotlib'])"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "[]"

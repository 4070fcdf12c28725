"""Palettes: readable ground and ink, no colour at all on paper, and readers that differ there."""

import json
import re
from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as go
import pytest

from lmcore.charts.theme import FAMILY_COLOURS, FAMILY_DASHES, contrast
from lmcore.export.palette import HATCHES, PALETTES, WIDE, changes, dressed, size, template
from tests.chart_samples import SAMPLES

COLOURS = re.compile(r"#([0-9a-f]{6})|rgba?\((\d+),\s*(\d+),\s*(\d+)", re.IGNORECASE)


def channels(node: Any, key: str = "") -> Iterator[tuple[int, ...]]:
    """Red, green and blue of every colour of a figure."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from channels(value, name)
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from channels(value, key)
    elif isinstance(node, str) and "color" in key:
        for found in COLOURS.finditer(node):
            hexadecimal, *numbers = found.groups()
            pairs = (
                [int(hexadecimal[place : place + 2], 16) for place in (0, 2, 4)]
                if (hexadecimal)
                else [int(number) for number in numbers]
            )
            yield tuple(pairs)


@pytest.mark.parametrize("name", SAMPLES)
def test_print_has_no_colour_at_all(name: str):
    figure = SAMPLES[name]()
    before = figure.to_dict()
    spec = dressed(figure, PALETTES["print"]).to_dict()
    assert all(len(set(colour)) == 1 for colour in channels(spec))
    assert not any(isinstance(trace.get("colorscale"), str) for trace in spec["data"])
    assert figure.to_dict() == before, "the figure itself stays as it is"


@pytest.mark.parametrize("palette", ["light", "dark"])
def test_on_a_screen_the_data_keep_the_colours_that_were_seen(palette: str):
    figure = SAMPLES["sentence_score.surprisal"]()
    change = changes(figure, PALETTES[palette])
    assert change == {"data": [{}] * len(figure.data), "layout": {}}
    spec = dressed(figure, PALETTES[palette])
    assert spec.layout.template.layout.paper_bgcolor == PALETTES[palette].ground
    assert json.loads(spec.to_json())["data"] == json.loads(figure.to_json())["data"]


def test_readers_are_told_apart_on_paper():
    figure = go.Figure()
    for family, colour in FAMILY_COLOURS.items():
        line = {"color": colour, "dash": FAMILY_DASHES[family]}
        figure.add_scatter(x=[0, 1], y=[0, 1], line=line)
        figure.add_bar(x=[0], y=[1], marker={"color": colour})
    paper = dressed(figure, PALETTES["print"])
    lines = {(trace.line.color, trace.line.dash) for trace in paper.data if trace.type == "scatter"}
    bars = [trace.marker for trace in paper.data if trace.type == "bar"]
    assert len(lines) == len(FAMILY_COLOURS)
    assert [bar.pattern.shape for bar in bars] == list(HATCHES[: len(bars)])
    assert len({bar.color for bar in bars}) == len(bars)


def test_a_hatching_of_the_figure_and_each_bar_of_many_colours_are_kept():
    figure = go.Figure(
        [
            go.Bar(x=[1], y=[1], marker={"color": "#C78500", "pattern": {"shape": "x"}}),
            go.Bar(x=[1, 2], y=[1, 2], marker={"color": ["#0072B2", "rgba(0,114,178,0.5)"]}),
        ]
    )
    one, many = changes(figure, PALETTES["print"])["data"]
    assert "pattern" not in one["marker"]
    strong, faint = many["marker"]["color"]
    assert strong != faint, "what is faint stays lighter"
    assert len(set(many["marker"]["pattern"]["shape"])) == 1, "one colour, one hatching"


def test_shapes_and_notes_are_grey_on_paper_and_keep_their_number():
    figure = go.Figure(go.Scatter(x=[0], y=[0]))
    figure.add_hline(y=1, line={"color": "#0072B2", "dash": "dot"})
    figure.add_annotation(x=0, y=0, text="a", font={"color": "#D55E00"})
    paper = dressed(figure, PALETTES["print"]).layout
    assert len(paper.shapes) == len(paper.annotations) == 1
    assert paper.shapes[0].line.dash == "dot"
    assert paper.shapes[0].line.color.startswith("rgba(0,0,0")
    assert paper.annotations[0].font.color == PALETTES["print"].ink


@pytest.mark.parametrize("palette", PALETTES)
def test_text_and_families_can_be_seen_on_the_ground(palette: str):
    own = PALETTES[palette]
    assert contrast(own.ink, own.ground) >= 7
    assert contrast(own.muted, own.ground) >= 4.5
    assert contrast(own.accent, own.ground) >= 4.5
    if palette != "print":
        for colour in FAMILY_COLOURS.values():
            assert contrast(colour, own.ground) >= 3
    layout = template(own)["layout"]
    assert layout["font"]["color"] == layout["xaxis"]["tickfont"]["color"] == own.ink


def test_figures_with_parts_side_by_side_are_wider():
    assert size(SAMPLES["sentence_score.surprisal"]())[0] == WIDE
    width, height = size(SAMPLES["polysemy.similarity"]())
    assert width < WIDE
    assert height == SAMPLES["polysemy.similarity"]().layout.height

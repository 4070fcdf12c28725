"""Stored first views: what is kept, when they hold, and that they stand before the models do."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from lmcore.text.catalogue import catalogue
from pages.ui.navigation import PAGES
from pages.ui.startup import first_view, stills
from pages.ui.text import LANGUAGES
from tests.ui.conftest import Server, Visit


def element(path: tuple[int, ...], text: str) -> ForwardMsg:
    message = ForwardMsg()
    message.delta.new_element.markdown.body = text
    message.metadata.delta_path.extend(path)
    return message


def block(path: tuple[int, ...]) -> ForwardMsg:
    message = ForwardMsg()
    message.delta.add_block.allow_empty = True
    message.metadata.delta_path.extend(path)
    return message


def texts(messages: list[ForwardMsg]) -> dict[tuple[int, ...], str]:
    return {
        tuple(m.metadata.delta_path): m.delta.new_element.markdown.body
        for m in messages
        if m.delta.WhichOneof("type") == "new_element"
    }


def test_the_last_element_of_a_place_stands():
    spinner = ForwardMsg()
    spinner.delta.new_transient.SetInParent()
    spinner.metadata.delta_path.extend((0, 1))
    status = ForwardMsg(script_finished=0)
    kept = first_view.last_of_each_place(
        [element((0, 0), "old"), element((0, 1), "b"), spinner, status, element((0, 0), "new")]
    )
    assert texts(kept) == {(0, 0): "new", (0, 1): "b"}
    assert len(kept) == 2


def test_an_element_takes_the_place_of_a_block_and_all_in_it():
    kept = first_view.last_of_each_place(
        [block((0, 0)), element((0, 0, 0), "inside"), element((0, 0), "instead")]
    )
    assert texts(kept) == {(0, 0): "instead"}
    assert len(kept) == 1


def test_a_place_that_only_a_spinner_held_is_empty_and_the_order_can_be_drawn():
    """The browser throws away the whole page where an index is left out."""
    kept = first_view.last_of_each_place(
        [element((0, 3), "late"), block((0, 1)), element((0, 1, 2), "deep"), element((0, 0), "a")]
    )
    places = [tuple(m.metadata.delta_path) for m in kept]
    assert places == [(0, 0), (0, 1), (0, 1, 0), (0, 1, 1), (0, 1, 2), (0, 2), (0, 3)]
    empty = [p for p, m in zip(places, kept, strict=True) if m.delta.new_element.HasField("empty")]
    assert empty == [(0, 1, 0), (0, 1, 1), (0, 2)]


def test_packing_loses_nothing_and_other_weights_get_nothing(monkeypatch: pytest.MonkeyPatch):
    messages = [element((0, n), "ü" * n) for n in range(50)]
    packed = first_view.pack(messages)
    assert first_view.unpack(packed) == messages
    monkeypatch.setattr(first_view, "identity", lambda: "0" * 64)
    assert first_view.unpack(packed) == []


@pytest.mark.parametrize("lang", LANGUAGES.values())
@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_a_first_view_of_the_shipped_readers(page: str, lang: str):
    path = first_view.stored(page, lang)
    assert path.is_file(), "run: python docs/first_views.py"
    messages = first_view.unpack(path.read_bytes())
    assert messages, "the checkpoints have changed; run: python docs/first_views.py"
    titles = [m.delta.new_element.heading.body for m in messages]
    assert catalogue()[f"{page}.title"][lang] in titles
    assert not any(m.delta.new_element.HasField("plotly_chart") for m in messages)
    assert path.stat().st_size < 500_000


def chart(values: list[float], path: tuple[int, ...] = (0, 0)) -> ForwardMsg:
    """A message with a picture as Streamlit sends it: rows of numbers are packed."""
    figure = go.Figure(go.Scatter(x=np.arange(len(values)), y=np.array(values), mode="lines"))
    message = ForwardMsg()
    message.delta.new_element.plotly_chart.spec = figure.update_layout(height=321).to_json()
    message.delta.new_element.plotly_chart.alt = 'A "line" <b>'
    message.metadata.delta_path.extend(path)
    return message


def test_a_picture_becomes_a_drawing_of_its_numbers_for_light_and_dark():
    kept = stills.still(chart([1.0, 5.0, 2.0]))
    light, dark = (stills.dressed(kept, dark).delta.new_element.html.body for dark in (False, True))
    assert stills.is_still(kept)
    assert light != dark
    for body in (light, dark):
        assert body.startswith('<img alt="A &quot;line&quot; &lt;b&gt;" src="data:image/svg+xml')
        assert "height:321px" in body
    other = stills.dressed(stills.still(chart([1.0, 2.0, 5.0])), dark=False)
    assert other.delta.new_element.html.body != light, "the drawing does not show the numbers"
    plain = element((0, 1), "text")
    assert stills.still(plain) == plain
    assert stills.dressed(plain, dark=True) == plain


def test_down_to_the_first_picture_without_what_needs_large_scripts():
    table = ForwardMsg()
    table.delta.new_element.dataframe.SetInParent()
    table.metadata.delta_path.extend((0, 1))
    picture = stills.still(chart([1.0, 2.0], (0, 2)))
    messages = [element((0, 0), "a"), table, picture, element((0, 3), "b")]
    first, rest = first_view.in_two(messages)
    assert first == [messages[0], first_view.empty((0, 1)), picture]
    assert rest == [table, messages[3]]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_for_its_frame_before_anything_that_takes_time(page: str):
    """With a heavy import before it, a cold server shows nothing for seconds."""
    tree = ast.parse(Path("pages", f"{page}.py").read_text(encoding="utf8"))
    named = [
        node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    light = ("__future__", "contextlib", "streamlit")
    assert next(name for name in named if name not in light) == "pages.ui.framed"


@pytest.mark.browser
@pytest.mark.parametrize("page", ["polysemy", "generation"])
def test_the_first_view_stands_while_the_readers_load(visit: Visit, page: str, tmp_path: Path):
    """On a cold server the pictures are there while the script still runs, and stay the same."""
    with Server(tmp_path / "server.log") as server:
        visit.tab.goto(f"{server.url}/{page}")
        stored = visit.tab.locator(".stHtml img[alt]")
        stored.first.wait_for(timeout=60_000)
        assert stored.first.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
        state = visit.tab.get_attribute('[data-testid="stApp"]', "data-test-script-state")
        before = visit.tab.locator("h2, h3").all_inner_texts()
        assert state == "running", "the picture came only when the page had run"
        visit.settle()
        visit.check()
        assert stored.count() == 0, "a drawing stayed where the live picture belongs"
        assert visit.tab.locator(".js-plotly-plot").count() > 0
        after = visit.tab.locator("h2, h3").all_inner_texts()
        assert before == after[: len(before)], "what stands below the first picture comes later"

"""Saves in the visitor's browser what stands there: pictures as SVG and PNG, pages of HTML.

The server draws nothing. It says which colours a palette changes and what the caption is
(:mod:`lmcore.export`); the scripts beside this file do the rest when a button is pressed.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import plotly
import plotly.graph_objects as go
import streamlit as st
from streamlit.components import v1

from lmcore.export.caption import EDGE, LETTERS, LINE, PARTS, printable
from lmcore.export.palette import CAPTION_FONT, FONT, PALETTES, changes, dressed, size, template
from pages.ui.components.files import files
from pages.ui.text import t

_files = files(__file__)
_component = st.components.v2.component(
    "three_readers_save",
    html='<div class="save"></div>',
    css=_files["css"],
    js=Path(__file__).with_name("drawing.js").read_text("utf8") + _files["js"],
)


@dataclass(frozen=True)
class Part:
    """One of the pictures that are saved side by side.

    Attributes:
        key: of the element on the page.
        heading: stands above it where there are several.
        figure: as it was sent to the browser; ``None`` where the browser drew without Plotly.
    """

    key: str
    heading: str
    figure: go.Figure | None


def _source() -> str:
    """Where the server has Plotly's script, below the address of the app.

    It is asked for only where no figure of Streamlit has brought it already.
    """
    component = v1.declare_component("plotly", path=Path(plotly.__file__).parent / "package_data")
    return f"component/{component.name}/plotly.min.js"


def save_pictures(
    parts: Sequence[Part], palette: str, caption: str, name: str, key: str, legend: str = ""
) -> None:
    """Two buttons that save what stands on the page as one picture.

    Args:
        parts: the pictures, at least one.
        palette: ``light``, ``dark`` or ``print``.
        caption: plain text below them.
        name: of the file, ours, without its ending.
        key: of the component.
        legend: key of an element of the page that says what the colours mean.
    """
    colours = PALETTES[palette]
    nothing: dict[str, Any] = {"data": [], "layout": {}}
    look = asdict(colours) | {
        "template": template(colours),
        "font": FONT,
        "lettering": CAPTION_FONT,
    }
    data = {
        "parts": [
            {
                "key": part.key,
                "heading": part.heading,
                "changes": nothing if part.figure is None else changes(part.figure, colours),
            }
            for part in parts
        ],
        "look": look | {"breaks": PARTS, "letters": LETTERS, "line": LINE, "edge": EDGE},
        "caption": printable(caption),
        "legend": legend,
        "name": name,
        "source": _source(),
        "failed": t("saving.failed"),
    }
    _component(key=key, data=data, width="content")


def save_document(
    texts: Sequence[str],
    figures: Sequence[go.Figure],
    label: tuple[str, str],
    name: str,
    key: str,
) -> None:
    """One button that saves a page of HTML with figures for paper in it.

    Args:
        texts: HTML of the page, one more than there are figures, which stand between them.
        figures: of the page.
        label: of the button, and what it says where the mouse rests on it.
        name: of the file, ours.
        key: of the component.
    """
    paper = PALETTES["print"]
    specs = []
    for figure in figures:
        width, height = size(figure)
        spec = dressed(figure, paper).update_layout(width=width, height=height).to_json()
        specs.append({"spec": spec, "width": width, "height": height})
    data = {"document": list(texts), "figures": specs, "label": label[0], "name": name}
    data |= {"help": label[1], "source": _source(), "failed": t("saving.failed")}
    _component(key=key, data=data, width="content")

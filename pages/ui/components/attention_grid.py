"""All heads of a reader as small pictures in a grid, drawn in the reader's browser.

A component of ours instead of a figure: each picture is a button that a mouse, a finger or the
keyboard can press, and hundreds of them stand in a few milliseconds. What is sent is one byte a
cell.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

_CSS = """
.small { font-family: var(--st-font); color: var(--st-text-color); font-size: 0.75rem; }
.small .grid {
  display: grid; gap: 3px; align-items: center;
  grid-template-columns: auto repeat(var(--columns), minmax(0, 1fr));
}
.small .grid > span { text-align: center; opacity: 0.75; overflow: hidden; }
.small .grid > span.layer { padding-right: 0.25rem; }
.small button {
  all: unset; display: block; cursor: pointer; line-height: 0; border-radius: 2px;
}
.small button:hover { outline: 2px solid var(--st-primary-color); }
.small button:focus-visible { outline: 2px dashed var(--st-primary-color); outline-offset: 1px; }
.small button.on { outline: 3px solid var(--chosen); }
.small canvas { width: 100%; aspect-ratio: 1; image-rendering: pixelated; }
.small p { margin: 0.4rem 0 0; min-height: 1.2em; }
"""

_JS = """
const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const { pictures, size, rows, columns, hovers, chosen, colour, palette, title } = data;
  const root = parentElement.querySelector(".small");
  root.style.setProperty("--columns", columns.length);
  root.style.setProperty("--chosen", colour);
  root.setAttribute("role", "figure");
  root.setAttribute("aria-label", title);
  const cells = bytesOf(pictures);
  const shades = bytesOf(palette);

  const said = document.createElement("p");
  said.setAttribute("aria-hidden", "true");
  const grid = document.createElement("div");
  grid.className = "grid";
  const name = (text, kind) => {
    const span = document.createElement("span");
    span.className = kind;
    span.textContent = text;
    grid.append(span);
  };
  const picture = (number) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = size;
    const context = canvas.getContext("2d");
    const image = context.createImageData(size, size);
    for (let cell = 0; cell < size * size; cell++) {
      const shade = cells[number * size * size + cell];
      if (shade === 0) continue; // cannot be seen: the page shows through
      image.data.set(shades.subarray(3 * shade, 3 * shade + 3), 4 * cell);
      image.data[4 * cell + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    return canvas;
  };

  name("", "corner");
  columns.forEach((column) => name(column, "column"));
  rows.forEach((row, layer) => {
    name(row, "layer");
    columns.forEach((_, column) => {
      const number = layer * columns.length + column;
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-label", hovers[number]);
      button.setAttribute("aria-pressed", String(number === chosen));
      if (number === chosen) button.className = "on";
      button.append(picture(number));
      button.onmouseenter = button.onfocus = () => (said.textContent = hovers[number]);
      button.onmouseleave = button.onblur = () => (said.textContent = hovers[chosen] ?? "");
      button.onclick = () => setTriggerValue("picked", number);
      grid.append(button);
    });
  });
  said.textContent = hovers[chosen] ?? "";
  root.replaceChildren(grid, said);
}
"""

_thumbnails = st.components.v2.component(
    "three_readers_thumbnails", html='<div class="small"></div>', css=_CSS, js=_JS
)


def thumbnails(
    pictures: np.ndarray,
    columns: Sequence[str],
    hovers: Sequence[str],
    chosen: tuple[int, int],
    look: tuple[str, bytes],
    title: str,
    key: str,
    on_picked: Callable[[], None],
) -> None:
    """Draw the small pictures; pressing one calls ``on_picked``.

    Args:
        pictures: uint8 ``[L, C, n, n]`` of :func:`lmcore.charts.attention.thumbnails`.
        columns: ``[C]`` names of the columns.
        hovers: ``[L * C]`` what to say of each picture, row by row: plain text, ours.
        chosen: row and column of the one that is marked.
        look: colour of the mark, and the palette, three bytes for each value of a cell.
        title: what a screen reader says.
        key: of the component; the number of the picked picture stands under it as ``picked``.
        on_picked: called before the rerun.
    """
    rows, count, size, _ = pictures.shape
    data: dict[str, Any] = {
        "pictures": b64encode(np.ascontiguousarray(pictures).tobytes()).decode("ascii"),
        "size": size,
        "rows": [str(row) for row in range(1, rows + 1)],
        "columns": list(columns),
        "hovers": list(hovers),
        "chosen": chosen[0] * count + chosen[1],
        "colour": look[0],
        "palette": b64encode(look[1]).decode("ascii"),
        "title": title,
    }
    _thumbnails(key=key, data=data, on_picked_change=on_picked)

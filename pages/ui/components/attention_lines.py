"""Lines from the words that look to the words they look at, drawn in the reader's browser.

A component of ours instead of a figure: hovering, focusing or clicking a word isolates its lines
without a rerun, and thousands of Plotly traces would take seconds. The words reach the page through
``textContent`` only, the colours are those of the theme.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

#: Weights below this are not drawn; the table has all of them.
LEAST = 0.02

_CSS = """
.lines {
  display: grid; grid-template-columns: minmax(0, 1fr) minmax(4rem, 1fr) minmax(0, 1fr);
  font-family: var(--st-font); font-size: 0.85rem; color: var(--st-text-color);
}
.lines div { position: relative; }
.lines span {
  display: block; height: var(--row); line-height: var(--row); padding: 0 0.3rem;
  overflow: hidden; text-overflow: ellipsis; white-space: pre; cursor: default;
  border-radius: 0.2rem; box-sizing: border-box;
}
.lines span.on { outline: 2px solid var(--st-primary-color); outline-offset: -2px; }
.lines span:focus-visible { outline: 2px dashed var(--st-primary-color); outline-offset: -2px; }
.lines .from span { text-align: right; }
.lines svg { width: 100%; height: 100%; display: block; overflow: visible; }
.lines line { stroke: var(--st-primary-color); stroke-width: 2px; }
.lines i {
  position: absolute; inset: 0; background: var(--st-primary-color); opacity: 0; z-index: -1;
}
"""

_JS = """
const SVG = "http://www.w3.org/2000/svg";

export default function (component) {
  const { parentElement, data } = component;
  const { names, links, top, title } = data;
  const root = parentElement.querySelector(".lines");
  const row = names.length > 40 ? 17 : 22;
  root.style.setProperty("--row", row + "px");
  root.setAttribute("role", "figure");
  root.setAttribute("aria-label", title);

  const column = (kind) => {
    const box = document.createElement("div");
    box.className = kind;
    const spans = names.map((name) => {
      const span = document.createElement("span");
      const shade = document.createElement("i");
      const text = document.createElement("bdi");
      text.textContent = name;
      span.append(shade, text);
      span.style.position = "relative";
      span.style.zIndex = "0";
      span.title = name;
      span.tabIndex = 0;
      span.setAttribute("role", "button");
      box.append(span);
      return span;
    });
    return { box, spans };
  };
  const from = column("from");
  const to = column("to");

  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("aria-hidden", "true");
  svg.style.height = row * names.length + "px";
  const lines = links.map(([source, target, weight]) => {
    const line = document.createElementNS(SVG, "line");
    line.setAttribute("x1", "0%");
    line.setAttribute("x2", "100%");
    line.setAttribute("y1", (source + 0.5) * row);
    line.setAttribute("y2", (target + 0.5) * row);
    line.style.opacity = Math.min(1, weight / top);
    svg.append(line);
    return { line, source, target, weight };
  });
  const middle = document.createElement("div");
  middle.append(svg);
  root.replaceChildren(from.box, middle, to.box);

  // Nothing is rebuilt while the pointer moves: a replaced node would lose its click.
  let pinned = null;
  const isolate = (side, index) => {
    const all = side === null;
    for (const span of [...from.spans, ...to.spans]) {
      span.classList.remove("on");
      span.firstChild.style.opacity = 0;
    }
    const own = ({ source, target }) => all || (side === "from" ? source : target) === index;
    const most = lines.filter(own).reduce((top, { weight }) => Math.max(top, weight), 0.0001);
    for (const link of lines) {
      link.line.style.visibility = own(link) ? "visible" : "hidden";
      if (own(link) && !all) {
        const other = side === "from" ? to.spans[link.target] : from.spans[link.source];
        other.firstChild.style.opacity = (link.weight / most) * 0.5;
      }
    }
    if (!all) (side === "from" ? from : to).spans[index].classList.add("on");
  };
  const back = () => (pinned ? isolate(...pinned) : isolate(null, 0));
  for (const [side, spans] of [["from", from.spans], ["to", to.spans]]) {
    spans.forEach((span, index) => {
      span.onmouseenter = span.onfocus = () => isolate(side, index);
      span.onmouseleave = span.onblur = back;
      span.setAttribute("aria-pressed", "false");
      span.onclick = () => {
        const same = pinned && pinned[0] === side && pinned[1] === index;
        pinned = same ? null : [side, index];
        for (const other of [...from.spans, ...to.spans]) {
          other.setAttribute("aria-pressed", String(!same && other === span));
        }
        back();
      };
      span.onkeydown = (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        span.click();
      };
    });
  }
  isolate(null, 0);
}
"""

_lines = st.components.v2.component(
    "three_readers_lines", html='<div class="lines"></div>', css=_CSS, js=_JS
)


def lines(names: Sequence[str], matrix: np.ndarray, top: float, title: str, key: str) -> None:
    """Draw the weights of one map as lines; left the units that look, right those looked at.

    Args:
        names: ``[N]`` a user's words, plain.
        matrix: ``[N, N]``; NaN and weights below :data:`LEAST` are not drawn.
        top: weight from which on a line is opaque.
        title: what a screen reader says.
        key: of the component.
    """
    data = {"names": list(names), "links": links_of(matrix), "top": top, "title": title}
    _lines(key=key, data=data)


def links_of(matrix: np.ndarray) -> list[list[float]]:
    """``[row, column, weight]`` of every weight of ``[N, N]`` that is drawn."""
    rows, columns = np.nonzero(np.nan_to_num(matrix) >= LEAST)
    weights = matrix[rows, columns].round(3)
    links = zip(rows.tolist(), columns.tolist(), weights.tolist(), strict=True)
    return [list(link) for link in links]

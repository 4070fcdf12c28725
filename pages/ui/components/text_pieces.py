"""A written text whose pieces tell their numbers and can be chosen anew, drawn in the browser.

Pointing at a piece, or moving to it with the arrow keys, opens a panel with its probability, rank,
entropy and the likeliest alternatives; a click or Enter holds it, and an alternative that is chosen
comes back to the page as ``pick``. All text reaches the page through ``textContent`` only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from lmcore.analyses.generation import Segment, Writing, around, segments
from lmcore.charts.generation import band, band_colours
from lmcore.charts.masked_word import percent
from pages.ui.text import t

_CSS = """
.written { position: relative; font-family: var(--st-font); color: var(--st-text-color); }
.written .text {
  font-size: 1rem; line-height: 2; white-space: pre-wrap; overflow-wrap: anywhere;
}
.written .piece {
  padding: 0.1em 0.15em; border-radius: 3px; unicode-bidi: isolate; cursor: pointer;
}
.written .piece.chosen { box-shadow: 0 4px 0 var(--st-primary-color); }
.written .piece.newest { outline: 2px solid var(--st-text-color); outline-offset: 1px; }
.written .piece.on { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
.written .piece:focus-visible { outline: 3px dashed var(--st-primary-color); outline-offset: 1px; }
.written .covered {
  display: inline-block; width: 1.6em; height: 1em; border: 1px dashed currentColor;
}
.written .panel {
  position: absolute; z-index: 20; box-sizing: border-box; width: min(19rem, 100%);
  padding: 0.5rem 0.6rem; font-size: 0.85rem; line-height: 1.45; border-radius: 6px;
  background: var(--st-background-color); border: 1px solid var(--st-border-color);
  box-shadow: 0 4px 16px rgba(0, 0, 0, 0.25);
}
.written .panel[hidden] { display: none; }
.written .panel strong { font-size: 1rem; overflow-wrap: anywhere; }
.written .panel button {
  all: unset; position: relative; display: flex; justify-content: space-between; gap: 0.5rem;
  width: 100%; box-sizing: border-box; padding: 0.1rem 0.4rem; border-radius: 3px;
  cursor: pointer; z-index: 0; margin-top: 2px; overflow-wrap: anywhere;
}
.written .panel button:disabled { cursor: default; font-weight: bold; }
.written .panel button:not(:disabled):hover,
.written .panel button:focus-visible { outline: 2px solid var(--st-primary-color); }
.written .panel i {
  position: absolute; inset: 0 auto 0 0; z-index: -1; border-radius: 3px; opacity: 0.22;
  background: var(--st-primary-color);
}
"""

_JS = """
export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const root = parentElement.querySelector(".written");
  const make = (tag, name, text) => {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const text = make("div", "text");
  text.dir = "auto";
  text.setAttribute("role", "group");
  text.setAttribute("aria-label", data.title);
  const panel = make("div", "panel");
  panel.hidden = true;
  const nodes = [];
  let held = null;
  let open = null;
  let leaving = 0;

  const show = (index) => {
    clearTimeout(leaving);
    open = index;
    nodes.forEach((node, i) => node.classList.toggle("on", i === index));
    panel.hidden = index === null;
    if (index === null) return;
    const piece = data.pieces[index];
    const name = make("strong");
    const shown = make("bdi", "", piece.text);
    name.append(shown);
    const rows = piece.alternatives.map((other) => {
      const button = make("button");
      button.type = "button";
      button.disabled = other.written || !data.open;
      button.setAttribute("aria-label", other.label);
      const bar = make("i");
      bar.style.width = 100 * other.share + "%";
      button.append(bar, make("bdi", "", other.text), make("span", "", other.percent));
      button.onclick = () => setTriggerValue("pick", { step: piece.step, piece: other.piece });
      return button;
    });
    const above = data.open ? [make("div", "", data.ask)] : [];
    panel.replaceChildren(name, make("div", "", piece.facts), ...above, ...rows);
    // Close under the piece, so that the pointer can go over to it, and inside the text's width.
    const node = nodes[index];
    const most = root.clientWidth - panel.offsetWidth;
    panel.style.left = Math.max(0, Math.min(node.offsetLeft, most)) + "px";
    panel.style.top = node.offsetTop + node.offsetHeight + 1 + "px";
  };
  const back = () => {
    clearTimeout(leaving);
    // A panel that is open already is not made anew: the button in it would lose the focus.
    leaving = setTimeout(() => { if (open !== held) show(held); }, 120);
  };
  panel.onmouseenter = () => clearTimeout(leaving);
  panel.onmouseleave = back;
  const reach = (index) => {
    nodes.forEach((node, i) => { node.tabIndex = i === index ? 0 : -1; });
    nodes[index].focus();
  };

  text.append(make("b", "", data.before));
  data.pieces.forEach((piece) => {
    text.append(piece.lead);
    if (piece.covered) {
      const box = make("span", "covered");
      box.setAttribute("role", "img");
      box.setAttribute("aria-label", piece.label);
      text.append(box);
      nodes.push(box);
      return;
    }
    const index = nodes.length;
    const node = make("span", "piece", piece.text);
    node.style.background = piece.ground;
    node.style.color = piece.ink;
    node.classList.toggle("chosen", piece.chosen);
    node.classList.toggle("newest", piece.newest);
    node.setAttribute("role", "button");
    node.setAttribute("aria-label", piece.label);
    node.setAttribute("aria-expanded", "false");
    node.tabIndex = -1;
    const hold = () => {
      held = held === index ? null : index;
      nodes.forEach((one, i) => one.setAttribute("aria-expanded", String(i === held)));
      show(index);
    };
    node.onmouseenter = () => { if (held === null) show(index); };
    node.onmouseleave = back;
    node.onfocus = () => { if (held === null) show(index); };
    node.onblur = back;
    node.onclick = () => { hold(); reach(index); };
    node.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (step) {
        let next = index + step;
        while (nodes[next] && !nodes[next].classList.contains("piece")) next += step;
        if (nodes[next]) { held = null; reach(next); }
        event.preventDefault();
      } else if (event.key === "Enter" || event.key === " ") {
        hold();
        const first = panel.querySelector("button:not(:disabled)");
        if (held !== null && first) first.focus();
        event.preventDefault();
      }
    };
    text.append(node);
    nodes.push(node);
  });
  text.append(make("b", "", data.after));
  root.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    const index = held;
    held = null;
    if (index !== null) reach(index);
    show(null);
  };
  const first = nodes.find((node) => node.classList.contains("piece"));
  if (first) first.tabIndex = 0;
  root.replaceChildren(text, panel);
  show(null);
}
"""

#: How a piece is drawn that writes nothing that can be seen (a blank, a part of a character).
_NOTHING = "·"

_component = st.components.v2.component(
    "three_readers_written", html='<div class="written"></div>', css=_CSS, js=_JS
)


def show(
    writing: Writing,
    title: str,
    key: str,
    on_pick: Callable[[int, str], None] | None = None,
    newest: int | None = None,
) -> None:
    """Draw a text.

    Args:
        writing: at least one piece.
        title: what a screen reader says of the whole.
        key: of the component.
        on_pick: called with a step and an entry of the vocabulary where somebody chooses one;
            without it, alternatives are only shown.
        newest: the step to be marked, if any.
    """

    def picked() -> None:
        pick = picked_in(st.session_state.get(key))
        if on_pick is not None and pick is not None:
            on_pick(*pick)

    before, after = around(writing)
    pieces = [_piece(segment, writing.forced, newest) for segment in segments(writing)]
    data = {
        "title": title,
        "before": before,
        "after": after,
        "pieces": pieces,
        "open": on_pick is not None,
        "ask": t("generation.pick"),
    }
    _component(key=key, data=data, on_pick_change=picked)


def picked_in(state: Any) -> tuple[int, str] | None:
    """The step and the entry that a component's state holds; what is not of that form is nothing.

    It comes from the browser: the caller checks that the step exists, the reader that the entry is
    one of its vocabulary.
    """
    pick = state.get("pick") if hasattr(state, "get") else None
    if not isinstance(pick, dict):
        return None
    step, piece = pick.get("step"), pick.get("piece")
    if isinstance(step, float) and step.is_integer():
        step = int(step)
    return (step, piece) if isinstance(step, int) and isinstance(piece, str) else None


def _piece(segment: Segment, forced: int, newest: int | None) -> dict[str, object]:
    """One place as plain data for the browser."""
    token = segment.token
    if token is None:
        return {"covered": True, "lead": segment.lead, "label": t("generation.covered")}
    ground, ink = band_colours()[band(token.probability)]
    facts = t(
        "generation.facts",
        probability=percent(token.probability),
        rank=token.rank,
        entropy=f"{token.entropy:.2f}",
        step=segment.step,
    )
    chosen = 0 < segment.step == forced
    return {
        "covered": False,
        "lead": segment.lead,
        "text": segment.text or _NOTHING,
        "step": segment.step,
        "ground": ground,
        "ink": ink,
        "chosen": chosen,
        "newest": segment.step == newest,
        "facts": facts + (t("generation.told") if chosen else ""),
        "label": f"{segment.text or token.piece}: {facts}",
        "alternatives": [
            {
                "text": other.text,
                "piece": other.piece,
                "share": round(other.probability, 4),
                "percent": percent(other.probability),
                "written": other.piece == token.piece,
                "label": t(
                    "generation.alternative", piece=other.text, share=percent(other.probability)
                ),
            }
            for other in token.alternatives
        ],
    }

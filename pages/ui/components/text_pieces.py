"""A written text whose pieces tell their numbers and can be chosen anew, drawn in the browser.

Pointing at a piece, or moving to it with the arrow keys, opens a panel with its probability, rank,
entropy and the likeliest alternatives; a click or Enter holds it, and an alternative that is chosen
comes back to the page as ``pick``. All text reaches the page through ``textContent`` only.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from lmcore.analyses.generation import GenerationView, Segment, around, segments
from lmcore.charts.generation import band, band_colours
from lmcore.charts.masked_word import percent
from pages.ui.components.files import files
from pages.ui.text import t

#: How a piece is drawn that writes nothing that can be seen (a blank, a part of a character).
_NOTHING = "·"

_component = st.components.v2.component(
    "three_readers_written", html='<div class="written"></div>', **files(__file__)
)


def show(
    view: GenerationView,
    title: str,
    key: str,
    on_pick: Callable[[int, str], None] | None = None,
    newest: int | None = None,
) -> None:
    """Draw a text.

    Args:
        view: at least one piece.
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

    before, after = around(view)
    pieces = [_piece(segment, view.forced, newest) for segment in segments(view)]
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

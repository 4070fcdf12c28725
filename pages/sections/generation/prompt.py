"""What the readers go on from: the shared sentence, cut behind one of its words."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from lmcore.text.examples import PROMPTS, PromptExample
from lmcore.text.prompts import (
    Direction,
    Prompt,
    cut_prompt,
    cut_range,
    half_way,
)
from lmcore.text.words import Sentence, split
from pages.ui.address import state as address
from pages.ui.inputs import hash_of, put_sentence, sentence_box
from pages.ui.text import t, tm

#: Names in the address: on which side to write, and behind which word the sentence is cut.
SIDE, CUT = "gd", "gw"
#: Where this session keeps them, since turning a page empties the address.
_SIDE, _CUT = "generation:side", "generation:cut"


def prompt_part() -> Prompt:
    """The sentence box, examples, the side and the cut.

    Raises:
        InputError: the sentence cannot be read.
    """
    sentence = sentence_box()
    _examples()
    left, right = st.columns([1, 2], gap="medium", vertical_alignment="bottom")
    with left:
        side = _side()
    with right:
        prompt = cut_prompt(sentence, _cut(sentence, side), side)
    if prompt.rest:
        st.caption(tm(f"generation.cut_{side}", text=prompt.text, rest=prompt.rest))
    else:
        st.caption(tm(f"generation.uncut_{side}", text=prompt.text))
    return prompt


def _examples() -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption(t("generation.examples"), width="content")
        for example in PROMPTS:
            st.button(
                t(f"generation.example.{example.name}"),
                key=f"generation_example_{example.name}",
                help=t(f"generation.example.{example.name}_help"),
                on_click=_take,
                args=(example,),
                type="tertiary",
            )


def _take(example: PromptExample) -> None:
    """Let an example be the shared sentence, cut where it shows what it is for."""
    state = st.session_state
    put_sentence(example.text)
    state[_SIDE] = state["generation_side"] = example.side
    state[_CUT] = (example.text, example.side, example.after)
    state[_slider(split(example.text), example.side)] = example.after


def _side() -> Direction:
    """Whether to write behind a beginning or before an ending."""
    sides: list[Direction] = list(get_args(Direction))
    state, wanted = st.session_state, st.session_state.get(_SIDE, st.query_params.get(SIDE))
    # Assigned in every run: a value whose widget stood on another page is lost otherwise.
    state["generation_side"] = state.get("generation_side", wanted if wanted in sides else sides[0])
    side = (
        st.segmented_control(
            t("generation.side"),
            sides,
            format_func=lambda name: t(f"generation.side_{name}"),
            required=True,
            key="generation_side",
            help=t("generation.side_help"),
        )
        or sides[0]
    )
    state[_SIDE] = side
    _in_address(SIDE, side, sides[0])
    return side


def _cut(sentence: Sentence, side: Direction) -> int:
    """Behind which word the sentence is cut; remembered as long as the sentence stays."""
    low, high = cut_range(sentence, side)
    usual = half_way(sentence, side)
    known = st.session_state.get(_CUT)
    if known is None:
        address.within(CUT, low, high)
        linked = st.query_params.get(CUT, "")
        wanted = int(linked) if linked.isascii() and linked.isdigit() and len(linked) < 5 else usual
    else:
        wanted = known[2] if known[:2] == (sentence.text, side) else usual
    after = wanted if low <= wanted <= high else usual
    if low < high:
        name = _slider(sentence, side)
        st.session_state[name] = st.session_state.get(name, after)
        after = st.select_slider(
            t(f"generation.cut_at_{side}"),
            range(low, high + 1),
            format_func=lambda n: f"{n} · {sentence.words[n - 1].text}" if n else "0",
            key=name,
            help=t("generation.cut_help"),
        )
    st.session_state[_CUT] = (sentence.text, side, after)
    _in_address(CUT, str(after), str(usual))
    return after


def _slider(sentence: Sentence, side: Direction) -> str:
    """Key of the slider of one sentence and side."""
    return f"generation_cut:{hash_of(sentence)}:{side}"


def _in_address(name: str, value: str, usual: str) -> None:
    """Keep a value in the address, where it is not the usual one."""
    if value == usual:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value

"""What the readers go on from: the shared sentence, cut behind one of its words."""

from typing import cast, get_args

import streamlit as st

from lmcore.runtime.families import Direction
from lmcore.text.examples import PromptExample
from lmcore.text.prompts import Prompt, cut_prompt, cut_range, half_way
from lmcore.text.words import Sentence, split
from pages.ui.address import state as address
from pages.ui.inputs import hash_of, put_sentence, sentence_box
from pages.ui.models import choice
from pages.ui.text import t, tm

#: Names in the address: on which side to write, and behind which word the sentence is cut.
SIDE, CUT = "gd", "gw"
#: Where this session keeps the cut, with the slider of the sentence and side that it belongs to.
_CUT = f"kept:{CUT}"


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
        for example in choice.examples().prompts:
            st.button(
                choice.say(f"generation.example.{example.name}"),
                key=f"generation_example_{example.name}",
                help=choice.say(f"generation.example.{example.name}_help"),
                on_click=_take,
                args=(example,),
                type="tertiary",
            )


def _take(example: PromptExample) -> None:
    """Let an example be the shared sentence, cut where it shows what it is for."""
    state = st.session_state
    put_sentence(example.text)
    state[SIDE] = example.side
    name = _slider(split(example.text), example.side)
    state[_CUT], state[name] = (name, example.after), example.after


def _side() -> Direction:
    """Whether to write behind a beginning or before an ending."""
    side = address.one_of(
        SIDE,
        get_args(Direction),
        t("generation.side"),
        named=lambda name: t(f"generation.side_{name}"),
        help=t("generation.side_help"),
    )
    return cast(Direction, side)


def _cut(sentence: Sentence, side: Direction) -> int:
    """Behind which word the sentence is cut; remembered as long as the sentence stays."""
    low, high = cut_range(sentence, side)
    usual, name = half_way(sentence, side), _slider(sentence, side)
    known = st.session_state.get(_CUT)
    if known is None:
        address.within(CUT, low, high)
        linked = st.query_params.get(CUT, "")
        wanted = int(linked) if linked.isascii() and linked.isdigit() and len(linked) < 5 else usual
    else:
        wanted = known[1] if known[0] == name else usual
    after = wanted if low <= wanted <= high else usual
    if low < high:
        st.session_state[name] = st.session_state.get(name, after)
        after = st.select_slider(
            t(f"generation.cut_at_{side}"),
            range(low, high + 1),
            format_func=lambda n: f"{n} · {sentence.words[n - 1].text}" if n else "0",
            key=name,
            help=t("generation.cut_help"),
        )
    address.keep(CUT, str(usual), after)
    st.session_state[_CUT] = (name, after)
    return after


def _slider(sentence: Sentence, side: Direction) -> str:
    """Key of the slider of one sentence and side."""
    return f"generation_cut:{hash_of(sentence)}:{side}"

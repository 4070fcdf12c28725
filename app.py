"""Three Readers: ELMo, GPT and BERT read the same sentence. Start with ``streamlit run app.py``."""

from pathlib import Path

import streamlit as st

from lmcore import heap
from pages._shared import address_check, first_view, look, set_up
from pages._shared.navigation import SIGN, navigation
from pages._shared.text import FIRST, LANGUAGES

st.set_page_config("Three Readers", SIGN, layout="wide", initial_sidebar_state="auto")
st.html(look.STYLE)
set_up.check()
address_check.language()
st.sidebar.segmented_control(
    "Language · 语言",
    list(LANGUAGES),
    default=FIRST,
    key="lang",
    required=True,
    bind="query-params",
)
page = navigation()
shown = first_view.show(page)

from pages._shared import copy_link, models  # noqa: E402 - what is stored stands before they load

icon = Path(__file__).parent / "pages" / "_shared" / "icon.png"  # no font from afar
st.set_page_config(page_icon=str(icon))
with st.sidebar:
    models.sidebar()
    copy_link.button()
try:
    first_view.run(page, shown)
finally:
    heap.collect()
    heap.give_back()

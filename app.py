"""Three Readers: ELMo, GPT and BERT read the same sentence. Start with ``streamlit run app.py``."""

from pathlib import Path

import streamlit as st

from lmcore.runtime import memory
from pages.ui import style
from pages.ui.address import check
from pages.ui.navigation import SIGN, navigation
from pages.ui.startup import first_view, set_up
from pages.ui.text import FIRST, LANGUAGES

st.set_page_config("Three Readers", SIGN, layout="wide", initial_sidebar_state="auto")
st.html(style.STYLE)
set_up.check()
check.language()
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

from pages.ui.address import copy_link  # noqa: E402 - what is stored stands before they load
from pages.ui.models import sidebar  # noqa: E402

icon = Path(__file__).parent / "pages" / "ui" / "icon.png"  # no font from afar
st.set_page_config(page_icon=str(icon))
with st.sidebar:
    sidebar.sidebar()
    copy_link.button()
try:
    first_view.run(page, shown)
finally:
    memory.collect()
    memory.trim()

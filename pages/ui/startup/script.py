"""What runs for every visitor and every click: settings, language, navigation, sidebar, page."""

from pathlib import Path

import streamlit as st

from lmcore.runtime import memory
from pages.ui import waiting
from pages.ui.address import copy_link
from pages.ui.models import sidebar
from pages.ui.navigation import SIGN, menu
from pages.ui.page import depth_switch, language_switch
from pages.ui.startup import set_up, warm_start
from pages.ui.text import t

st.set_page_config("Three Readers", SIGN, layout="wide", initial_sidebar_state="auto")
UI = Path(__file__).resolve().parents[1]
st.html(UI / "style.css")
set_up.check()
language_switch()
page = menu()
st.set_page_config(
    " · ".join(dict.fromkeys([page.title, t("home.title")])),
    str(UI / "icon.png"),  # no font from afar
)
with st.sidebar:
    depth_switch()
    sidebar.sidebar()
    copy_link.button()
try:
    waiting.place()
    with warm_start.drawing():
        page.run()
    set_up.keep(page.url_path)
finally:
    memory.collect()
    memory.trim()

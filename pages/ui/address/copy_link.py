"""Copy a link to what the page shows: the address holds everything, the browser does it alone.

The script of the button also tells the browser which language the page is in.
"""

import streamlit as st

from lmcore.text.catalogue import LANGUAGES
from pages.ui.components.files import files
from pages.ui.text import language, t

_HTML = '<button type="button"></button> <small role="status"></small><input hidden readonly>'

#: Characters of a link beyond which some servers and mail programs do not take it.
MOST = 8_000

_link = st.components.v2.component("copy_link", html=_HTML, **files(__file__))


def button() -> None:
    """The button, for the sidebar of every page."""
    words = {name: t(f"copy_link.{name}") for name in ("label", "copied", "select")}
    too_long = t("copy_link.long", most=f"{MOST:,}")
    _link(
        key="copy_link",
        data={**words, "long": too_long, "most": MOST, "lang": LANGUAGES[language()].tag},
    )

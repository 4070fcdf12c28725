"""Copy a link to what the page shows: the address holds everything, the browser does it alone.

The script of the button also tells the browser which language the page is in.
"""

from __future__ import annotations

import streamlit as st

from pages.ui.text import language, t

_CSS = """
button { all: unset; cursor: pointer; display: inline-flex; align-items: center; gap: .4rem;
  min-height: 2rem; padding: 0 .6rem; border-radius: .5rem; font: inherit;
  font-size: .875rem; color: var(--st-text-color); border: 1px solid var(--st-border-color); }
button:hover { color: var(--st-primary-color); border-color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
input { width: 100%; box-sizing: border-box; margin-top: .4rem; font: inherit; font-size: .8rem;
  color: inherit; background: transparent; border: 1px solid var(--st-border-color); }
"""
_JS = """
export default function (component) {
  const { data, parentElement } = component;
  const button = parentElement.querySelector('button');
  const told = parentElement.querySelector('[role=status]');
  const field = parentElement.querySelector('input');
  // The app around the pages says "en" whatever they are written in: screen readers would read 中文
  // with an English voice. This script runs on every page, and again when the language changes.
  document.documentElement.lang = data.lang;
  button.textContent = data.label;
  field.setAttribute('aria-label', data.label);
  button.onclick = async () => {
    const link = window.location.href;
    field.hidden = true;
    try {
      await navigator.clipboard.writeText(link);
      told.textContent = data.copied;
    } catch (error) {
      // Browsers copy on encrypted pages only: the link is shown, selected.
      field.value = link;
      field.hidden = false;
      field.select();
      told.textContent = data.select;
    }
    button.dataset.link = link;
    clearTimeout(button.timer);
    if (link.length > data.most) {  // stays until the next click: it has to be read
      told.textContent += ' · ' + data.long;
    } else {
      button.timer = setTimeout(() => { told.textContent = ''; }, 4000);
    }
  };
}
"""
_HTML = '<button type="button"></button> <small role="status"></small><input hidden readonly>'

#: What the page as a whole says it is written in.
LANG = {"en": "en", "zh": "zh-Hans"}
#: Characters of a link beyond which some servers and mail programs do not take it.
MOST = 8_000

_link = st.components.v2.component("copy_link", html=_HTML, css=_CSS, js=_JS)


def button() -> None:
    """The button, for the sidebar of every page."""
    words = {name: t(f"copy_link.{name}") for name in ("label", "copied", "select")}
    told = t("copy_link.long", most=f"{MOST:,}")
    _link(key="copy_link", data={**words, "long": told, "most": MOST, "lang": LANG[language()]})

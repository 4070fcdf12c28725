"""Parts of the Glossary page: the search box, what to show, and the terms themselves."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from lmcore.text import glossary
from lmcore.text.glossary import THEMES, Term
from pages.ui.address import state
from pages.ui.glossary import link
from pages.ui.text import language, md, t, tm

#: Names in the address: a term, what was typed to find one, and which terms are listed.
TERM, QUERY, LIST = "term", "q", "terms"
#: What is listed: the terms of a theme, or all of them by letter.
LISTS = (*THEMES, "letters")


def asked_part() -> None:
    """The term of a link, before all others."""
    term = glossary.load().get(st.query_params.get(TERM, ""))
    state.keep(TERM, "", term.name if term else "")
    if term is not None:
        with st.container(border=True):
            show(term)


def list_part() -> None:
    """The search box, and the terms that it finds or that a theme holds."""
    query = st.text_input(
        t("glossary.search"),
        key=QUERY,
        type="search",
        placeholder=t("glossary.search_example"),
        icon=":material/search:",
        bind="query-params",
    )
    chosen = state.one_of(LIST, LISTS, t("glossary.list"), named=lambda n: t(f"glossary.{n}"))
    if query is None or not query.strip():
        _chosen(chosen)
        return
    terms = glossary.search(query, language())
    if terms:
        st.caption(t("glossary.count", count=len(terms)))
        columns(terms)
    else:
        st.info(tm("glossary.none", query=query[: state.MOST]))


def _chosen(name: str) -> None:
    """The terms of a theme, or all of them under their letters."""
    if name != "letters":
        columns([term for term in glossary.load().values() if term.theme == name])
        return
    for letter, terms in glossary.by_letter(language()).items():
        st.subheader(letter, anchor=False, divider="gray")
        columns(terms)


def columns(terms: Iterable[Term]) -> None:
    """Terms in two columns, read from left to right; in one on a telephone."""
    listed = list(terms)
    for place in range(0, len(listed), 2):
        pair = listed[place : place + 2]
        for column, term in zip(st.columns(2, gap="medium"), pair, strict=False):
            with column:
                show(term)


def show(term: Term) -> None:
    """One term: its name, which leads to it, two sentences and an example."""
    wording = term.wording[language()]
    st.markdown(f"##### {link(term, md(wording.term), language())}", anchors=False)
    st.markdown(f"{md(wording.text)}\n\n{tm('glossary.example', text=wording.example)}")

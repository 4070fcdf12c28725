"""How one model led to the next: word2vec, ELMo, GPT and BERT, a sentence each."""

import streamlit as st

from lmcore.text.glossary import load
from pages.ui.glossary import link
from pages.ui.text import language, t

#: By name in the glossary, in the order of the story.
STATIONS = {"word2vec": "word2vec", "elmo": "ELMo", "gpt": "GPT", "bert": "BERT"}


def show() -> None:
    """Four stations side by side, one below the other on a telephone."""
    with st.container(key="timeline"):
        columns = st.columns(len(STATIONS), gap="small")
        for column, (name, written) in zip(columns, STATIONS.items(), strict=True):
            term = link(load()[name], f"**{written}**", language())
            when, what = t(f"lessons.{name}.when"), t(f"lessons.{name}")
            column.markdown(f"{when} · {term}  \n:small[{what}]")

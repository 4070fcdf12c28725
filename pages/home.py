"""Home: one sentence, and what each reader is allowed to see at a chosen word."""

import streamlit as st

from pages._shared.frame import page
from pages._shared.inputs import sentence_box

with page("home"):
    sentence = sentence_box()
    st.text(" · ".join(word.text for word in sentence.words))

"""What the Attention page computes once for a model and a text; a head or layer change only looks.

Keys are those of :func:`pages.ui.cache.key`, because another model may stand in a family's
place.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.analyses import attention, attention_heads
from lmcore.analyses import attention_heads as attention_pairs
from lmcore.analyses.attention import Level, Weights, norm_weights
from lmcore.charts import attention as charts
from lmcore.outputs.reading import Influence, Reading
from lmcore.text.words import split
from pages.ui import cache
from pages.ui.inputs import EXAMPLE

#: A sentence, or the two of a pair.
Text = str | tuple[str, str]


@st.cache_resource(show_spinner=False, max_entries=16, ttl=cache.KEPT)
def _pair(key: str, first: str, second: str) -> Reading:
    return cache.loaded(key).read_pair(split(first), split(second))


def reading(key: str, text: Text) -> Reading:
    """The reading of a sentence or of a pair."""
    return cache.reading(key, text) if isinstance(text, str) else _pair(key, *text)


@st.cache_resource(show_spinner=False, max_entries=16, ttl=cache.KEPT)
def heads(key: str, text: Text, level: Level, hide: bool) -> Weights:
    """Attention, ``[L, H + 1, N, N]``: place 0 is the mean of the heads, place h is head h."""
    own = reading(key, text)
    assert own.attention is not None
    every = np.concatenate([own.attention.mean(axis=1, keepdims=True), own.attention], axis=1)
    return attention.TO[level](own, every, hide)


@st.cache_resource(show_spinner=False, max_entries=16, ttl=cache.KEPT)
def norms(key: str, text: Text, level: Level, hide: bool) -> Weights:
    """Norm-weighted attention, ``[L, H + 1, N, N]``: place 0 is all heads together."""
    return norm_weights(cache.loaded(key), reading(key, text), level, hide)


@st.cache_resource(show_spinner=False, max_entries=64, ttl=cache.KEPT)
def rolled(key: str, text: str, level: Level, hide: bool) -> Weights:
    """Rollout up to each layer, ``[L, N, N]``."""
    own = reading(key, text)
    return attention.TO[level](own, attention.rollout(own), hide)


#: Quantities that every head has.
OF_HEADS = {"attention": heads, "norms": norms}


@st.cache_resource(show_spinner=False, max_entries=64, ttl=cache.KEPT)
def profiles(key: str, text: Text, level: Level, quantity: str = "attention") -> pd.DataFrame:
    """What every head does, one line each; the line of head 0 is that of the mean."""
    found = attention_heads.profile(OF_HEADS[quantity](key, text, level, True))
    found["head"] -= 1
    return found


@st.cache_resource(show_spinner=False, max_entries=64, ttl=cache.KEPT)
def profile(
    key: str, text: Text, level: Level, quantity: str = "attention"
) -> dict[tuple[int, int], dict[str, Any]]:
    """The lines of :func:`profiles` by layer and head, the layers from 0."""
    lines = profiles(key, text, level, quantity).to_dict("records")
    return {(line["layer"] - 1, line["head"]): line for line in lines}


@st.cache_resource(show_spinner=False, max_entries=64)
def first_place(key: str) -> tuple[int, int]:
    """Layer and head to begin with: the ones that follow a position most in the example."""
    found = profiles(key, EXAMPLE, "words")
    return attention_heads.most_telling(found[found["head"] > 0])


@st.cache_resource(show_spinner=False, max_entries=32, ttl=cache.KEPT)
def small(key: str, text: Text, level: Level, hide: bool, quantity: str) -> np.ndarray:
    """Small pictures of all heads, uint8 ``[L, H + 1, n, n]``."""
    every = OF_HEADS[quantity](key, text, level, hide).matrix
    top = attention.top_of(*every[:, 1:].reshape(-1, *every.shape[2:]))
    return charts.thumbnails(every, top)


@st.cache_resource(show_spinner=False, max_entries=64, ttl=cache.KEPT)
def pair_shares(key: str, text: Text, level: Level) -> pd.DataFrame:
    """How much each head's weight stays in its sentence and goes across."""
    own = reading(key, text)
    found = attention_pairs.shares(
        heads(key, text, level, True), attention_pairs.boundary(own, level, True)
    )
    found["head"] -= 1
    return found


@st.cache_resource(show_spinner=False, max_entries=64, ttl=cache.KEPT)
def leave_one_out(key: str, text: str) -> Influence:
    """Leave-one-out influence between the words of a sentence."""
    return cache.loaded(key).leave_one_out(split(text))

"""Readers and readings, loaded once and kept in bounded caches.

Keys are strings and numbers only. What is returned is shared between visitors and never changed.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from lmcore import sense_bank
from lmcore.baseline import Chance, chance
from lmcore.errors import ReadersError
from lmcore.readers import families, load
from lmcore.readers.base import Capability, Reader
from lmcore.reading import Influence, Reading
from lmcore.words import split


@st.cache_resource(show_spinner=False)
def reader(family: str) -> Reader:
    """A loaded reader; an error is raised anew each time and never kept."""
    return load(family)


def readers(capability: Capability | None = None) -> dict[str, Reader]:
    """The readers that load and have a capability, in order; the others are named by the frame."""
    found: dict[str, Reader] = {}
    for family, kind in families().items():
        if capability is not None and capability not in kind.capabilities:
            continue
        try:
            found[family] = reader(family)
        except ReadersError:
            continue  # the frame shows this reader's error on every page
    return found


def broken() -> dict[str, ReadersError]:
    """Readers that do not load, with the reason."""
    errors: dict[str, ReadersError] = {}
    for family in families():
        try:
            reader(family)
        except ReadersError as error:
            errors[family] = error
    return errors


@st.cache_resource(show_spinner=False, max_entries=64)
def reading(family: str, text: str) -> Reading:
    """One sentence as one reader sees it."""
    return reader(family).read([split(text)])[0]


@st.cache_resource(show_spinner=False, max_entries=32)
def readings(family: str, texts: tuple[str, ...]) -> list[Reading]:
    """Several sentences as one reader sees them: vectors of words only.

    Attention and the vectors of pieces, which would take most of the memory, are left out.
    """
    own = reader(family).read([split(text) for text in texts])
    return [replace(one, attention=None, piece_layers=one.layers[:, :0]) for one in own]


@st.cache_resource(show_spinner=False, max_entries=64)
def influence(family: str, text: str) -> Influence:
    """Gradient × input influence between the words of a sentence."""
    return reader(family).influence(split(text))


@st.cache_resource(show_spinner=False, max_entries=16)
def random_pairs(family: str) -> Chance:
    """How alike unrelated words are in each layer of a reader, with spread."""
    return chance(reader(family))


def baseline(family: str) -> np.ndarray:
    """Mean cosine similarity of unrelated words in each layer of a reader, float ``[L + 1]``."""
    return random_pairs(family).mean


@st.cache_resource(show_spinner=False, max_entries=32)
def bank(family: str, word: str) -> np.ndarray:
    """Vectors of a word in its sentences of the sense bank, ``[L + 1, N, D]``.

    Args:
        family: the reader.
        word: its base form (:meth:`lmcore.sense_bank.SenseBank.base`).
    """
    return sense_bank.bank_vectors(reader(family), word)


@st.cache_resource(show_spinner=False, max_entries=256)
def bank_accuracy(family: str, word: str) -> sense_bank.Accuracy:
    """How often a reader's vote is right for the sentences of the bank itself, by layer."""
    senses = [entry.sense for entry in sense_bank.load().of(word)]
    return sense_bank.leave_one_out(bank(family, word), senses)

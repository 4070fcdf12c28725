"""Views for sections: what an analysis makes of a question with the reader in a family's place.

Sections draw what comes from here and compute nothing themselves. A view is computed once for each
model and question and shared between visitors. While the server has just started, what can be said
without the readers is said without them: the views of the examples are stored with the project, and
the small files of a checkpoint state the facts of its reader.

Readers and what they make of a text are kept in bounded caches. What is returned is shared between
visitors and never changed; what holds a visitor's text is kept for :data:`KEPT` seconds. A family's
place may be taken by a published model (:mod:`pages.ui.models.choice`): so every cache is keyed by
:func:`key`, which tells the models apart, and never by the family alone.
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

import streamlit as st

from lmcore.analyses.analysis import Analysis, stored
from lmcore.errors import ReadersError
from lmcore.hub import model_cache
from lmcore.outputs.answers import BlankAnswers
from lmcore.outputs.facts import ReaderFacts, stated_facts
from lmcore.outputs.reading import Influence, Reading
from lmcore.readers import load
from lmcore.readers.base import Reader
from lmcore.runtime.families import FAMILIES, Capability
from lmcore.runtime.limits import BEAM
from lmcore.text.words import Sentence, split
from pages.ui.errors import problem
from pages.ui.models import choice
from pages.ui.models.choice import MARK, key, text_of
from pages.ui.startup import warm_start
from pages.ui.text import t

Q = TypeVar("Q", bound=Hashable)
V = TypeVar("V")

#: Seconds after which what was computed from a visitor's text is not used any more. It leaves the
#: memory with the next entry of the same cache.
KEPT = 3_600
#: Characters from which on a text is long: about 75 pieces.
LONG = 300


@st.cache_resource(show_spinner=False)
def classroom(key: str) -> Reader:
    """A reader of a classroom; it stays."""
    if "/" not in key:
        return load(key)
    folder = choice.checkpoint(key)
    return load(folder.name, folder.parent)


def loaded(key: str) -> Reader:
    """The reader of a key (:func:`key`); an error is raised anew each time and never kept.

    Classroom readers are small and stay. Published ones stand in one cache for the whole
    process, from which the ones unused for longest are taken when there is no room
    (:mod:`lmcore.hub.model_cache`).
    """
    family, _, published = key.partition(MARK)
    return model_cache.SHELF.reader(published) if published else classroom(family)


def reader(family: str, text: str = "") -> Reader:
    """The reader in a family's place, for this visitor and a text; waits while it is on its way."""
    warm_start.wait(key(family, text))
    return loaded(key(family, text))


def readers(capability: Capability | None = None) -> dict[str, Reader]:
    """The readers that load and have a capability, in order; the others are named by the frame."""
    working: dict[str, Reader] = {}
    for family in FAMILIES:
        try:
            candidate = reader(family)
        except ReadersError:
            continue  # the frame shows this reader's error on every page
        if capability is None or candidate.can(capability):
            working[family] = candidate
    return working


@st.cache_resource(show_spinner=False, max_entries=64, ttl=KEPT)
def _reading(key: str, text: str) -> Reading:
    return loaded(key).read([split(text)])[0]


@st.cache_resource(show_spinner=False, max_entries=6, ttl=KEPT)
def _long_reading(key: str, text: str) -> Reading:
    return loaded(key).read([split(text)])[0]


def reading(family: str, text: str) -> Reading:
    """One sentence as one reader sees it.

    Attention grows with the square of the length: BERT-base's is 3 MB for 75 pieces and 150 MB for
    512. So few long texts are kept.
    """
    return (_reading if len(text) <= LONG else _long_reading)(key(family, text), text)


@st.cache_resource(show_spinner=False, max_entries=16, ttl=KEPT)
def _pair_reading(key: str, first: str, second: str) -> Reading:
    return loaded(key).read_pair(split(first), split(second))


@st.cache_resource(show_spinner=False, max_entries=64, ttl=KEPT)
def _influence(key: str, text: str) -> Influence:
    return loaded(key).influence(split(text))


@st.cache_resource(show_spinner=False, max_entries=32, ttl=KEPT)
def _blanks(key: str, text: str, blanks: tuple[int, ...], beam: int) -> BlankAnswers:
    return loaded(key).fill_blanks(split(text), blanks, beam)


class _SharedReader:
    """A reader for analyses: a sentence goes through it once, however many of them ask for it."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __getattr__(self, name: str) -> Any:
        return getattr(loaded(self._key), name)

    def read(self, sentences: Sequence[Sentence]) -> list[Reading]:
        if len(sentences) != 1:
            return loaded(self._key).read(sentences)
        return [reading(self._key, sentences[0].text)]

    def read_pair(self, first: Sentence, second: Sentence) -> Reading:
        return _pair_reading(self._key, first.text, second.text)

    def influence(self, sentence: Sentence) -> Influence:
        return _influence(self._key, sentence.text)

    def fill_blanks(
        self, sentence: Sentence, blanks: Sequence[int], beam: int = BEAM
    ) -> BlankAnswers:
        return _blanks(self._key, sentence.text, tuple(blanks), beam)


_shared: WeakKeyDictionary[Reader, _SharedReader] = WeakKeyDictionary()


def shared(key: str) -> Reader:
    """The reader of a key, to be asked by analyses; it lives as long as the reader itself."""
    return cast("Reader", _shared.setdefault(loaded(key), _SharedReader(key)))


_analyses: dict[str, Analysis[Any, Any]] = {}


@st.cache_resource(show_spinner=False, max_entries=256, ttl=KEPT)
def _computed(name: str, key: str, question: Any) -> Any:
    return _compute(name, key, question)


@st.cache_resource(show_spinner=False, max_entries=16, ttl=KEPT)
def _computed_large(name: str, key: str, question: Any) -> Any:
    return _compute(name, key, question)


def _compute(name: str, key: str, question: Any) -> Any:
    analysis = _analyses[name]
    before = () if analysis.after is None else (_kept(analysis.after.name, key, question),)
    return analysis.compute(shared(key), question, *before)


def _kept(name: str, key: str, question: Any) -> Any:
    """A view, from the cache where it is there."""
    return (_computed_large if _analyses[name].large else _computed)(name, key, question)


def view(analysis: Analysis[Q, V], family: str, question: Q) -> V:
    """What the reader in a family's place makes of a question; waits while it is on its way.

    Args:
        analysis: what to make of it.
        family: whose reader.
        question: as the analysis has it.

    Raises:
        ReadersError: the reader cannot answer it, or does not load.
    """
    kept = kept_view(analysis, family, question)
    if kept is not None:
        return kept
    model = key(family, text_of(question))
    if model in warm_start.pending:
        warm_start.wait(model)
    _analyses[analysis.name] = analysis
    if analysis.after is not None:
        _analyses[analysis.after.name] = analysis.after
    computed: V = _kept(analysis.name, model, question)
    return computed


def kept_view(analysis: Analysis[Q, V], family: str, question: Q) -> V | None:
    """The stored view of a question while the reader is on its way, where there is one.

    Args:
        analysis, family, question: as in :func:`view`.
    """
    pending = key(family, text_of(question)) in warm_start.pending
    return stored(analysis, family, question) if pending else None


def views(analysis: Analysis[Q, V], families: Iterable[str], question: Q) -> dict[str, V]:
    """What each of some readers makes of a question; one that cannot answer it says why.

    Args:
        analysis: what is asked.
        families: whose readers are asked, in this order.
        question: the same for all.
    """
    answers: dict[str, V] = {}
    with st.spinner(t("common.computing")):
        for family in families:
            try:
                answers[family] = view(analysis, family, question)
            except ReadersError as error:
                problem(error)
    return answers


def facts(family: str) -> ReaderFacts:
    """What is known of the reader in a family's place without asking it anything.

    Raises:
        ReadersError: it does not load.
    """
    model = key(family)
    if model in warm_start.pending or "/" in model.partition(MARK)[0]:
        return stated_facts(choice.checkpoint(model))
    return loaded(model).facts


def all_facts() -> tuple[dict[str, ReaderFacts], dict[str, ReadersError]]:
    """The facts of all readers that work, and why the others do not, by family in order."""
    known: dict[str, ReaderFacts] = {}
    errors: dict[str, ReadersError] = {}
    for family in FAMILIES:
        try:
            known[family] = facts(family)
        except ReadersError as error:
            errors[family] = error
    return known, errors


def families(*capabilities: Capability) -> list[str]:
    """Families whose readers work and have all of some capabilities, in order."""
    return [
        family
        for family, reader in all_facts()[0].items()
        if reader.capabilities.issuperset(capabilities)
    ]

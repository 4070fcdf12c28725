"""What is said of a published model before it is loaded, and why one cannot do what a page asks."""

from collections.abc import Iterable, Sequence

import streamlit as st

from lmcore.hub import installed, load
from lmcore.hub.catalogue import PublishedModel
from lmcore.hub.files import size
from lmcore.outputs.facts import ReaderFacts
from lmcore.runtime.families import Capability
from lmcore.text.catalogue import catalogue
from pages.ui.format import people
from pages.ui.models import choice
from pages.ui.text import md, t, tm


def word(english: str) -> str:
    """A language or corpus in the interface's language, or as it is called everywhere."""
    key = f"models.word.{english}"
    return t(key) if key in catalogue() else english


def words(names: Sequence[str]) -> str:
    """Several of them in one line."""
    return t("common.comma").join(word(name) for name in names)


def download_size(*models: PublishedModel) -> str:
    """What is to be downloaded, marked as approximate where it was only computed."""
    known = [model.size for model in models if model.size is not None]
    if len(known) < len(models):
        return t("models.unknown_size")
    exact = all(model.exact for model in models)
    return size(sum(known)) if exact else t("models.about", size=size(sum(known)))


def licence(model: PublishedModel) -> str:
    """The licence; that there is none is said as well."""
    if model.licence:
        return t("models.licence", licence=model.licence)
    return t("models.no_licence" if model.paper else "models.unknown_licence")


def facts(model: PublishedModel) -> list[str]:
    """Everything that is known of a model before it is loaded, one clause each, plain text."""
    clauses = []
    if model.parameters is not None:
        clauses.append(t("models.parameters", count=people(model.parameters)))
    clauses.append(licence(model))
    if model.corpus:
        clauses.append(t("models.read", corpus=words(model.corpus)))
    else:
        clauses.append(t("models.unknown_corpus"))
    if model.languages:
        clauses.append(t("models.languages", languages=words(model.languages)))
    if model.cased is not None:
        clauses.append(t("models.cased" if model.cased else "models.uncased"))
    need = load.needed(model)
    clauses.append(
        t("models.unknown_memory") if need is None else t("models.memory", need=size(need))
    )
    if installed.place(model) is not None:
        clauses.append(t("models.present"))
    elif not model.is_folder:
        clauses.append(t("models.to_get", size=download_size(model)))
    return clauses


def line(model: PublishedModel) -> str:
    """The facts as one line of Markdown, with a link to the model's page."""
    text = md(t("common.semicolon").join(facts(model)))
    return f"{text} · [{t('models.page')}]({model.page})" if model.page else text


def memory_line(models: Sequence[PublishedModel]) -> None:
    """How much memory is free, and which of the models would not fit alone."""
    free = installed.room()
    if free is None:
        return
    st.caption(tm("models.free", free=size(free)))
    for model in models:
        if (load.needed(model) or 0) > free:
            st.warning(tm("models.too_tight", name=model.name))


def different_texts() -> None:
    """Remind a visitor who chose published models that they were not trained on the same text."""
    models = [model for family in choice.picks() if (model := choice.model(family))]
    names = [model.name for model in models if installed.place(model) is not None]
    if names:
        st.caption(tm("models.different", names=t("common.comma").join(names)))


def lacks(needs: Sequence[Capability], readers: Iterable[ReaderFacts]) -> None:
    """Say what a page needs and these weights of readers cannot serve, and why; each once."""
    for reader in readers:
        missing = [reader.lacks[need] for need in needs if need in reader.lacks]
        for code in dict.fromkeys(missing):
            st.info(md(t(f"error.{code}", reader=reader.name)), icon=":material/block:")

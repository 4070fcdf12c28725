"""Nearest contexts: which sentences of the sense bank lie closest, and what sense they vote."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lmcore.analyses import nearest_contexts as analysis
from lmcore.analyses.nearest_contexts import NEAREST_CONTEXTS, Votes
from lmcore.analyses.sense_bank import Entry, SenseBank
from lmcore.analyses.sense_vote import NEIGHBOURS, Nearest, agreement, trust
from lmcore.charts import polysemy as charts
from lmcore.text.word_uses import Question, Use
from pages.sections.polysemy.comparison import names, read
from pages.ui.address import state
from pages.ui.figure import show_figure, show_table
from pages.ui.models import choice
from pages.ui.models.choice import text_of
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import language, md, t, tm
from pages.ui.views import view

#: Which use is looked at, in the address: from 1.
USE = "nc_use"
#: Words of the bank that are named where it does not know the one asked for.
NAMED = 12
#: A longer sentence is cut in the list of choices; the box above holds the whole.
OPTION = 90


def section(question: Question, layers: Mapping[str, int]) -> None:
    """The whole section; one sentence where the bank does not know the word."""
    bank = choice.bank(text_of(question))
    word = bank.base(question.word)
    if word is None:
        _unknown(question, bank)
        return
    entries, glosses = bank.of(word), _glosses(bank, word)
    st.markdown(t("nearest_contexts.question", count=len(entries), word=md(word)))
    st.caption(t("nearest_contexts.how", k=NEIGHBOURS))
    with st.spinner(t("common.computing")):
        views = [view(NEAREST_CONTEXTS, family, question.unlabelled) for family in layers]
    votes = [analysis.vote(near, layers[near.family]) for near in views]
    _finding(question, votes, glosses)
    _pictures(question, votes, glosses, word)
    frame = analysis.votes_frame(question, votes, glosses)
    show_table(_titled(frame), f"nearest-contexts-votes-{word}")
    _one_use(question, votes, entries, glosses)


def _unknown(question: Question, bank: SenseBank) -> None:
    """One sentence: the word is not in the bank, and some that are."""
    every = max(1, len(bank.words) // NAMED)
    some = t("common.comma").join(bank.words[::every])
    st.caption(tm("nearest_contexts.unknown", word=question.word, count=len(bank.words), some=some))


def _glosses(bank: SenseBank, word: str) -> dict[str, str]:
    """What the senses of a word are called in the language of the interface, by id."""
    chinese = language() == "zh"
    return {sense.id: sense.zh if chinese else sense.en for sense in bank.senses_of(word)}


def _finding(question: Question, votes: Sequence[Votes], glosses: Mapping[str, str]) -> None:
    """What each reader's neighbours vote, and whether this groups the uses as the labels do."""
    lines = [_clause(question, reader, glosses) for reader in votes]
    st.info("\n".join([t("nearest_contexts.finding"), "", *(f"- {line}" for line in lines)]))


def _clause(question: Question, votes: Votes, glosses: Mapping[str, str]) -> str:
    """What the finding says about one reader."""
    senses, parts = votes.senses, []
    for sense in [*glosses, None]:
        uses = [use for use, voted in enumerate(senses) if voted == sense]
        if uses:
            key = "for_none" if sense is None else "for"
            gloss = glosses.get(sense or "", "")
            parts.append(tm(f"nearest_contexts.{key}", gloss=gloss, uses=names(question, uses)))
    line = tm("nearest_contexts.reader", reader=FAMILY_NAMES[votes.family], layer=votes.layer)
    line += t("common.comma").join(parts)
    agreed = None if question.suggested else agreement(question.groups.tolist(), senses)
    if agreed is not None:
        line += tm("nearest_contexts.agree", **vars(agreed))
    return line + t("common.stop")


def _places(votes: Sequence[Votes]) -> list[DeltaGenerator]:
    """A place for each reader: those with layers side by side, static vectors below them."""
    deep = [len(reader.accuracy.by_layer) > 1 for reader in votes]
    width = max(1, sum(deep))
    columns = iter(st.columns(width, gap="medium"))
    return [next(columns) if has else st.columns(width, gap="medium")[0] for has in deep]


def _pictures(
    question: Question, votes: Sequence[Votes], glosses: Mapping[str, str], word: str
) -> None:
    """The votes of each reader, with what such a vote is worth."""
    texts = {"votes": t("nearest_contexts.votes_axis")}
    labels = [_name(question, use) for use in question.uses]
    for place, reader in zip(_places(votes), votes, strict=True):
        name = FAMILY_NAMES[reader.family]
        with place:
            st.markdown(f"**{md(name)}**")
            show_figure(
                charts.votes(labels, [use.votes for use in reader.uses], glosses, texts),
                f"nearest-contexts-{reader.family}",
                t("nearest_contexts.alt", reader=name, layer=reader.layer),
                texts=read(question),
            )
            st.caption(_worth(reader, word))


def _worth(votes: Votes, word: str) -> str:
    """Whether the vote can be trusted, by what it does on the bank itself."""
    accuracy, layer = votes.accuracy, votes.layer
    return tm(
        f"nearest_contexts.worth.{trust(accuracy, layer)}",
        reader=FAMILY_NAMES[votes.family],
        word=word,
        layer=layer,
        accuracy=f"{100 * accuracy.by_layer[layer]:.0f}",
        majority=f"{100 * accuracy.majority:.0f}",
        count=accuracy.count,
    )


def _one_use(
    question: Question,
    votes: Sequence[Votes],
    entries: Sequence[Entry],
    glosses: Mapping[str, str],
) -> None:
    """One of the user's sentences, and the sentences of the bank that lie closest to it."""
    options = [_option(question, use) for use in question.uses]
    widget = f"{USE}:{len(options)}"
    state.place(USE, widget, len(options))
    chosen = st.selectbox(
        t("nearest_contexts.choose"),
        range(len(options)),
        format_func=options.__getitem__,
        key=widget,
    )
    state.keep_place(USE, widget, chosen)
    use = question.uses[chosen]
    if analysis.own_places(question.sentences[use.sentence], entries):
        st.caption(t("nearest_contexts.itself"))
    for place, reader in zip(_places(votes), votes, strict=True):
        with place:
            _nearest(reader, use, reader.uses[chosen], entries, glosses)
    frame = analysis.neighbours_frame(votes, chosen, entries, glosses)
    show_table(
        _titled(frame), f"nearest-contexts-neighbours-{use.name}", key="nearest-contexts-one"
    )


def _nearest(
    votes: Votes, use: Use, near: Nearest, entries: Sequence[Entry], glosses: Mapping[str, str]
) -> None:
    """One reader: the voted sense with its share, and who voted."""
    reader = FAMILY_NAMES[votes.family]
    if not near.total:
        st.markdown(tm("nearest_contexts.no_vector", reader=reader, form=use.form))
        return
    most = near.votes[near.leaders[0]]
    st.markdown(
        tm(
            f"nearest_contexts.{'tie' if near.sense is None else 'voted'}",
            reader=reader,
            gloss=t("common.comma").join(glosses[sense] for sense in near.leaders),
            votes=f"{most:.3g}",
            total=f"{near.total:.3g}",
            share=f"{100 * most / near.total:.0f}",
        )
    )
    baseline = f"{votes.baseline:.2f}"
    st.caption(tm("nearest_contexts.baseline", layer=votes.layer, baseline=baseline))
    whole = [place for place in near.order.tolist() if near.weights[place] == 1]
    lines = [_line(near.similarity[p], entries[p], glosses[entries[p].sense]) for p in whole]
    if lines:
        st.markdown("\n".join(lines))
    if near.sharing.any():
        st.markdown(
            tm(
                "nearest_contexts.sharing",
                count=int(near.sharing.sum()),
                places=f"{near.weights[near.sharing].sum():.3g}",
                cosine=f"{near.similarity[near.sharing].mean():.2f}",
            )
        )


def _line(cosine: float, entry: Entry, gloss: str) -> str:
    """A sentence of the bank as an item of a list, its word in bold."""
    text, word = entry.sentence.text, entry.sentence.words[entry.position]
    before, after = text[: word.start], text[word.end :]
    left = md(before) + " " * before.endswith(" ")
    right = " " * after.startswith(" ") + md(after)
    return f"- {md(f'{cosine:.2f}')} · {md(gloss)} · {left}**{md(word.text)}**{right}"


def _name(question: Question, use: Use) -> str:
    """Number of a use, with the label that a person gave."""
    return use.name if question.suggested or use.sense is None else f"{use.name} · {use.sense}"


def _option(question: Question, use: Use) -> str:
    """A use as a choice: number, label, sentence."""
    text = question.sentences[use.sentence].text
    beginning = text if len(text) <= OPTION else f"{text[: OPTION - 1]}…"
    return f"{_name(question, use)} · {beginning}"


def _titled(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with readers' names and headings in the language of the interface."""
    frame = frame.assign(reader=frame["reader"].map(FAMILY_NAMES))
    titled = "reader layer rank sense cosine baseline vote sentence use label voted share accuracy"
    titled += " majority judged"
    columns = {name: t(f"nearest_contexts.column.{name}") for name in titled.split()}
    return frame.rename(columns=columns)

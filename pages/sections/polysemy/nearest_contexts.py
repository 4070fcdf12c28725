"""Nearest contexts: which sentences of the sense bank lie closest, and what sense they vote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lmcore.analyses import nearest_contexts as analysis
from lmcore.analyses.nearest_contexts import Votes
from lmcore.analyses.polysemy import Comparison, vectors_of
from lmcore.analyses.sense_bank import Entry, SenseBank, load
from lmcore.analyses.sense_vote import NEIGHBOURS, Nearest
from lmcore.charts import nearest_contexts as charts
from lmcore.outputs.reading import Reading
from lmcore.text.word_uses import Question, Use
from pages.sections.polysemy.comparison import read
from pages.sections.polysemy.finding import names
from pages.ui import cache
from pages.ui.address import state
from pages.ui.figure import show_figure, show_table
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import language, md, t, tm

#: Which use is looked at, in the address: from 1.
USE = "nc_use"
#: Words of the bank that are named where it does not know the one asked for.
NAMED = 12
#: A longer sentence is cut in the list of choices; the box above holds the whole.
OPTION = 90


def section(
    question: Question,
    found: Mapping[str, Comparison],
    readings: Mapping[str, Sequence[Reading]],
    layers: Mapping[str, int],
) -> None:
    """The whole section; one sentence where the bank does not know the word.

    Args:
        found: what every reader makes of the word.
        readings: the question's sentences as every reader sees them.
        layers: the layer that is looked at, by reader.
    """
    bank = load()
    word = bank.base(question.word)
    if word is None:
        _unknown(question, bank)
        return
    entries, glosses = bank.of(word), _glosses(bank, word)
    st.subheader(t("nearest_contexts.title"))
    st.markdown(t("nearest_contexts.question", count=len(entries), word=md(word)))
    st.caption(t("nearest_contexts.how", k=NEIGHBOURS))
    with st.spinner(t("common.computing")):
        votes = [
            Votes(
                family=family,
                layer=layers[family],
                baseline=float(own.baseline[layers[family]]),
                found=analysis.vote(
                    question,
                    vectors_of(question, readings[family]),
                    cache.bank(family, word),
                    entries,
                    layers[family],
                ),
                accuracy=cache.bank_accuracy(family, word),
            )
            for family, own in found.items()
        ]
    _finding(question, votes, glosses)
    _pictures(question, votes, glosses, word)
    show_table(
        _titled(analysis.votes_frame(question, votes, glosses)), f"nearest-contexts-votes-{word}"
    )
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
    lines = [_clause(question, own, glosses) for own in votes]
    st.info("\n".join([t("nearest_contexts.finding"), "", *(f"- {line}" for line in lines)]))


def _clause(question: Question, own: Votes, glosses: Mapping[str, str]) -> str:
    """What the finding says about one reader."""
    senses, parts = own.senses, []
    for sense in [*glosses, None]:
        uses = [use for use, voted in enumerate(senses) if voted == sense]
        if uses:
            key = "for_none" if sense is None else "for"
            gloss = glosses.get(sense or "", "")
            parts.append(tm(f"nearest_contexts.{key}", gloss=gloss, uses=names(question, uses)))
    agreed = None if question.suggested else analysis.agreement(question.groups.tolist(), senses)
    line = tm("nearest_contexts.reader", reader=FAMILY_NAMES[own.family], layer=own.layer)
    line += t("common.comma").join(parts)
    if agreed is not None:
        line += tm(
            "nearest_contexts.agree",
            right=agreed.right,
            count=agreed.count,
            constant=agreed.constant,
        )
    return line + t("common.stop")


def _places(votes: Sequence[Votes]) -> list[DeltaGenerator]:
    """A place for each reader: those with layers side by side, static vectors below them."""
    deep = [own.family for own in votes if len(own.accuracy.by_layer) > 1]
    width = max(1, len(deep))
    columns = iter(st.columns(width, gap="medium"))
    return [
        next(columns) if own.family in deep else st.columns(width, gap="medium")[0] for own in votes
    ]


def _pictures(
    question: Question, votes: Sequence[Votes], glosses: Mapping[str, str], word: str
) -> None:
    """The votes of each reader, with what such a vote is worth."""
    for place, own in zip(_places(votes), votes, strict=True):
        reader = FAMILY_NAMES[own.family]
        with place:
            st.markdown(f"**{md(reader)}**")
            show_figure(
                charts.votes(
                    [_name(question, use) for use in question.uses],
                    [found.votes for found in own.found],
                    glosses,
                    {"votes": t("nearest_contexts.votes_axis")},
                ),
                f"nearest-contexts-{own.family}",
                t("nearest_contexts.alt", reader=reader, layer=own.layer),
                texts=read(question),
            )
            st.caption(_worth(own, word))


def _worth(own: Votes, word: str) -> str:
    """Whether the vote can be trusted, by what it does on the bank itself."""
    value = own.accuracy.by_layer[own.layer]
    return tm(
        f"nearest_contexts.worth.{analysis.trust(own.accuracy, own.layer)}",
        reader=FAMILY_NAMES[own.family],
        word=word,
        layer=own.layer,
        accuracy=f"{100 * value:.0f}",
        majority=f"{100 * own.accuracy.majority:.0f}",
        count=own.accuracy.count,
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
    for place, own in zip(_places(votes), votes, strict=True):
        with place:
            _nearest(own, use, own.found[chosen], entries, glosses)
    frame = analysis.neighbours_frame(votes, chosen, entries, glosses)
    show_table(
        _titled(frame), f"nearest-contexts-neighbours-{use.name}", key="nearest-contexts-one"
    )


def _nearest(
    own: Votes, use: Use, found: Nearest, entries: Sequence[Entry], glosses: Mapping[str, str]
) -> None:
    """One reader: the voted sense with its share, and who voted."""
    total = sum(found.votes.values())
    reader = FAMILY_NAMES[own.family]
    if not total:
        st.markdown(tm("nearest_contexts.no_vector", reader=reader, form=use.form))
        return
    leaders = t("common.comma").join(glosses[sense] for sense in found.leaders)
    key = "tie" if found.sense is None else "voted"
    votes = found.votes[found.leaders[0]]
    st.markdown(
        tm(
            f"nearest_contexts.{key}",
            reader=reader,
            gloss=leaders,
            votes=f"{votes:.3g}",
            total=f"{total:.3g}",
            share=f"{100 * votes / total:.0f}",
        )
    )
    st.caption(tm("nearest_contexts.baseline", layer=own.layer, baseline=f"{own.baseline:.2f}"))
    alone = [place for place in found.order.tolist() if found.weights[place] == 1]
    lines = [_line(found.similarity[p], entries[p], glosses[entries[p].sense]) for p in alone]
    if lines:
        st.markdown("\n".join(lines))
    sharing = (found.weights > 0) & (found.weights < 1)
    if sharing.any():
        st.markdown(
            tm(
                "nearest_contexts.sharing",
                count=int(sharing.sum()),
                places=f"{found.weights[sharing].sum():.3g}",
                cosine=f"{found.similarity[sharing].mean():.2f}",
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
    shown = text if len(text) <= OPTION else f"{text[: OPTION - 1]}…"
    return f"{_name(question, use)} · {shown}"


def _titled(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with readers' names and headings in the language of the interface."""
    frame = frame.assign(reader=frame["reader"].map(FAMILY_NAMES))
    own = ("reader", "layer", "rank", "sense", "cosine", "baseline", "vote", "sentence", "use")
    own += ("label", "voted", "share", "accuracy", "majority", "judged")
    return frame.rename(columns={name: t(f"nearest_contexts.column.{name}") for name in own})

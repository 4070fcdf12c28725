"""Parts of the Masked word page: the blank, the grid of answers, the asked words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from lmcore import cloze, masked_word
from lmcore.charts import masked_word as charts
from lmcore.charts.theme import FAMILY_NAMES
from lmcore.cloze import Blank
from lmcore.errors import ReadersError
from lmcore.masked_word import Answer, Asked, Change
from lmcore.words import checked, split
from pages._shared import cache
from pages._shared.downloads import numbers, picture
from pages._shared.frame import problem
from pages._shared.inputs import hash_of, word_notes
from pages._shared.text import t, tm

EXAMPLE = "She opened the ___ and read the first page aloud."
EXAMPLE_ASKED = "book door"


@st.cache_resource(show_spinner=False, max_entries=48)
def _answers(family: str, text: str, position: int) -> list[Answer]:
    return masked_word.answers(cache.reader(family), Blank(split(text), position))


@st.cache_resource(show_spinner=False, max_entries=512)
def _asked(family: str, text: str, position: int, word: str) -> list[Asked]:
    blank, given = Blank(split(text), position), _answers(family, text, position)
    return masked_word.ask(cache.reader(family), blank, word, given)


def blank_box() -> Blank:
    """The sentence, and the word to hide where no blank is written.

    Raises:
        InputError: the text cannot be read, or holds no blank or several.
    """
    text = st.text_input(
        t("masked_word.sentence"),
        value=EXAMPLE,
        key="m",
        bind="query-params",
        help=t("masked_word.sentence_help"),
    )
    sentence = checked(text or "")
    options = [i for i, word in enumerate(sentence.words) if word.has_letters]
    if cloze.blanks(sentence) or not options:
        return cloze.typed_blank(sentence)
    chosen = st.selectbox(
        t("masked_word.hide"),
        options,
        index=len(options) - 1,
        format_func=lambda i: f"{i + 1} · {sentence.words[i].text}",
        key=f"hide:{hash_of(sentence)}",
    )
    return cloze.hide(sentence, chosen)


def answers_of_all(blank: Blank) -> dict[str, list[Answer]]:
    """What every reader that fills blanks expects; one that cannot read the text says why."""
    found = {}
    for family in cache.readers("fill"):
        try:
            found[family] = _answers(family, blank.sentence.text, blank.position)
        except ReadersError as error:
            problem(error)
    return found


def asked_of_all(blank: Blank, families: Sequence[str], words: Sequence[str]) -> list[Asked]:
    """What every reader says about the asked words."""
    text, position = blank.sentence.text, blank.position
    return [
        one for family in families for word in words for one in _asked(family, text, position, word)
    ]


def notes(blank: Blank, families: Sequence[str]) -> None:
    """What readers did to the words around the blank (the blank itself is no word to them)."""
    readings = [cache.reading(family, blank.sentence.text) for family in families]
    around = [
        replace(own, notes=tuple(note for note in own.notes if note.word != blank.position))
        for own in readings
    ]
    word_notes(around, FAMILY_NAMES)


def name(answer: Answer | Asked | Change) -> str:
    """Reader and view, for titles of columns and axes."""
    view = t(f"masked_word.view.{answer.view}")
    return t("masked_word.name", reader=FAMILY_NAMES[answer.family], view=view)


def grid(
    found: dict[str, list[Answer]],
    cut: dict[str, list[Answer]],
    *,
    k: int,
    same_axis: bool,
    asked: Sequence[str],
) -> None:
    """One row a side of the blank, one column a reader."""
    everything = [answer for own in (*found.values(), *cut.values()) for answer in own]
    tops = [a.top(1)[0].probability for a in everything if a.covered is not None]
    limit = max(tops, default=None) if same_axis else None
    for side in masked_word.SIDES:
        st.markdown(f"#### {t(f'masked_word.side.{side}')}")
        alone = {
            answer.family: answer
            for own in cut.values()
            for answer in own
            if side == "left" and answer.view == "both"
        }
        here = {a.family: a for own in found.values() for a in own if a.side == side}
        st.info(_first_words([*here.values(), *alone.values()]))
        for column, family in zip(st.columns(len(found)), found, strict=True):
            with column, st.container(border=True):
                if family in here:
                    answer = here[family]
                    without = next((a for a in cut.get(family, []) if a.view == answer.view), None)
                    _bars(answer, k, limit, asked, without)
                elif family in alone:
                    _bars(alone[family], k, limit, asked, None, "left_alone")
                else:
                    _cannot(family, side)


def _first_words(here: Sequence[Answer]) -> str:
    clauses = []
    for answer in here:
        best = answer.top(1)[0]
        share = charts.percent(best.probability)
        if answer.covered is None:
            share = t("masked_word.of_tried", share=share, tried=len(answer.probabilities))
        reader = FAMILY_NAMES[answer.family]
        clauses.append(tm("masked_word.first", reader=reader, word=best.word, share=share))
    return t("masked_word.join").join(clauses) + t("masked_word.end")


def _cannot(family: str, side: str) -> None:
    reader = FAMILY_NAMES[family]
    st.markdown(f"**{reader}**")
    st.caption(t(f"masked_word.cannot.{side}.{cache.reader(family).sight}", reader=reader))


def _bars(
    answer: Answer,
    k: int,
    limit: float | None,
    asked: Sequence[str],
    without: Answer | None,
    kind: str = "",
) -> None:
    """One picture; ``kind`` names the view where it is not the answer's own."""
    reader, view = FAMILY_NAMES[answer.family], t(f"masked_word.view.{kind or answer.view}")
    st.markdown(f"**{reader}** · {view}")
    figure = charts.bars(
        answer,
        k,
        limit=limit if answer.covered is not None else None,
        asked=asked,
        without=without,
        names=(t("masked_word.cut_whole"), t("masked_word.cut_legend")),
    )
    words = ", ".join(f"{g.word} {charts.percent(g.probability)}" for g in answer.top(k))
    alt = t("masked_word.bars_alt", reader=reader, view=view, words=words)
    picture(figure, f"masked-word-{answer.family}-{kind or answer.view}", alt)
    sight = cache.reader(answer.family).sight
    about = t(f"masked_word.about.{kind or answer.view}.{sight}", tried=len(answer.probabilities))
    if answer.covered is not None:
        share = charts.percent(answer.covered)
        about += " " + t("masked_word.covered", share=share)
    st.caption(about)


def table(given: Sequence[Answer], k: int, asked: Sequence[str], told: Sequence[Asked]) -> None:
    """All candidates in all views."""
    st.markdown(f"#### {t('masked_word.table')}")
    st.caption(t("masked_word.table_note"))
    words = masked_word.rows(given, k, asked)
    probability, rank = masked_word.comparison(given, words, told)
    names = [name(answer) for answer in given]
    titles = (t("masked_word.word"), t("masked_word.rank"))
    shown = pd.DataFrame({titles[0]: words})
    for column, title in enumerate(names):
        shown[title] = 100 * probability[:, column]
    number = {title: st.column_config.NumberColumn(format="%.3g %%") for title in names}
    pinned = {titles[0]: st.column_config.TextColumn(pinned=True)}
    st.dataframe(shown, hide_index=True, column_config={**pinned, **number}, key="masked-words")
    whole = masked_word.frame(words, names, probability, rank, titles)
    numbers(whole, "masked-word")


def asked_part(
    given: Sequence[Answer], words: Sequence[str], told: Sequence[Asked], hidden: str | None
) -> None:
    """Probability and rank of the asked words in every view, and why some have none."""
    st.markdown(f"#### {t('masked_word.asked_title')}")
    if hidden is not None:
        st.caption(tm("masked_word.hidden", word=hidden))
    probability, rank = masked_word.comparison(given, words, told)
    names = [name(answer) for answer in given]
    st.info(_asked_finding(words, names, probability, rank))
    axis = t("masked_word.asked_axis")
    figure = charts.asked(words, names, probability, axis=axis)
    picture(figure, "masked-word-asked", t("masked_word.asked_alt"))
    if (probability < charts.LEAST).any():
        st.caption(t("masked_word.asked_least", least=charts.percent(charts.LEAST)))
    for line in dict.fromkeys(line for one in told if (line := _why(one))):
        st.caption(line)
    titles = (t("masked_word.word"), t("masked_word.rank"))
    numbers(masked_word.frame(words, names, probability, rank, titles), "masked-word-asked")


def _asked_finding(
    words: Sequence[str], names: Sequence[str], probability: np.ndarray, rank: np.ndarray
) -> str:
    usable = np.isfinite(probability).any(axis=0)
    if not usable.any():
        return t("masked_word.asked_none") + t("masked_word.end")
    clauses = []
    if len(words) == 1:
        places = [int(i) for i in np.flatnonzero(usable)]
        best, worst = min(places, key=lambda i: rank[0, i]), max(places, key=lambda i: rank[0, i])
        clauses.append(
            tm(
                "masked_word.asked_one",
                word=words[0],
                best=names[best],
                high=int(rank[0, best]),
                worst=names[worst],
                low=int(rank[0, worst]),
            )
        )
    else:
        winners = np.nanargmax(np.where(usable, probability, -1.0), axis=0)
        for row, word in enumerate(words):
            mine = usable & (winners == row)
            own = [title for title, ok in zip(names, mine, strict=True) if ok]
            if own:
                views = t("masked_word.comma").join(own)
                clauses.append(tm("masked_word.asked_best", word=word, views=views))
    return t("masked_word.join").join(clauses) + t("masked_word.end")


def _why(one: Asked) -> str:
    """Why an asked word has no probability, or how it came by one."""
    kind = "chain" if one.pieces and one.probability is not None else one.reason
    if not kind:
        return ""
    said = tm(
        f"masked_word.asked_{kind}",
        word=one.word,
        reader=FAMILY_NAMES[one.family],
        pieces=one.pieces,
    )
    return said + t("masked_word.end")


def cut_part(blank: Blank, found: dict[str, list[Answer]], cut: dict[str, list[Answer]]) -> None:
    """What deleting the right context changes."""
    changes = [
        masked_word.change(full, other)
        for family, own in found.items()
        for full, other in zip(own, cut.get(family, []), strict=False)
    ]
    if not changes:
        return
    st.markdown(f"#### {t('masked_word.cut_title')}")
    st.caption(tm("masked_word.cut_note", text=blank.right.strip()))
    moved = [(name(one), f"{100 * one.moved:.0f} %") for one in changes if one.moved >= 1e-6]
    still = [name(one) for one in changes if one.moved < 1e-6]
    clauses = [tm("masked_word.cut_moves", view=view, share=share) for view, share in moved]
    if still:
        clauses.append(tm("masked_word.cut_still", views=t("masked_word.and").join(still)))
    head = t("masked_word.cut_finding")
    st.info(head + t("masked_word.join").join(clauses) + t("masked_word.end"))
    rows = {
        t("masked_word.cut_view"): [name(one) for one in changes],
        t("masked_word.cut_before"): [one.before.word for one in changes],
        t("masked_word.probability"): [one.before.probability for one in changes],
        t("masked_word.cut_after"): [one.after.word for one in changes],
        f"{t('masked_word.probability')} ": [one.after.probability for one in changes],
        t("masked_word.cut_moved"): [100 * one.moved for one in changes],
    }
    numbers(pd.DataFrame(rows), "masked-word-without-right")

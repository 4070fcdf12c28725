"""The Sentence score page: its inputs, and how surprised each reader is by every word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd
import streamlit as st

from lmcore.analyses import sentence_score as analysis
from lmcore.analyses.sentence_score import Score, SentenceScoreView, Unit, View
from lmcore.charts import sentence_score as charts
from lmcore.errors import ReadersError
from lmcore.text.catalogue import LANGUAGES
from lmcore.text.words import Sentence, checked
from pages.sections.sentence_score import strip
from pages.ui.address import state as address
from pages.ui.errors import problem
from pages.ui.figure import show_figure, show_table
from pages.ui.inputs import put_sentence, sentence_box
from pages.ui.models import choice
from pages.ui.names import FAMILY_NAMES
from pages.ui.page import part
from pages.ui.text import language, plain, t, tm

UNITS: tuple[Unit, ...] = ("nats", "bits")


class Options(NamedTuple):
    """What the controls say.

    Attributes:
        unit: of the numbers.
        chained: whether no piece of a word is told by the pieces that follow in it.
    """

    unit: Unit
    chained: bool


def boxes() -> tuple[Sentence, Sentence | None]:
    """The shared sentence and the one to compare it with, if any.

    Raises:
        InputError: the first sentence cannot be read.
    """
    caught, first = None, None
    try:
        first = sentence_box()
    except ReadersError as error:
        caught = error  # the second box must stand all the same, or it forgets its text
    examples = choice.examples()
    ours = first is not None and first.text == examples.sentence
    example = examples.second["sentence_score"] if ours else ""
    address.text("s2", "s2", "")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        typed = st.text_input(
            t("sentence_score.second"),
            key="s2",
            placeholder=example or None,
            help=t("sentence_score.second_help"),
        )
        address.keep_text("s2", "s2", "", typed or "")
        text = typed if typed and typed.strip() else example
        st.button(
            t("sentence_score.swap"),
            icon=":material/swap_vert:",
            help=t("sentence_score.swap_help"),
            disabled=not text,
            on_click=open_pair,
            args=(text, first.text if first is not None else ""),
        )
    if caught is not None:
        raise caught
    assert first is not None
    if example and text == example:
        st.caption(tm("sentence_score.example_pair", text=example))
    try:
        return first, checked(text) if text else None
    except ReadersError as error:
        problem(error)
        return first, None


def open_pair(first: str, second: str) -> None:
    """Put two sentences into the boxes; for callbacks."""
    put_sentence(first)
    st.session_state["s2"] = second


def controls() -> Options:
    """Unit, and how split words are scored."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        unit = st.segmented_control(
            t("sentence_score.unit"),
            list(UNITS),
            default=UNITS[0],
            format_func=unit_name,
            key="su",
            required=True,
            bind="query-params",
            help=t("sentence_score.unit_help"),
        )
        chained = st.toggle(
            t("sentence_score.chained"),
            key="sw",
            bind="query-params",
            help=t("sentence_score.chained_help"),
        )
    return Options(unit or UNITS[0], bool(chained))


def unit_name(unit: Unit) -> str:
    """What a unit is called."""
    return t(f"sentence_score.unit.{unit}")


def view_name(family: str, view: View) -> str:
    """“ELMo ←”: a reader and from where it predicts."""
    return t(f"sentence_score.view.{view}", reader=FAMILY_NAMES[family])


def names_of(scores: Sequence[Score]) -> dict[tuple[str, View], str]:
    """Names of some views."""
    return {(s.family, s.view): view_name(s.family, s.view) for s in scores}


def amount(nats: float, unit: Unit) -> str:
    """A number of nats as it is printed in the chosen unit."""
    return f"{float(analysis.in_unit(nats, unit)):.1f}"


def sentence_part(views: Sequence[SentenceScoreView], options: Options) -> None:
    """Surprisal of every word as a strip, what the numbers say, and folded the bars and sums."""
    scores, unit = [score for view in views for score in view.scores], options.unit
    names = names_of(scores)
    st.subheader(t("sentence_score.strip"))
    message = finding(views, unit)
    st.info(message)
    strip.show([score for score in scores if score.view != "mean"], names, unit)
    top = amount(strip.BRIGHTEST, unit)
    st.caption(t("sentence_score.strip_caption", unit=unit_name(unit), top=top))
    for line in remarks(views):
        st.caption(line)
    alt = t("sentence_score.bars_alt", finding=plain(message))
    part("sentence_score.bars", "more", lambda: bars(scores, names, unit, alt))
    part("sentence_score.totals", "experts", lambda: totals(scores, names))


def bars(
    scores: Sequence[Score], names: Mapping[tuple[str, View], str], unit: Unit, alt: str
) -> None:
    """Surprisal of every word as bars, one column a reader, and all numbers.

    Args:
        scores: of all views.
        names: of the views.
        unit: of the numbers.
        alt: what a screen reader says.
    """
    axis = t("sentence_score.bars_axis", unit=unit_name(unit))
    figure = charts.surprisal(scores, names, unit, axis, FAMILY_NAMES)
    show_figure(figure, "surprisal-by-word", alt, texts=[scores[0].sentence.text])
    st.caption(t("sentence_score.bars_how"))
    titles = {
        "word": t("common.word"),
        # The name of a view is put in later, by the library.
        "log": t("sentence_score.log_title", name="{name}"),
        "bits": t("sentence_score.bits_title", name="{name}"),
        "unknown": t("sentence_score.unknown"),
    }
    show_table(analysis.word_frame(scores, list(names.values()), titles), "surprisal-by-word")


def finding(views: Sequence[SentenceScoreView], unit: Unit) -> str:
    """Which word surprises each reader most, and where the right side helps most."""
    mains = [view.main for view in views]
    tops = [(score, score.most_surprising()) for score in mains]
    known = [(score, word) for score, word in tops if word is not None]
    if len(known) > 1 and len({word for _, word in known}) == 1:
        values = t("common.comma").join(
            t(
                "sentence_score.value_of",
                reader=FAMILY_NAMES[score.family],
                value=_at(score, word, unit),
            )
            for score, word in known
        )
        text = known[0][0].sentence.words[known[0][1]].text
        clauses = [tm("sentence_score.most_all", word=text, values=values, unit=unit_name(unit))]
    else:
        clauses = [
            tm(
                "sentence_score.most",
                reader=FAMILY_NAMES[score.family],
                word=score.sentence.words[word].text,
                value=_at(score, word, unit),
                unit=unit_name(unit),
            )
            for score, word in known
        ]
    nothing = "none_known" if any(score.scored for score in mains) else "none_scored"
    lines = [t("common.semicolon").join(clauses) or t(f"sentence_score.{nothing}")]
    return sentences(lines + _relief(mains, unit))


def sentences(parts: Sequence[str]) -> str:
    """Some statements, each with its full stop."""
    return LANGUAGES[language()].space.join(part + t("common.stop") for part in parts)


def _at(score: Score, word: int, unit: Unit) -> str:
    return amount(-float(score.log_probability[word]), unit)


def _relief(scores: Sequence[Score], unit: Unit) -> list[str]:
    """The word at which a reader of both sides is least surprised beside one of the left side."""
    relief = analysis.relief(scores)
    if relief is None:
        return []
    line = tm(
        "sentence_score.relief",
        word=relief.left.sentence.words[relief.word].text,
        left=FAMILY_NAMES[relief.left.family],
        both=FAMILY_NAMES[relief.both.family],
        high=_at(relief.left, relief.word, unit),
        low=_at(relief.both, relief.word, unit),
        unit=unit_name(unit),
    )
    return [line]


def remarks(views: Sequence[SentenceScoreView]) -> list[str]:
    """Words that have no number, or one that is not their own."""
    lines = []
    for view in views:
        score, reader = view.main, FAMILY_NAMES[view.family]
        if score.scored < len(score.sentence):
            key = "unscored_mask" if score.view == "both" else "unscored"
            lines.append(tm(f"sentence_score.{key}", reader=reader))
        if score.unknown:
            words = dict.fromkeys(score.sentence.words[word].text for word in score.unknown)
            listed = t("common.comma").join(t("sentence_score.quoted", word=word) for word in words)
            lines.append(tm("sentence_score.unknown_note", reader=reader, words=listed))
    return [line + t("common.stop") for line in lines]


def totals(scores: Sequence[Score], names: dict[tuple[str, View], str]) -> None:
    """Sums and means of the whole sentence, and what they are sums of."""
    frame = pd.DataFrame(
        {
            t("common.reader"): [names[s.family, s.view] for s in scores],
            t("sentence_score.total"): [s.total for s in scores],
            t("sentence_score.total_bits"): [analysis.in_unit(-s.total, "bits") for s in scores],
            t("sentence_score.words"): [s.scored for s in scores],
            t("sentence_score.mean"): [s.mean for s in scores],
            t("sentence_score.perplexity"): [s.perplexity for s in scores],
            t("sentence_score.unknown"): [len(s.unknown) for s in scores],
        }
    )
    decimal = {title: st.column_config.NumberColumn(format="%.1f") for title in frame.columns[1:3]}
    decimal |= {title: st.column_config.NumberColumn(format="%.2f") for title in frame.columns[4:5]}
    decimal |= {title: st.column_config.NumberColumn(format="%.4g") for title in frame.columns[5:6]}
    st.dataframe(frame, hide_index=True, column_config=decimal, key="score-totals")
    with st.expander(t("sentence_score.why"), icon=":material/balance:"):
        st.markdown(t("sentence_score.why_text"))

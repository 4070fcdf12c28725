"""Surprisal as a strip: the words of a sentence, and under each what every reader makes of it.

The one place of the page where a text becomes HTML; everything is escaped here. Each cell has its
own ground and ink, so that it reads the same on light and dark pages, and prints its number.
"""

from collections.abc import Mapping, Sequence
from html import escape
from math import exp, isnan

import pandas as pd
import streamlit as st

from lmcore.analyses.sentence_score import Score, Unit, View, in_unit
from lmcore.charts.masked_word import percent
from lmcore.charts.sentence_score import cell
from pages.ui.figure import save
from pages.ui.save_menu import SavedPicture
from pages.ui.text import t

#: Surprisal in nats from which on the colour is the brightest: the same for all sentences, so that
#: colours can be compared, and one rare word does not darken all others.
BRIGHTEST = 14.0
_STYLE = """<style>
.strip {overflow-x: auto}
.strip table {border-collapse: separate; border-spacing: 2px; font-size: 0.85rem}
.strip th, .strip td {padding: 0.25rem 0.4rem; text-align: center; border: none;
  white-space: nowrap}
.strip thead th {font-weight: 600; max-width: 12rem; overflow: hidden; text-overflow: ellipsis}
.strip tbody th {text-align: left; padding-right: 0.6rem; position: sticky; left: 0;
  backdrop-filter: blur(0.5rem)}
.strip td {border-radius: 0.3rem; font-variant-numeric: tabular-nums; min-width: 2.6rem}
.strip td.unknown {outline: 2px dashed #7F7F7F; outline-offset: -2px}
</style>"""


def show(scores: Sequence[Score], names: Mapping[tuple[str, View], str], unit: Unit) -> None:
    """Draw one row a view under the words.

    Args:
        scores: of one sentence; at least one.
        names: of the views.
        unit: of the printed numbers.
    """
    if not scores:
        return
    head = "".join(
        f'<th dir="auto" title="{escape(word.text, quote=True)}">{escape(word.text)}</th>'
        for word in scores[0].sentence.words
    )
    rows = "".join(
        f"<tr><th>{escape(names[s.family, s.view])}</th>"
        + "".join(_cell(s, word, names, unit) for word in range(len(s.sentence)))
        + "</tr>"
        for s in scores
    )
    title = t("sentence_score.strip")
    label = escape(title, quote=True)
    with st.container(key="surprisal-strip"):
        st.html(
            f'{_STYLE}<div class="strip" tabindex="0" role="region" aria-label="{label}"><table>'
            f"<thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        )
    texts, numbers = (scores[0].sentence.text,), _numbers(scores, names, unit)
    save(SavedPicture("surprisal-strip", "surprisal-strip", title, texts, numbers=numbers))


def _numbers(
    scores: Sequence[Score], names: Mapping[tuple[str, View], str], unit: Unit
) -> pd.DataFrame:
    """The strip as a table, one row a cell."""
    return pd.DataFrame(
        {
            "x": word.text,
            "y": names[score.family, score.view],
            "value": None if isnan(nats) else nats,
            "text": _text(nats, bool(score.predicted[place]), unit),
        }
        for score in scores
        for place, word in enumerate(score.sentence.words)
        for nats in [-float(score.log_probability[place])]
    )


def _text(nats: float, known: bool, unit: Unit) -> str:
    """What a cell says."""
    return "–" if isnan(nats) else f"{float(in_unit(nats, unit)):.1f}{'' if known else '?'}"


def _cell(score: Score, word: int, names: Mapping[tuple[str, View], str], unit: Unit) -> str:
    nats, known = -float(score.log_probability[word]), bool(score.predicted[word])
    title = escape(_title(score, word, names), quote=True)
    text = _text(nats, known, unit)
    if isnan(nats):
        return f'<td title="{title}">{text}</td>'
    ground, ink = cell(nats, BRIGHTEST)
    kind = "" if known else ' class="unknown"'
    return f'<td{kind} title="{title}" style="background:{ground};color:{ink}">{text}</td>'


def _title(score: Score, word: int, names: Mapping[tuple[str, View], str]) -> str:
    """What is said when the mouse rests on a cell."""
    nats = -float(score.log_probability[word])
    values = {"view": names[score.family, score.view], "word": score.sentence.words[word].text}
    if isnan(nats):
        masked = score.view == "both"
        return t(f"sentence_score.cell_{'mask' if masked else 'none'}", **values)
    if not score.predicted[word]:
        return t("sentence_score.cell_unknown", **values, nats=f"{nats:.2f}")
    return t(
        "sentence_score.cell_title",
        **values,
        probability=percent(exp(-nats)),
        nats=f"{nats:.2f}",
        bits=f"{float(in_unit(nats, 'bits')):.2f}",
    )

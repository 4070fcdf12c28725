"""Minimal pairs on the Sentence score page: one phenomenon in detail, all of them at a glance."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.analyses import minimal_pairs
from lmcore.analyses.minimal_pairs import Judged, Pair
from lmcore.charts import sentence_score as charts
from lmcore.charts.sentence_score import Marks
from lmcore.evaluation.stored import results
from pages.sections.sentence_score.scores import Options, open_pair, sentences, view_name
from pages.ui import cache
from pages.ui.address import state
from pages.ui.figure import show_figure, show_table
from pages.ui.names import FAMILY_NAMES
from pages.ui.results import how_to_measure
from pages.ui.text import md, t, tm

#: By reader, then by phenomenon.
Results = Mapping[str, Mapping[str, Judged]]
#: Seconds of computing before progress is shown.
_PATIENCE = 0.4


@st.cache_resource(show_spinner=False, max_entries=256)
def _judged(key: str, phenomenon: str, chained: bool) -> Judged:
    return minimal_pairs.judge(cache.loaded(key), minimal_pairs.load()[phenomenon], chained)


def pairs_part(asked: Options) -> None:
    """The whole section."""
    st.subheader(t("sentence_score.pairs"), divider="gray")
    pairs = minimal_pairs.load()
    total = sum(map(len, pairs.values()))
    st.markdown(t("sentence_score.pairs_how", count=total))
    families = list(cache.readers("score"))
    if not families:
        st.info(t("common.no_reader"))
        return
    names = {phenomenon: name_of(phenomenon) for phenomenon in pairs}
    state.take("phenomenon", list(pairs))
    chosen = st.selectbox(
        t("sentence_score.phenomenon"),
        list(pairs),
        format_func=names.__getitem__,
        key="phenomenon",
    )
    state.keep("phenomenon", next(iter(pairs)), chosen)
    place = st.container()
    found = judged_by_all(families, list(pairs), asked.chained)
    with place:
        one_phenomenon(chosen, pairs[chosen], {f: own[chosen] for f, own in found.items()})
    all_phenomena(found, chosen)


def name_of(phenomenon: str) -> str:
    """What a phenomenon is called."""
    return t(f"sentence_score.phenomenon.{phenomenon}")


def judged_by_all(families: Sequence[str], phenomena: Sequence[str], chained: bool) -> Results:
    """Every pair in every reader; progress is shown where it takes a while."""
    found: dict[str, dict[str, Judged]] = {family: {} for family in families}
    start, place, bar = time.monotonic(), st.empty(), None
    for number, phenomenon in enumerate(phenomena):
        if bar is None and time.monotonic() - start > _PATIENCE:
            bar = place.progress(0.0)
        if bar is not None:
            bar.progress(number / len(phenomena), text=t("sentence_score.scoring"))
        for family in families:
            found[family][phenomenon] = _judged(cache.key(family), phenomenon, chained)
    place.empty()
    return found


def one_phenomenon(chosen: str, pairs: Sequence[Pair], judged: Mapping[str, Judged]) -> None:
    """How many pairs each reader has right, and the pairs with every reader's difference."""
    st.markdown(t(f"sentence_score.what.{chosen}"))
    for column, (family, own) in zip(st.columns(len(judged)), judged.items(), strict=True):
        value = t("sentence_score.right_of", right=own.right, count=own.judged)
        label = t("sentence_score.right_label", reader=FAMILY_NAMES[family])
        column.metric(label, value, border=True)
    st.info(finding(chosen, judged))
    for family, own in judged.items():
        if own.judged < len(pairs):
            missing = len(pairs) - own.judged
            reader = FAMILY_NAMES[family]
            said = t("sentence_score.not_judged", reader=reader, count=missing)
            st.caption(said + t("common.stop"))
    st.caption(t("sentence_score.open"))
    texts = [(pair.good.text, pair.bad.text) for pair in pairs]
    own_of = {FAMILY_NAMES[family]: own.own for family, own in judged.items()}
    key = f"pairs-{chosen}"
    st.dataframe(
        pd.DataFrame({t("sentence_score.pair"): [pair.both for pair in pairs], **own_of}),
        hide_index=True,
        key=key,
        on_select=lambda: open_row(key, texts),
        selection_mode="single-row",
        column_config={
            name: st.column_config.NumberColumn(format="%+.1f", width="small") for name in own_of
        },
    )
    frame = pd.DataFrame(texts, columns=[t("sentence_score.good"), t("sentence_score.bad")])
    frame = frame.assign(**own_of)
    for family, own in judged.items():
        for view, row in zip(own.views, own.difference, strict=True):
            if view != "mean":
                frame[view_name(family, view)] = row
    show_table(frame, "minimal-pairs")


def open_row(key: str, texts: Sequence[tuple[str, str]]) -> None:
    """Put the pair of the clicked row into the two sentence boxes."""
    for row in st.session_state[key].selection.rows:
        open_pair(*texts[row])
        st.toast(t("sentence_score.opened"))


def finding(chosen: str, judged: Mapping[str, Judged]) -> str:
    """How many pairs each reader has right, and whether guessing explains it."""
    comma = t("common.comma")
    parts = comma.join(
        t("sentence_score.right_part", reader=FAMILY_NAMES[f], right=j.right, count=j.judged)
        for f, j in judged.items()
    )
    clauses = [t("sentence_score.pairs_finding", phenomenon=name_of(chosen), parts=parts)]
    most = max(j.judged for j in judged.values())
    needed = minimal_pairs.beyond_chance(most)
    if needed is None:
        clauses.append(t("sentence_score.needed_none"))
    else:
        clauses.append(t("sentence_score.needed", count=most, needed=needed))
    good, misled = [], []
    for family, own in judged.items():
        least = minimal_pairs.beyond_chance(own.judged)
        if least is not None and own.right >= least:
            good.append(FAMILY_NAMES[family])
        if least is not None and own.judged - own.right >= least:
            misled.append(FAMILY_NAMES[family])
    for label, readers in (("beyond", good), ("misled", misled)):
        if readers:
            clauses.append(t(f"sentence_score.{label}", readers=comma.join(readers)))
    return md(sentences(clauses))


def all_phenomena(found: Results, chosen: str) -> None:
    """Accuracy by phenomenon for every reader, beside the stored results of BLiMP."""
    st.markdown(f"#### {t('sentence_score.all')}")
    phenomena = list(next(iter(found.values())))
    share = np.array([[own[p].accuracy for p in phenomena] for own in found.values()])
    names = [name_of(phenomenon) for phenomenon in phenomena]
    said = all_finding(found, share, names)
    st.info(said)
    marks = [Marks(FAMILY_NAMES[family], family, share[row]) for row, family in enumerate(found)]
    benchmark = blimp(list(found), phenomena)
    figure = charts.phenomena(
        [*marks, *benchmark],
        names,
        phenomena.index(chosen),
        t("sentence_score.all_axis"),
        t("sentence_score.chance"),
    )
    alt = t("sentence_score.all_alt", finding=said)
    show_figure(figure, "minimal-pairs-by-phenomenon", alt, texts=[read(chosen)])
    count = max(len(pairs) for pairs in minimal_pairs.load().values())
    st.caption(t("sentence_score.all_how", count=count, step=f"{1 / count:.0%}"))
    blimp_note(list(found), bool(benchmark))
    frame = pd.DataFrame({t("sentence_score.phenomenon"): names})
    frame[t("sentence_score.count_of")] = [len(minimal_pairs.load()[p]) for p in phenomena]
    for mark in [*marks, *benchmark]:
        frame[t("sentence_score.share", reader=mark.name)] = 100 * mark.values
    show_table(frame, "minimal-pairs-by-phenomenon")


def read(chosen: str) -> str:
    """How many pairs were read, and one of the phenomenon that is marked; for a caption."""
    pairs = minimal_pairs.load()
    first = pairs[chosen][0]
    return t(
        "sentence_score.all_read",
        count=sum(map(len, pairs.values())),
        phenomenon=name_of(chosen),
        good=first.good.text,
        bad=first.bad.text,
    )


def all_finding(found: Results, share: np.ndarray, names: Sequence[str]) -> str:
    """Accuracy over all pairs, and the easiest and the hardest phenomenon."""
    whole = {family: minimal_pairs.pooled(list(own.values())) for family, own in found.items()}
    parts = t("common.comma").join(
        f"{FAMILY_NAMES[family]} {own.accuracy:.0%}" for family, own in whole.items()
    )
    mean = np.array(
        [np.nanmean(column) if np.isfinite(column).any() else 0.5 for column in share.T]
    )
    best, worst = int(mean.argmax()), int(mean.argmin())
    said = tm(
        "sentence_score.all_finding",
        count=next(iter(whole.values())).difference.shape[1],
        parts=parts,
        best=names[best],
        high=f"{mean[best]:.0%}",
        worst=names[worst],
        low=f"{mean[worst]:.0%}",
    )
    return said + t("common.stop")


def blimp(families: Sequence[str], phenomena: Sequence[str]) -> list[Marks]:
    """Stored results for the nearest phenomena; only of classroom readers, which were measured."""
    rows = results().get("minimal_pairs", {})
    found = []
    for family in families:
        stored = rows.get(family, {}).get("by_phenomenon")
        if cache.key(family) != family or not isinstance(stored, dict):
            continue
        values = [stored.get(minimal_pairs.BLIMP.get(p, "")) for p in phenomena]
        shares = [float(v) / 100 if isinstance(v, int | float) else np.nan for v in values]
        name = t("sentence_score.blimp", reader=FAMILY_NAMES[family])
        found.append(Marks(name, family, np.array(shares), hollow=True))
    return found


def blimp_note(families: Sequence[str], shown: bool) -> None:
    """What the hollow marks are, or what would make them."""
    if not shown:
        how_to_measure("minimal_pairs", "sentence_score.blimp_none")
        return
    rows = results()["minimal_pairs"]
    parts = [
        f"{FAMILY_NAMES[f]} {rows[f]['overall']:.0f} %"
        for f in families
        if isinstance(rows.get(f, {}).get("overall"), int | float)
    ]
    st.caption(t("sentence_score.blimp_note", parts=t("common.comma").join(parts)))

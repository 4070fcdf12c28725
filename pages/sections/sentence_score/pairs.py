"""Minimal pairs on the Sentence score page: one phenomenon in detail, all of them at a glance."""

import time
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from lmcore.analyses import minimal_pairs
from lmcore.analyses.minimal_pairs import MINIMAL_PAIRS, Pair, PairsQuestion, PairsView
from lmcore.charts import minimal_pairs as charts
from lmcore.charts.minimal_pairs import Marks
from lmcore.evaluation.stored import results
from lmcore.text.language import language as first_language
from pages.sections.sentence_score.scores import open_pair, sentences, view_name
from pages.ui import views
from pages.ui.address import state
from pages.ui.figure import show_figure, show_table
from pages.ui.models import choice
from pages.ui.names import FAMILY_NAMES
from pages.ui.results import how_to_measure
from pages.ui.text import md, plain, t, tm

#: By reader, then by phenomenon.
Results = Mapping[str, Mapping[str, PairsView]]
#: Seconds of computing before progress is shown.
_PATIENCE = 0.4


def pairs_part(chained: bool) -> None:
    """The whole section; ``chained``: no piece is told by those that follow in its word."""
    pairs = of_classroom()
    total = sum(map(len, pairs.values()))
    st.markdown(t("sentence_score.pairs_how", count=total))
    families = views.families("score")
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
    by_reader = judged_by_all(families, list(pairs), chained)
    with place:
        one_phenomenon(chosen, pairs[chosen], {f: rows[chosen] for f, rows in by_reader.items()})
    all_phenomena(by_reader, chosen)


def of_classroom() -> dict[str, tuple[Pair, ...]]:
    """All pairs in the language of the classroom that read last, by phenomenon."""
    return minimal_pairs.load(choice.with_file(minimal_pairs.NAME).folder / minimal_pairs.NAME)


def name_of(phenomenon: str) -> str:
    """What a phenomenon is called."""
    return choice.say(f"sentence_score.phenomenon.{phenomenon}")


def judged_by_all(families: Sequence[str], phenomena: Sequence[str], chained: bool) -> Results:
    """Every pair in every reader; progress is shown where it takes a while.

    Args:
        families: whose readers are asked.
        phenomena: of which all pairs are asked.
        chained: see :func:`pairs_part`.
    """
    by_reader: dict[str, dict[str, PairsView]] = {family: {} for family in families}
    start, place, bar = time.monotonic(), st.empty(), None
    for number, phenomenon in enumerate(phenomena):
        if bar is None and time.monotonic() - start > _PATIENCE:
            bar = place.progress(0.0)
        if bar is not None:
            bar.progress(number / len(phenomena), text=t("sentence_score.scoring"))
        question = PairsQuestion(phenomenon, chained)
        for family in families:
            by_reader[family][phenomenon] = views.view(MINIMAL_PAIRS, family, question)
    place.empty()
    return by_reader


def one_phenomenon(chosen: str, pairs: Sequence[Pair], judged: Mapping[str, PairsView]) -> None:
    """How many pairs each reader has right, and the pairs with every reader's difference.

    Args:
        chosen: the phenomenon.
        pairs: all pairs of it.
        judged: what each reader says about them, by family.
    """
    st.markdown(choice.say(f"sentence_score.what.{chosen}"))
    for column, (family, view) in zip(st.columns(len(judged)), judged.items(), strict=True):
        value = t("sentence_score.right_of", right=view.right, count=view.count)
        label = t("sentence_score.right_label", reader=FAMILY_NAMES[family])
        column.metric(label, value, border=True)
    st.info(finding(chosen, judged))
    for family, view in judged.items():
        if view.count < len(pairs):
            missing, reader = len(pairs) - view.count, FAMILY_NAMES[family]
            line = t("sentence_score.not_judged", reader=reader, count=missing)
            st.caption(line + t("common.stop"))
    st.caption(t("sentence_score.open"))
    texts = [(pair.good.text, pair.bad.text) for pair in pairs]
    margins = {FAMILY_NAMES[family]: view.margins for family, view in judged.items()}
    key = f"pairs-{chosen}"
    st.dataframe(
        pd.DataFrame({t("sentence_score.pair"): [pair.both for pair in pairs], **margins}),
        hide_index=True,
        key=key,
        on_select=lambda: open_row(key, texts),
        selection_mode="single-row",
        column_config={
            name: st.column_config.NumberColumn(format="%+.1f", width="small") for name in margins
        },
    )
    frame = pd.DataFrame(texts, columns=[t("sentence_score.good"), t("sentence_score.bad")])
    frame = frame.assign(**margins)
    for family, view in judged.items():
        for side, row in zip(view.views, view.difference, strict=True):
            if side != "mean":
                frame[view_name(family, side)] = row
    show_table(frame, "minimal-pairs")


def open_row(key: str, texts: Sequence[tuple[str, str]]) -> None:
    """Put the pair of the clicked row into the two sentence boxes."""
    for row in st.session_state[key].selection.rows:
        open_pair(*texts[row])
        st.toast(t("sentence_score.opened"))


def finding(chosen: str, judged: Mapping[str, PairsView]) -> str:
    """How many pairs each reader has right, and whether guessing explains it."""
    comma = t("common.comma")
    parts = comma.join(
        t("sentence_score.right_part", reader=FAMILY_NAMES[f], right=view.right, count=view.count)
        for f, view in judged.items()
    )
    clauses = [t("sentence_score.pairs_finding", phenomenon=name_of(chosen), parts=parts)]
    most = max(view.count for view in judged.values())
    needed = minimal_pairs.beyond_chance(most)
    if needed is None:
        clauses.append(t("sentence_score.needed_none"))
    else:
        clauses.append(t("sentence_score.needed", count=most, needed=needed))
    for verdict in ("beyond", "misled"):
        readers = [FAMILY_NAMES[f] for f, view in judged.items() if view.verdict == verdict]
        if readers:
            clauses.append(t(f"sentence_score.{verdict}", readers=comma.join(readers)))
    return md(sentences(clauses))


def all_phenomena(by_reader: Results, chosen: str) -> None:
    """Accuracy by phenomenon for every reader, beside the stored results of BLiMP."""
    st.markdown(f"#### {t('sentence_score.all')}")
    phenomena = list(next(iter(by_reader.values())))
    names = [name_of(phenomenon) for phenomenon in phenomena]
    marks = [
        Marks(FAMILY_NAMES[family], family, minimal_pairs.accuracies(list(rows.values())))
        for family, rows in by_reader.items()
    ]
    message = all_finding(by_reader, marks, names)
    st.info(message)
    benchmark = blimp(list(by_reader), phenomena)
    figure = charts.phenomena(
        [*marks, *benchmark],
        names,
        phenomena.index(chosen),
        t("sentence_score.all_axis"),
        t("sentence_score.chance"),
    )
    alt = t("sentence_score.all_alt", finding=plain(message))
    show_figure(figure, "minimal-pairs-by-phenomenon", alt, texts=[read(chosen)])
    counts = [len(of_classroom()[phenomenon]) for phenomenon in phenomena]
    st.caption(t("sentence_score.all_how", count=max(counts), step=f"{1 / max(counts):.0%}"))
    if choice.with_file(minimal_pairs.NAME) is first_language():  # BLiMP is English
        blimp_note(list(by_reader), bool(benchmark))
    frame = pd.DataFrame({t("sentence_score.phenomenon"): names})
    frame[t("sentence_score.count_of")] = counts
    for mark in [*marks, *benchmark]:
        frame[t("sentence_score.share", reader=mark.name)] = 100 * mark.values
    show_table(frame, "minimal-pairs-by-phenomenon")


def read(chosen: str) -> str:
    """How many pairs were read, and one of the phenomenon that is marked; for a caption."""
    pairs = of_classroom()
    first = pairs[chosen][0]
    return t(
        "sentence_score.all_read",
        count=sum(map(len, pairs.values())),
        phenomenon=name_of(chosen),
        good=first.good.text,
        bad=first.bad.text,
    )


def all_finding(by_reader: Results, marks: Sequence[Marks], names: Sequence[str]) -> str:
    """Accuracy over all pairs, and the easiest and the hardest phenomenon."""
    whole = {f: minimal_pairs.pooled(list(rows.values())) for f, rows in by_reader.items()}
    parts = t("common.comma").join(
        f"{FAMILY_NAMES[family]} {view.accuracy:.0%}" for family, view in whole.items()
    )
    mean = minimal_pairs.mean_accuracy([mark.values for mark in marks])
    best, worst = int(mean.argmax()), int(mean.argmin())
    line = tm(
        "sentence_score.all_finding",
        count=next(iter(whole.values())).difference.shape[1],
        parts=parts,
        best=names[best],
        high=f"{mean[best]:.0%}",
        worst=names[worst],
        low=f"{mean[worst]:.0%}",
    )
    return line + t("common.stop")


def blimp(families: Sequence[str], phenomena: Sequence[str]) -> list[Marks]:
    """Stored results for the nearest phenomena; only of classroom readers, which were measured."""
    rows = results().get("minimal_pairs", {})
    marks = []
    for family in families:
        shares = minimal_pairs.blimp_shares(rows.get(family, {}), phenomena)
        if views.key(family) == family and shares is not None:
            name = t("sentence_score.blimp", reader=FAMILY_NAMES[family])
            marks.append(Marks(name, family, shares, hollow=True))
    return marks


def blimp_note(families: Sequence[str], drawn: bool) -> None:
    """What the hollow marks are, or what would make them."""
    if not drawn:
        how_to_measure("minimal_pairs", "sentence_score.blimp_none")
        return
    rows = results()["minimal_pairs"]
    parts = [
        f"{FAMILY_NAMES[f]} {rows[f]['overall']:.0f} %"
        for f in families
        if isinstance(rows.get(f, {}).get("overall"), int | float)
    ]
    st.caption(t("sentence_score.blimp_note", parts=t("common.comma").join(parts)))

"""Model cards: where each reader comes from, in numbers that a person reads easily."""

import math
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from lmcore.outputs.facts import ReaderFacts
from lmcore.text.catalogue import catalogue
from pages.ui.figure import show_table
from pages.ui.format import duration, people
from pages.ui.models import facts as model_facts
from pages.ui.text import md, t, tm
from pages.ui.views import all_facts

_CPU = re.compile(r"cpu, (?P<threads>\d+) thread(?:\(s\))?(?: of (?P<machine>\S+))?")


def device(described: str) -> str:
    """The device of a training; a CPU is put into words, a GPU keeps its name."""
    processor = _CPU.fullmatch(described)
    if processor is None:
        return described
    return t("cards.cpu", threads=processor["threads"], machine=processor["machine"] or "CPU")


def _known(key: str, raw: str) -> str:
    """The text of a key, or the card's own words where there is none."""
    return t(key) if key in catalogue() else raw


def loss(values: Mapping[str, Any]) -> str:
    """Validation loss with its unit, and as a number of equally likely choices."""
    unit = str(values.get("unit", ""))
    shown_unit = _known(f"cards.unit.{unit}", unit)
    value = values.get("validation_loss")
    if value is None:
        return shown_unit if unit.startswith("none") else t("cards.not_measured")
    choices = people(math.exp(min(float(value), 100.0)))
    return t("cards.loss_value", loss=f"{value:.3f}", unit=shown_unit, choices=choices)


def rows(reader: ReaderFacts) -> list[tuple[str, str]]:
    """What a card says, as pairs of a label and a value in the interface's language."""
    values, sizes = reader.card.values, reader.sizes
    kind = "sizes_value" if sizes.layers else "flat_value"
    stated = [
        ("parameters", people(reader.parameters)),
        ("sizes", t(f"cards.{kind}", depth=sizes.layers, width=sizes.width)),
        *(_published(values) if "published" in values else _trained(values)),
    ]
    return [(t(f"cards.{key}"), value) for key, value in stated]


def _published(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is known of a published model; what its authors did not say is said to be unknown."""
    unknown = t("cards.unknown")
    corpus, languages = values.get("corpus") or (), values.get("languages") or ()
    rows = [
        ("corpus", model_facts.words(corpus) or unknown),
        ("languages", model_facts.words(languages) or unknown),
    ]
    if values.get("cased") is not None:
        rows.append(("case", t("cards.cased" if values["cased"] else "cards.uncased")))
    no_licence = t("cards.no_licence") if values.get("paper") else unknown
    return [
        *rows,
        ("licence", str(values.get("licence") or no_licence)),
        ("paper", str(values.get("paper") or unknown)),
        ("source", str(values["published"])),
    ]


def _trained(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the card of a classroom model says of its training."""
    seen, size = float(values.get("tokens_seen") or 0), values.get("corpus_pieces")
    corpus = ", ".join(str(name) for name in values.get("corpus", ()))
    return [
        (
            "corpus",
            t("cards.corpus_value", files=corpus, count=people(float(size))) if size else corpus,
        ),
        ("seen", people(seen) if seen else t("cards.untrained")),
        ("time", duration(float(values.get("minutes") or 0))),
        ("device", device(str(values.get("device", "")))),
        ("loss", loss(values)),
        ("licence", str(values.get("licence", ""))),
        ("date", str(values.get("date", ""))),
        ("sha256", str(values.get("sha256", ""))[:12] + "…"),
    ]


def _card(reader: ReaderFacts) -> None:
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{md(reader.name)}**")
        st.markdown(_known(f"cards.kind.{reader.family}", t("cards.kind.other")))
        lines = [f"{label}: **{md(value)}**" for label, value in rows(reader)]
        st.caption("  \n".join(lines))


def show() -> None:
    """The cards of all readers that work side by side, and their numbers as a table."""
    readers = list(all_facts()[0].values())
    for column, reader in zip(st.columns(len(readers)), readers, strict=True):
        with column:
            _card(reader)
    st.caption(tm("cards.compare"))
    show_table(pd.DataFrame([_table_row(reader) for reader in readers]), "model-cards")


def _table_row(reader: ReaderFacts) -> dict[str, object]:
    """The plain values of a card for the table."""
    values = reader.card.values
    keys = (
        "precision",
        "corpus_pieces",
        "tokens_seen",
        "steps",
        "minutes",
        "cpu_minutes",
        "device",
        "seed",
        "validation_loss",
        "unit",
        "licence",
        "date",
        "sha256",
    )
    return {
        "name": reader.name,
        "model": values.get("published", "classroom"),
        "parameters": reader.parameters,
        "corpus": ", ".join(str(name) for name in values.get("corpus", ())),
        **{key: values.get(key) for key in keys},
    }

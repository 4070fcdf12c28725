"""The nearest contexts of the Polysemy page: what is shown, and what is said where it cannot be."""

import json
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lmcore.analyses.sense_bank import load
from lmcore.text.catalogue import catalogue
from tests.conftest import HOSTILE
from tests.ui.app_page import open_page, texts_of

FOUR = "river | A muddy bank\nriver | The river bank\nmoney | The rich bank\nmoney | A bank loan"


def open_polysemy(word: str, text: str, lang: str = "English") -> AppTest:
    return open_page("polysemy", lang, address={"pw": word, "ps": text})


def charts(at: AppTest) -> list[str]:
    protos = [chart.proto for chart in at.get("plotly_chart")]
    protos = [chart for chart in protos if "-nearest-contexts-" in chart.id]
    assert all(chart.alt for chart in protos)
    return [chart.spec for chart in protos]


def near_table(at: AppTest) -> Any:
    """The sentences of the bank that vote about one use."""
    tables = [frame.value for frame in at.dataframe]
    (near,) = [table for table in tables if "Sentence of the bank" in table]
    return near


def text(key: str, lang: str = "en") -> str:
    return catalogue()[f"nearest_contexts.{key}"][lang]


@pytest.mark.parametrize(("lang", "code"), [("English", "en"), ("中文", "zh")])
def test_every_reader_votes_and_says_what_it_is_worth(lang: str, code: str) -> None:
    at = open_polysemy("bank", FOUR, lang)
    assert not at.exception
    assert not at.error
    assert text("title", code) in [part.label for part in at.expander]
    assert len(charts(at)) == 4
    finding = at.info[-1].value
    for reader in ("ELMo", "GPT", "BERT", "word2vec"):
        assert f"**{reader}**" in finding
    # Static vectors cannot tell uses of one form apart: no vote, no agreement, no trust.
    last = finding.split("\n")[-1]
    assert text("for_none", code).replace("{uses}", "").strip() in last
    assert re.search(r"\b0\D+4\b" if code == "en" else r"\b4\D+0\b", last)
    assert text("worth.none", code).split("{layer}")[0] in texts_of(at)
    glosses = [getattr(sense, code) for sense in load().senses_of("bank")]
    assert all(gloss in charts(at)[0].encode().decode("unicode_escape") for gloss in glosses)


def test_another_sentence_and_another_layer() -> None:
    at = open_polysemy("bank", FOUR)
    frames = len(at.dataframe)
    at.selectbox(key="nc_use:4").set_value(2).run()
    assert not at.exception
    assert len(at.dataframe) == frames
    near = near_table(at)
    bert = near[near["Reader"] == "BERT"]
    assert set(bert["Sentence of the bank"]) <= {e.sentence.text for e in load().of("bank")}
    at.slider(key="p_bert").set_value(1).run()
    assert not at.exception
    again = near_table(at)
    assert (again[again["Reader"] == "BERT"]["Layer"] == 1).all()
    assert again[again["Reader"] == "GPT"].equals(near[near["Reader"] == "GPT"])


def test_any_form_of_the_word_is_known() -> None:
    at = open_polysemy("Banks", "The river banks\nThe rich banks")
    assert not at.exception
    assert len(charts(at)) == 4
    assert text("agree").split("{right}")[0] not in at.info[-1].value  # nobody gave labels


def test_a_sentence_of_the_bank_is_left_out() -> None:
    entry = load().of("bank")[0].sentence.text
    at = open_polysemy("bank", f"{entry}\nThe rich bank")
    assert text("itself") in texts_of(at)
    assert entry not in near_table(at)["Sentence of the bank"].tolist()


def test_a_word_that_is_not_in_the_bank_gets_one_sentence() -> None:
    at = open_polysemy("tree", "A tree\nB tree")
    assert not at.exception
    assert not charts(at)
    assert text("title") not in [heading.value for heading in at.subheader]
    assert f"knows {len(load().words)} words" in texts_of(at)
    assert "apple" in texts_of(at)


@pytest.mark.parametrize("name", ["html", "markdown", "latex", "special"])
def test_hostile_text_is_shown_as_text(name: str) -> None:
    line = HOSTILE[name]
    at = open_polysemy("bank", f"{line[:20]} | bank {line}\ny | the bank {line}")
    assert not at.exception
    assert len(charts(at)) == 4
    assert "<b>" not in json.dumps(charts(at))
    assert "<script" not in texts_of(at)

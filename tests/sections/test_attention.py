"""The Attention page: what it says is what the numbers say, and it stays light."""

import base64
import json
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lmcore.analyses import attention, attention_heads, attention_pairs
from lmcore.analyses.attention_flow import _norm_weights, agreement
from lmcore.text.catalogue import catalogue
from lmcore.text.examples import EXAMPLE
from lmcore.text.words import split
from pages.sections.attention import columns, findings
from pages.ui import views
from pages.ui.components import attention_lines
from tests.conftest import HOSTILE
from tests.ui.app_page import open_page, texts_of

LONG = " ".join(("and then the river rose again " * 11).split()[:64])


def page(text: str | None = None, language: str = "English", **state: Any) -> AppTest:
    return open_page("attention", language, state, {} if text is None else {"s": text})


def specs(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def alts(app: AppTest) -> list[str]:
    return [chart.proto.alt for chart in app.get("plotly_chart")]


def components(app: AppTest) -> list[dict[str, Any]]:
    """What our own components are given: lines, or small pictures of all heads."""
    return [json.loads(element.proto.json) for element in app.get("bidi_component")]


def numbers_of(array: dict[str, Any]) -> np.ndarray:
    """A typed array of a figure."""
    kind = {"f4": "<f4", "u1": "u1", "f8": "<f8"}[array["dtype"]]
    values = np.frombuffer(base64.b64decode(array["bdata"]), dtype=kind)
    return values.reshape([int(n) for n in array["shape"].split(",")])


def text_of(app: AppTest) -> str:
    return texts_of(app, "markdown", "caption")


def test_opens_with_a_picture_for_every_reader_and_labels_what_it_is():
    app = page()
    assert not app.exception
    assert not app.error
    assert len(app.get("plotly_chart")) == 3
    assert len(components(app)) == 2  # all heads of each reader that has some
    elmo, gpt, *_ = alts(app)
    assert elmo.startswith("Influence in ELMo")
    assert gpt.startswith("Attention in GPT")
    titles = [
        spec["data"][0].get("colorbar", {}).get("title", {}).get("text") for spec in specs(app)
    ]
    assert titles.count("share of influence") == 1
    assert titles.count("attention weight") == 2
    assert len(app.dataframe) == 5


def test_gpt_never_looks_to_its_right_and_bert_does(loaded):
    _, gpt, bert = specs(page())
    matrix = numbers_of(gpt["data"][0]["z"])
    size = len(split(EXAMPLE))
    upper = np.triu(np.ones((size, size), dtype=bool), 1)
    assert np.isnan(matrix[upper]).all()
    assert np.nansum(matrix, axis=1) == pytest.approx(np.ones(size), abs=1e-5)
    assert not np.isnan(numbers_of(bert["data"][0]["z"])).any()


def test_the_hidden_share_that_is_printed_is_the_one_that_is_hidden(loaded):
    app = page(gpt_layer=3, gpt_head=2, no_special=True)
    raw = loaded["gpt"].read([split(EXAMPLE)])[0].attention[2, 1]
    share = findings.percent(float(raw[1:, 0].mean()))
    assert f"of this head’s weight, {share} to <s>" in text_of(app)
    app.toggle(key="no_special").set_value(False).run()
    assert not app.exception
    assert "Hidden:" not in text_of(app)
    assert specs(app)[1]["data"][0]["x"][0] == "&lt;s&gt;"


def test_influence_is_offered_for_all_on_one_scale():
    app = page(a_quantity="influence")
    assert not app.exception
    maps = specs(app)
    assert len(maps) == 6
    assert len({spec["data"][0]["zmax"] for spec in maps}) == 1
    assert [alt.split(" in ")[0] for alt in alts(app)] == [
        "Influence",
        "Leave-one-out influence",
    ] * 3
    assert all(re.search(r"(\d+)% is the word itself", alt) for alt in alts(app))
    app.button_group(key="elmo_half").set_value("forward").run()
    assert not app.exception
    ahead = numbers_of(specs(app)[0]["data"][0]["z"])
    assert np.isnan(np.triu(ahead)).sum() >= len(ahead) * (len(ahead) - 1) / 2


def test_both_measures_of_influence_and_how_well_they_agree(loaded):
    text = text_of(page(a_quantity="influence"))
    sentence = split(EXAMPLE)
    for family, name in (("elmo", "ELMo"), ("gpt", "GPT"), ("bert", "BERT")):
        maps = loaded[family].influence(sentence), loaded[family].leave_one_out(sentence)
        rho = agreement(*(influence.matrix for influence in maps)).rho
        assert re.search(rf"agree .*in {name}: rank correlation {rho:.2f}", text), family


def test_norms_are_named_as_what_they_are_and_differ_from_attention(loaded):
    app = page(a_quantity="norms", gpt_layer=2, gpt_head=0, bert_layer=2, bert_head=1)
    assert not app.exception
    assert "Not attention" in text_of(app)
    assert "attention and" in text_of(app)
    assert "vector length" in text_of(app)
    _, gpt, bert = specs(app)
    assert gpt["data"][0]["colorbar"]["title"]["text"] == "share of vector length"
    shown = numbers_of(bert["data"][0]["z"])
    reader = loaded["bert"]
    reading = reader.read([split(EXAMPLE)])[0]
    expected = _norm_weights(reader, reading, "words", True).matrix[1, 1]
    np.testing.assert_allclose(shown, expected, atol=1e-5)
    assert alts(app)[0].startswith("Influence in ELMo"), "never norms for ELMo"


def test_a_pair_of_sentences_its_shares_and_its_filter(loaded):
    app = page(a_quantity="pair", bert_layer=3, bert_head=2)
    assert not app.exception
    assert not app.error
    assert "ELMo, GPT" in text_of(app)
    pair = loaded["bert"].read_pair(split(EXAMPLE), split(app.text_input(key="b").value))
    weights = attention.between(pair, pair.attention)
    first = len(split(EXAMPLE))
    shares = attention_pairs.shares(weights, first)
    [head] = [share for share in shares if (share.layer, share.head) == (3, 2)]
    share = findings.percent(head.parts["ab"])
    assert f"sends {share} to B" in text_of(app)
    app.button_group(key="a_part").set_value("ab").run()
    assert not app.exception
    kept = numbers_of(specs(app)[0]["data"][0]["z"])
    assert np.isfinite(kept[:first, first:]).all()
    assert np.isnan(kept[first:]).all()
    assert np.isnan(kept[:, :first]).all()
    table = app.dataframe[-1].value
    assert {"A → A", "A → B", "B → A", "B → B"} <= set(table.columns)
    assert len(table) == weights.matrix.shape[0] * weights.matrix.shape[1]
    app.text_input(key="b").set_value("").run()
    assert not app.exception
    assert len(app.error) == 1


@pytest.mark.parametrize("quantity", ["attention", "norms", "rollout", "influence", "pair"])
@pytest.mark.parametrize("look", ["map", "lines"])
def test_sixty_four_words_stay_under_a_megabyte(quantity: str, look: str):
    assert len(split(LONG)) == 64
    app = page(LONG, a_quantity=quantity, a_look=look, a_units="pieces")
    assert not app.exception
    assert not app.error
    charts, parts, tables = (
        [element.proto for element in app.get(kind)]
        for kind in ("plotly_chart", "bidi_component", "arrow_data_frame")
    )
    assert len(charts) == (0 if look == "lines" else 3 + 3 * (quantity == "influence")
                           - 2 * (quantity == "pair"))  # fmt: skip
    assert parts or (look, quantity) in {("map", "rollout"), ("map", "influence")}
    sent = sum(message.ByteSize() for message in [*charts, *parts, *tables])
    assert 10_000 < sent < 1_000_000


def test_the_table_of_all_heads_has_what_each_does(loaded):
    app = page()
    table = next(f.value for f in app.dataframe if "pattern" in f.value.columns)
    heads = loaded["gpt"].read([split(EXAMPLE)])[0].attention.shape[:2]
    assert len(table) == heads[0] * heads[1], "the mean of a layer is no head"
    assert {"entropy (nats)", "mean distance", "pattern", "to itself"} <= set(table.columns)
    assert table["entropy (nats)"].between(0, np.log(len(split(EXAMPLE)))).all()


def test_another_head_or_look_runs_no_model(monkeypatch):
    app = page()
    monkeypatch.setattr(views, "load", lambda *_: pytest.fail("a reader was loaded again"))
    for family in ("gpt", "bert", "elmo"):
        reader = views.reader(family)
        monkeypatch.setattr(reader, "read", lambda *_: pytest.fail("a model ran"))
        monkeypatch.setattr(reader, "influence", lambda *_: pytest.fail("a model ran"))
    before = alts(app)
    app.slider(key="bert_layer").set_value(5)
    app.slider(key="gpt_head").set_value(0)
    app.button_group(key="a_units").set_value("pieces").run()
    assert not app.exception
    after = alts(app)
    assert before[0] == after[0]
    assert before[1] != after[1]
    assert "these heads’ weight" in text_of(app)
    app.button_group(key="a_quantity").set_value("rollout").run()
    assert not app.exception
    assert alts(app)[1].startswith("Rollout in GPT")


def test_a_text_that_is_too_long_for_one_reader_spoils_only_its_column():
    app = page("supercalifragilisticexpialidocious " * 20)
    assert not app.exception
    assert 1 <= len(app.error) <= 2
    assert all("pieces and can read" in error.value.replace("\\", "") for error in app.error)
    assert alts(app)[0].startswith("Influence in ELMo")


@pytest.mark.parametrize("name", ["one_character", "special", "emoji", "html", "latex"])
def test_hostile_text_is_shown_as_it_is(name: str):
    app = page(HOSTILE[name], language="中文", a_units="pieces", a_quantity="rollout")
    assert not app.exception
    assert not app.error
    for spec in specs(app):
        assert all("<" not in tick and "$" not in tick for tick in spec["data"][0]["x"])


def test_a_click_on_a_small_picture_enlarges_that_head(monkeypatch):
    pressed = SimpleNamespace(picked=8)
    state: dict[str, Any] = {"glance:bert": pressed}
    monkeypatch.setattr(st, "session_state", state)
    columns.pick("bert", "glance:bert", 5)
    assert (state["bert_layer"], state["bert_head"]) == (2, 3)
    pressed.picked = 5
    columns.pick("bert", "glance:bert", 5)
    assert (state["bert_layer"], state["bert_head"]) == (2, 0), "the first column is the mean"
    pressed.picked = None
    columns.pick("bert", "glance:bert", 5)
    assert (state["bert_layer"], state["bert_head"]) == (2, 0)


def test_every_class_of_heads_has_its_sentence():
    weights = attention.Weights(
        tuple("abcd"), np.full((1, 1, 4, 4), 0.25), ("[SEP]",), np.full((1, 1, 4, 1), 0.1)
    )
    [head] = attention_heads.profile(weights)
    view = SimpleNamespace(even=attention_heads.even(weights))
    for pattern in ("previous", "next", "self", "delimiter", "selective", "broad"):
        key, values = findings.pattern_of(view, replace(head, pattern=pattern), "words")
        for text in catalogue()[key].values():
            assert "{" not in text.format(**values)
    assert findings.percent(0.004) == "<1%"
    assert findings.percent(0.0) == "0%"


def test_lines_leave_out_what_is_blank_or_tiny():
    matrix = np.array([[0.6, np.nan], [0.01, 0.4]])
    assert attention_lines.links_of(matrix) == [[0, 0, 0.6], [1, 1, 0.4]]


@pytest.mark.browser
def test_clicking_and_hovering_in_a_browser(app_url: str, visit):
    visit.open(f"{app_url}/attention?s=A+%3Cb%3Ebold%3C%2Fb%3E+river+flooded+the+town")
    tab = visit.tab
    small = tab.locator("div.small").first
    assert small.get_attribute("role") == "figure"
    assert small.locator("canvas").count() == small.locator("button").count()
    small.get_by_role("button", name="Layer 3, head 2").click()
    visit.settle()
    # What equals the opening head is not written into the address, and that depends on the weights.
    chosen = [f"gpt_{part}={number}" in tab.url for part, number in (("layer", 3), ("head", 2))]
    assert any(chosen)
    assert small.locator("button.on").get_attribute("aria-label").startswith("Layer 3, head 2")
    small.get_by_role("button", name="Layer 1, all heads").focus()
    tab.keyboard.press("Enter")
    visit.settle()
    assert small.locator("button.on").get_attribute("aria-label").startswith("Layer 1, all heads")
    tab.get_by_role("radio", name="Lines").click()
    visit.settle()
    figure = tab.locator("div.lines").nth(1)
    assert figure.get_attribute("role") == "figure"
    assert "GPT" in figure.get_attribute("aria-label")
    assert figure.locator("b").count() == 0
    words = figure.locator(".from > span")
    assert words.nth(1).inner_text() == "<"
    words.nth(4).hover()
    hidden = figure.locator("line").evaluate_all("all => all.map(l => l.style.visibility)")
    assert "visible" in hidden
    assert "hidden" in hidden
    visit.check()


def test_text_for_screen_readers_has_no_bold_marks_but_those_of_the_visitor():
    values = {"unit": "word", "share": 0.5, "even": "**"}
    text = findings.plain([("attention.says_previous", values)])
    assert text.count("**") == 1


@pytest.mark.parametrize("quantity", ["attention", "norms", "rollout", "influence", "pair"])
def test_a_control_acts_or_is_disabled(quantity: str):
    """Whatever can be clicked above the columns changes a picture or a sentence below it."""

    def drawn(app: AppTest) -> tuple[Any, ...]:
        assert not app.exception
        return specs(app), components(app), text_of(app)

    start: dict[str, Any] = {"a_quantity": quantity, "b": "A cat sat."}
    before = drawn(page("Unbelievable dogs bark.", **start))
    for key, value in (("a_units", "pieces"), ("no_special", False), ("no_self", False)):
        app = page("Unbelievable dogs bark.", **start, **{key: value})
        (control,) = [box for box in [*app.toggle, *app.button_group] if box.key == key]
        if not control.disabled:
            assert drawn(app) != before, key


def test_a_switch_says_which_map_it_changes():
    """“Hide own word” beside the heads of GPT, whose sentence names a word and itself."""
    (switch,) = [box for box in page("A dog.").toggle if box.key == "no_self"]
    assert switch.label == "Hide own word (ELMo)"
    (switch,) = [box for box in page("A dog.", a_quantity="rollout").toggle if box.key == "no_self"]
    assert switch.label == "Hide own word"


def test_the_error_of_an_estimated_map_is_said():
    texts = texts_of(page(a_quantity="influence"), "caption")
    assert texts.count("about 95 of 100 of its numbers are within ±") == 3

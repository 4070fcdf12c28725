"""The Sentence score page: scores, comparison, minimal pairs; and the examples beside the box."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lmcore.analyses import minimal_pairs
from lmcore.analyses.sentence_score import SENTENCE_SCORE, ScoreQuestion
from lmcore.runtime.families import CONTEXTUAL
from lmcore.text import examples
from lmcore.text.catalogue import catalogue
from lmcore.text.words import checked
from pages.sections.sentence_score import pairs as pairs_view
from pages.sections.sentence_score import scores as scores_view
from pages.ui import views
from tests.conftest import HOSTILE
from tests.ui.app_page import open_page, texts_of
from tests.ui.conftest import holds

GOOD, BAD = "The owner of the houses is rich.", "The owner of the houses are rich."


def page(text: str | None = None, second: str | None = None, language: str = "English") -> AppTest:
    """The page with one or two sentences in the address."""
    texts = {"s": text, "s2": second}
    given = {name: value for name, value in texts.items() if value is not None}
    return open_page("sentence_score", language, address=given)


def specs(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def strip(app: AppTest) -> str:
    return next(e.proto.body for e in app.get("html") if 'class="strip"' in e.proto.body)


def table(app: AppTest, column: str) -> Any:
    """The table that has a column."""
    return next(f.value for f in app.dataframe if column in f.value.columns)


def refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    """No reader may score anything from now on."""
    for family in CONTEXTUAL:
        reader = views.loaded(family)
        for name in ("scores", "chained_scores"):
            monkeypatch.setattr(reader, name, lambda *_: pytest.fail("a model ran"))


@pytest.fixture(scope="module")
def first() -> AppTest:
    return page()


@pytest.fixture(scope="module")
def compared() -> AppTest:
    return page(GOOD, BAD)


# --- one sentence ----------------------------------------------------------------------------


def test_it_opens_with_an_example_scored_compared_and_the_pairs(first: AppTest):
    assert not first.exception
    assert not first.error
    assert "most surprised by" in texts_of(first)
    assert f"Compared with an example: “{examples.SECOND['sentence_score']}”" in texts_of(first)
    assert len(specs(first)) == 3  # surprisal, difference, phenomena
    assert all(chart.proto.alt for chart in first.get("plotly_chart"))
    assert all("Bars" in c.proto.alt or "Dot" in c.proto.alt for c in first.get("plotly_chart"))


def test_every_word_has_a_number_of_every_reader_and_direction(first: AppTest):
    frame = table(first, "ELMo →: ln p, nats")
    assert len(frame) == 14
    for name in ("ELMo →", "ELMo ←", "ELMo, mean", "GPT →", "BERT ↔"):
        values = frame[f"{name}: ln p, nats"]
        assert (values < 0).all()
        assert np.allclose(frame[f"{name}: surprisal, bits"], -values / np.log(2))
    totals = table(first, "perplexity per word")
    assert totals["Reader"].tolist() == ["ELMo →", "ELMo ←", "ELMo, mean", "GPT →", "BERT ↔"]
    assert np.allclose(totals["perplexity per word"], np.exp(-totals["ln p per word, nats"]))
    assert np.isclose(totals["sum of ln p, nats"][3], frame["GPT →: ln p, nats"].sum())


def test_the_finding_is_computed_from_the_numbers(first: AppTest):
    frame = table(first, "GPT →: ln p, nats")
    row = frame.loc[frame["GPT →: ln p, nats"].idxmin()]
    finding = first.info[0].value.replace("\\", "")
    assert f"“{row['Word']}”" in finding
    assert f"{-row['GPT →: ln p, nats']:.1f}" in finding


def test_the_strip_has_the_same_word_in_the_same_column_for_every_reader(first: AppTest):
    rows = strip(first).split("<tr>")[1:]
    assert len(rows) == 1 + 4
    assert rows[0].count("<th") == 15
    assert all(row.count("<td") == 14 for row in rows[1:])


def test_bits_change_the_numbers_and_run_no_model(monkeypatch: pytest.MonkeyPatch):
    app = page()
    nats = specs(app)[0]["data"][0]["x"]
    refuse(monkeypatch)
    app.button_group(key="su").set_value("bits").run()
    assert not app.exception
    assert specs(app)[0]["data"][0]["x"] != nats
    assert "bits" in app.info[0].value


def test_why_the_sums_differ_is_explained(first: AppTest):
    text = texts_of(first)
    assert "pseudo-log-likelihood" in text
    assert "Vocabularies differ" in text
    assert "Salazar" in text


def test_a_word_outside_the_vocabulary_is_marked_and_texts_of():
    app = page("The zzqxv sat down.")
    assert "ELMo does not have “zzqxv” in its vocabulary" in texts_of(app)
    assert strip(app).count('class="unknown"') == 2  # in both directions of ELMo
    assert "ELMo, mean" in table(app, "outside the vocabulary").iloc[1]["outside the vocabulary"]


def test_hiding_the_rest_of_a_word_changes_split_words_only():
    app = page("The antidisestablishment cat sat.")
    before = table(app, "BERT ↔: ln p, nats")
    app.toggle(key="sw").set_value(True).run()
    assert not app.exception
    after = table(app, "BERT ↔: ln p, nats")
    changed = (before["BERT ↔: ln p, nats"] - after["BERT ↔: ln p, nats"]).abs() > 1e-3
    assert changed.tolist() == [False, True, False, False, False]
    assert before["GPT →: ln p, nats"].equals(after["GPT →: ln p, nats"])


# --- two sentences ---------------------------------------------------------------------------


def test_the_verdict_is_the_difference_of_the_sums(compared: AppTest):
    assert not compared.exception
    frame = table(compared, "first sentence")
    assert frame["change"].value_counts().to_dict() == {"same": 7, "substituted": 1}
    row = frame[frame["change"] == "substituted"].iloc[0]
    assert (row["first sentence"], row["second sentence"]) == ("is", "are")
    total = frame["GPT →: first minus second, nats"].sum()
    label = next(m.label for m in compared.metric if m.label.startswith("GPT: "))
    assert label == f"GPT: {'first' if total > 0 else 'second'} sentence"
    value = next(m.value for m in compared.metric if m.label == label)
    assert value == f"by {abs(total):.1f} nats"
    assert f"sentence by {abs(total):.1f} nats" in texts_of(compared)


def test_the_changed_word_is_bold_in_the_difference_chart(compared: AppTest):
    ticks = specs(compared)[1]["layout"]["yaxis"]["ticktext"]
    assert [tick for tick in ticks if tick.startswith("<b>")] == ["<b>is → are</b>"]


def test_swapping_swaps_the_texts_and_the_verdict():
    app = page(GOOD, BAD)
    before = table(app, "first sentence")["BERT ↔: first minus second, nats"].sum()
    swap = next(button for button in app.button if button.label == "Swap")
    swap.click().run()
    assert not app.exception
    assert [field.value for field in app.text_input] == [BAD, GOOD]
    after = table(app, "first sentence")["BERT ↔: first minus second, nats"].sum()
    assert np.isclose(before, -after, atol=1e-3)


def test_without_a_second_sentence_an_empty_state_says_what_to_do():
    app = page(GOOD)
    assert not app.exception
    assert "Type a second sentence above" in texts_of(app)
    assert len(specs(app)) == 2
    assert next(b for b in app.button if b.label == "Swap").disabled


def test_sentences_of_different_length_are_compared_per_word_too():
    app = page(GOOD, "The very old owner of the houses is rich.")
    assert "A longer sentence is nearly always less likely" in texts_of(app)
    assert "only in the second" in set(table(app, "change")["change"])


def test_the_same_sentence_twice_and_an_unknown_changed_word():
    assert "The two sentences are the same" in texts_of(page(GOOD, GOOD))
    app = page("The zzqxv is here.", "The house is here.")
    assert "outside the vocabulary of ELMo" in texts_of(app)


def test_a_bad_second_sentence_spoils_only_the_comparison():
    app = page(GOOD, "word " * 200)
    assert not app.exception
    assert len(app.error) == 1
    assert "200 words and the limit is 100" in texts_of(app)
    assert len(specs(app)) == 2


def test_a_bad_first_sentence_leaves_the_pairs_and_the_second_text():
    app = page("   ", BAD)
    assert not app.exception
    assert "no text to read" in texts_of(app)
    assert app.text_input(key="s2").value == BAD
    assert len(specs(app)) == 1


@pytest.mark.parametrize("name", ["html", "markdown", "latex", "special", "right_to_left"])
def test_hostile_text_is_shown_as_it_is(name: str):
    app = page(HOSTILE[name], HOSTILE[name] + " x", language="中文")
    assert not app.exception
    assert not app.error
    assert "<script>" not in strip(app)
    assert "<img" not in strip(app)
    for spec in specs(app)[:2]:
        ticks = [
            t.removeprefix("<b>").removesuffix("</b>") for t in spec["layout"]["yaxis"]["ticktext"]
        ]
        assert all("<" not in tick and "$" not in tick for tick in ticks)


# --- minimal pairs ---------------------------------------------------------------------------


def test_every_reader_judges_the_pairs_of_the_chosen_phenomenon(first: AppTest):
    frame = table(first, "right")
    assert len(frame) == 10
    for reader in ("ELMo", "GPT", "BERT"):
        right = int((frame[reader] > 0).sum())
        metric = next(m for m in first.metric if m.label == f"{reader}: right")
        assert metric.value == f"{right} of 10"


def test_choosing_another_phenomenon_runs_no_model(monkeypatch: pytest.MonkeyPatch):
    app = page()
    refuse(monkeypatch)
    app.selectbox(key="phenomenon").set_value("word_order").run()
    assert not app.exception
    assert "The old man walked slowly home." in set(table(app, "right")["right"])
    ticks = specs(app)[-1]["layout"]["yaxis"]["ticktext"]
    assert [tick for tick in ticks if "<b>" in tick] == ["<b>Order of words</b>"]


def test_all_phenomena_stand_in_one_picture_with_the_line_of_guessing(first: AppTest):
    spec = specs(first)[-1]
    assert len(spec["layout"]["yaxis"]["ticktext"]) >= 10
    assert spec["layout"]["shapes"][0]["x0"] == 0.5
    assert {"ELMo", "GPT", "BERT"} <= {trace["name"] for trace in spec["data"]}
    assert "Over all" in texts_of(first)


def test_stored_results_of_blimp_stand_beside_or_are_said_to_be_missing(monkeypatch):
    stored = {"minimal_pairs": {"gpt": {"overall": 61.0, "by_phenomenon": {"ellipsis": 55.0}}}}
    monkeypatch.setattr(pairs_view, "results", lambda: stored)
    app = page()
    hollow = next(t for t in specs(app)[-1]["data"] if t["name"] == "GPT, BLiMP")
    assert hollow["marker"]["symbol"].endswith("-open")
    assert "overall GPT 61 %" in texts_of(app)
    monkeypatch.setattr(pairs_view, "results", dict)
    app = page()
    assert "this command makes them" in texts_of(app)
    assert any("lmcore evaluate minimal_pairs" in code.value for code in app.code)


def test_blimp_is_not_shown_for_a_published_model(monkeypatch):
    stored = {"minimal_pairs": {"gpt": {"overall": 61.0, "by_phenomenon": {"ellipsis": 55.0}}}}
    monkeypatch.setattr(pairs_view, "results", lambda: stored)
    assert len(pairs_view.blimp(["gpt"], ["ellipsis"])) == 1
    monkeypatch.setattr(views, "key", lambda family: f"{family}@somebody/else")
    assert pairs_view.blimp(["gpt"], ["ellipsis"]) == []


def test_a_click_on_a_row_opens_the_pair_above(monkeypatch: pytest.MonkeyPatch):
    clicked = SimpleNamespace(selection=SimpleNamespace(rows=[1]))
    state: dict[str, Any] = {"pairs-x": clicked, "lang": "English"}
    monkeypatch.setattr(st, "session_state", state)
    monkeypatch.setattr(st, "toast", lambda *_: None)
    pairs_view.open_row("pairs-x", [("a", "b"), (GOOD, BAD)])
    assert (state["s"], state["kept:s"], state["s2"]) == (GOOD, GOOD, BAD)


def test_every_phenomenon_has_its_texts():
    for phenomenon in minimal_pairs.load():
        assert f"sentence_score.phenomenon.{phenomenon}" in catalogue()
        assert f"sentence_score.what.{phenomenon}" in catalogue()


def test_it_speaks_chinese():
    app = page(GOOD, BAD, language="中文")
    assert not app.exception
    assert "偏好第" in texts_of(app)
    assert "最小对" in texts_of(app)
    assert any("答对" in metric.label for metric in app.metric)


# --- examples beside the shared box ----------------------------------------------------------


def test_every_example_can_be_read_and_says_why():
    sentences = [text for texts in examples.GROUPS.values() for text in texts]
    assert len(examples.GROUPS) >= 8
    assert len(set(sentences)) == len(sentences)
    assert examples.EXAMPLE in sentences
    for group, texts in examples.GROUPS.items():
        assert 3 <= len(texts) <= 4
        assert f"examples.{group}" in catalogue()
        for number, text in enumerate(texts, start=1):
            assert checked(text).words
            assert f"examples.{group}.{number}" in catalogue()
        assert f"examples.{group}.{len(texts) + 1}" not in catalogue()


@pytest.mark.parametrize("name", ["home", "attention", "layers", "sentence_score"])
def test_an_example_fills_the_shared_box_on_every_page_that_has_it(name: str):
    app = open_page(name)
    app.button_group(key="example_group").set_value("negation").run()
    wanted = examples.GROUPS["negation"][2]
    radio = app.radio(key="example:negation")
    radio.set_value(2).run()
    assert not app.exception
    assert app.text_input(key="s").value == wanted
    assert app.radio(key="example:negation").value is None, "it can be chosen again"
    app.text_input(key="s").set_value("Something else.").run()
    app.radio(key="example:negation").set_value(2).run()
    assert app.text_input(key="s").value == wanted


# --- in a browser ----------------------------------------------------------------------------


@pytest.mark.browser
def test_a_row_opens_in_the_comparison_and_swaps(app_url: str, visit):
    visit.open(f"{app_url}/sentence_score?s={quote('A sentence of my own.')}")
    tab = visit.tab
    rows = tab.locator(f".st-key-pairs-{next(iter(minimal_pairs.load()))}").first
    rows.scroll_into_view_if_needed()
    tab.wait_for_timeout(800)
    box = rows.bounding_box()
    tab.mouse.click(box["x"] + 16, box["y"] + 35 * 2.5)  # the box of the second row
    tab.wait_for_timeout(800)
    visit.settle()
    visit.check()
    fields = tab.locator('[data-testid="stTextInput"] input')
    pair = minimal_pairs.load()[next(iter(minimal_pairs.load()))][1]
    holds(fields.nth(0), pair.good.text)
    holds(fields.nth(1), pair.bad.text)
    tab.get_by_role("button", name="Swap").click()
    visit.settle()
    visit.check()
    holds(fields.nth(0), pair.bad.text)
    holds(fields.nth(1), pair.good.text)
    assert "s2=" in tab.url
    tab.reload()
    visit.settle()
    holds(fields.nth(0), pair.bad.text)
    holds(fields.nth(1), pair.good.text)


@pytest.mark.browser
def test_an_example_is_taken_and_travels_to_the_next_page(app_url: str, visit):
    visit.open(f"{app_url}/layers")
    tab = visit.tab
    tab.get_by_role("button", name="Examples").click()
    tab.get_by_role("radio", name="Sayings").click()
    tab.get_by_text(examples.GROUPS["sayings"][1]).click()
    visit.settle()
    tab.keyboard.press("Escape")  # closes the small window
    tab.wait_for_timeout(500)
    visit.check()
    field = tab.locator('[data-testid="stTextInput"] input').first
    holds(field, examples.GROUPS["sayings"][1])
    tab.get_by_role("link", name=catalogue()["sentence_score.title"]["en"]).first.click()
    visit.settle()
    visit.check()
    holds(field, examples.GROUPS["sayings"][1])


@pytest.mark.parametrize("mark", ["___", "[MASK]"])
def test_a_blank_is_said_to_be_a_mask_to_bert_and_signs_to_the_others(mark: str):
    app = page(f"She opened the {mark} and read.", "She opened the door and read.")
    assert not app.exception
    texts = texts_of(app, "caption")
    assert texts.count("is read as its mask") == 1
    assert texts.count("it has no mask") == 2
    assert "BERT reads a blank as its mask, which is no word: it has no number" in texts
    assert "BERT has a number for" in texts
    assert "in only one of the two sentences: that place is left out" in texts


def test_numbers_of_unknown_words_are_not_called_no_numbers(first: AppTest):
    view = next(iter(views.views(SENTENCE_SCORE, ["elmo"], ScoreQuestion("qwzxv vxzwq")).values()))
    said = scores_view.finding([view], "nats")
    assert "the numbers below are those of any unknown word" in said
    assert "No reader gives" not in said


def test_a_sentence_that_begins_the_other_is_said_to_be_unable_to_lose():
    app = page("I like it", "I like it.")
    assert "The number of GPT is that of all texts that begin so" in texts_of(app, "caption")
    app = page("I like it.", "We like it.")
    assert "that begin so" not in texts_of(app, "caption")

"""The Layers page as a visitor meets it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from docs.browser import Visit
from lmcore.evaluation import stored
from lmcore.readers import families
from lmcore.text.examples import SENSES
from lmcore.text.words import split
from pages.sections.layers import logit_lens, probes
from pages.ui import views
from tests.conftest import HOSTILE
from tests.ui.app_page import open_page, texts_of

#: Pictures: moves; layers, path and neighbours for three readers; the same for two halves; guesses
#: of four directions with two curves; three measures of contextuality; the mix.
PICTURES = 1 + 3 * 3 + 1 + 3 * 2 + 4 + 2 + 3 + 1


@pytest.fixture(autouse=True)
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of stored results, empty at first, whatever is shipped."""
    monkeypatch.setattr(stored, "RESULTS", tmp_path)
    return tmp_path


def test_it_opens_with_an_example_and_findings() -> None:
    at = open_page("layers")
    assert not at.exception
    assert not at.error
    figures = at.get("plotly_chart")
    assert len(figures) == PICTURES
    assert all(figure.proto.alt for figure in figures)
    assert "Similarity of “bank” at the top layer to its own input vector: ELMo" in texts_of(at)
    assert texts_of(at).count("Most alike:") == texts_of(at).count("Nearest to “bank”:") == 5
    assert texts_of(at).count("unrelated words") > 15  # no similarity without its yardstick
    assert "ELMo → forward" in texts_of(at)
    assert "ELMo ← backward" in texts_of(at)
    assert sum(len(figure.proto.spec) for figure in figures) < 500_000


def test_the_slider_moves_points_and_reads_nothing_again() -> None:
    at = open_page("layers")
    before = [json.loads(figure.proto.spec) for figure in at.get("plotly_chart")]
    assert at.slider(key="at-bert").value == at.slider(key="at-bert").max
    at.slider(key="at-bert").set_value(0).run()
    assert not at.exception
    after = [json.loads(figure.proto.spec) for figure in at.get("plotly_chart")]
    changed = [
        place
        for place, pair in enumerate(zip(before, after, strict=True))
        if len({json.dumps(spec, sort_keys=True) for spec in pair}) > 1
    ]
    assert changed == [6]  # BERT's path and nothing else
    assert before[6]["layout"]["xaxis"]["range"] == after[6]["layout"]["xaxis"]["range"]


def test_a_single_word_has_no_neighbours() -> None:
    at = open_page("layers", address={"s": "Hello"})
    assert not at.exception
    assert not at.error
    assert len(at.get("plotly_chart")) == PICTURES - 2 * 5  # no path and no neighbours
    assert "The sentence has a single word" in texts_of(at)


def specs(at: AppTest, name: str) -> list[dict]:
    """The pictures whose name begins so."""
    return [
        json.loads(chart.proto.spec)
        for chart in at.get("plotly_chart")
        if f"-{name}" in chart.proto.id
    ]


def test_the_same_word_everywhere_is_no_fault() -> None:
    at = open_page("layers", address={"s": "no no no"})
    assert not at.exception
    assert not at.error


def test_it_speaks_chinese() -> None:
    at = open_page("layers", "中文")
    assert not at.exception
    assert "“bank”的顶层向量与自己输入向量的相似度" in texts_of(at)
    assert "第 6 层" in texts_of(at)


# ---- nearest words of the vocabulary ---------------------------------------------------------


def test_every_layer_of_every_direction_guesses_the_hidden_word() -> None:
    at = open_page("layers")
    guesses = [spec for spec in specs(at, "lens-") if spec["data"][0]["type"] == "heatmap"]
    assert [len(spec["data"][0]["y"]) for spec in guesses] == [3, 3, 7, 7]  # layers by direction
    assert all(len(row) == 5 for spec in guesses for row in spec["data"][0]["text"])
    curves = [spec for spec in specs(at, "lens-") if spec["data"][0]["type"] == "scatter"]
    assert [len(spec["data"]) for spec in curves] == [4, 4]
    assert "Probability of the hidden “bank” at the top layer: ELMo → forward" in texts_of(at)
    assert texts_of(at).count("The true word “bank” ranks") == 4


def test_the_vectors_of_the_word_itself_predict_what_is_next_to_it() -> None:
    at = open_page("layers")
    at.toggle(key="lens").set_value(False).run()
    assert not at.exception
    text = texts_of(at)
    assert "At the vector of “bank”, the top layers predict: ELMo → forward" in text
    assert text.count("as the next word") == 2  # ELMo forward and GPT
    assert text.count("as the word before") == text.count("as the word itself") == 1
    assert text.count("The true word “raised” ranks") == 2
    assert text.count("The true word “The” ranks") + text.count("The true word “the” ranks") == 1


def test_a_word_of_several_pieces_and_an_unknown_one_are_said() -> None:
    at = open_page("layers", address={"s": "The zyxwvutqq there."})
    assert not at.exception
    assert "cuts the true word into" in texts_of(at)
    assert "ELMo → forward's vocabulary does not hold the true word" in texts_of(at)


def test_a_model_without_an_output_head_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    bert = views.loaded("bert")
    headless = replace(bert.facts, capabilities=bert.facts.capabilities - {"fill"})
    monkeypatch.setattr(bert, "facts", headless)
    at = open_page("layers")
    assert not at.exception
    assert "BERT has no output head that predicts words" in texts_of(at)
    assert len(at.get("plotly_chart")) == PICTURES - 1


# ---- contextuality ---------------------------------------------------------------------------


def test_own_sentences_are_measured_by_three_measures() -> None:
    at = open_page("layers")
    assert len(specs(at, "contextuality-")) == 3
    assert "bank ×4 (bank, banks)" in texts_of(at)
    before = specs(at, "contextuality-self_similarity")
    at.text_area(key="lc").set_value("The crane flew.\nTwo cranes slept.\nA crane lifts steel.")
    next(b for b in at.button if b.label == "Measure").click().run()
    assert not at.exception
    assert "crane ×3 (crane, cranes)" in texts_of(at)
    assert specs(at, "contextuality-self_similarity") != before
    adjusted = specs(at, "contextuality-self_similarity")
    at.toggle(key="adjusted").set_value(False).run()
    raw = specs(at, "contextuality-self_similarity")
    assert raw != adjusted
    assert "(raw)" in texts_of(at)


def test_the_corpus_stands_beside_ones_own_where_it_was_measured(results: Path) -> None:
    at = open_page("layers")
    assert any("evaluate contextuality --json" in code.value for code in at.code)
    assert all(len(spec["data"]) == 3 for spec in specs(at, "contextuality-"))
    row = {
        f"{measure}_{kind}_by_layer": [0.1234] * 7
        for measure in ("self_similarity", "intra_sentence_similarity", "max_explainable_variance")
        for kind in ("adjusted", "raw")
    }
    (results / "contextuality.json").write_text(json.dumps({"contextuality": {"bert": row}}))
    at.run()
    assert not at.exception
    assert not any("evaluate contextuality" in code.value for code in at.code)
    assert all(len(spec["data"]) == 5 for spec in specs(at, "contextuality-"))
    assert "Words of the corpus: BERT 0.12" in texts_of(at)


@pytest.mark.parametrize("language", ["English", "中文"])
@pytest.mark.parametrize("text", ["", "Only one.", "a bank\n" * 31 + "b", "a\n" + "b " * 5_000])
def test_sentences_that_cannot_be_compared_are_one_message(text: str, language: str) -> None:
    text = "\n".join(f"{line} {n}" for n, line in enumerate(text.split("\n"))) if text else ""
    at = open_page("layers", language)
    at.text_area(key="lc").set_value(text)
    at.button[0].click().run()
    assert not at.exception
    assert len(at.error) == 1
    assert not specs(at, "contextuality-")
    assert len(at.get("plotly_chart")) == PICTURES - 3  # the rest of the page stands


def test_without_a_shared_word_sentences_are_still_measured() -> None:
    at = open_page("layers")
    at.text_area(key="lc").set_value("A bank\nTwo rivers")
    at.button[0].click().run()
    assert not at.exception
    assert "No word stands in two of these sentences" in at.warning[0].value
    assert len(specs(at, "contextuality-")) == 1


@pytest.mark.parametrize("name", ["html", "markdown", "latex", "special", "right_to_left"])
def test_hostile_sentences_are_shown_as_text(name: str) -> None:
    line = HOSTILE[name]
    at = open_page("layers", address={"s": line})
    at.text_area(key="lc").set_value(f"{line} one\n{line} two")
    at.button[0].click().run()
    assert not at.exception
    for chart in at.get("plotly_chart"):
        assert "<script" not in chart.proto.spec
        assert "$\\\\frac" not in chart.proto.spec


# ---- probes ----------------------------------------------------------------------------------


def test_a_reader_below_the_commonest_sense_is_said_to_be_so() -> None:
    curves = {"elmo": np.array([40.0, 55.0]), "bert": np.array([40.0, 60.0])}
    said = probes.finding("senses", curves, {"commonest sense": 57.5})
    assert "commonest sense 57.5; below that stay ELMo" in said
    assert "BERT" not in said.split("below that stay")[1]


def test_stored_probes_are_shown_by_layer_and_missing_ones_say_how(results: Path) -> None:
    at = open_page("layers")
    assert [c.value for c in at.code if "evaluate pos" in c.value or "evaluate senses" in c.value]
    row = {"probe_accuracy_by_layer": [80, 90, 85], "mix_weights": [0.1, 0.7, 0.2]}
    rows = {"most_frequent_tag": {"accuracy": 75.0}, "elmo": row}
    (results / "pos.json").write_text(json.dumps({"pos": rows}))
    at.run()
    assert not at.exception
    assert "ELMo in layer 1 of 2 (90.0); commonest tag of the form 75.0" in texts_of(at)
    assert len(specs(at, "probes-pos")[0]["data"]) == 2
    assert not any("evaluate pos" in code.value for code in at.code)
    assert any("evaluate senses" in code.value for code in at.code)
    at.button(key="mix-pos").click().run()  # and the weights that the probe learned can be taken
    assert not at.exception
    assert "Mixed as 0.10 / 0.70 / 0.20" in texts_of(at)


# ---- scalar mix ------------------------------------------------------------------------------


def bars(at: AppTest) -> dict[str, float]:
    (spec,) = specs(at, "scalar-mix")
    return {
        bar.split("<")[0]: value
        for bar, value in zip(spec["data"][0]["y"], shown(spec), strict=True)
    }


def shown(spec: dict) -> list[float]:
    return [float(text) for text in spec["data"][0]["text"]]


def test_the_sliders_of_the_mix_act_at_once_and_ask_no_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = open_page("layers")
    first = bars(at)
    assert {"ELMo · your mix", "ELMo · token", "ELMo · LSTM 1", "ELMo · LSTM 2"} < set(first)
    assert (
        sum(name.startswith(("GPT · layer", "BERT · layer", "GPT · input")) for name in first) == 2
    )

    def refuse(*_: object) -> None:
        raise AssertionError("a model was asked again")

    for kind in families().values():
        for ability in ("read", "word_layers", "lens"):
            monkeypatch.setattr(kind, ability, refuse)
    for number, layer in ((1, "LSTM 1"), (2, "LSTM 2")):
        for other in range(3):
            at.slider(key=f"w{other}").set_value(5.0 if other == number else -5.0)
        at.run()
        assert not at.exception
        now = bars(at)
        assert now["ELMo · your mix"] == pytest.approx(now[f"ELMo · {layer}"], abs=0.002)
        assert {**now, "ELMo · your mix": 0} == {**first, "ELMo · your mix": 0}
    score = bars(at)["ELMo · your mix"]
    at.slider(key="gamma").set_value(3.0).run()
    assert bars(at)["ELMo · your mix"] == score  # cosines do not see the length


def test_the_mix_is_about_the_question_of_the_polysemy_page() -> None:
    crane = next(example for example in SENSES if example.word == "crane")
    at = open_page("layers", state={"kept:pw": ("pw", crane.word), "kept:ps": ("ps", crane.text)})
    assert not at.exception
    assert "The word is “crane” in 4 sentences" in texts_of(at)
    at.session_state["kept:ps"] = ("ps", "a | A crane\nb | The crane")
    at.run()
    assert "No score is defined" in at.warning[0].value
    at.session_state["kept:ps"] = ("ps", "nothing of the kind\nat all")
    at.run()
    assert not at.exception
    assert len(at.error) == 1


@pytest.mark.browser
def test_sliders_and_switches_redraw_their_own_section_only(app_url: str, visit: Visit) -> None:
    visit.open(f"{app_url}/layers")
    tab = visit.tab
    tab.get_by_text("Mixed as 0.33 / 0.33 / 0.33").wait_for(timeout=120_000)
    slider = tab.locator('[data-testid="stSlider"]').filter(has_text="w1 · LSTM 1")
    slider.get_by_role("slider").focus()
    for _ in range(4):
        slider.get_by_role("slider").press("ArrowRight")
    tab.get_by_text("Mixed as 0.31 / 0.38 / 0.31").wait_for(timeout=20_000)
    tab.get_by_text("Let the layers guess the word").click()
    tab.get_by_text("At the vector of “bank”").wait_for(timeout=20_000)
    assert tab.get_by_text("Mixed as 0.31 / 0.38 / 0.31").count() == 1
    assert "w1=0.2" in tab.url
    assert "lens=false" in tab.url
    tab.get_by_role("link", name="Change the word and its sentences").click()
    tab.get_by_role("heading", name="Polysemy").wait_for(timeout=20_000)
    visit.check()


def test_the_number_of_unknown_is_no_words_number(loaded) -> None:
    text = "One qwzxv fell."
    (ahead, behind) = loaded["elmo"].lens(split(text), 1)
    for lens in (ahead, behind):
        assert (lens.known, lens.target) == (False, "<UNK>")
        assert np.isnan(lens.rank).all()
        assert np.isnan(lens.probability).all()
    said = logit_lens.guessed([ahead, behind], "qwzxv")
    assert said.startswith("No reader has a number for")
    known = loaded["gpt"].lens(split(text), 1)
    assert "ELMo" not in logit_lens.guessed([ahead, behind, *known], "qwzxv")

"""The page about training as a visitor meets it; no model is loaded for it."""

import json
from pathlib import Path

import pytest

from lmcore.evaluation import stored
from lmcore.runtime import checkpoints
from pages.sections.history import results
from pages.ui import views
from tests.analyses.test_training_history import checkpoint, report
from tests.ui.app_page import open_page, texts_of

CARD = {
    "name": "GPT",
    "parameters": 1_000_000,
    "tokens_seen": 50_000,
    "corpus": ["train.txt"],
    "unit": "nats per piece",
    "validation_loss": 4.321,
    "licence": "CC BY-SA 4.0",
}
RESULTS = {
    "coarsewsd": {
        "most_frequent_sense": {"macro_f1": 44.44},
        "bert": {"macro_f1_by_layer": [50.0, 61.25, 58.0], "limit": 9},
        "static": {"macro_f1_by_layer": [43.0]},
    },
    "perplexity": {
        "elmo": {"perplexity_per_word": 200.0, "adjusted_perplexity_per_word": 300.0},
        "gpt": {"perplexity_per_word": 250.0, "words": 12_345},
        "bert": {"masked_perplexity_per_token": 30.0},
    },
}


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The frame of a page looks after the readers; the page itself must not ask for one."""

    def loading(*_: object) -> None:
        pytest.fail("the page loads a model")

    monkeypatch.setattr(views, "reader", loading)


def test_it_opens_with_curves_findings_and_recipes() -> None:
    at = open_page("history")
    assert not at.exception
    assert not at.error
    figures = at.get("plotly_chart")
    assert len(figures) >= 2
    assert all(figure.proto.alt for figure in figures)
    for reader in ("ELMo", "GPT", "BERT"):
        assert f"{reader}'s loss " in texts_of(at)
        assert f"{reader} read " in texts_of(at)
    assert texts_of(at).count("Static vectors have no loss curve") == 1
    assert "is missing or cannot be read" not in texts_of(at)
    assert "Compare the shapes, not the heights" in texts_of(at)
    assert "next-sentence question" in texts_of(at)
    recipes = at.table[0].value
    assert list(recipes.columns) == ["ELMo", "GPT", "BERT", "word2vec", "GloVe", "fastText"]
    assert "Processor time" in recipes.index


def test_the_axis_changes_what_is_counted() -> None:
    at = open_page("history")
    spec = json.loads(at.get("plotly_chart")[0].proto.spec)
    assert spec["layout"]["xaxis"]["title"]["text"] == "tokens seen"
    at = open_page("history", state={"h_axis": "cpu", "log": True})
    assert not at.exception
    spec = json.loads(at.get("plotly_chart")[0].proto.spec)
    assert spec["layout"]["xaxis"]["title"]["text"] == "processor minutes"
    assert spec["layout"]["xaxis"]["type"] == "log"
    assert "of processor time, half of that" in texts_of(at)


def test_missing_and_broken_files_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    checkpoint(tmp_path / "gpt", [report(1, 9.0), "{", report(2, 6.0)], CARD)
    checkpoint(tmp_path / "bert", [], CARD | {"name": "BERT <b>$x$"})
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path)
    monkeypatch.setattr(stored, "RESULTS", tmp_path / "results")
    at = open_page("history")
    assert not at.exception
    assert not at.error
    assert "ELMo has no card" in texts_of(at)
    assert "BERT <b>$x$ has no loss curve" in texts_of(at)
    assert "GPT: 1 line(s) of its history cannot be read" in texts_of(at)
    assert "GPT's loss fell from 9.0 to 6.0 nats" in texts_of(at)
    assert "On held-out text at the end (the marks): GPT 4.32." in texts_of(at)
    assert [code.value.split(" && ")[1].split(" > ")[0] for code in at.code] == [
        "python -m lmcore evaluate coarsewsd --json",
        "python -m lmcore evaluate perplexity --json",
    ]


def test_a_training_in_two_sittings_says_where_they_meet(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sittings = [{"tokens_seen": 1_500_000}]
    checkpoint(tmp_path / "gpt", [report(1, 9.0)], CARD | {"sittings": sittings})
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path)
    captions = [note.value for note in open_page("history").caption]
    (seam,) = [text for text in captions if "several sittings" in text]
    assert "after 1\\.5 million tokens" in seam
    assert "GPT" in seam


def test_nothing_at_all_is_said_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path)
    monkeypatch.setattr(stored, "RESULTS", tmp_path / "results")
    at = open_page("history", "中文")
    assert not at.exception
    assert not at.get("plotly_chart")
    assert "没有任何模型卡" in texts_of(at)


def test_a_finding_names_what_does_better_than_all_readers() -> None:
    rows = RESULTS["coarsewsd"] | {"static_context": {"macro_f1_by_layer": [81.13]}}
    said = results._layers_finding(stored.layer_scores(rows, "macro_f1"))
    assert "in its order: word2vec, mean of the neighbours, 81.1 %" in said


def test_results_are_shown_with_their_yardstick(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, rows in RESULTS.items():
        (tmp_path / f"{name}.json").write_text(json.dumps({name: rows}))
    monkeypatch.setattr(stored, "RESULTS", tmp_path)
    at = open_page("history")
    assert not at.exception
    assert not at.code
    assert "BERT is best at layer 1 with 61.2 %" in texts_of(at)
    assert "commonest sense reaches 44.4 %" in texts_of(at)
    assert "without reading the sentence in its order" not in texts_of(at)
    assert "Only a part of the data was measured (limit 9)" in texts_of(at)
    assert "ELMo 300, GPT 250; the least surprised is GPT" in texts_of(at)
    names = {trace["name"] for trace in json.loads(at.get("plotly_chart")[2].proto.spec)["data"]}
    assert names == {"BERT", "commonest sense", "word2vec"}
    perplexities = at.table[1].value
    assert list(perplexities.columns) == ["ELMo", "GPT", "BERT"]
    assert "12,345" in perplexities["GPT"]["Words read"].replace("\\", "")

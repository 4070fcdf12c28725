"""Accuracy against the number of training examples: cells, the file, the Markdown."""

from __future__ import annotations

import json

import pytest

from lmcore.__main__ import main
from lmcore.errors import EvaluationError
from lmcore.finetuning import benchmarks, experiment
from lmcore.finetuning.report import NAMES, markdown

XML = """<?xml version="1.0" encoding="UTF-8"?>
<entailment-corpus>{pairs}</entailment-corpus>"""
PAIR = (
    '<pair id="{n}" {key}="{value}" task="IR"><t>Text {n} of {k}\n  here.</t><h>So {n}.</h></pair>'
)


@pytest.fixture
def folder(tmp_path):
    """The published sets in small, written here."""

    def rows(labels, count):
        return "label\ttext\n" + "".join(
            f"{labels[n % len(labels)]}\tthing {n} is {labels[n % len(labels)]}\n"
            for n in range(count)
        )  # fmt: skip

    (tmp_path / "sentence_polarity.tsv").write_text(rows(("positive", "negative"), 60))
    (tmp_path / "subjectivity.tsv").write_text(rows(("objective", "subjective"), 60))
    (tmp_path / "question_type.train.tsv").write_text(rows(("HUM", "LOC", "NUM"), 60))
    (tmp_path / "question_type.test.tsv").write_text(rows(("HUM", "LOC", "NUM"), 12))
    for k, (key, values) in enumerate(
        [
            ("value", ("TRUE", "FALSE")),
            ("entailment", ("YES", "NO")),
            ("entailment", ("YES", "NO")),
        ],
        start=1,
    ):
        for part in ("dev", "test"):
            pairs = "".join(
                PAIR.format(n=n, key=key, value=values[n % 2], k=f"{k}{part}") for n in range(10)
            )
            (tmp_path / f"rte{k}_{part}.xml").write_text(XML.format(pairs=pairs))
    return tmp_path


def test_the_sets_are_read_with_their_own_test_parts(folder):
    tasks = {name: benchmarks.load(name, folder) for name in benchmarks.NAMES}
    assert tasks["sentiment"].labels == ("negative", "positive")
    assert len(tasks["question_type"].test) == 12
    entailment = tasks["entailment"]
    assert (len(entailment.examples), len(entailment.test)) == (50, 10)
    assert entailment.labels == ("no", "yes")
    assert entailment.test[0].texts == ("Text 0 of 3test here.", "So 0.")
    assert entailment.test[0].label == 1
    with pytest.raises(EvaluationError, match="There is no benchmark"):
        benchmarks.load("weather", folder)


def test_the_real_sets_have_their_published_sizes(shared):
    folder = shared / "data" / "classification"
    sizes = {
        name: (len(task.examples), len(task.test), task.width)
        for name in benchmarks.NAMES
        for task in [benchmarks.load(name, folder)]
    }
    assert sizes["sentiment"] == (10_662, 0, 2)
    assert sizes["subjectivity"] == (10_000, 0, 2)
    assert sizes["question_type"] == (5_452, 500, 6)
    assert sizes["entailment"][1:] == (800, 2)


def small(folder, out, *more):
    return main(
        ["finetune", "--benchmark", str(folder), "--set", "sentiment", "--size", "10",
         "--limit", "14", "--seeds", "2", "--epochs", "1", "--reader", "elmo", "--out", str(out),
         "--json", *more]
    )  # fmt: skip


def test_the_command_measures_every_row_and_goes_on_where_it_stopped(folder, tmp_path, capsys):
    out = tmp_path / "results" / "finetuning.json"
    assert small(folder, out) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads(out.read_text())
    own = printed["finetuning"]["sentiment"]
    assert set(own["rows"]) == {"majority", "bag_of_words", "static", "elmo", "elmo_random"}
    for cells in own["rows"].values():
        assert set(cells) == {"10", "14"}
        for cell in cells.values():
            value, low, high = cell["accuracy"]
            assert 0 <= low <= value <= high <= 100
    assert len(own["rows"]["elmo"]["10"]["accuracy_by_seed"]) == 2
    assert sum(own["rows"]["elmo"]["10"]["layer_weights"]) == pytest.approx(1, abs=1e-3)
    assert "thing" not in out.read_text()

    own["rows"]["elmo"]["10"]["accuracy"] = [1.5, 1.0, 2.0]  # kept: nothing has changed
    own["rows"]["elmo"]["14"]["made_with"]["weights"] = "others"  # measured anew
    before = own["rows"]["elmo_random"]
    out.write_text(json.dumps(printed))
    assert small(folder, out, "--resume") == 0
    again = json.loads(capsys.readouterr().out)["finetuning"]["sentiment"]["rows"]
    assert again["elmo"]["10"]["accuracy"] == [1.5, 1.0, 2.0]
    assert again["elmo"]["14"]["made_with"]["weights"] != "others"
    assert again["elmo_random"] == before
    assert main(["finetune", "--report", str(out)]) == 0
    assert "ELMo, random weights" in capsys.readouterr().out


def test_rows_of_each_family():
    assert experiment.variants("elmo") == ["elmo", "elmo_random"]
    assert experiment.variants("gpt") == ["gpt", "gpt_random", "gpt_no_lm"]
    every = {row for family in ("elmo", "gpt", "bert") for row in experiment.variants(family)}
    assert every | set(experiment.BASELINES) == set(NAMES)


def test_sizes_end_with_all_there_is():
    plan = experiment.Plan()
    assert plan.sizes_of(6_000) == [10, 30, 100, 300, 1_000, 6_000]
    assert plan.sizes_of(120) == [10, 30, 100, 120]
    assert experiment.Plan(limit=50).sizes_of(6_000) == [10, 30, 50]


def cell(value, low, high):
    return {"100": {"accuracy": [value, low, high]}, "10": {"accuracy": [50.0, 40.0, 60.0]}}


def test_the_note_says_plainly_where_pre_training_does_not_win():
    rows = {
        "majority": cell(50, 45, 55),
        "bag_of_words": cell(72, 70, 74),
        "elmo": cell(70, 68, 72),
        "elmo_random": cell(60, 58, 62),
        "bert": cell(59, 57, 61),
        "bert_random": cell(60, 58, 62),
    }
    text = markdown({"finetuning": {"sentiment": {"test": 500, "limit": None, "rows": rows}}})
    assert "| ELMo | 50.0 (40.0–60.0) | 70.0 (68.0–72.0) |" in text
    assert "ELMo is 10.0 points above its twin" in text
    assert "the intervals do not overlap) and does not beat bag of words." in text
    assert "BERT is 1.0 points below its twin with random weights (the intervals overlap)" in text
    assert "Kim 2014" in text
    rows["bert"] = rows["bert_random"]
    text = markdown({"finetuning": {"sentiment": {"test": 500, "limit": None, "rows": rows}}})
    assert "BERT is level with its twin" in text

"""The command: what is written where, and what is refused."""

import io
import json

import pytest

from lmcore.errors import CheckpointError, EvaluationError
from lmcore.evaluation import run
from lmcore.evaluation.benchmark import Benchmark, progress_bar, spread, stretch
from lmcore.evaluation.run import BENCHMARKS, evaluate


def toy(reader, material, progress):
    progress(1.0, "half")
    return {"accuracy": 50.0, "by_layer": [1.0, float("nan")], "by_head": [[1, 2], [3, 4]]}


@pytest.fixture
def bench(monkeypatch):
    made = Benchmark(
        "toy",
        "a toy",
        "things",
        applies=lambda reader: reader.can("attention"),
        prepare=lambda data, limit: None,
        measure=toy,
        references=lambda _: {"reference": {"by_word": {"a": 1, "b": {"c": 2}}, "words": 1_000}},
    )
    monkeypatch.setitem(BENCHMARKS, "toy", made)


def test_every_benchmark_is_there():
    names = {"perplexity", "coarsewsd", "senses", "pos", "contextuality", "minimal_pairs", "heads"}
    assert set(BENCHMARKS) == names | {"everyday", "samples"}
    assert all(
        name == benchmark.name and benchmark.summary and benchmark.limits
        for name, benchmark in BENCHMARKS.items()
    )


def test_json_is_one_object_and_progress_is_elsewhere(bench, capsys):
    assert evaluate("toy", json=True, limit=7) == 0
    out, err = capsys.readouterr()
    values = json.loads(out)
    assert list(values) == ["toy"]
    # The reference, then only readers with attention, in their order.
    assert list(values["toy"]) == ["reference", "gpt", "bert"]
    assert values["toy"]["bert"] == {
        "accuracy": 50.0,
        "by_layer": [1.0, None],
        "by_head": [[1, 2], [3, 4]],
        "limit": 7,
    }
    assert "0%" in err
    assert "data" in err


def test_table(bench, capsys):
    assert evaluate("toy", readers=["bert"]) == 0
    out, _ = capsys.readouterr()
    assert "gpt" not in out
    assert "accuracy  50" in out
    assert "1,000" in out
    assert "limit" not in out
    evaluate("toy", readers=["bert"], limit=7)
    assert "limited to 7 things" in capsys.readouterr()[0]


def test_what_cannot_be_done_is_one_sentence(bench, tmp_path, capsys):
    with pytest.raises(EvaluationError, match="coarsewsd") as caught:
        evaluate("nonsense")
    assert caught.value.code == "benchmark_unknown"
    with pytest.raises(EvaluationError) as caught:
        evaluate("toy", readers=["elmo"])
    assert caught.value.code == "benchmark_no_reader"
    with pytest.raises(CheckpointError):
        evaluate("toy", readers=["bert"], root=tmp_path)
    for name in ("perplexity", "coarsewsd", "contextuality", "minimal_pairs", "heads", "senses"):
        with pytest.raises(EvaluationError) as caught:
            evaluate(name, readers=["bert"], data=tmp_path)
        assert caught.value.code == "data_missing"
    assert capsys.readouterr()[0] == ""


def test_one_damaged_reader_does_not_stop_the_others(bench, monkeypatch, capsys):
    real = run.load

    def broken(family, root=None):
        if family == "gpt":
            raise CheckpointError(
                "checkpoint_altered", reader="GPT", file="checkpoints/en/gpt/model.safetensors"
            )
        return real(family, root)

    monkeypatch.setattr(run, "load", broken)
    assert evaluate("toy", json=True) == 1
    out, err = capsys.readouterr()
    assert list(json.loads(out)["toy"]) == ["reference", "bert"]
    assert "SHA-256" in err


def test_bar_on_a_terminal_stays_on_its_line():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    stream = Terminal()
    with progress_bar(stream) as progress:
        progress(0.5, "reading")
    assert "\n" not in stream.getvalue()
    assert "50%" in stream.getvalue()


def test_dictionaries_of_dictionaries_are_a_table():
    lines = run.as_lines(
        {"nsubj": {"head": 3, "accuracy": 61.25}, "obj": {"head": 1, "accuracy": 8.0}}
    )
    assert [line.split() for line in lines] == [
        ["head", "accuracy"],
        ["nsubj", "3", "61.25"],
        ["obj", "1", "8"],
    ]


def test_spread_and_stretch():
    assert spread(10, 4) == [0, 2, 5, 7]
    assert spread(3, None) == spread(3, 9) == [0, 1, 2]
    steps = []
    stretch(lambda share, text: steps.append((share, text)), 1, 4, "BERT")(0.5, "reading")
    assert steps == [(0.375, "BERT: reading")]


@pytest.mark.parametrize("limit", [0, -3, 10**9])
def test_limit_out_of_range(bench, limit):
    with pytest.raises(EvaluationError) as caught:
        evaluate("toy", limit=limit)
    assert caught.value.code == "setting_out_of_range"


def test_a_limit_that_leaves_nothing_is_one_sentence(shared, capsys):
    with pytest.raises(EvaluationError, match="larger limit") as caught:
        evaluate("contextuality", readers=["bert"], data=shared, limit=1)
    assert caught.value.code == "benchmark_limit"

"""Stored results of benchmarks: read from small files, whatever they hold."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from lmcore.evaluation import stored


def test_results_are_read_without_torch() -> None:
    code = "import lmcore.evaluation.stored, sys; print('torch' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"


def test_results_are_those_that_can_be_read(tmp_path: Path) -> None:
    assert stored.results(tmp_path / "nowhere") == {}
    rows = {"bert": {"macro_f1_by_layer": [40.0, None, 60.0]}, "bag_of_words": {"macro_f1": 70.0}}
    (tmp_path / "coarsewsd.json").write_text(json.dumps({"coarsewsd": rows}))
    (tmp_path / "pos.json").write_text("{")
    (tmp_path / "senses.json").write_text(json.dumps({"other": rows}))
    (tmp_path / "perplexity.json").write_text(json.dumps({"perplexity": {"gpt": 3}}))
    assert stored.results(tmp_path) == {"coarsewsd": rows}
    curves = stored.by_layer(rows, "macro_f1")
    assert list(curves) == ["bert"]
    assert np.array_equal(curves["bert"], [40.0, np.nan, 60.0], equal_nan=True)


def test_command_makes_the_folder_where_it_is_missing(tmp_path: Path) -> None:
    made = stored.command("pos", tmp_path)
    assert made == f"python -m lmcore evaluate pos --json > {tmp_path}/pos.json"
    assert stored.command("pos", tmp_path / "a").startswith(f"mkdir -p {tmp_path}/a && python")


def test_unknown_words_are_charged_for() -> None:
    rows = {
        "elmo": {"perplexity_per_word": 50.0, "adjusted_perplexity_per_word": 90.0},
        "gpt": {"perplexity_per_word": 80.0},
        "bert": {"masked_perplexity_per_token": 20.0},
    }
    assert stored.surprise(rows) == {"elmo": 90.0, "gpt": 80.0}


def test_a_metric_by_layer_has_best_layers_and_levels_across() -> None:
    rows = {
        "most_frequent_sense": {"macro_f1": 44.0},
        "bert": {"macro_f1_by_layer": [50.0, None, 61.0, 58.0]},
        "static": {"macro_f1_by_layer": [43.0]},
        "gpt": {"macro_f1_by_layer": [None, None]},
    }
    scores = stored.layer_scores(rows, "macro_f1")
    assert list(scores.by_layer) == ["bert", "static", "gpt"]
    assert list(scores.deep) == ["bert", "gpt"]
    assert scores.levels == {"static": 43.0, "most_frequent_sense": 44.0}
    assert scores.best() == {"bert": (2, 61.0)}

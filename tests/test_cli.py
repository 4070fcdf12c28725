"""The command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lmcore.cli import main
from lmcore.runtime.memory import ALLOCATOR

ROOT = Path(__file__).resolve().parents[1]


def test_info_lists_every_reader(capsys):
    assert main(["info"]) == 0
    out = capsys.readouterr().out
    for name in ("ELMo", "GPT", "BERT", "word2vec", "GloVe", "fastText"):
        assert name in out
    assert out.count("verified") == 6


def test_info_as_json(capsys):
    assert main(["info", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told["readers"]) == {"elmo", "gpt", "bert", "static", "glove", "fasttext"}
    assert told["errors"] == {}


def test_info_fails_where_nothing_loads(tmp_path, capsys):
    assert main(["info", "--checkpoints", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert out.count("has no weights") == 4
    assert "python -m lmcore train bert" in out


def test_train_without_a_corpus_says_so():
    done = subprocess.run(
        [sys.executable, "-m", "lmcore", "train", "gpt", "--corpus", "nowhere.txt"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.strip() == (
        "lmcore: The corpus file nowhere.txt does not exist: give the path of a .txt or .txt.xz."
    )


def test_train_on_a_device_that_is_not_there(tmp_path, monkeypatch, capsys):
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    corpus = tmp_path / "corpus.txt"
    corpus.write_text("A sentence. " * 10)
    for name, value in ALLOCATOR.items():  # else it would start itself anew
        monkeypatch.setenv(name, value)
    command = ["train", "gpt", "--corpus", str(corpus), "--device", "cuda", "--work", str(tmp_path)]
    assert main(command) == 2
    assert "no cuda device" in capsys.readouterr().err

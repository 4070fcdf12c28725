"""A plan from text to three checkpoints, with tiny sizes: prepared first, then without text."""

import json
from pathlib import Path

import pytest
import torch

from lmcore.cli import main
from lmcore.errors import TrainingError
from lmcore.readers import load
from lmcore.runtime.memory import ALLOCATOR
from lmcore.text.words import split
from lmcore.training import plan

PLAN = """
[[run]]
reader = "bert"
steps = 2
begin = "skipgram"
[run.sizes]
positions = 64
max_position_embeddings = 16
hidden_size = 16
num_hidden_layers = 1
num_attention_heads = 2
intermediate_size = 32

[[run]]
reader = "gpt"
steps = 2
[run.sizes]
positions = 64
n_positions = 16
n_embd = 16
n_layer = 1
n_head = 2

[[run]]
reader = "elmo"
steps = 2
begin = "skipgram"
[run.sizes]
rows = 4
length = 8
dim = 24
projection_dim = 16
"""


def test_a_plan_is_rehearsed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    for name, value in ALLOCATOR.items():
        monkeypatch.setenv(name, value)  # or the command would start itself anew
    text = "\n\n".join(
        f"The number {i} stands before {i + 1}. It is a small number, said the old teacher."
        for i in range(300)
    )
    corpus, file = tmp_path / "corpus.txt", tmp_path / "plan.toml"
    corpus.write_text(text, encoding="utf8")
    file.write_text(PLAN, encoding="utf8")
    common = ["train", "all", "--plan", str(file), "--packed", str(tmp_path / "packed")]
    common += ["--work", str(tmp_path / "work"), "--out", str(tmp_path / "out")]
    assert main(common) == 2, "nothing is prepared yet"
    assert "--prepare" in capsys.readouterr().err
    assert main([*common, "--prepare", "--corpus", str(corpus), "--valid", str(corpus)]) == 0
    corpus.unlink()
    capsys.readouterr()
    assert main(common) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["family"] for line in lines] == ["bert", "gpt", "elmo"]
    assert all(line["steps"] == 2 and line["validation"]["loss"] > 0 for line in lines)
    for family, width in {"bert": 16, "gpt": 16, "elmo": 32}.items():
        reader = load(family, tmp_path / "out", torch.device("cpu"))
        assert reader.read([split("The old teacher")])[0].layers.shape[1:] == (3, width)


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("[[run]]\nreader = 'bert'\nspeed = 3", "speed"),
        ("[[run]]\nreader = 'bert'", "minutes or steps"),
        ("[[run]]\nreader = 'word2vec'\nsteps = 1", "word2vec"),
        ("no toml", "plan"),
    ],
)
def test_a_plan_that_cannot_be_used_says_why(tmp_path: Path, text: str, detail: str):
    file = tmp_path / "plan.toml"
    file.write_text(text)
    with pytest.raises(TrainingError, match=detail):
        plan.read(file)


def test_the_plans_of_the_project_can_be_read():
    folder = Path(plan.__file__).parents[1] / "data" / "plans"
    names = sorted(path.name for path in folder.glob("*.toml"))
    assert names == ["laptop.toml", "one-gpu-ten-minutes.toml"]
    runs = {name: plan.read(folder / name) for name in names}
    assert all([run.reader for run in each] == ["bert", "gpt", "elmo"] for each in runs.values())
    minutes = [run.minutes for run in runs["one-gpu-ten-minutes.toml"]]
    assert sum(minute or 0 for minute in minutes) < 10

"""The catalogue's facts and the operator's list: nothing else can be chosen, fetched or opened."""

import re
from pathlib import Path

import pytest

from lmcore.hub import files, installed, memory, policy
from lmcore.hub.catalogue import MODELS, TRIO, by_id
from lmcore.hub.load import identifier
from lmcore.runtime.families import CONTEXTUAL


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in (policy.DOWNLOADS, policy.MODELS, policy.MODEL_DIRS, "HF_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))


def test_every_model_is_named_once_and_says_what_it_needs():
    assert len(by_id()) == len(MODELS)
    assert len({model.name for model in MODELS}) == len(MODELS)
    for model in MODELS:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", model.id)
        assert "," not in model.id
        assert ":" not in model.id
        assert model.family in CONTEXTUAL
        assert model.parameters
        assert model.size
        assert (memory.needed(model) or 0) > 4 * model.parameters
        if model.smaller:
            smaller = by_id()[model.smaller]
            assert smaller.family == model.family
            assert (smaller.parameters or 0) < model.parameters


def test_the_trio_is_there_with_the_facts_of_its_papers():
    elmo, gpt, bert = (by_id()[TRIO[family]] for family in ("elmo", "gpt", "bert"))
    assert elmo.licence == "", "stated nowhere: nobody may read one into it"
    assert gpt.parameters == 116_534_784
    assert round(elmo.parameters / 1e6, 1) == 93.6  # type: ignore[operator]
    assert (gpt.licence, bert.licence) == ("MIT", "Apache-2.0")
    assert (elmo.cased, gpt.cased, bert.cased) == (True, False, False)


def test_parameters_are_those_of_the_plain_models():
    """The list against the models of transformers, without any memory for numbers."""
    import torch
    from transformers import BertConfig, BertForPreTraining, GPT2Config, GPT2LMHeadModel

    def count(kind: type, config: object) -> int:
        with torch.device("meta"):
            return sum(p.numel() for p in kind(config).parameters())

    pieces = {"google-bert/bert-base-cased": 28_996, "google-bert/bert-base-chinese": 21_128}
    pieces["google-bert/bert-base-multilingual-cased"] = 119_547
    for name, model in by_id().items():
        if model.family == "bert":
            small = re.search(r"L-(\d+)_H-(\d+)", name)
            layers, width = map(int, small.groups()) if small else (12, 768)
            if "large" in name:
                layers, width = 24, 1024
            bert = BertConfig(
                vocab_size=pieces.get(name, 30_522),
                hidden_size=width,
                num_hidden_layers=layers,
                num_attention_heads=width // 64,
                intermediate_size=4 * width,
            )
            assert model.parameters == count(BertForPreTraining, bert)
    for end, layers, width in (
        ("gpt2", 12, 768),
        ("gpt2-medium", 24, 1024),
        ("gpt2-large", 36, 1280),
    ):
        gpt = GPT2Config(n_embd=width, n_layer=layers, n_head=width // 64)
        assert by_id()[f"openai-community/{end}"].parameters == count(GPT2LMHeadModel, gpt)


def test_without_settings_the_catalogue_is_allowed_and_nothing_else():
    assert set(policy.allowed()) == set(by_id())
    assert policy.downloads_allowed()
    for name in ("", "org/else", "../..", "/etc", "folder:x", "google-bert/bert-base-uncased/.."):
        assert policy.find(name) is None


@pytest.mark.parametrize("value", ["off", "OFF", " 0 ", "false", "no"])
def test_downloads_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, value: str):
    monkeypatch.setenv(policy.DOWNLOADS, value)
    assert not policy.downloads_allowed()


def test_a_list_allows_what_it_names(monkeypatch: pytest.MonkeyPatch):
    listed = "openai-community/gpt2, bert:org/my-bert ,bert:../evil,org/else,cat:org/x,bert:a/b/c"
    monkeypatch.setenv(policy.MODELS, listed)
    assert list(policy.allowed()) == ["openai-community/gpt2", "org/my-bert"]
    mine = policy.allowed()["org/my-bert"]
    assert (mine.family, mine.parameters, mine.licence, mine.languages) == ("bert", None, "", ())
    monkeypatch.setenv(policy.MODELS, "none")
    assert policy.allowed() == {}


def test_folders_are_those_that_the_operator_lists(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in ("bert-mine", "gpt", "notes", "elmo-a,b:c"):
        (tmp_path / "all" / name).mkdir(parents=True)
    (tmp_path / "one").mkdir()
    listed = f"{tmp_path / 'all'}:bert={tmp_path / 'one'}:gpt={tmp_path / 'gone'}"
    monkeypatch.setenv(policy.MODELS, "none")
    monkeypatch.setenv(policy.MODEL_DIRS, listed)
    found = policy.allowed()
    assert {one: model.family for one, model in found.items()} == {
        "folder:bert-mine": "bert",
        "folder:gpt": "gpt",
        "folder:elmo-a_b_c": "elmo",
        "folder:bert-one": "bert",
        "folder:gpt-gone": "gpt",
    }
    assert installed.place(found["folder:bert-one"]) == tmp_path / "one"
    assert installed.place(found["folder:gpt-gone"]) is None
    assert policy.find(f"folder:{tmp_path}") is None
    assert policy.find("folder:../one") is None


def test_a_model_is_here_when_all_its_files_are(tmp_path: Path):
    model = by_id()[TRIO["bert"]]
    snapshot = installed.repository(model) / "snapshots" / ("a" * 40)
    snapshot.mkdir(parents=True)
    assert not installed.begun(model)
    for name in ("config.json", "vocab.txt"):
        (snapshot / name).write_text("{}")
        assert installed.place(model) is None
    (snapshot / "model.safetensors.index.json").write_text("{}")
    assert installed.place(model) == snapshot
    newer = snapshot.with_name("b" * 40)
    newer.mkdir()
    for name in ("config.json", "tokenizer.json", "pytorch_model.bin"):
        (newer / name).write_text("{}")
    (installed.repository(model) / "refs").mkdir()
    (installed.repository(model) / "refs" / "main").write_text("b" * 40)
    assert installed.place(model) == newer


@pytest.mark.parametrize(
    ("count", "said"),
    [(None, "?"), (12, "12 B"), (34_500, "34.5 kB"), (479e6, "479 MB"), (1.634e9, "1.63 GB")],
)
def test_sizes_for_people(count: int | None, said: str):
    assert files.size(count) == said


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("bert-base-uncased", "google-bert/bert-base-uncased"),
        ("bert-base-chinese", "google-bert/bert-base-chinese"),
        ("gpt2", "openai-community/gpt2"),
        ("openai-gpt", "openai-community/openai-gpt"),
    ],
)
def test_old_names_find_the_same_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, old: str, new: str
):
    """Settings, links and caches from before the models had an organisation."""
    monkeypatch.setenv("THREE_READERS_MODELS", old)
    assert list(policy.allowed()) == [new]
    assert policy.unknown_models({"THREE_READERS_MODELS": old}) == []
    model = policy.find(old)
    assert model is not None
    assert model.id == new
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    assert installed.place(model) is None
    folder = tmp_path / "hub" / f"models--{old}" / "snapshots" / ("c" * 40)
    folder.mkdir(parents=True)
    for group in model.files:
        (folder / group[0]).touch()
    assert installed.place(model) == folder
    assert identifier(folder) == new

"""Folders that are no models and files that are damaged: each fault has its own sentence."""

import json
import sys

import numpy as np
import pytest
import torch

from lmcore.errors import CheckpointError
from lmcore.hub import bert as hub_bert
from lmcore.hub import load as loading
from lmcore.hub import memory
from lmcore.hub.load import load_published
from lmcore.runtime.checkpoints import digest
from lmcore.text.words import split
from tests.hub import folders

CPU = torch.device("cpu")


def refused(folder, match=None, **options):
    """The code of the one sentence that loading ends with."""
    with pytest.raises(CheckpointError, match=match) as caught:
        load_published(folder, CPU, "My model", **options)
    return caught.value.code


# --- each fault its own sentence -------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"model_type": "t5"}, "t5"),
        ({"model_type": "roberta", "vocab_size": 5}, "roberta"),
        ({}, "names no architecture"),
        ({"model_type": "bert", "hidden_size": 4}, "vocab_size"),
        ({"model_type": "gpt2", "vocab_size": 4}, "n_embd"),
    ],
)
def test_unknown_architecture(tmp_path, config, told):
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert refused(tmp_path, told) == "published_unknown"


@pytest.mark.parametrize(
    "change", [{"is_decoder": True}, {"position_embedding_type": "relative_key"}]
)
def test_a_bert_of_another_kind(tmp_path, change):
    folders.bert(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | change))
    assert refused(tmp_path) == "published_unknown"


def test_no_folder_and_an_empty_one(tmp_path):
    assert refused(tmp_path / "nowhere", "no such folder") == "published_unknown"
    assert refused(tmp_path, "config.json") == "published_unknown"


def test_config_that_is_no_json(tmp_path):
    (tmp_path / "config.json").write_text("{")
    assert refused(tmp_path, r"config\.json") == "published_cut_short"


@pytest.mark.parametrize("form", ["safetensors", "bin", "old_bin"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_file_cut_short(tmp_path, form, share):
    folders.bert(tmp_path, form=form)
    (path,) = [p for p in tmp_path.iterdir() if p.suffix in (".safetensors", ".bin")]
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    assert refused(tmp_path, path.name) == "published_cut_short"


def test_one_part_of_several_is_missing_or_cut(tmp_path):
    folders.bert(tmp_path, form="sharded")
    part = tmp_path / "model-00002-of-00002.safetensors"
    part.write_bytes(part.read_bytes()[:-3])
    assert refused(tmp_path, part.name) == "published_cut_short"
    part.unlink()
    assert refused(tmp_path, part.name) == "published_no_weights"


def test_an_index_names_no_file_outside_its_folder(tmp_path):
    folders.bert(tmp_path / "model", form="sharded")
    outside = tmp_path / "other.safetensors"
    outside.write_bytes(b"")
    path = tmp_path / "model" / "model.safetensors.index.json"
    index = json.loads(path.read_text())
    index["weight_map"]["x"] = "../other.safetensors"
    path.write_text(json.dumps(index))
    assert refused(tmp_path / "model", "outside") == "published_cut_short"


def test_checksum_wrong_or_right(tmp_path):
    folders.bert(tmp_path)
    file = "model.safetensors"
    right = digest(tmp_path / file)
    load_published(tmp_path, CPU, sha256={file: right.upper()})
    assert refused(tmp_path, file, sha256={file: "0" * 64}) == "published_checksum"
    assert refused(tmp_path, sha256={"absent.bin": right}) == "published_no_weights"


class Harmful:
    """What a pickle may hold: a call."""

    def __reduce__(self):
        return (sys.exit, (3,))


@pytest.mark.parametrize("new", [True, False])
def test_nothing_in_a_pickle_is_ever_called(tmp_path, new):
    folders.bert(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    path = tmp_path / "pytorch_model.bin"
    torch.save({"x": Harmful()}, path, _use_new_zipfile_serialization=new)
    assert refused(tmp_path, path.name) == "published_unsafe"


@pytest.mark.parametrize("architecture", ["bert", "openai-gpt", "gpt2"])
def test_vocabulary_and_matrix_disagree(tmp_path, architecture):
    if architecture == "bert":
        tensors, table = folders.bert(tmp_path), "bert.embeddings.word_embeddings.weight"
    else:
        tensors = folders.gpt(tmp_path, architecture)
        table = "wte.weight" if architecture == "gpt2" else "tokens_embed.weight"
    rows = len(tensors[table])
    tensors[table] = tensors[table][:-2].clone()  # an entry without a row
    folders.write(tmp_path, tensors)
    assert refused(tmp_path, f"{rows} entries.*{rows - 2} rows") == "published_sizes"


#: Tensors of a BERT with a row for each entry; what counts once comes first.
BERT_TABLES = [
    "bert.embeddings.word_embeddings.weight",
    "cls.predictions.bias",
    "cls.predictions.decoder.weight",
    "cls.predictions.decoder.bias",
]


@pytest.mark.parametrize("architecture", ["bert", "openai-gpt", "gpt2"])
def test_rows_behind_the_last_entry_have_no_probability(tmp_path, architecture):
    """Matrices padded to a round size, as many published ones are, read like those that are not."""
    plain, padded = tmp_path / "plain", tmp_path / "padded"
    for folder in (plain, padded):
        folder.mkdir()
        if architecture == "bert":
            tensors, tables = folders.bert(folder, decoder=True), BERT_TABLES
        else:
            tensors = folders.gpt(folder, architecture)
            tables = ["wte.weight" if architecture == "gpt2" else "tokens_embed.weight"]
    for name in tables:
        more = torch.full((7, *tensors[name].shape[1:]), 9.0)
        tensors[name] = torch.cat([tensors[name], more])
    folders.write(padded, tensors)
    path = padded / "config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps(config | {"vocab_size": config["vocab_size"] + 7}))
    one, other = (load_published(folder, CPU, "My model") for folder in (plain, padded))
    sentence = split("She sat on the bank")
    scores = [[s.log_probability for s in reader.score(sentence)] for reader in (one, other)]
    assert scores[0] == pytest.approx(scores[1], nan_ok=True, abs=1e-6)
    layers = [reader.read([sentence])[0].layers for reader in (one, other)]
    np.testing.assert_allclose(layers[0], layers[1], atol=1e-6)
    entries = loading.describe(padded).sizes["vocabulary"]
    assert entries == config["vocab_size"] == loading.describe(plain).sizes["vocabulary"]


def test_configuration_and_matrix_disagree(tmp_path):
    folders.bert(tmp_path)
    path = tmp_path / "config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps(config | {"vocab_size": config["vocab_size"] + 5}))
    assert refused(tmp_path) == "published_sizes"
    path.write_text(json.dumps(config | {"hidden_size": 48}))
    assert refused(tmp_path, "word_embeddings") == "published_tensor_shape"


def test_tensor_missing(tmp_path):
    tensors = folders.bert(tmp_path)
    name = "bert.encoder.layer.1.output.dense.bias"
    del tensors[name]
    folders.write(tmp_path, tensors)
    assert refused(tmp_path, name) == "published_tensor_missing"


@pytest.mark.parametrize(
    ("architecture", "files"),
    [
        ("bert", ["vocab.txt"]),
        ("gpt2", ["vocab.json"]),
        ("gpt2", ["merges.txt"]),
        ("openai-gpt", ["vocab.json", "merges.txt"]),
    ],
)
def test_tokenizer_missing(tmp_path, architecture, files):
    if architecture == "bert":
        folders.bert(tmp_path)
    else:
        folders.gpt(tmp_path, architecture, tokenizer="vocab.json")
    for file in files:
        (tmp_path / file).unlink()
    assert refused(tmp_path, r"tokenizer\.json") == "published_no_tokenizer"


def test_tokenizer_damaged_or_of_another_kind(tmp_path):
    folders.bert(tmp_path)
    (tmp_path / "tokenizer.json").write_text('{"version": "1.0"')
    assert refused(tmp_path, r"tokenizer\.json") == "published_cut_short"
    folders.gpt_tokenizer("gpt2").save(str(tmp_path / "tokenizer.json"))
    assert refused(tmp_path, "BPE") == "published_unknown"


def test_vocabulary_without_a_special_entry(tmp_path):
    folders.bert(tmp_path)
    path = tmp_path / "vocab.txt"
    path.write_text(path.read_text(encoding="utf8").replace("[MASK]", "[NONE]"), encoding="utf8")
    assert refused(tmp_path, "MASK") == "published_entry_missing"


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("can't allocate memory: tried")])
def test_out_of_memory_names_a_smaller_model(tmp_path, monkeypatch, error):
    folders.bert(tmp_path)

    def fails(*_):
        raise error

    monkeypatch.setattr(hub_bert, "load", fails)
    assert refused(tmp_path) == "published_too_big_alone", "nothing is smaller than this one"
    big = {"parameters": 335_000_000}
    real = loading.describe
    monkeypatch.setattr(loading, "describe", lambda *a: type(real(*a))(**{**vars(real(*a)), **big}))
    monkeypatch.setattr(memory, "available", lambda: 1_100_000_000)
    assert refused(tmp_path, "1.64 GB.*BERT-Medium") == "published_too_big"


def test_memory_is_asked_for_before_anything_is_loaded(tmp_path, monkeypatch):
    folders.bert(tmp_path)
    monkeypatch.setattr(memory, "available", lambda: 500_000_000)
    monkeypatch.setattr(hub_bert, "load", lambda *_: pytest.fail("it was loaded"))
    assert refused(tmp_path, "My model") == "published_too_big_alone"


def test_unknown_is_not_english(tmp_path):
    """A folder whose README names no language makes no claim; one that names some is believed."""
    folders.bert(tmp_path)
    assert load_published(tmp_path, CPU, "My model").card.languages == ()
    for front, languages in {
        "language: zh": ("Chinese",),
        "language:\n- en\n- tlh": ("English", "tlh"),
        'language: "zh-CN"': ("Chinese",),
    }.items():
        (tmp_path / "README.md").write_text(f"---\n{front}\nlicense: mit\n---\n# Mine\n")
        assert load_published(tmp_path, CPU, "My model").card.languages == languages

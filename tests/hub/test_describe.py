"""What a folder tells before its weights are loaded: facts, names, cards."""

import json

import pytest
import torch

from lmcore.hub import memory
from lmcore.hub.load import describe, identifier, load_published, name_of
from lmcore.text.words import split
from tests.hub import folders

CPU = torch.device("cpu")


# --- what is told before loading -------------------------------------------------------------


def test_describe_reads_no_numbers(tmp_path, monkeypatch):
    folders.bert(tmp_path, "cased")
    monkeypatch.setattr("safetensors.safe_open", lambda *_, **__: pytest.fail("opened"))
    monkeypatch.setattr(
        "lmcore.runtime.transformers_models.new_bert", lambda *_: pytest.fail("built")
    )
    facts = describe(tmp_path, "Mine")
    assert (facts.family, facts.architecture, facts.name) == ("bert", "bert", "Mine")
    assert facts.sizes == {
        "layers": folders.LAYERS,
        "width": folders.WIDTH,
        "heads": folders.HEADS,
        "positions": folders.POSITIONS,
        "vocabulary": len(folders.bert_vocabulary("cased")),
    }
    assert facts.cased
    assert facts.masked_head
    assert facts.next_sentence_head
    assert facts.memory == 4 * facts.parameters + memory.WORKING
    assert facts.needs(half=True) == 2 * facts.parameters + memory.WORKING


@pytest.mark.parametrize("layout", ["pretraining", "masked", "bare"])
def test_parameters_are_those_of_the_loaded_network(tmp_path, layout):
    folders.bert(tmp_path, layout=layout)
    reader = load_published(tmp_path, CPU)
    held = sum(p.numel() for n, p in reader.model.named_parameters() if "decoder.bias" not in n)
    assert describe(tmp_path).parameters == held == reader.card.parameters
    assert not any(p.requires_grad for p in reader.model.parameters())


def test_old_configurations_name_no_architecture(tmp_path):
    folders.bert(tmp_path / "bert", old=True)
    config = json.loads((tmp_path / "bert" / "config.json").read_text())
    assert "model_type" not in config
    del config["architectures"]
    (tmp_path / "bert" / "config.json").write_text(json.dumps(config))
    assert describe(tmp_path / "bert").architecture == "bert"
    for own in ("openai-gpt", "gpt2"):
        folders.gpt(tmp_path / own, own)
        config = json.loads((tmp_path / own / "config.json").read_text())
        del config["model_type"]
        (tmp_path / own / "config.json").write_text(json.dumps(config))
        assert describe(tmp_path / own).architecture == own


# --- names and cards -------------------------------------------------------------------------


def test_names(tmp_path):
    cached = tmp_path / "models--org--my--model" / "snapshots" / "0a1b"
    assert identifier(cached) == "org/my--model"
    assert name_of(cached) == "my--model"
    assert identifier(tmp_path) is None
    assert name_of(tmp_path / "tiny-bert") == "tiny-bert"
    plain = tmp_path / "thing" / "model"
    plain.mkdir(parents=True)
    assert name_of(plain) == "thing"
    (plain / "README.md").write_text("---\nlicense: mit\n---\n\n# My own model\ntext")
    assert name_of(plain) == "My own model"


def test_a_folder_of_unknown_origin_says_so(tmp_path):
    folders.bert(tmp_path)
    values = load_published(tmp_path, CPU).card.values
    assert values["set"] == "published"
    assert not values["known"]
    assert values["published"] is None
    assert values["licence"] == ""
    assert values["corpus"] == []
    assert "not known" in values["source"]


def test_a_readme_tells_licence_and_data(tmp_path):
    folders.bert(tmp_path)
    front = (
        "---\nlanguage: en\nlicense: apache-2.0\ndatasets:\n- one\n- two/three\ntags:\n- x\n---\n"
    )
    (tmp_path / "README.md").write_text(front + "# A heading\n")
    values = load_published(tmp_path, CPU).card.values
    assert values["licence"] == "apache-2.0"
    assert values["corpus"] == ["one", "two/three"]


def test_a_known_model_has_the_facts_of_the_catalogue(tmp_path):
    folder = tmp_path / "models--google-bert--bert-base-cased" / "snapshots" / "00"
    folders.bert(folder, "cased")
    card = load_published(folder, CPU).card
    assert card.name == "BERT-base cased"
    assert card.values["licence"] == "Apache-2.0"
    assert "BookCorpus" in card.values["corpus"]
    assert card.values["known"]
    assert load_published(folder, CPU, "Other").card.name == "Other"


def test_a_published_reader_is_an_ordinary_reader(tmp_path):
    """Chinese words, from the loader to a filled blank."""
    folders.bert(tmp_path, "chinese")
    reader = load_published(tmp_path, CPU)
    (reading,) = reader.read([split("我在银行存钱。")])
    assert [piece.text for piece in reading.pieces[1:-1]] == list("我在银行存钱。")
    best = reader.fill(split("我在___存钱。"), 2, k=2)[0].candidates
    assert len(best) == 2
    assert reader.score(split("我在银行"))[0].side == "both"

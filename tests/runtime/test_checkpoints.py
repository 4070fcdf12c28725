"""Damaged checkpoints: each fault has its own sentence, and takes down one reader only."""

import json
import shutil

import pytest

from lmcore.errors import CheckpointError
from lmcore.readers import load, load_all
from lmcore.runtime.checkpoints import ROOT, digest, verify


@pytest.fixture
def broken_root(tmp_path):
    """A copy of the shipped checkpoints that a test may damage."""
    for folder in ROOT.iterdir():
        if folder.is_dir():
            shutil.copytree(folder, tmp_path / folder.name)
    return tmp_path


def refit(folder, name):
    """Make the card agree with a file that a test has changed."""
    card = json.loads((folder / "card.json").read_text())
    path = folder / name
    card["files"][name] = {"bytes": path.stat().st_size, "sha256": digest(path)}
    (folder / "card.json").write_text(json.dumps(card))


@pytest.mark.parametrize("family", ["elmo", "gpt", "bert", "static"])
def test_shipped_checkpoints_verify(family):
    checkpoint = verify(ROOT / family)
    assert checkpoint.card.family == family
    keys = {"minutes", "tokens_seen", "validation_loss", "device", "sha256", "licence", "seed"}
    assert keys <= set(checkpoint.card.values)
    assert checkpoint.card.values["sha256"] == digest(ROOT / family / "model.safetensors")


def test_shipped_checkpoints_are_small():
    sizes = {
        folder.name: sum(path.stat().st_size for path in folder.iterdir())
        for folder in ROOT.iterdir()
        if folder.is_dir()
    }
    assert max(sizes.values()) < 40e6
    assert sum(sizes[family] for family in ("elmo", "gpt", "bert")) < 100e6


def test_missing_file(broken_root):
    (broken_root / "bert" / "model.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"model\.safetensors is missing") as caught:
        load("bert", broken_root)
    assert caught.value.code == "checkpoint_missing"


def test_a_missing_tokenizer_is_not_called_missing_weights(broken_root):
    (broken_root / "bert" / "tokenizer.json").unlink()
    with pytest.raises(CheckpointError, match=r"incomplete: .*tokenizer\.json is") as caught:
        load("bert", broken_root)
    assert caught.value.code == "checkpoint_incomplete"


def test_truncated_file(broken_root):
    path = broken_root / "gpt" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:1_000])
    with pytest.raises(CheckpointError, match="1,000 bytes") as caught:
        load("gpt", broken_root)
    assert caught.value.code == "checkpoint_truncated"


def test_altered_file(broken_root):
    path = broken_root / "elmo" / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(CheckpointError, match="SHA-256") as caught:
        load("elmo", broken_root)
    assert caught.value.code == "checkpoint_altered"


def test_card_that_is_no_json(broken_root):
    (broken_root / "bert" / "card.json").write_text("{")
    with pytest.raises(CheckpointError, match=r"card\.json .* cannot be read"):
        load("bert", broken_root)


def test_vocabulary_that_does_not_fit(broken_root):
    path = broken_root / "static" / "vocabulary.txt"
    path.write_text("one\ntwo\n")
    refit(path.parent, path.name)
    with pytest.raises(CheckpointError) as caught:
        load("static", broken_root)
    assert caught.value.code == "checkpoint_mismatch"


@pytest.mark.parametrize("family", ["gpt", "bert"])
def test_sizes_that_do_not_fit(broken_root, family):
    path = broken_root / family / "config.json"
    config = json.loads(path.read_text())
    config["n_layer" if family == "gpt" else "num_hidden_layers"] = 3
    path.write_text(json.dumps(config))
    refit(path.parent, path.name)
    with pytest.raises(CheckpointError, match=r"config\.json") as caught:
        load(family, broken_root)
    assert caught.value.code == "checkpoint_mismatch"


def test_weights_that_are_no_safetensors(broken_root):
    path = broken_root / "bert" / "model.safetensors"
    path.write_bytes(b"not a tensor file" * 10)
    refit(path.parent, path.name)
    with pytest.raises(CheckpointError, match=r"model\.safetensors .* cannot be read"):
        load("bert", broken_root)


def test_the_others_keep_working(broken_root):
    shutil.rmtree(broken_root / "bert")
    readers, errors = load_all(broken_root)
    assert set(readers) == {"elmo", "gpt", "static"}
    assert set(errors) == {"bert"}

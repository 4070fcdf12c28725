"""Stored vectors of the sense bank: used for their own checkpoint and bank, and for no other."""

import json
import logging
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from lmcore.analyses import sense_bank
from lmcore.cli import main, parser
from lmcore.readers import load
from lmcore.readers.base import Reader
from lmcore.runtime import checkpoints
from lmcore.runtime.checkpoints import Card
from lmcore.runtime.families import FAMILIES

CARD = Card("bert", "BERT", 1, {"files": {"model.safetensors": {"bytes": 1, "sha256": "aa"}}})
OTHER = Card("bert", "BERT", 1, {"files": {"model.safetensors": {"bytes": 1, "sha256": "bb"}}})
VECTORS = {
    "bank": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
    "cell": np.full((2, 1, 4), np.nan),
}


def test_vectors_come_back_for_the_same_checkpoint_and_the_same_sentences(tmp_path: Path) -> None:
    sense_bank.write_vectors(tmp_path, CARD, VECTORS)
    stored = sense_bank.stored_vectors(tmp_path, CARD, "bank")
    assert stored is not None
    assert stored.dtype == np.float32
    assert np.array_equal(stored, VECTORS["bank"])
    missing = sense_bank.stored_vectors(tmp_path, CARD, "cell")
    assert missing is not None
    assert np.isnan(missing).all()


def test_a_stale_file_counts_as_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sense_bank.stored_vectors(tmp_path, CARD, "bank") is None
    sense_bank.write_vectors(tmp_path, CARD, VECTORS)
    assert sense_bank.stored_vectors(tmp_path, OTHER, "bank") is None  # other weights
    assert sense_bank.stored_vectors(tmp_path, CARD, "spring") is None  # a word that is not there
    monkeypatch.setattr(sense_bank, "sentences_digest", lambda folder: "of other sentences")
    assert sense_bank.stored_vectors(tmp_path, CARD, "bank") is None
    monkeypatch.undo()
    assert sense_bank.stored_vectors(tmp_path, CARD, "bank") is not None
    foreign = Card("bert", "BERT", 1, {})  # weights from elsewhere: no files on the card
    assert sense_bank.stored_vectors(tmp_path, foreign, "bank") is None


def test_a_damaged_file_is_logged_and_counts_as_absent(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / sense_bank.VECTORS_FILE).write_bytes(b"nothing of the kind")
    with caplog.at_level(logging.WARNING):
        assert sense_bank.stored_vectors(tmp_path, CARD, "bank") is None
    assert "computing its vectors anew" in caplog.text


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of checkpoints with a bank that the command wrote."""
    root = tmp_path_factory.mktemp("checkpoints")
    shutil.copytree(checkpoints.ROOT / "static", root / "static")
    assert main(["bank", "--reader", "static", "--checkpoints", str(root)]) == 0
    return root


def test_the_command_writes_all_words_and_the_checkpoint_still_verifies(copied: Path) -> None:
    assert (copied / "static" / sense_bank.VECTORS_FILE).is_file()
    checkpoints.verify(copied / "static")
    card = json.loads((copied / "static" / "card.json").read_text(encoding="utf8"))
    assert sense_bank.VECTORS_FILE not in card["files"]
    reader = load("static", copied, torch.device("cpu"))
    for word in sense_bank.load().words:
        stored = sense_bank.bank_vectors(reader, word, copied)
        assert np.allclose(
            stored, sense_bank.read_vectors(reader, word), atol=2e-3, rtol=1e-3, equal_nan=True
        )
    assert "store each reader's vectors of the sense bank" in parser().format_help()


class Deaf(Reader):
    """A reader that cannot read: whoever asks it for stored vectors does not need it to."""

    about = FAMILIES["static"]
    width = 0

    @classmethod
    def load(cls, folder: Path, device: torch.device) -> Reader:
        raise NotImplementedError

    def read(self, sentences: object) -> list:
        raise AssertionError("read although the vectors are stored")


def test_stored_vectors_are_used_without_reading(copied: Path) -> None:
    deaf = Deaf(checkpoints.verify(copied / "static").card, torch.device("cpu"))
    assert sense_bank.bank_vectors(deaf, "banks", copied).shape[1] == len(
        sense_bank.load().of("bank")
    )
    with pytest.raises(AssertionError, match="although"):
        sense_bank.bank_vectors(Deaf(OTHER, torch.device("cpu")), "bank", copied)


def test_writing_a_checkpoint_removes_the_vectors_of_the_old_one(copied: Path) -> None:
    folder = copied / "again"
    shutil.copytree(copied / "static", folder)
    assert (folder / sense_bank.VECTORS_FILE).is_file()

    def save(place: Path) -> dict[str, object]:
        return {"words": 1}

    checkpoints.write(folder, "static", {"vectors": torch.zeros(1, 2)}, {"name": "x"}, save)
    assert not (folder / sense_bank.VECTORS_FILE).exists()
    shutil.rmtree(folder)


def test_a_reader_that_does_not_load_fails_the_command(tmp_path: Path, capsys) -> None:
    assert main(["bank", "--reader", "gpt", "--checkpoints", str(tmp_path)]) == 1
    assert "has no weights" in capsys.readouterr().out

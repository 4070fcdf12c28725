"""word2vec, GloVe or fastText beside the readers: chosen in the sidebar, kept in the address."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from lmcore.runtime import checkpoints
from lmcore.runtime.families import TITLES
from lmcore.text.catalogue import catalogue
from pages.ui import views
from pages.ui.models import choice as chosen
from tests.ui.app_page import texts_of
from tests.ui.test_models import app


def small(root: Path, name: str, **more: Any) -> None:
    """Static vectors of a few words."""
    words = ["the", "bank", "was", "closed", "."]
    vectors = np.random.default_rng(0).normal(size=(len(words), 8))
    weights = {"vectors": torch.from_numpy(vectors)} | more

    def save_files(folder: Path) -> dict[str, Any]:
        (folder / "vocabulary.txt").write_text("\n".join(words) + "\n", encoding="utf8")
        return {"shortest_ngram": 3, "longest_ngram": 6}

    card = {
        **{"name": TITLES[name], "family": "static", "parameters": 40, "minutes": 1.0},
        **{"corpus": ["x"], "tokens_seen": 1, "validation_loss": None, "licence": "CC BY-SA 4.0"},
        **{"device": "cpu", "seed": 0, "unit": "none", "date": "2026-01-01", "cpu_minutes": 1.0},
    }
    checkpoints.write(root / name, "static", weights, card, save_files)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The shipped checkpoints, with two more methods of a few words."""
    for folder in checkpoints.folders():
        if folder.name not in ("glove", "fasttext"):
            shutil.copytree(folder, tmp_path / folder.name, copy_function=os.symlink)
    small(tmp_path, "glove")
    small(tmp_path, "fasttext", ngrams=torch.ones(10, 8))
    monkeypatch.setattr("lmcore.readers.ROOT", tmp_path)
    monkeypatch.setattr(chosen, "ROOT", tmp_path)
    views.classroom.clear()
    yield tmp_path
    views.classroom.clear()


def opened(lang: str = "English", **address: str) -> AppTest:
    """Home with the sidebar."""
    at = app(lang=lang, **address)
    assert not at.exception
    return at


def words_of(at: AppTest) -> str:
    return texts_of(at, "markdown", "html")


def test_another_method_is_chosen_and_stands_in_the_address(tree: Path):
    at = opened(s="The bank was closed.")
    choice = at.selectbox(key="model_static")
    assert choice.label == catalogue()["models.static"]["en"]
    assert choice.options == ["word2vec", "GloVe", "fastText"]
    assert "**word2vec**" in words_of(at)
    choice.select("glove").run()
    assert not at.exception
    assert at.query_params["m"] == "static:glove"
    assert "**GloVe**" in words_of(at)
    at.selectbox(key="model_static").select("static").run()
    assert "m" not in at.query_params


def test_a_link_brings_it_back_and_the_sets_leave_it_alone(tree: Path):
    at = opened(m="static:fasttext", s="The bankish was closed.")
    assert at.selectbox(key="model_static").value == "fasttext"
    assert "**fastText**" in words_of(at)
    assert "made from pieces of the spelling" in words_of(at)
    assert at.query_params["m"] == "static:fasttext", "no reader was exchanged"


def test_what_is_no_method_is_words_of(tree: Path):
    at = opened(m="static:../bert")
    assert "../bert" in at.warning[0].value.replace("\\", "").replace("\u2060", "")
    assert at.selectbox(key="model_static").value == "static"


@pytest.mark.parametrize("lang", ["English", "中文"])
def test_without_published_models_it_can_still_be_chosen(tree: Path, monkeypatch, lang: str):
    monkeypatch.setenv("THREE_READERS_MODELS", "none")
    at = opened(lang, m="static:glove")
    assert at.selectbox(key="model_static").value == "glove"
    assert at.query_params["m"] == "static:glove"

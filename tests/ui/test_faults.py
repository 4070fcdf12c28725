"""What breaks is said in one sentence, the other readers go on, and mended it works again.

``docs/faults.py`` does the same, and more, to a real server.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest

from lmcore.errors import ReadersError, lacks_memory
from lmcore.readers import families
from lmcore.runtime import disk
from lmcore.text.catalogue import catalogue
from lmcore.text.words import split
from pages.ui import views
from tests.conftest import ROOT
from tests.faults.sitecustomize import TORCH
from tests.ui.app_page import open_page, texts_of

CHECKPOINTS = ROOT / "checkpoints" / "en"
LANGUAGES = {"English": "en", "中文": "zh"}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Checkpoints of our own, of which nothing is loaded yet."""
    for folder in CHECKPOINTS.iterdir():
        shutil.copytree(folder, tmp_path / folder.name, copy_function=os.symlink)
    monkeypatch.setattr("lmcore.readers.ROOT", tmp_path)
    views.classroom.clear()
    yield tmp_path
    views.classroom.clear()


def opened(page: str, lang: str = "English", **values: str) -> AppTest:
    return open_page(page, lang, address=values)


def errors_of(at: AppTest) -> list[str]:
    assert not at.exception
    return texts_of(at, "error").splitlines()


def begins(code: str, lang: str, **values: str) -> str:
    """How a sentence begins, up to its first value that is not given."""
    text = catalogue()[f"error.{code}"][LANGUAGES[lang]]
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text.split("{")[0]


def own_file(path: Path) -> Path:
    """A file in place of the link to the shipped one."""
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data)
    return path


def flip(folder: Path) -> None:
    path = own_file(folder / "model.safetensors")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(folder: Path) -> None:
    path = own_file(folder / "model.safetensors")
    path.write_bytes(path.read_bytes()[:1_000])


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "removed": (shutil.rmtree, "checkpoint_missing"),
    "no_weights": (lambda own: (own / "model.safetensors").unlink(), "checkpoint_missing"),
    "altered": (flip, "checkpoint_altered"),
    "cut": (cut, "checkpoint_truncated"),
    "card": (lambda own: own_file(own / "card.json").write_text("{"), "checkpoint_unreadable"),
    "list": (lambda own: own_file(own / "card.json").write_text("[]"), "checkpoint_unreadable"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_checkpoint_is_said_and_the_others_go_on(tree: Path, damage: str):
    damaging, code = DAMAGES[damage]
    damaging(tree / "bert")
    for lang in LANGUAGES:
        told = errors_of(opened("home", lang))
        assert len(told) == 1
        assert "BERT" in told[0]
        name = "card.json" if damage in ("removed", "card", "list") else "model.safetensors"
        file = str(tree / "bert" / name)
        assert begins(code, lang, reader="BERT", file=file, family="bert") in told[0]
    at = opened("home")
    assert set(views.readers()) == {"elmo", "gpt", "static"}
    assert at.get("plotly_chart")
    # Mended, the next run reads with it: no restart.
    shutil.rmtree(tree / "bert", ignore_errors=True)
    shutil.copytree(CHECKPOINTS / "bert", tree / "bert", copy_function=os.symlink)
    assert errors_of(opened("home")) == []
    assert "bert" in views.readers()


def test_a_checkpoint_removed_while_in_use_is_not_missed(tree: Path):
    assert errors_of(opened("home")) == []
    for folder in list(tree.iterdir()):
        shutil.rmtree(folder)
    for page in ("home", "attention", "sentence_score"):
        assert errors_of(opened(page, s=f"The {uuid.uuid4().hex[:6]} bank was closed.")) == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), "checkpoint_no_memory"),
        (RuntimeError(TORCH), "checkpoint_no_memory"),
        (OSError(5, "Input/output error"), "checkpoint_failed"),
        (KeyError("layers"), "checkpoint_failed"),
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_model_that_does_not_load_is_said(
    tree: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str, lang: str
):
    def fails(*_: object) -> None:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(families()["gpt"], "load", fails)
        told = errors_of(opened("home", lang))
        assert len(told) == 1
        assert begins(code, lang, reader="GPT") in told[0]
        assert set(views.readers()) == {"elmo", "bert", "static"}
    assert errors_of(opened("home", lang)) == []


PAGES = ("home", "attention", "layers", "masked_word", "sentence_score", "polysemy")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("error", [MemoryError(), RuntimeError(TORCH)], ids=["python", "torch"])
def test_no_memory_is_said_and_gone_again(
    page: str, error: Exception, monkeypatch: pytest.MonkeyPatch
):
    text = f"The {uuid.uuid4().hex[:6]} bank was closed when she came."
    values = {"s": text}
    if page == "polysemy":
        values = {"pw": "bank", "ps": f"{text}\nA {text}"}

    def fails(*_: object, **__: object) -> None:
        raise error

    st.cache_resource.clear()
    views.readers()  # what is loaded stays so
    with monkeypatch.context() as broken:
        broken.setattr(torch.nn.Module, "__call__", fails)
        at = opened(page, **values)
        sentence = catalogue()["error.out_of_memory"]["en"]
        if page == "home":  # said in the place of each reader
            assert sentence in texts_of(at, "html")
            assert set(errors_of(at)) <= {sentence}
        else:
            assert set(errors_of(at)) == {sentence}
    assert errors_of(opened(page, **values)) == []


def test_no_memory_in_a_fragment_is_said_in_its_place(monkeypatch: pytest.MonkeyPatch):
    """Streamlit keeps the errors of a fragment from the frame round the page."""
    from pages.sections.layers import paths

    def fails(*_: object, **__: object) -> None:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(paths, "path_picture", fails)
        told = errors_of(opened("layers"))
        assert told == [catalogue()["error.out_of_memory"]["en"]] * len(told)
        assert told
    assert errors_of(opened("layers")) == []


def test_another_error_of_a_network_is_not_taken_for_want_of_memory(loaded, monkeypatch):
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("shapes do not fit")

    assert not lacks_memory(RuntimeError("shapes do not fit"))
    with monkeypatch.context() as broken:
        broken.setattr(torch.nn.Module, "__call__", fails)
        with pytest.raises(RuntimeError, match="shapes"):
            loaded["gpt"].read([split("a")])
        broken.setattr(
            torch.nn.Module, "__call__", lambda *_, **__: (_ for _ in ()).throw(MemoryError)
        )
        with pytest.raises(ReadersError) as caught:
            loaded["gpt"].read([split("a")])
    assert caught.value.code == "out_of_memory"
    assert loaded["gpt"].read([split("a")])


def test_readers_load_where_nothing_can_be_written(tmp_path: Path):
    """Every write fails, in a new process: PyTorch wants a folder."""
    switch = tmp_path / "faults"
    switch.write_text("disk")
    code = (
        "from lmcore.runtime import disk; disk.prepare();"
        "from lmcore.readers import families, load;"
        "print(load(next(iter(families()))).card.name)"
    )
    extra = {
        "FAULTS_FILE": str(switch),
        "PYTHONPATH": str(ROOT / "tests" / "faults"),
        "HOME": str(tmp_path),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | extra,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.strip() == "ELMo", done.stderr[-2_000:]


def test_a_folder_is_named_only_where_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(disk.VARIABLE, "")  # so that it is put back afterwards
    monkeypatch.delenv(disk.VARIABLE)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    disk.prepare()
    assert tempfile.tempdir is None
    assert disk.VARIABLE not in os.environ
    assert list(tmp_path.iterdir()) == []
    full = shutil.disk_usage(tmp_path)._replace(free=0)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: full)
    disk.prepare()
    for place in (tempfile.tempdir, os.environ[disk.VARIABLE]):
        assert Path(str(place)).is_dir()

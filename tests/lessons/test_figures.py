"""The figures of lessons as files: every panel can be drawn without the app."""

import errno
from pathlib import Path

import pytest

from lmcore.cli import main
from lmcore.errors import InputError
from lmcore.lessons import figures
from lmcore.lessons import lesson as lessons
from lmcore.lessons.lesson import PAGES
from lmcore.lessons.tools import Tools
from lmcore.readers.base import Reader
from lmcore.text import catalogue
from lmcore.text.examples import TASKS
from tests.lessons.test_drawing import needs_browser

LESSONS = [lesson.name for lesson in lessons.load()]


def test_every_view_of_a_panel_has_a_function():
    assert set(figures.MAKERS) == {(name, v) for name, page in PAGES.items() for v in page.views}


@pytest.mark.parametrize("name", LESSONS)
def test_every_panel_of_every_lesson_gives_figures_in_both_languages(
    name: str, loaded: dict[str, Reader]
):
    lesson = lessons.find(name)
    assert lesson is not None
    tools = {lang: Tools.of(loaded, lang) for lang in catalogue.LANGUAGES}
    for step in lesson.steps:
        for lang, own in tools.items():
            found = figures.of_panel(step.panel, own)
            assert found, (name, step.panel)
            assert len({made.name for made in found}) == len(found)
            caption = figures.caption_of(found[0], step.panel, lesson.title[lang], own)
            assert lesson.title[lang] in caption
            assert "Three Readers" in caption


def captions(lesson: str, readers: dict[str, Reader]) -> str:
    """All captions of a lesson, in English."""
    tools, found = Tools.of(readers, "en"), lessons.find(lesson)
    assert found is not None
    return "\n".join(
        figures.caption_of(made, step.panel, "", tools)
        for step in found.steps
        for made in figures.of_panel(step.panel, tools)
    )


def test_a_caption_tells_what_was_read(loaded: dict[str, Reader]):
    assert "The thirsty horse ___ the cold water." in captions("masked-words", loaded)
    written = captions("left-to-right", loaded)
    assert "(temperature 0.0, seed 0)" in written
    assert "(temperature 1.0, seed 3)" in written
    used = captions("features-or-fine-tuning", loaded)
    for text in (*TASKS["classification"], *TASKS["entailment"]):
        assert text in used


@needs_browser
def test_the_command_writes_svg_png_and_csv(tmp_path: Path):
    command = ["figures", "next-sentence", "--out", str(tmp_path), "--lang", "zh"]
    assert main([*command, "--palette", "print"]) == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert {name.rsplit(".", 1)[1] for name in names} == {"svg", "png", "csv"}
    (first, *_) = tmp_path.glob("next-sentence-1-*-print.svg")
    assert "文本：" in first.read_text(encoding="utf8")


def test_an_unknown_lesson_is_said_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["figures", "../nowhere", "--out", str(tmp_path / "x")]) == 2
    assert "There is no lesson" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
    with pytest.raises(InputError):
        list(figures.write("no", tmp_path, Tools.of({}, "en")))


@pytest.mark.parametrize("kind", ["a file in its place", "a file above it"])
def test_a_place_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
):
    taken = tmp_path / "taken"
    taken.write_text("")
    out = taken if kind == "a file in its place" else taken / "below"
    assert main(["figures", "next-sentence", "--out", str(out)]) == 2
    told = capsys.readouterr()
    assert told.err.count("\n") == 1
    assert told.err.startswith(f"lmcore: {out} cannot be written (")
    assert "Traceback" not in told.err


def test_a_disk_that_is_full_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def full(path: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr(figures, "draw", lambda orders: [(b"", b"")] * len(orders))
    assert main(["figures", "next-sentence", "--out", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "cannot be written (No space left on device)" in told
    assert str(tmp_path) in told


def test_without_a_browser_the_command_says_one_sentence_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("BROWSER_PATH", "/nowhere/chromium")
    assert main(["figures", "next-sentence", "--out", str(tmp_path)]) == 2
    written = capsys.readouterr().err
    assert written.startswith("lmcore: Figures are drawn by a Chrome or Chromium browser")
    assert written.count("\n") == 1
    assert list(tmp_path.iterdir()) == []

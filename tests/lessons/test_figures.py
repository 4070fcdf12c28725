"""The figures of lessons as files: every panel can be drawn without the app."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from lmcore.charts import export, export_text
from lmcore.cli import main
from lmcore.errors import InputError
from lmcore.lessons import figures
from lmcore.lessons import lesson as lessons
from lmcore.lessons.lesson import PAGES
from lmcore.readers.base import Reader
from lmcore.text import catalogue
from lmcore.text.examples import TASKS

LESSONS = [lesson.name for lesson in lessons.load()]


def test_every_view_of_a_panel_has_a_function():
    assert set(figures.makers()) == {(name, v) for name, page in PAGES.items() for v in page.views}


@pytest.mark.parametrize("name", LESSONS)
def test_every_panel_of_every_lesson_gives_figures_in_both_languages(
    name: str, loaded: dict[str, Reader]
):
    lesson = lessons.find(name)
    assert lesson is not None
    tools = {lang: figures.Tools(loaded, lang) for lang in catalogue.LANGUAGES}
    for step in lesson.steps:
        for lang, own in tools.items():
            found = figures.of_panel(step.panel, own)
            assert found, (name, step.panel)
            assert len({made.name for made in found}) == len(found)
            caption = figures.caption_of(found[0], step.panel, lesson.title[lang], own)
            assert lesson.title[lang] in caption
            assert "Three Readers" in caption
            assert len(export.svg(found[0].figure, "light", caption).data) > 1000


def captions(lesson: str, readers: dict[str, Reader]) -> str:
    """All captions of a lesson, in English."""
    tools, found = figures.Tools(readers, "en"), lessons.find(lesson)
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


def test_the_command_writes_svg_png_and_csv_and_the_same_again(tmp_path: Path):
    for folder in ("one", "two"):
        command = ["figures", "next-sentence", "--out", str(tmp_path / folder), "--lang", "zh"]
        assert main([*command, "--palette", "light", "--palette", "print"]) == 0
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert {name.rsplit(".", 1)[1] for name in names} == {"svg", "png", "csv"}
    assert any("-print.svg" in name for name in names)
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_an_unknown_lesson_is_said_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["figures", "../nowhere", "--out", str(tmp_path / "x")]) == 2
    assert "There is no lesson" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
    with pytest.raises(InputError):
        list(figures.write("no", tmp_path, figures.Tools({}, "en")))


def no_chinese_font(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without one; :func:`as_before` afterwards."""
    monkeypatch.setattr(export_text, "CHINESE", ())
    as_before()


def as_before() -> None:
    """Look for fonts anew."""
    export_text.families.cache_clear()
    export_text._held.cache_clear()


def test_signs_without_a_font_are_named_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    command = ["figures", "next-sentence", "--out", str(tmp_path), "--lang"]
    no_chinese_font(monkeypatch)
    try:
        assert main([*command, "zh"]) == 0
        told = capsys.readouterr().err
        assert main([*command, "en"]) == 0
        assert capsys.readouterr().err == "", "nothing to say of what can be drawn"
    finally:
        monkeypatch.undo()
        as_before()
    assert told.startswith("lmcore: these signs may look wrong")
    assert told.count("\n") == 1
    assert "fonts-noto-cjk" in told
    assert "句" in told or "…" in told


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
    assert main(["figures", "next-sentence", "--out", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "cannot be written (No space left on device)" in told
    assert str(tmp_path) in told

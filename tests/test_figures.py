"""The figures of lessons as files: every panel can be drawn without the app."""

from __future__ import annotations

from pathlib import Path

import pytest

from lmcore import figures, figures_text, lessons
from lmcore.__main__ import main
from lmcore.charts import export
from lmcore.errors import InputError
from lmcore.lessons_panels import PAGES
from lmcore.readers.base import Reader

LESSONS = [lesson.name for lesson in lessons.load()]


def test_every_view_of_a_panel_has_a_function():
    assert set(figures.makers()) == {(name, v) for name, page in PAGES.items() for v in page.views}


@pytest.mark.parametrize("name", LESSONS)
def test_every_panel_of_every_lesson_gives_figures_in_both_languages(
    name: str, loaded: dict[str, Reader]
):
    lesson = lessons.find(name)
    assert lesson is not None
    tools = {lang: figures.Tools(loaded, lang) for lang in figures_text.LANGUAGES}
    for step in lesson.steps:
        for lang, own in tools.items():
            found = figures.of_panel(step.panel, own)
            assert found, (name, step.panel)
            assert len({made.name for made in found}) == len(found)
            caption = figures.caption_of(found[0], step.panel, lesson.title[lang], own)
            assert lesson.title[lang] in caption
            assert "Three Readers" in caption
            assert len(export.svg(found[0].figure, "light", caption).data) > 1000


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

"""Sentences of lessons for other languages: each fits the panel that it takes the place of."""

from __future__ import annotations

import json

import pytest

from lmcore.text.catalogue import LANGUAGES
from lmcore.text.language import FOLDER, language
from lmcore.text.word_uses import ask
from lmcore.text.words import split
from tests.languages import having

LESSONS = {
    lesson["name"]: lesson
    for lesson in json.loads((FOLDER / "lessons.json").read_text(encoding="utf8"))
}


@pytest.mark.parametrize("key", having("lessons.json"))
def test_every_panel_with_a_sentence_has_one_of_the_language(key: str):
    lessons = json.loads(language(key).text("lessons.json"))
    for name, lesson in LESSONS.items():
        for number, step in enumerate(lesson["steps"], start=1):
            params = step.get("panel", {}).get("params")
            if params:
                theirs = lessons[name]["steps"][str(number)]
                assert theirs["panel"]["params"].keys() == params.keys(), (name, number)


@pytest.mark.parametrize("key", having("lessons.json"))
def test_what_replaces_a_text_or_a_word_can_replace_it(key: str):
    for name, lesson in json.loads(language(key).text("lessons.json")).items():
        for number, step in lesson["steps"].items():
            original, params = LESSONS[name]["steps"][int(number) - 1], step["panel"]["params"]
            for text in step.keys() - {"panel", "word"}:
                assert text in original
                assert step[text].keys() <= LANGUAGES.keys()
            if "word" in step:
                assert step["word"] in [word.text for word in split(params["s"]).words]
            if "ps" in params:
                assert len(ask(params["pw"], params["ps"]).uses) >= 4

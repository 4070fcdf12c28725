"""A language is a folder: its record, and another one without code."""

import json

import pytest

from lmcore.runtime.checkpoints import PROJECT
from lmcore.text.catalogue import LANGUAGES
from lmcore.text.language import language, languages
from lmcore.text.languages import NAMED


def test_english_comes_first():
    assert next(iter(languages())) == "en"
    assert language() is languages()["en"]


@pytest.mark.parametrize("key", languages())
def test_every_language_says_what_it_is(key):
    record = language(key)
    assert record.key == key
    assert record.checkpoints == PROJECT / "checkpoints" / key
    assert set(record.scripts) <= set(NAMED)
    assert set(record.title) == set(LANGUAGES)


def test_a_folder_alone_is_another_language(tmp_path):
    record = {
        "name": "Mooinese",
        "title": {"en": "Mooinese", "zh": "莫伊语"},
        "scripts": ["Cyrillic"],
        "splitter": "words",
        "normaliser": "latin",
        "alphabet": 400,
        "vocabulary": 16_384,
    }
    (tmp_path / "moo").mkdir()
    (tmp_path / "moo" / "language.json").write_text(json.dumps(record), encoding="utf8")
    (tmp_path / "moo" / "samples.txt").write_text("му ___ му\n", encoding="utf8")
    (tmp_path / "text").mkdir()
    known = languages(tmp_path)
    assert list(known) == ["moo"]
    assert known["moo"].name == "Mooinese"
    assert known["moo"].lines("samples.txt") == ["му ___ му"]
    assert known["moo"].tasks == {}


def test_an_unknown_language_is_none():
    with pytest.raises(KeyError):
        language("xx")

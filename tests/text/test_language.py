"""A language is a folder: its record, and another one without code."""

import json
import re

import pytest

from lmcore.analyses import minimal_pairs, sense_bank
from lmcore.runtime.checkpoints import PROJECT
from lmcore.text import examples
from lmcore.text.catalogue import LANGUAGES
from lmcore.text.language import language, languages
from lmcore.text.languages import NAMED
from lmcore.text.word_uses import ask


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


@pytest.mark.parametrize("key", languages())
def test_what_stands_in_a_language_can_be_used(key):
    """Each file is read as pages and benchmarks read it, where it is there."""
    record = language(key)
    if (record.folder / "examples.json").is_file():
        of_language = examples.of(record)
        assert of_language.sentence in of_language.blanks_by_text
        assert len(set(of_language.unrelated)) == 40
        for example in of_language.senses:
            assert len(ask(example.word, example.text).uses) >= 4
        for example in of_language.blanks_by_text.values():
            assert example.blanks, example.text
    if (record.folder / "sense_bank.tsv").is_file():
        assert len(sense_bank.load(record.folder).words) >= 48
    if (record.folder / minimal_pairs.NAME).is_file():
        for pairs in minimal_pairs.load(record.folder / minimal_pairs.NAME).values():
            assert len(pairs) >= 8
            assert all(pair.good.text != pair.bad.text for pair in pairs)
    for name in ("samples.txt", "everyday_blanks.txt"):
        if (record.folder / name).is_file():
            lines = record.lines(name)
            assert len(lines) == len(set(lines)) >= 20
            marks = {"samples.txt": r"___", "everyday_blanks.txt": r"\{.+?\}"}[name]
            assert all(len(re.findall(marks, line)) == 1 for line in lines)


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

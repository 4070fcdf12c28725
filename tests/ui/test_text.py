"""The catalogue: both languages for every key, the same holes in both, and escaping that holds."""

import ast
import re
import string
from pathlib import Path
from typing import get_args

import pytest

from lmcore.errors import SENTENCES
from lmcore.outputs.reading import NoteKind
from lmcore.text.catalogue import LANGUAGES, catalogue
from pages.ui.text import md, plain

ROOT = Path(__file__).resolve().parents[2]


def holes(text: str) -> set[str]:
    """Names in curly brackets."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_key_has_all_languages_with_the_same_holes():
    for key, languages in catalogue().items():
        assert languages.keys() == LANGUAGES.keys(), key
        assert all(text.strip() for text in languages.values()), key
        assert all(holes(text) == holes(languages["en"]) for text in languages.values()), key


def test_chinese_is_chinese():
    for key, languages in catalogue().items():
        letters = re.sub(r"\{.*?\}|[^A-Za-z\u4e00-\u9fff]", "", languages["zh"])
        if len(letters) > 12:
            assert re.search(r"[\u4e00-\u9fff]", languages["zh"]), key


@pytest.mark.parametrize("kind", get_args(NoteKind))
def test_every_kind_of_note_has_its_sentence_and_its_short_remark(kind: str):
    assert {f"note.{kind}", f"pieces.{kind}"} <= catalogue().keys()


def test_every_error_has_its_sentence():
    for code, sentence in SENTENCES.items():
        assert holes(catalogue()[f"error.{code}"]["en"]) == holes(sentence), code


def used_keys() -> set[str]:
    """Keys that the pages ask for by a constant."""
    found = set()
    for path in [ROOT / "app.py", *ROOT.glob("pages/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id not in ("t", "tm") or not node.args:
                continue
            if isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    return found


def test_every_key_that_is_used_exists():
    missing = used_keys() - set(catalogue())
    assert missing == set()


@pytest.mark.parametrize(
    "text", ["$5 and $10", "**a**", "<b>", ":red[x]", "a\n\n# b", "`x`", "[a](b)"]
)
def test_markdown_is_escaped(text):
    escaped = md(text)
    assert "\n" not in escaped
    for position, character in enumerate(escaped):
        if character in "$*<>[]()`#:_":
            assert escaped[position - 1] == "\\"
    assert escaped.replace("\\", "") == " ".join(text.split())


def test_plain_text_is_what_markdown_shows():
    for text in ("10.5 % \\* **bold**", "--> a_b \\\\ c", "<b>$x$</b> www.x.org"):
        assert plain(f"**{md(text)}**") == text


@pytest.mark.parametrize("text", ["a -- b", "a -> b", "see https://x.example", "www.x.example"])
def test_nothing_is_rewritten_into_arrows_dashes_or_links(text):
    escaped = md(text).replace("\\", "")
    assert escaped.replace("\u2060", "") == text
    assert not any(command in escaped for command in ("--", "->", "://", "www."))

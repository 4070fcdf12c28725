"""What is kept of a visitor's text: for an hour at the most, and nothing without a bound."""

import ast
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lmcore.text import inflections
from pages.ui import views
from tests.conftest import ROOT

#: What no visitor's text is part of: readers, numbers of a whole reader, our own sentences and the
#: sense bank.
OURS = {
    "views.classroom",
    "data.first_place",
    "pairs._judged",
}


def cached() -> dict[str, dict[str, ast.expr]]:
    """Every function of the pages whose results Streamlit keeps, and how it is told to."""
    found: dict[str, dict[str, ast.expr]] = {}
    for path in [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            for mark in getattr(node, "decorator_list", ()):
                if "st.cache_" in ast.unparse(mark):
                    words = mark.keywords if isinstance(mark, ast.Call) else []
                    own = {word.arg: word.value for word in words if word.arg}
                    found[f"{path.stem}.{node.name}"] = own
    return found


def test_every_cache_of_texts_forgets_after_an_hour_and_has_a_bound():
    found = cached()
    assert {"views.classroom", "views._computed"} <= found.keys()
    for name, words in found.items():
        if name not in OURS:
            assert ast.unparse(words["ttl"]) in ("KEPT", "views.KEPT"), name
        assert "max_entries" in words or name == "views.classroom", name
    assert views.KEPT == 3_600


def kept() -> None:
    from pages.ui import views

    views.reading("static", "An old text of somebody.")


def test_an_old_text_leaves_the_memory_with_the_next_one(monkeypatch: pytest.MonkeyPatch):
    at = AppTest.from_function(kept, default_timeout=60).run()
    assert not at.exception
    texts = views._reading._info.get_function_cache(views._reading._function_key)._mem_cache  # type: ignore[attr-defined]
    old = list(texts._data)
    assert old
    later = texts._timer() + views.KEPT + 1
    monkeypatch.setattr(texts, "_timer", lambda: later)
    views.reading("static", "Another text of somebody else.")
    assert len(texts._data) == 1
    assert not set(old) & set(texts._data)


def test_words_that_were_asked_about_are_kept_nowhere():
    """In the library a cache for the whole process may hold what is ours, and nothing typed."""
    assert not hasattr(inflections.bases, "cache_info")
    for path in sorted(Path(ROOT / "lmcore").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            marks = [ast.unparse(mark) for mark in getattr(node, "decorator_list", ())]
            if any(mark.split("(")[0].endswith("cache") for mark in marks):
                names = {argument.arg for argument in node.args.args}
                assert names <= {"path", "folder", "name", "language", "key", "record", "count"}, (
                    f"{path}: {names}"
                )

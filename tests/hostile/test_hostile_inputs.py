"""A few of the hostile inputs of ``campaign.py``, and what they brought to light."""

import inspect
import io
import unicodedata
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lmcore.analyses.sentence_score import Score
from lmcore.charts import layer_paths
from lmcore.errors import InputError
from lmcore.export.caption import below
from lmcore.export.palette import PALETTES
from lmcore.finetuning import upload
from lmcore.outputs.generation import Forced, GenerationSettings
from lmcore.text.words import Sentence, Word, checked, split
from pages.ui.figure import csv
from pages.ui.text import md
from tests.chart_samples import NAMES, PART
from tests.hostile import answers, inside, markup, pages
from tests.hostile.run import Prepared, Trial
from tests.hostile.table import BENIGN, TABLE, run
from tests.hostile.texts import CATEGORIES, characters_of, generated

COUNT = 24


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return generated(COUNT)


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    return Prepared()


def test_a_few_of_the_texts_crash_nothing_become_no_markup_and_repeat(texts, prepared):
    found = run(texts, prepared, rarest=COUNT)
    assert found.inputs == COUNT
    assert found.crashes == []
    assert found.leaks == []
    assert found.differences == []
    assert set(found.runs) == set(TABLE), "every analysis gets some of the texts"


def test_every_analysis_stands_in_the_table():
    written = {
        function
        for module in (inside, answers, pages)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and list(inspect.signature(function).parameters) == ["trial"]
    }
    assert written == {analysis for analysis, _ in TABLE.values()}


def test_the_texts_are_hostile_and_the_same_each_time(texts):
    # Hypothesis also tries constants of the modules that are loaded, which other tests add to.
    assert generated(COUNT) == generated(COUNT)
    assert len(set(texts)) == COUNT
    assert all(characters_of(category) for category in CATEGORIES)
    every = generated(400)
    categories = {unicodedata.category(c) for text in every for c in text[:500]}
    assert categories >= set(CATEGORIES) - {"Zl"}
    assert any(len(text) > 10_000 for text in every)


@pytest.mark.parametrize("leak", ["<u>x</u>", "$x$", "<img src=x onerror=a>"])
def test_a_label_that_is_not_escaped_is_found(leak):
    with pytest.raises(markup.LeakError):
        markup.check_label(leak)
    with pytest.raises(markup.LeakError):
        markup.check_html(f"<div>{leak.replace('$', '<s>')}</div>")


def test_markdown_that_is_not_escaped_is_found(monkeypatch):
    monkeypatch.setattr(markup, "md", str)
    for text in ("**x**", "[a](b)", "`x`", "<u>x</u>", "a -> b", ":red[x]", "$x$"):
        with pytest.raises(markup.LeakError):
            markup.check_markdown(text)


def test_a_crash_a_difference_and_a_formula_are_found(prepared, monkeypatch):
    seen: list[str] = []

    def fails(trial: Trial) -> None:
        seen.append(trial.text)
        trial.do(lambda: len(seen))
        if trial.text not in BENIGN and len(seen) % 2 == 0:
            raise ValueError(trial.text)

    monkeypatch.setattr("tests.hostile.table.TABLE", {"fails": (fails, 1)})
    found = run(["x", "y"], prepared)
    assert len(found.crashes) == 2
    assert not found.clean
    with pytest.raises(markup.LeakError):
        markup.check_csv(b"word\r\n=1+1\r\n")


# --- found by the 10,000 --------------------------------------------------------------------------


def test_an_arrow_of_three_signs_is_none():
    """``-->``: the joiner stood between the dashes only, and ``->`` was left."""
    assert markup.check_markdown("a --> b <-- c <-> d")
    assert "->" not in md("-->").replace("\\", "")


def test_a_sign_behind_a_backslash_is_no_address():
    assert markup.check_markdown("@\\1 a@\\b.c") == md("@\\1 a@\\b.c")


def test_half_a_character_is_no_piece(prepared):
    for reader in prepared.able("generate").values():
        with pytest.raises(InputError) as caught:
            list(reader.generate(split("It was"), GenerationSettings(2), [Forced(0, "a\ud9a4")]))
        assert caught.value.code == "forced_piece_unknown"


def test_a_word_never_stands_in_a_template():
    sentence = Sentence("", tuple(Word(word, 0, 0) for word in ("%{x}", "b", "c", "d", "e", "f")))
    figure = layer_paths.path(replace(PART, sentence=sentence), 0, 1, NAMES, "kept")
    templates: set[str] = set()
    markup.check_figure(figure, templates)
    assert not any("%{x}" in template for template in templates)


def test_a_lone_carriage_return_breaks_no_table():
    frame = pd.DataFrame({"=word": ["a\rb", "\r=1", "-x", "ok"], "n": [1.0, -2.0, 3.0, 4.0]})
    data = csv(frame)
    markup.check_csv(data)
    assert data.decode("utf-8-sig").startswith("'=word,n\r\n")
    assert len(pd.read_csv(io.BytesIO(data))) == 4


def test_a_control_character_in_a_caption_breaks_no_drawing():
    caption = "a\x14b\x00c\ufffe --> d"
    ET.fromstring(below("<svg ></svg>", caption, PALETTES["light"], (100, 100))[0])


def test_a_table_of_nothing_but_quotes_is_empty():
    for text in ('""', '""\n""\n', ",\n,\n", '"" , ""'):
        with pytest.raises(InputError):
            upload.parse(text.encode(), "classification")
        with pytest.raises(InputError):
            upload.kind_of(text.encode())


def test_a_word_of_very_many_pieces_has_a_perplexity():
    own = Score("gpt", "left", split("a"), np.array([-5_000.0]), np.array([True]))
    assert own.perplexity == float("inf")


def test_a_huge_text_is_refused_before_it_is_split():
    with pytest.raises(InputError) as caught:
        checked("\u0301" * 10_000_000)
    assert caught.value.code == "text_too_many_characters"

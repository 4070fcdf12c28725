"""The Layers page as a visitor meets it."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT


def opened(text: str | None = None, language: str = "English") -> AppTest:
    at = AppTest.from_file(str(ROOT / "pages" / "layers.py"), default_timeout=120)
    at.session_state["lang"] = language
    if text is not None:
        at.query_params["s"] = text
    return at.run()


def said(at: AppTest) -> str:
    shown = [*at.markdown, *at.caption, *at.info]
    return " ".join(element.value for element in shown).replace("\\", "")


def test_it_opens_with_an_example_and_findings() -> None:
    at = opened()
    assert not at.exception
    assert not at.error
    figures = at.get("plotly_chart")
    # one chart of moves; layers, path and neighbours for three readers; the same for two halves
    assert len(figures) == 1 + 3 * 3 + 1 + 3 * 2
    assert all(figure.proto.alt for figure in figures)
    assert "Similarity of “bank” at the top layer to its own input vector: ELMo" in said(at)
    assert said(at).count("Most alike:") == said(at).count("Nearest to “bank”:") == 5
    assert said(at).count("unrelated words") > 15  # no similarity without its yardstick
    assert "ELMo → forward" in said(at)
    assert "ELMo ← backward" in said(at)
    assert sum(len(figure.proto.spec) for figure in figures) < 500_000


def test_the_slider_moves_points_and_reads_nothing_again() -> None:
    at = opened()
    before = [json.loads(figure.proto.spec) for figure in at.get("plotly_chart")]
    assert at.slider(key="at-bert").value == at.slider(key="at-bert").max
    at.slider(key="at-bert").set_value(0).run()
    assert not at.exception
    after = [json.loads(figure.proto.spec) for figure in at.get("plotly_chart")]
    changed = [
        place
        for place, pair in enumerate(zip(before, after, strict=True))
        if len({json.dumps(spec, sort_keys=True) for spec in pair}) > 1
    ]
    assert changed == [6]  # BERT's path and nothing else
    assert before[6]["layout"]["xaxis"]["range"] == after[6]["layout"]["xaxis"]["range"]


def test_a_single_word_has_no_neighbours() -> None:
    at = opened("Hello")
    assert not at.exception
    assert not at.error
    assert len(at.get("plotly_chart")) == 1 + 3 + 1 + 2
    assert "The sentence has a single word" in said(at)


def test_the_same_word_everywhere_is_no_fault() -> None:
    at = opened("no no no")
    assert not at.exception
    assert not at.error


def test_it_speaks_chinese() -> None:
    at = opened(language="中文")
    assert not at.exception
    assert "“bank” 的顶层向量与自己输入向量的相似度" in said(at)
    assert "第 6 层" in said(at)

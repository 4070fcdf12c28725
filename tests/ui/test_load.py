"""The visitors of the load test do what a browser does, and notice what goes wrong."""

import asyncio
import os
import random
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs"))

from load_client import Answer, Tab
from load_test import Class, commit, resident, summary

from lmcore.errors import ReadersError
from pages.ui.text import md
from tests.conftest import ROOT

SENTENCE = "The visitor typed this very sentence."


@pytest.mark.browser  # needs the running app, though no browser
def test_a_visitor_opens_a_page_and_types_a_sentence(app_url: str):
    async def visit() -> tuple[Answer, Answer, list[str]]:
        async with Tab(app_url, "attention", "lang=English") as tab:
            first = await tab.run()
            kind, box = next(
                own for own in tab.widgets("text_input") if own[1].label.startswith("Sentence")
            )
            tab.change(kind, box, random.Random(0), SENTENCE)
            second = await tab.run()
            elements = tab.elements.values()
            charts = [own.plotly_chart.spec for own in elements if own.HasField("plotly_chart")]
            return first, second, charts

    for _ in range(2):  # a server that has just started takes another way to the page
        with ThreadPoolExecutor(1) as pool:  # the browser's own event loop runs in this thread
            first, second, charts = pool.submit(lambda: asyncio.run(visit())).result()
        for answer in (first, second):
            assert not answer.errors
            assert not answer.refused
            assert 0 < answer.first <= answer.seconds
        assert len(charts) == 3, "this is not the page that was asked for"
        assert all("visitor" in spec for spec in charts), "a picture is not of the new sentence"


def test_exceptions_and_red_boxes_are_noticed():
    answer, tab = Answer(), Tab("http://nowhere", "", "")
    message = ForwardMsg()
    message.metadata.delta_path.extend((0, 0))
    message.delta.new_element.exception.type = "ValueError"
    tab._take(message, answer)
    message.delta.new_element.alert.body = "too long"
    message.delta.new_element.alert.format = 1
    tab._take(message, answer)
    assert answer.errors == ["ValueError: "]
    assert answer.refused == ["too long"]


@pytest.mark.parametrize("lang", ["English", "简体中文"])
def test_a_training_that_waits_for_its_turn_is_noticed(lang: str):
    answer, tab = Answer(), Tab("http://nowhere", "", "")
    message = ForwardMsg()
    message.metadata.delta_path.extend((0, 0))
    message.delta.new_element.progress.text = "BERT: pass 1 of 3"
    tab._take(message, answer)
    assert not answer.waited
    waiting = {
        "English": [
            "BERT: pass 1 of 3 · other visitors are being served: number 4 in line",
            "BERT: other visitors are training · number 2 in line",
        ],
        "简体中文": [
            "BERT：第 1 轮 · 正在为其他访客计算：排在第 4 位",
            "BERT：其他访客正在训练 · 排在第 2 位",
        ],
    }
    for text in waiting[lang]:
        answer.waited = False
        message.delta.new_element.progress.text = text
        tab._take(message, answer)
        assert answer.waited, text


def test_errors_and_growth_are_counted():
    visitors = Class("http://nowhere", seed=0)
    visitors.failures = ["home: TimeoutError"]
    busy = Answer(2.0, refused=[md(str(ReadersError("too_busy", waiting=100)))])
    visitors.answers = [(0.0, "home", Answer(9.0)), (100.0, "home", Answer(1.0))]
    visitors.answers += [(101.0, "layers", busy), (102.0, "layers", Answer(3.0, errors=["X"]))]
    told = Answer(2.0, refused=[md(str(ReadersError("blank_missing")))])
    visitors.answers.append((103.0, "masked_word", told))
    begun = [(400.0, 300.0), (490.0, 900.0), (550.0, 500.0), (590.0, 400.0)]
    ended = [(1000.0, 600.0), (1100.0, 550.0), (1150.0, 900.0), (1190.0, 500.0), (1230.0, 900.0)]
    visitors.answers = [(at + 510.0, *rest) for at, *rest in visitors.answers]
    found = summary(visitors, begun + ended, measured=600.0, until=1200.0)
    assert found["answers"] == 4, "those of the warm-up do not count"
    assert found["errors"] == 3
    assert found["inputs_refused"] == 1, "a sentence without a blank is no trouble"
    assert found["median_s"] == 2.0
    assert found["memory_start_mb"] == 500, "the median of two minutes"
    assert found["memory_growth"] == 0.1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
def test_memory_is_told_in_millions_of_bytes():
    """As in all other numbers of the manual; the system itself counts pages."""
    now, highest = resident(os.getpid())
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    assert now == pytest.approx(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, rel=0.01)
    assert highest >= now


def test_the_result_names_the_code():
    if not (ROOT / ".git").exists():
        pytest.skip("needs the repository")
    assert re.fullmatch(r"[0-9a-f]{7,12}\+?", commit())

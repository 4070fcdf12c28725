"""The Chinese of the interface: one term for one thing, and Chinese signs."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from lmcore.lessons import lesson
from lmcore.text.catalogue import catalogue
from lmcore.text.examples import SENSES

#: Variants of a term that stands in one form: pattern, what is written instead, keys that may.
FORBIDDEN = [
    (r"读者", "模型", {"home.title"}),  # the name of the app
    (r"(?<!\{)\bnats?\b", "奈特", {"sentence_score.unit_help"}),
    (r"完形填词", "完形填空", set()),
    (r"空格位|空格里|空格左|空格右", "空位", set()),
    (r"区分度", "分离度", set()),
    (r"名次", "排名", set()),
    (r"词块", "片段", set()),
    (r"义项例句库", "义项库", set()),
    (r"说明卡", "模型卡", set()),
    (r"最小对立", "最小对", set()),
    (r"您", "你", set()),
    (r"掩盖|遮盖", "遮住", set()),
    (r"第 \{head\} 个头", "第 {head} 头", set()),
    (r"Enter", "回车", set()),
]
HAN = r"[\u4e00-\u9fff]"
#: Half-width signs beside a Chinese character, blanks round Chinese quotes, “5 %”.
SIGNS = [
    rf"{HAN}[,;:?!](?!//)",
    rf"[,;:?!]{HAN}",
    rf"{HAN}\([^)]*{HAN}",
    r"(?<!\*) “",
    rf"” (?={HAN})",
    r"\d %",
    rf"{HAN}\.(?!\w)",
    rf"{HAN}  +",
]


def texts() -> Iterator[tuple[str, str]]:
    """Every Chinese text with its place."""
    for key, languages in catalogue().items():
        yield key, languages["zh"]
    yield from _inside(json.loads(lesson.FILE.read_text("utf8")), "lessons")


def _inside(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and isinstance(value.get("zh"), str):
        yield place, value["zh"]
    elif isinstance(value, dict | list):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for name, part in parts:
            yield from _inside(part, f"{place}.{name}")


@pytest.mark.parametrize(("variant", "term", "but"), FORBIDDEN)
def test_one_term_stands_for_one_thing(variant: str, term: str, but: set[str]):
    found = [(key, text) for key, text in texts() if re.search(variant, text) and key not in but]
    assert not found, f"{term}: {found}"


@pytest.mark.parametrize("sign", SIGNS)
def test_signs_beside_chinese_are_chinese(sign: str):
    found = [(key, match[0]) for key, text in texts() if (match := re.search(sign, text))]
    assert not found


def test_senses_of_examples_have_chinese_names():
    for example in SENSES:
        for line in example.text.split("\n"):
            name = catalogue()[f"polysemy.sense.{line.partition(' | ')[0]}"]
            assert name["en"] == line.partition(" | ")[0]
            assert re.fullmatch(rf"{HAN}+", name["zh"])

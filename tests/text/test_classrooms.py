"""The script of a text chooses who reads it."""

import pytest

from lmcore.text.language import languages
from lmcore.text.languages import classroom_of


@pytest.mark.parametrize(
    ("text", "language", "others"),
    [
        ("The bank raised its rates.", "en", ()),
        ("我喜欢吃苹果", "zh", ()),
        ("苹果公司发布了新手机iPhone 15。", "zh", ()),
        ("後來他學習語言", "zh", ()),
        ("The word 苹果 means apple.", "en", ()),
        ("我觉得 the weather is very nice today", "en", ("zh",)),
        ("老师说我们今天要学习 natural language", "zh", ("en",)),
        ("😀 123 !", None, ()),
        ("Это книга", None, ()),
        ("", None, ()),
    ],
)
def test_most_words_decide(text, language, others):
    found = classroom_of(text)
    assert found.language == language
    assert found.others == others


def test_every_script_of_a_language_leads_to_a_classroom():
    assert {"en", "zh"} <= set(languages())

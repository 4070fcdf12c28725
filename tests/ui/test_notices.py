"""What has to be known of a text stands before anything that is found in it."""

from collections.abc import Iterator
from typing import Any

import pytest

from lmcore.text.words import split
from pages.ui import captions
from pages.ui.text import t
from tests.ui.app_page import open_page, texts_of

#: No word of it is in the vocabulary of a reader of English.
STRANGE = "银行在河边。"
USES = "银行在河边。\n我在银行。\n银行很大。"


def in_order(block: Any) -> Iterator[Any]:
    """All elements of a page from top to bottom."""
    for child in block.children.values():
        if hasattr(child, "children"):
            yield from in_order(child)
        else:
            yield child


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("attention", {"s": STRANGE}),
        ("attention", {"s": STRANGE, "a_quantity": "pair", "b": STRANGE}),
        ("layers", {"s": STRANGE}),
        ("masked_word", {"s": STRANGE}),
        ("generation", {"s": STRANGE, "gn": "2"}),
        ("sentence_score", {"s": STRANGE, "s2": STRANGE}),
        ("polysemy", {"pw": "银行", "ps": USES}),
    ],
)
def test_notices_stand_at_the_text_and_nothing_is_found_where_no_word_is_known(
    page: str, address: dict[str, str]
):
    at = open_page(page, address=address)
    assert not at.exception
    elements = list(in_order(at.main))
    notices = [
        place
        for place, element in enumerate(elements)
        if element.type in ("info", "warning") and "Not trained on this language" in element.value
    ]
    pictures = [
        place
        for place, element in enumerate(elements)
        if element.type in ("plotly_chart", "bidi_component", "arrow_data_frame")
    ]
    assert notices
    assert notices[0] < pictures[0]
    if page not in ("polysemy", "sentence_score"):
        assert any("every word of this text is unknown there" in w.value for w in at.warning)
    sentences = texts_of(at, "info", "markdown", "caption")
    said = ("GPT puts", "BERT puts", "readers): GPT", "readers): BERT", "), GPT 0.", "** 0.96")
    assert not [words for words in said if words in sentences]
    if page in ("attention", "layers"):
        assert sentences.count("stands out most") == (page == "attention" and len(address) == 1)


@pytest.mark.parametrize(
    "text",
    [
        "人们常常在河边的银行里存钱，" * 20,
        "word " * 20 + "internationalisation" * 11 + " and more words",
        "internationalisation" * 20,
    ],
)
def test_a_caption_ends_between_words(text: str):
    short = captions._short(text, captions.MOST)
    start = short.split("…")[0]
    assert text.startswith(start)
    assert len(start) <= captions.MOST
    words = split(text).words
    assert len(start) == captions.MOST if len(words) == 1 else len(start) in {w.end for w in words}
    assert short == t("saving.shortened", text=start, count=len(text) - len(start))

"""How entries of a vocabulary are shown, and how texts are put together from them."""

import pytest

from lmcore.readers.spelling import Bytes, Continues, EndOfWord

GPT2 = Bytes(("<|endoftext|>",))
BERT = Continues(("[CLS]",), ("[SEP]",), "[PAD]", "[UNK]", "[MASK]")
GPT1 = EndOfWord(unknown="<unk>")


def entry(text: str) -> str:
    """A text as GPT-2's vocabulary writes its bytes (built by hand, not with our table)."""
    letters = {**{b: chr(b) for b in range(33, 127)}, 32: "Ġ", 10: "Ċ", 0xF0: "ð", 0x9F: "Ł"}
    letters |= {0x98: "ĺ", 0x80: "Ģ", 0xE6: "æ", 0x88: "Ī", 0x91: "ĳ"}
    return "".join(letters[byte] for byte in text.encode("utf8"))


@pytest.mark.parametrize(
    ("spelling", "text", "is_word", "plain", "shown"),
    [
        (GPT1, "bank</w>", True, "bank", "bank"),
        (GPT1, "ban", False, "ban", "ban…"),
        (GPT1, ",</w>", False, ",", ","),
        (GPT1, "<unk>", False, "<unk>", "<unk>"),
        (BERT, "bank", True, "bank", "bank"),
        (BERT, "##ing", False, "ing", "…ing"),
        (BERT, "[MASK]", False, "[MASK]", "[MASK]"),
        (GPT2, "Ġbank", True, "bank", "bank"),
        (GPT2, "ing", False, "ing", "…ing"),
        (GPT2, ",", False, ",", ","),
        (GPT2, "Ġ", False, "", "␣"),
        (GPT2, "Ċ", False, "\n", "↵"),
        (GPT2, "<|endoftext|>", False, "<|endoftext|>", "<|endoftext|>"),
        (GPT2, entry(" 我"), True, "我", "我"),
        (GPT2, "ðŁ", False, "‹F0 9F›", "‹F0 9F›"),
    ],
)
def test_entries(spelling, text, is_word, plain, shown):
    assert spelling.is_word(text) == is_word
    assert spelling.plain(text) == plain
    assert spelling.shown(text) == shown


def test_bytes_are_characters_again():
    parts = [entry("I"), "ĠðŁ", "ĺ", "Ģ", entry(" 我"), "ĊĊ"]
    text = "I 😀 我\n\n"
    told = GPT2.pieces(parts, [(0, 0)] * len(parts), text)
    assert [shown for shown, _ in told] == ["I", "␣😀 1/3", "😀 2/3", "😀 3/3", "␣我", "↵↵"]
    assert [span for _, span in told] == [(0, 1), (2, 3), (2, 3), (2, 3), (4, 5), (5, 7)]


def test_a_space_that_the_tokenizer_sets_first_is_no_text():
    told = GPT2.pieces(["ĠI", "Ġam"], [(0, 1), (1, 4)], "I am")
    assert [span for _, span in told] == [(0, 1), (2, 4)]


@pytest.mark.parametrize(
    ("spelling", "start", "entries", "text"),
    [
        (GPT1, "he", ["sa", "id</w>", ",</w>", "yes</w>"], "he said, yes"),
        (GPT2, "he", ["Ġsaid", ",", "Ġyes"], "he said, yes"),
        (GPT2, "he ", ["Ġsaid"], "he said"),
        (GPT2, "he", ["ĠðŁ", "ĺ", "Ģ", "!"], "he 😀!"),
        (GPT2, "he", ["Ģ", "!"], "he\ufffd!"),
    ],
)
def test_writing(spelling, start, entries, text):
    append = spelling.writer(start)
    assert start + "".join(append(one) for one in entries) == text

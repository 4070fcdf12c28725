"""The caption below a picture: whole, in lines that fit, and never more than text."""

import xml.etree.ElementTree as ET

import pytest

from lmcore.export.caption import EDGE, LETTERS, below, ems, printable, wrapped
from lmcore.export.palette import PALETTES

SVG = "{http://www.w3.org/2000/svg}"
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><path d="M0,0"/></svg>'


@pytest.mark.parametrize(
    "text",
    [
        "word " * 80 + "end",
        "句" * 250,
        "银行的利率，提高了。" * 30,
        "共 12 %。" * 60,
        "a “quoted” 词 mix " * 40,
    ],
)
def test_lines_fit_and_nothing_is_lost_or_cut(text: str):
    lines = wrapped(text, 40)
    assert len(lines) > 5
    assert max(map(ems, lines)) <= 40
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert " ".join(lines).split() == text.split() or "句" in text or "银" in text or "共" in text
    assert not any(line[:1] in "，。、；：" for line in lines), "no line begins with a full stop"


def test_a_word_longer_than_a_line_is_broken():
    lines = wrapped("see " + "x" * 100 + " end", 20)
    assert "".join(lines).replace(" ", "") == "see" + "x" * 100 + "end"
    assert max(map(ems, lines)) <= 20


def test_the_picture_grows_by_its_caption():
    plain, width, height = below(PICTURE, "", PALETTES["dark"], (400, 300))
    assert (width, height) == (400 + 2 * EDGE, 300 + 2 * EDGE)
    svg, wide, high = below(PICTURE, "one\n" + "two " * 60, PALETTES["dark"], (400, 300))
    assert wide == width
    assert high > height + 3 * LETTERS
    root = ET.fromstring(svg)
    texts = list(root.iter(f"{SVG}text"))
    assert next(node.text for node in texts) == "one"
    assert max(float(node.get("y", 0)) for node in texts) <= high - EDGE
    assert min(float(node.get("y", 0)) for node in texts) > EDGE + 300, "below the picture"
    assert root.find(f"{SVG}rect").get("fill") == PALETTES["dark"].ground  # type: ignore[union-attr]
    assert ET.fromstring(plain).find(f"{SVG}svg/{SVG}path") is not None


def test_a_caption_is_text_and_nothing_else():
    hostile = 'a\x14b\x00c\ufffe --> <script>alert(1)</script> & "q" \u2028 d'
    svg, *_ = below(PICTURE, hostile, PALETTES["light"], (400, 300))
    root = ET.fromstring(svg)
    assert not list(root.iter(f"{SVG}script"))
    shown = " ".join(str(node.text) for node in root.iter(f"{SVG}text"))
    assert "<script>alert(1)</script>" in shown
    assert printable("a\tb") == "a b"

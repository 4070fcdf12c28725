"""Hostile texts: every Unicode category, mixed scripts, markup, templates, paths, and huge ones."""

import unicodedata
from functools import cache

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from lmcore.text.words import MAX_CHARACTERS, MAX_WORDS

#: The general categories of Unicode, lone surrogates (``Cs``) and private use (``Co``) among them.
CATEGORIES = (
    *("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe"),
    *("Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn"),
)
#: What must be shown as it stands and never be taken for markup, a template, a path or a piece.
MARKUP = (
    *("<script>window.hacked=1</script>", "<img src=x onerror=window.hacked=1>", "<u>under</u>"),
    *("<a href='javascript:alert(1)'>a</a>", '"><svg onload=alert(1)>', "'-alert(1)-'"),
    *("<b>bold</b>", "<i>", "<br>", "<extra></extra>", "<!-- x -->", "</td></table>", "&lt;u&gt;"),
    *("<iframe srcdoc='<s>x</s>'>", "<style>*{display:none}</style>", "&#60;u&#62;", "&amp;lt;"),
    *("**bold** __bold__ *it* _it_", "~~gone~~ `code`", "[a](javascript:alert(1))", "![i](x)"),
    *("# heading", "- item", "1. item", "> quote", "---", "| a | b |\n|---|---|\n| c | d |"),
    *("www.example.com", "https://example.com/?a=b&c", "me@example.com", "<http://x.y>", "\\*"),
    *(
        "$x^2$",
        "$$\\frac{1}{2}$$",
        "\\(x\\)",
        "\\begin{align}",
        ":red[x]",
        ":smile:",
        ":blue-badge[y]",
    ),
    *(":material/home:", ":red-background[z]", ":small[w]", "-> <- <= >= != -- --- ~=", "[^1]"),
)
TEMPLATES = (
    *("{0.__class__}", "{0.__class__.__mro__}", "{name}", "{", "}", "{{7*7}}", "{}", "${7*7}"),
    *("%s", "%(x)s", "%{y}", "%{customdata[0]}<extra></extra>", "%n%n", "#{7*7}", "<%= 7*7 %>"),
    *("__import__('os').system('id')", "'; DROP TABLE x; --", "=1+1", "+cmd", "@SUM(A1)", "-2+3"),
)
PATHS = (
    *("../../etc/passwd", "/etc/passwd", "C:\\Windows\\win.ini", "file:///etc/passwd", "~/.ssh/id"),
    *("checkpoints/bert", "..\\..\\x", "con", "a/b/../c", "\x00/etc", "gpt2", "bert@../../x"),
    *("google-bert/bert-base-uncased", "openai-community/gpt2", "folder:bert-mine", "bert:a/b"),
)
PIECES = (
    *("[SEP]", "[CLS]", "[MASK]", "[PAD]", "[UNK]", "<S>", "</S>", "<s>", "</s>", "<unk>", "<UNK>"),
    *("</w>", "##ing", "play</w>", "Ġthe", "<|endoftext|>", "▁▁▁", "___", "_", "__ __", "____x"),
)
SCRIPTS = (
    *("The bank raised its rates.", "我在银行存钱，然后去河边。", "ذهبت إلى البنك", "שלום עולם"),
    *(
        "Банк у реки",
        "นี่คือธนาคาร",
        "बैंक नदी",
        "銀行とカフェ",
        "은행에 갔다",
        "ბანკი",
        "Ελληνικά",
        "ትግርኛ",
    ),
    *(
        "😀👩‍👩‍👧🏳️‍🌈",
        "𝕭𝖆𝖓𝖐",
        "ﬁﬂ",
        "İıßẞ",
        "Ǆǅǆ",
        "e\u0301o\u0308",
        "\u202eabc\u202c",
        "\u2066x\u2069",
    ),
    *(
        "\u200b\u200d\u2060\ufeff",
        "a\u0600b",
        "\U000e0041\U000e007f",
        "ﷺ",
        "𒐫",
        "\U0010ffff",
        "\ufffd",
    ),
    *(
        "½²Ⅷ٣",
        "1,000.5 3:30",
        "U.S.A. don’t o'clock",
        "\u034f\u0345",
        "Z̷̧̛̛͎͎a̵l̷g̴o̵",
        "\u115f\u3164",
        "x\u2028y\u2029z",
    ),
)
FORMS = (
    *(
        "bank | ",
        "river|",
        "｜",
        "label | The bank of the bank.",
        "a,b | bank bank",
        "bank\nbanks\n",
    ),
    *(
        "text,label\n",
        "label,text\na,b\n",
        '"',
        '"a""b",c\n',
        "label\ttext\n",
        ";;;\n",
        "\r",
        "\r\n",
    ),
)
#: Words that make something of a text, so that not everything is refused.
PLAIN = ("bank", "the", "river", "She", "said", "not", "a", "plants", "Bank", "spring", ".", ",")


@cache
def characters_of(category: str) -> str:
    """Some characters of one category, spread over the whole of Unicode."""
    every = [chr(n) for n in range(0x110000) if unicodedata.category(chr(n)) == category]
    return "".join(every[:: max(1, len(every) // 400)])


def _by_category() -> st.SearchStrategy[str]:
    return st.sampled_from(CATEGORIES).flatmap(
        lambda name: st.text(st.sampled_from(characters_of(name)), min_size=1, max_size=8)
    )


def _huge() -> st.SearchStrategy[str]:
    """One thing over and over: below, at and far beyond the limits."""
    counts = (2, 40, MAX_WORDS, MAX_WORDS + 1, 700, MAX_CHARACTERS, MAX_CHARACTERS + 1, 50_000)
    units = (
        "a",
        "word ",
        "我",
        "😀",
        "\u0301",
        "_ ",
        "<b>",
        "$",
        "\n",
        "e\u0301 ",
        "x|y\n",
        "W" * 99,
    )
    return st.builds(
        lambda unit, count, more: more + (unit * count)[:200_000] + more,
        st.sampled_from(units),
        st.sampled_from(counts),
        st.sampled_from(("", "bank ", " a")),
    )


def texts() -> st.SearchStrategy[str]:
    """Any hostile text."""
    words = st.sampled_from(PLAIN)
    parts = st.one_of(
        *(words, words, words),
        *(st.sampled_from(own) for own in (MARKUP, MARKUP, TEMPLATES, PATHS, PIECES, SCRIPTS)),
        st.sampled_from(FORMS),
        _by_category(),
        _by_category(),
        st.text(st.characters(), max_size=6),
    )
    separators = st.sampled_from((" ", " ", " ", " ", "", "\n", "\t", "\u3000", " | ", ", "))
    mixed = st.builds(
        lambda own, between: between.join(own), st.lists(parts, max_size=12), separators
    )
    lines = st.lists(mixed, min_size=2, max_size=4).map("\n".join)
    return st.one_of(mixed, mixed, mixed, mixed, lines, st.text(max_size=30), _huge())


#: Never left to chance: each alone, and before and behind a word.
CERTAIN = tuple(
    dict.fromkeys(
        ["", " ", "\n", "\ud800", "a\udfffb", '""', '"\n', "\x00", "\x1c", "\x85", "\ufeff"]
        + [*MARKUP, *TEMPLATES, *PATHS, *PIECES, *SCRIPTS, *FORMS]
        + [f"The {one} bank" for one in (*MARKUP, *TEMPLATES, *PATHS, *PIECES, *SCRIPTS)]
    )
)


def generated(count: int, number: int = 6) -> list[str]:
    """So many different hostile texts, the same ones at every call while no module is imported.

    Args:
        count: how many; at least a few hundred for all that is in :data:`CERTAIN`.
        number: seed.
    """
    found: dict[str, None] = {}

    @seed(number)
    @settings(
        max_examples=2 * count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(texts())
    def collect(text: str) -> None:
        found.setdefault(text)

    collect()
    # A share of the certain ones where only few are asked for, all of them otherwise.
    certain = CERTAIN[:: max(1, 3 * len(CERTAIN) // max(1, count))]
    return list(dict.fromkeys([*certain, *found]))[:count]

"""What must never come out: markup, links, scripts or formulas made of a visitor's text."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Collection
from html.parser import HTMLParser
from typing import Any

import plotly.graph_objects as go
from markdown_it import MarkdownIt

from pages.ui.text import md


class LeakError(AssertionError):
    """A text has become more than text."""


#: Tags and attributes of the strips and tables that the pages write themselves.
HTML_TAGS = {"style", "div", "table", "thead", "tbody", "tr", "th", "td", "span", "b", "bdi"}
HTML_ATTRIBUTES = {"class", "style", "dir", "title", "role", "tabindex", "aria-label"}
_HEAD = {"charset", "name", "content", "http-equiv", "lang"}
#: Tags that Plotly reads in a label and that our figures write.
LABEL_TAGS = {"br", "b", "i", "extra", "span"}
#: Elements of a drawing without a script, a link or a foreign part.
SVG_TAGS = {
    *(
        "svg",
        "g",
        "path",
        "defs",
        "clipPath",
        "rect",
        "use",
        "style",
        "image",
        "metadata",
        "pattern",
    ),
    *("RDF", "Work", "type", "date", "format", "creator", "Agent", "title"),
}
#: Keys of a figure that hold text which Plotly renders, and templates that it fills in.
_TEXTS = {
    "text",
    "ticktext",
    "hovertext",
    "name",
    "title",
    "customdata",
    "labelalias",
    "categoryarray",
}
_AXES = {"x", "y"}
_TEMPLATES = {"hovertemplate", "texttemplate"}
#: Characters that begin a formula in a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: Escaped by a backslash, or nothing that Markdown, LaTeX or Streamlit could read as a command.
_ESCAPED = re.compile(r"(?:\\[\x21-\x7e]|[^\\`*_{}\[\]()<>#+\-.!|~$:&@^=\"'/%])*", re.DOTALL)
#: What Streamlit makes of plain text besides Markdown: arrows, dashes and addresses.
_JOINED = re.compile(r"--|->|<-|[<>~]=|://|www\.|@\w", re.IGNORECASE)
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_INVISIBLE = "\u2060"


class _Tags(HTMLParser):
    """Every tag with its attributes, and the text between them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.other: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    def handle_decl(self, decl: str) -> None:
        self.other.append(decl)

    def handle_pi(self, data: str) -> None:
        self.other.append(data)

    unknown_decl = handle_pi


def _parsed(body: str) -> _Tags:
    parser = _Tags()
    parser.feed(body)
    parser.close()
    return parser


def check_markdown(text: str) -> str:
    """A text put into Markdown by ``md``: nothing but text, and the very same text.

    Returns:
        what ``md`` made of it.
    """
    made = md(text)
    if not _ESCAPED.fullmatch(made):
        raise LeakError(f"not escaped for Markdown: {made[:200]!r}")
    if _JOINED.search(re.sub(r"\\(.)", r"\1", made, flags=re.DOTALL)):
        raise LeakError(f"an arrow, a dash or an address is left: {made[:200]!r}")
    whole = f"x {made} y"
    for shown, around in ((made, ("", "")), (whole, ("x ", " y")), (f"**{made}**.", None)):
        kinds, read = _rendered(shown)
        allowed = {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}
        if around is None:
            allowed |= {"strong_open", "strong_close"}
        if kinds - allowed:
            raise LeakError(f"Markdown made of {text[:200]!r}: {sorted(kinds - allowed)}")
        if around is not None:
            flat = " ".join(text.split()).replace("\0", "\ufffd")
            wanted = f"{around[0]}{flat}{around[1]}".replace(_INVISIBLE, "").strip()
            if read.replace(_INVISIBLE, "").strip() != wanted:
                raise LeakError(f"Markdown shows {read[:200]!r} for {wanted[:200]!r}")
    return made


def _rendered(text: str) -> tuple[set[str], str]:
    """Kinds of all tokens of a Markdown text, and the text that is to be seen."""
    kinds, read = set(), []
    for token in _MARKDOWN.parse(text):
        kinds.add(token.type)
        for child in token.children or ():
            kinds.add(child.type)
            read.append(child.content)
    return kinds, "".join(read)


def check_html(body: str, words: Collection[str] = (), tags: Collection[str] = frozenset()) -> None:
    """HTML of ours: only our tags and attributes, and the words are there as text.

    Args:
        body: the HTML.
        words: that are to be seen.
        tags: further ones that are ours in this place.
    """
    parsed = _parsed(body)
    wrong = {tag for tag, _ in parsed.found} - HTML_TAGS - set(tags)
    known = HTML_ATTRIBUTES | (_HEAD if "meta" in tags else set())
    names = {name for _, attributes in parsed.found for name, _ in attributes} - known
    if wrong or names or parsed.other:
        raise LeakError(f"HTML holds {sorted(wrong)}, {sorted(names)}, {parsed.other[:3]}")
    text = "".join(parsed.text).replace("\r", "\n")
    for word in words:
        # A parser reads NUL and lone carriage returns in its own way; both are no words here.
        if word.replace("\r", "\n").replace("\0", "") not in text.replace("\0", ""):
            raise LeakError(f"the word {word!r} is not shown as it stands")


def check_figure(figure: go.Figure, templates: set[str]) -> str:
    """A figure: labels without tags but ours and without LaTeX.

    Args:
        templates: all templates that are met are added here; none may hold a visitor's text.

    Returns:
        its JSON.
    """
    said = figure.to_json()
    _walk(json.loads(said), "", templates)
    return str(said)


def _walk(value: Any, key: str, templates: set[str]) -> None:
    if isinstance(value, dict):
        for name, own in value.items():
            if key == "labelalias":
                check_label(str(name))
            _walk(own, name if name not in ("font", "line") else "", templates)
    elif isinstance(value, list):
        for own in value:
            _walk(own, key, templates)
    elif isinstance(value, str):
        if key in _TEMPLATES:
            templates.add(value)
        elif key in _TEXTS | _AXES:
            check_label(value)


def check_label(text: str) -> None:
    """A label of a figure as Plotly would read it."""
    parsed = _parsed(text)
    wrong = {tag for tag, _ in parsed.found} - LABEL_TAGS
    names = {name for _, attributes in parsed.found for name, _ in attributes}
    if wrong or names - {"style"} or parsed.other:
        raise LeakError(f"the label {text[:200]!r} holds {sorted(wrong)} {sorted(names)}")
    if "$" in text:
        raise LeakError(f"the label {text[:200]!r} could be read as LaTeX")


def check_svg(data: bytes) -> None:
    """A drawing: well-formed, and nothing in it that acts, links or comes from elsewhere."""
    for element in ET.fromstring(data).iter():
        tag = element.tag.rpartition("}")[2]
        if tag not in SVG_TAGS:
            raise LeakError(f"the drawing holds <{tag}>")
        for name, value in element.attrib.items():
            own = name.rpartition("}")[2].lower()
            far = own == "href" and not value.startswith(("#", "data:image/png;base64,"))
            if own.startswith("on") or far or "javascript:" in value.lower():
                raise LeakError(f"the drawing holds {name}={value[:100]!r}")


def check_csv(data: bytes) -> None:
    """A table for a spreadsheet: no cell and no heading that would be run as a formula."""
    csv.field_size_limit(10_000_000)
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    for row in rows:
        if len(row) != len(rows[0]):
            raise LeakError(f"a row has {len(row)} cells and the heading {len(rows[0])}")
        for cell in row:
            if cell.startswith(FORMULA) and not _number(cell):
                raise LeakError(f"the cell {cell[:100]!r} would be run as a formula")


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True

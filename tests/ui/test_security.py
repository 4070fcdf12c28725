"""What visitors type, upload or put into a link stays text: nothing runs, loads or is kept.

One text with script and markup is typed into every box of every page in each run of the tests;
other texts, links, uploads and what is kept take minutes and are thorough.
"""

import os
import re
import time
import uuid
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlparse

import pytest

from docs.browser import ROOT, Server, Visit
from pages.ui.navigation import ADDRESS, PAGES

pytestmark = pytest.mark.browser

#: Each within the words and characters of a text; ``zq`` marks what belongs to us.
PAYLOADS = {
    "html": '<script>window.hacked=1</script> <img src=x onerror="window.hacked=1"> "><svg onload='
    "window.hacked=1> <iframe src=javascript:hacked=1> <a href=//zq.example>zqlink</a> zqbank",
    "markdown": "**zqbold zqtwo** [zqlink](javascript:window.hacked=1) zq{{7*7}}zq $zq^2$ "
    ":red[zqred zqtwo] :smile: `zqcode` ![i](http://zq.example/i) https://zq.example/ zqbank",
}
#: A little of each, short enough for any box: typed in every run of the tests.
USUAL = (
    '<script>window.hacked=1</script><img src=x onerror="window.hacked=1"> **zqbold zqtwo** '
    "[zqlink](javascript:window.hacked=1) $zq^2$ zqbank"
)
#: Every page, and where a page has another box for text or draws what is typed in another way.
WAYS: list[tuple[str, dict[str, str]]] = [
    *((page, {}) for page in PAGES),
    ("attention", {"a_quantity": "pair"}),
    ("attention", {"a_look": "lines"}),
]
#: Everything in the app, the inside of components and frames included.
FOUND = """
() => {
  const every = [], walk = (root) => {
    for (const node of root.querySelectorAll('*')) {
      every.push(node);
      if (node.shadowRoot) walk(node.shadowRoot);
      if (node.tagName === 'IFRAME' && node.contentDocument) walk(node.contentDocument);
    }
  };
  walk(document.querySelector('[data-testid="stApp"]'));
  const wrong = [], has = (node) => (node.textContent || '').includes('zq');
  if (window.hacked !== undefined) wrong.push('a script has run');
  for (const node of every) {
    const name = node.tagName.toLowerCase();
    for (const { name: own, value } of node.attributes) {
      if (own.startsWith('on')) wrong.push(`<${name} ${own}>`);
      if (['href', 'src', 'action', 'xlink:href', 'formaction'].includes(own) &&
          (/^\\s*javascript:/i.test(value) || value.includes('zq.example') || value === 'x'))
        wrong.push(`<${name} ${own}=${value}>`);
    }
    if (name === 'script' && has(node)) wrong.push('<script>');
    if (['iframe', 'object', 'embed', 'base'].includes(name)) wrong.push(`<${name}>`);
    if (name === 'a' && /zqlink|zq\\.example/.test(node.textContent)) wrong.push('a link');
    if (node.classList.contains('katex') && has(node)) wrong.push('a formula');
    if (['strong', 'em', 'b', 'i'].includes(name) && node.textContent.trim() === 'zqbold zqtwo')
      wrong.push('bold text');
    if (/^stMarkdownColored/.test(node.className) && has(node)) wrong.push('coloured text');
    if (name === 'code' && node.textContent.trim() === 'zqcode') wrong.push('code');
  }
  if (every.some((node) => (node.textContent || '').includes('zq49zq'))) wrong.push('a template');
  return [...new Set(wrong)];
}
"""


class Watched(Visit):
    """A visit that notes to which hosts the page turns, and which files it hands out."""

    def __init__(self, context: Any) -> None:
        super().__init__(context, "experts")
        self.hosts: set[str] = set()
        self.dialogs: list[str] = []
        self.tab.on("request", lambda one: self.hosts.add(urlparse(one.url).hostname or ""))
        self.tab.on("websocket", lambda one: self.hosts.add(urlparse(one.url).hostname or ""))
        self.tab.on("dialog", lambda one: (self.dialogs.append(one.message), one.dismiss()))

    def harmless(self, what: str) -> None:
        """Nothing of what was put in has become more than text."""
        self.check()
        assert self.tab.evaluate(FOUND) == [], what
        assert self.dialogs == [], what
        assert self.hosts <= {"", "127.0.0.1"}, what


@pytest.mark.parametrize(
    "leak",
    [
        "<img src=x onerror='window.hacked=1'>",
        "<a href='javascript:1'>zqlink</a>",
        "<a href='https://zq.example/'>https://zq.example/</a>",
        "<strong>zqbold zqtwo</strong>",
        "<span class='katex'>zq</span>",
        "<span class='stMarkdownColoredText'>zqred zqtwo</span>",
        "<code>zqcode</code>",
        "zq49zq",
        "<iframe></iframe>",
        "<div><template shadowrootmode='open'><b>zqbold zqtwo</b></template></div>",
    ],
)
def test_what_is_looked_for_is_found(browser: Any, leak: str):
    for content, clean in ((leak, False), ("**zqbold zqtwo** <b>zqbank</b>", True)):
        tab = browser.new_page()
        tab.set_content(f"<div data-testid='stApp'><p>{content}</p></div>")
        assert (tab.evaluate(FOUND) == []) == clean
        tab.close()


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """A server whose home, temporary folder and log nobody else writes to."""
    folder = tmp_path_factory.mktemp("kept")
    for name in ("home", "tmp"):
        (folder / name).mkdir()
    extra = {"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp")}
    with Server(folder / "server.log", extra) as server:
        yield server, folder


@pytest.fixture
def watched(browser: Any) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 1600}, accept_downloads=True)
    yield Watched(context)
    context.close()


def address(url: str, page: str, **values: str) -> str:
    query = "&".join(f"{name}={quote(value)}" for name, value in values.items())
    return f"{url}/{'' if page == 'home' else page}?{query}"


def fields(visit: Visit) -> list[Any]:
    """Every box for text that is to be seen, in the page and in the sidebar."""
    boxes = visit.tab.locator(
        '[data-testid="stTextInput"] input, [data-testid="stTextArea"] textarea'
    )
    return [box for box in boxes.all() if box.is_visible() and box.is_enabled()]


def number_of_boxes(visit: Visit, least: int) -> int:
    """How many boxes are to be seen, once there are as many as there must be."""
    late = time.monotonic() + 30
    while (boxes := len(fields(visit))) < least:
        assert time.monotonic() < late, f"{boxes} boxes, not {least}"
        visit.tab.wait_for_timeout(200)
    return boxes


#: At least so many boxes stand on a page, or in one of its ways: none may be missed unnoticed.
LEAST_BOXES = {
    "home": 1, "polysemy": 2, "attention": 1, "pair": 2, "layers": 2, "masked_word": 4,
    "generation": 1, "sentence_score": 2,
}  # fmt: skip


def filled(box: Any, text: str) -> str:
    """A text as a box takes it: where it holds several lines it gets labels and several lines."""
    several = box.evaluate("node => node.tagName === 'TEXTAREA'")
    short = text.split(" zqbank")[0][:28]
    return (
        f"{short} | the zqbank {text}\nzqbank | my zqbank\n{short} | a zqbank" if several else text
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(USUAL, id="usual"),
        *(pytest.param(PAYLOADS[n], id=n, marks=pytest.mark.thorough) for n in PAYLOADS),
    ],
)
@pytest.mark.parametrize(("page", "way"), WAYS)
def test_every_field_takes_text_as_text(
    app_url: str, watched: Watched, page: str, way: dict[str, str], text: str
):
    watched.open(address(app_url, page, **way))
    for number in range(number_of_boxes(watched, LEAST_BOXES.get(way.get("a_quantity", page), 0))):
        boxes = fields(watched)
        if number >= len(boxes):
            break
        box = boxes[number]
        # A word that is asked for is asked for alone; its box says so in its label.
        word = page == "polysemy" and not box.evaluate("node => node.tagName === 'TEXTAREA'")
        box.fill("zqbank" if word else filled(box, text))
        box.press("Control+Enter")
        box.press("Enter") if not word else None
        watched.settle()
        watched.harmless(f"{page}, field {number}")
    for button in watched.tab.locator('[data-testid="stFormSubmitButton"] button').all():
        if button.is_visible() and button.is_enabled():
            button.click()
            watched.settle()
            watched.harmless(f"{page}, sent")
    if page == "polysemy":  # and the text as the word
        fields(watched)[0].fill(text)
        watched.tab.locator('[data-testid="stFormSubmitButton"] button').first.click()
        watched.settle()
        watched.harmless(f"{page}, the text as the word")
    for box in watched.tab.locator('[data-testid="stSelectbox"] input').all():
        if box.is_visible() and box.is_enabled():
            box.fill(text)
            watched.harmless(f"{page}, a box that chooses")
            box.press("Escape")
    watched.settle()
    watched.harmless(page)


@pytest.mark.thorough
@pytest.mark.parametrize("page", PAGES)
def test_every_name_of_a_link_takes_text_as_text(own_server, watched: Watched, page: str):
    rules = ADDRESS[page]
    for text in PAYLOADS.values():
        watched.open(address(own_server[0].url, page, **dict.fromkeys(rules, text)))
        watched.harmless(f"{page}, every name")
    ways = [way for one, way in WAYS if one == page]
    for text, way in product(PAYLOADS.values(), ways):
        taken = {name: text for name, rule in rules.items() if rule(text)}
        if taken:
            watched.open(address(own_server[0].url, page, **taken, **way))
            watched.harmless(f"{page}, {sorted(taken)}, {way}")
    watched.open(address(own_server[0].url, page, **{PAYLOADS["html"][:40]: PAYLOADS["html"]}))
    watched.harmless(f"{page}, a name that nobody knows")


LABEL = "<img src=x onerror=hacked=1>"
CELL = '"<script>window.hacked=1</script> **zqbold zqtwo** $zq$ tea {n} {own}"'
GOOD = "label,text\n" + "".join(
    f"{LABEL if n % 2 else '$zq$ :red[zq]'},{CELL.format(n=n, own='cup' if n % 2 else 'fog')}\n"
    for n in range(40)
)
TABLES = {
    "cells_and_labels": GOOD,
    "heading": f"label,{CELL}\n" + "a,b\n" * 30,
    "one_label": "label,text\n" + "".join(f"{LABEL},text {n}\n" for n in range(30)),
    "broken": f'label,text\n{LABEL},"never closed **zqbold zqtwo**\n',
}


@pytest.mark.thorough
def test_an_uploaded_table_is_text(own_server, watched: Watched, tmp_path: Path):
    watched.open(address(own_server[0].url, "finetuning", ft="upload"))
    for name in reversed(TABLES):
        path = tmp_path / f"zq<u>{name}$x$.csv"  # the file's own name is shown too
        path.write_text(TABLES[name])
        watched.tab.locator("input[type=file]").set_input_files(str(path))
        watched.tab.wait_for_timeout(1_500)
        watched.settle()
        watched.harmless(name)
    for folded in watched.tab.locator('[data-testid="stExpander"] summary').all():
        folded.click()
    watched.tab.locator(".st-key-ft-train-elmo button").click()
    watched.tab.locator('[data-testid="stTextInput"] input').first.wait_for(timeout=240_000)
    watched.settle()
    watched.harmless("trained")
    box = fields(watched)[-1]
    box.fill(PAYLOADS["markdown"])
    box.press("Enter")
    watched.settle()
    watched.harmless("asked for a decision")


@pytest.mark.thorough
@pytest.mark.parametrize("page", ["home", "polysemy", "masked_word", "sentence_score"])
def test_names_of_files_are_ours(own_server, watched: Watched, page: str):
    text = PAYLOADS["html"]
    lines = f"../../{text} | a zqbank\n$(id) | the zqbank {text}"
    values = {"s": text, "s2": f"the {text}", "w": "../../etc/passwd", "pw": "zqbank", "ps": lines}
    known = {name: own for name, own in values.items() if name in ADDRESS[page]}
    watched.open(address(own_server[0].url, page, **known))
    for folded in watched.tab.locator('[data-testid="stExpander"] summary').all():
        folded.click()
    watched.settle()
    names = []
    for button in watched.tab.locator('[data-testid="stDownloadButton"] button').all()[:6]:
        if button.is_visible():
            with watched.tab.expect_download() as coming:
                button.click()
            names.append(coming.value.suggested_filename)
    assert names
    for name in names:
        assert re.fullmatch(r"[a-z0-9_-]+\.csv", name), name
        assert "zq" not in name
        assert "passwd" not in name


@pytest.mark.thorough
def test_no_text_is_logged_or_kept(own_server, watched: Watched, tmp_path: Path):
    server, folder = own_server
    marker = f"zq{uuid.uuid4().hex}"
    before = {path: path.stat().st_mtime_ns for path in written_files()}
    texts = (
        f"The {marker} bank.",
        f"<script>{marker}</script> {PAYLOADS['markdown']}",
        marker * 70,
    )
    for page in PAGES:
        for text in texts:
            names = [name for name, rule in ADDRESS[page].items() if rule(text)]
            watched.open(address(server.url, page, **dict.fromkeys(names, text)))
    for box in fields(watched):
        box.fill(texts[0])
        box.press("Enter")
    table = tmp_path / f"{marker}.csv"
    table.write_text(GOOD.replace("tea", marker))
    watched.open(address(server.url, "finetuning", ft="upload"))
    watched.tab.locator("input[type=file]").set_input_files(str(table))
    watched.tab.wait_for_timeout(1_500)
    watched.settle()
    assert marker not in server.log.read_text(errors="replace")
    newer = [p for p in written_files() if before.get(p) != p.stat().st_mtime_ns]
    for path in [*(p for p in folder.rglob("*") if p.is_file()), *newer]:
        assert marker.encode() not in path.read_bytes(), path
        assert marker not in path.name


def written_files() -> list[Path]:
    """Files of the project's folder, where the server runs."""
    skipped = {".git", ".venv", "__pycache__", ".pytest_cache", ".hypothesis"}
    found = []
    for where, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in skipped]
        found += [Path(where) / name for name in names]
    return [path for path in found if path.is_file()]

"""Links with long texts: the server takes them over real HTTP, and “Copy link” names them."""

import re
import socket
from urllib.parse import quote, urlsplit

import pytest

from docs.browser import ROOT, Visit
from lmcore.text.catalogue import catalogue
from pages.ui.address import copy_link

pytestmark = pytest.mark.browser  # needs the running app

#: Thirty Chinese sentences of thirty characters, all different, as Layers takes them.
SIGNS = [chr(ord("一") + number) for number in range(30)]
TEXT = "\n".join(
    f"{sign}：那天下午她和母亲在银行旁边的河岸上走了很久，然后才回家。" for sign in SIGNS
)
#: Pieces of a head as they may come over a slow network.
PIECE = 1_400


def ask(url: str, target: str, piece: int) -> str:
    """The first line of the answer to a request whose head comes in pieces."""
    where = urlsplit(url)
    head = f"GET {target} HTTP/1.1\r\nHost: {where.netloc}\r\nConnection: close\r\n\r\n".encode()
    with socket.create_connection((where.hostname, where.port), timeout=30) as server:
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(head), piece):
            server.sendall(head[start : start + piece])
        with server.makefile("rb") as answer:
            return answer.readline().decode("ascii").strip()


def test_a_link_with_thirty_chinese_sentences_is_taken(app_url: str):
    target = f"/layers?lc={quote(TEXT)}"
    assert 8_000 < len(target) < 16_000, "nginx's usual bound is 8 kB, that of the server 16"
    for piece in (len(target) * 2, PIECE):
        assert ask(app_url, target, piece) == "HTTP/1.1 200 OK", piece


def test_the_proxy_of_the_manual_takes_it_too():
    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf8")
    nginx = manual.partition("```nginx")[2].partition("```")[0]
    (count, size), *more = re.findall(r"large_client_header_buffers (\d+) (\d+)k;", nginx)
    assert not more
    assert int(count) >= 4
    assert int(size) * 1024 > 4 * len(quote(TEXT))


@pytest.mark.parametrize(("lang", "code"), [("English", "en"), ("中文", "zh")])
def test_copy_link_says_that_a_link_is_long(app_url: str, visit: Visit, lang: str, code: str):
    words = {name: catalogue()[f"copy_link.{name}"][code] for name in ("label", "copied", "long")}
    said = words["long"].format(most=f"{copy_link.MOST:,}")
    visit.tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for text, long in (("The cat sat.", False), ("长" * 900, True)):
        visit.open(f"{app_url}/?s={quote(text)}&lang={quote(lang)}")
        assert (len(visit.tab.url) > copy_link.MOST) is long
        visit.tab.get_by_role("button", name=words["label"]).click()
        status = visit.tab.get_by_role("status").filter(has_text=words["copied"])
        status.wait_for()
        assert (said in status.inner_text()) is long
        assert visit.tab.evaluate("navigator.clipboard.readText()") == visit.tab.url

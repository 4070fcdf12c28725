"""The security headers of ``docs/operations.md``: every page stands behind a proxy with them."""

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import streamlit

from docs.browser import Server, Visit
from lmcore.text.catalogue import catalogue
from pages.ui.navigation import PAGES
from tests.image import headers
from tests.ui.proxy import Proxy

#: In the browser: every violation as an error of the console, with what was refused.
WATCH = """document.addEventListener('securitypolicyviolation', (event) => console.error(
  'POLICY', event.effectiveDirective, event.blockedURI, event.sourceFile));"""
SENTENCE = "The quick zebra reads zzyzx."


def text(key: str) -> str:
    return catalogue()[key]["en"]


class Behind:
    """The app behind a proxy with the headers of the documentation."""

    def __init__(self, url: str, log: Path) -> None:
        self.url, self.log = url, log


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    log = tmp_path_factory.mktemp("streamlit") / "server.log"
    with Server(log) as server, Proxy(server.port, headers()) as proxy:
        yield Behind(proxy.url, log)


@pytest.fixture
def guest(visit: Visit) -> Visit:
    """A tab that tells what the policy refuses."""
    visit.tab.add_init_script(WATCH)
    return visit


def test_the_policy_names_the_script_of_this_streamlit():
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf8")
    inline = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    sums = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in inline]
    named = re.findall(r"'sha256-([^']+)'", headers()["Content-Security-Policy"])
    assert named == sums


@pytest.mark.browser
@pytest.mark.thorough
@pytest.mark.parametrize("page", list(PAGES)[::-1])  # the first on a cold server, by its address
def test_no_page_wants_what_the_policy_refuses(behind: Behind, guest: Visit, page: str):
    foreign: list[str] = []
    guest.tab.on(
        "request",
        lambda one: (
            one.url.startswith(("http", "ws"))
            and "127.0.0.1" not in one.url
            and foreign.append(one.url)
        ),
    )
    answer = guest.tab.goto(f"{behind.url}/{'' if page == 'home' else page}")
    guest.settle()
    for folded in guest.tab.locator('[data-testid="stMain"] details > summary').all()[:6]:
        folded.click()  # tables load their own code when they are seen
    guest.tab.wait_for_timeout(500)
    guest.settle()
    guest.check()
    assert answer.headers["content-security-policy"] == headers()["Content-Security-Policy"]
    assert guest.tab.locator('[data-testid="stAlertContentError"]').count() == 0
    assert foreign == [], "the browser of a visitor asks nobody else"


@pytest.mark.browser
@pytest.mark.thorough
def test_links_are_copied_and_pictures_saved(behind: Behind, guest: Visit):
    guest.open(f"{behind.url}/attention?s={quote(SENTENCE)}")
    guest.tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    guest.tab.get_by_role("button", name=text("copy_link.label")).click()
    guest.tab.get_by_text(text("copy_link.copied")).wait_for()
    guest.tab.get_by_role("button", name=text("saving.save")).first.click()
    for kind in ("SVG", "PNG", "CSV"):
        with guest.tab.expect_download(timeout=120_000) as loaded:
            guest.tab.get_by_role("button", name=kind, exact=True).first.click()
        assert Path(loaded.value.path()).stat().st_size > 100, kind
    assert guest.errors == []


@pytest.mark.browser
@pytest.mark.thorough
def test_nobody_may_frame_the_app(behind: Behind, visit: Visit):
    visit.tab.set_content(f'<iframe src="{behind.url}/" width="600" height="400"></iframe>')
    visit.tab.wait_for_timeout(3_000)
    assert any("frame-ancestors" in error for error in visit.errors)
    assert visit.tab.frames[1].url.startswith("chrome-error:")


@pytest.mark.browser
@pytest.mark.thorough
def test_no_text_of_a_visitor_is_logged(behind: Behind, guest: Visit):
    guest.open(f"{behind.url}/layers?s={quote(SENTENCE)}")
    guest.check()
    written = behind.log.read_text(encoding="utf8")
    assert "URL" in written, "the log is being written"
    assert "zebra" not in written
    assert "zzyzx" not in written

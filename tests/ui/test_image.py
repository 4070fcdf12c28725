"""Exactly the files of the image, on a system that cannot be written to: every page stands."""

import os
import shutil
from collections.abc import Iterator

import pytest

from docs.browser import Server, Visit
from lmcore.text.catalogue import catalogue
from pages.ui.navigation import PAGES
from tests import image

pytestmark = [pytest.mark.browser, pytest.mark.thorough]


def unprivileged() -> list[str]:
    """What makes even root obey the permissions of files."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("needs setpriv, or another user than root")
    return ["setpriv", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app as the image holds it: nothing in its folder or its home can be written."""
    place = tmp_path_factory.mktemp("image")
    root, home, log = place / "srv", place / "home", place / "server.log"
    image.lay_out(root)
    home.mkdir()
    folders = [root, home, *(path for path in root.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    extra = image.environment((image.ROOT / "Dockerfile").read_text())
    try:
        with Server(log, extra | {"HOME": str(home)}, root=root, before=unprivileged()) as server:
            yield server
        assert list(home.iterdir()) == []
        assert list(root.rglob("__pycache__")) == []
    finally:
        for folder in folders:
            folder.chmod(0o755)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_stands(laid: Server, visit: Visit, page: str):
    visit.open(f"{laid.url}/{'' if page == 'home' else page}")
    visit.check()
    assert visit.tab.locator("h1").first.inner_text() == catalogue()[f"{page}.title"]["en"]
    assert visit.tab.locator('[data-testid="stAlertContentError"]').count() == 0


def test_a_picture_is_saved(laid: Server, visit: Visit):
    """The drawing library wants a folder of its own at first."""
    visit.open(f"{laid.url}/layers")
    visit.tab.get_by_role("button", name=catalogue()["saving.save"]["en"]).first.click()
    with visit.tab.expect_download(timeout=120_000):
        visit.tab.get_by_role("button", name="PNG", exact=True).first.click()
    assert visit.errors == []


def test_the_log_tells_of_no_trouble(laid: Server):
    written = laid.log.read_text(encoding="utf8")
    assert "Traceback" not in written
    assert "Error" not in written

"""One running app and a real browser for the tests that drive one."""

from collections.abc import Iterator
from typing import Any

import pytest

from docs.browser import WINDOW, Server, Visit, chromium
from docs.browser import browser as chrome


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one running app, shared by the browser tests."""
    with Server(tmp_path_factory.mktemp("streamlit") / "server.log") as server:
        yield server.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium, or a skip where there is none.

    One for each file: an idle one that has drawn for long keeps a fifth of a core busy, and most
    files come after the last that needs one.
    """
    pytest.importorskip("playwright.sync_api")
    if chromium() is None:
        pytest.skip("needs chromium on the PATH")
    with chrome() as running:
        yield running


def holds(field: Any, text: str) -> None:
    """Check that a text box shows a text, or comes to: the browser fills it when it gets to it."""
    api = pytest.importorskip("playwright.sync_api")
    api.expect(field).to_have_value(text, timeout=20_000)


@pytest.fixture
def visit(browser: Any) -> Iterator[Visit]:
    """A tab at 1280 × 1600."""
    context = browser.new_context(viewport=WINDOW)
    yield Visit(context, "experts")
    context.close()


@pytest.fixture
def visit_dark(browser: Any) -> Iterator[Visit]:
    """The same for a reader who prefers dark."""
    context = browser.new_context(viewport=WINDOW, color_scheme="dark")
    yield Visit(context, "experts")
    context.close()

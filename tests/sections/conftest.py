"""The running app and the browser, as the tests of the parts that pages share have them."""

from tests.ui.conftest import app_url, browser, visit, visit_dark

__all__ = ["app_url", "browser", "visit", "visit_dark"]

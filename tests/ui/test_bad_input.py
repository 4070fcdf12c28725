"""Every page with every kind of bad text: a correct result or one clear sentence."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.navigation import PAGES
from tests.conftest import HOSTILE
from tests.ui.app_page import open_page, texts_of

#: The text inputs of a page that take a sentence: they are all filled at once.
LANGUAGES = {"html": "English", "empty": "中文", "long": "中文"}

#: Pages that ask readers something.
READING = [name for name, page in PAGES.items() if page.reads]


def run(page: str, name: str) -> AppTest:
    """A page with a hostile text in every text field."""
    app = open_page(page, LANGUAGES.get(name, "English"))
    for field in [*app.text_input, *app.text_area]:
        field.set_value(HOSTILE[name])
    return app.run()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", HOSTILE)
def test_no_traceback(page: str, name: str):
    app = run(page, name)
    assert not app.exception
    for message in app.error:
        assert message.value.strip()
        assert "Traceback" not in message.value


@pytest.mark.parametrize("page", READING)
@pytest.mark.parametrize("name", ["empty", "long"])
def test_useless_text_gives_one_sentence(page: str, name: str):
    app = run(page, name)
    assert len(app.error) + len(app.warning) + len(app.info) >= 1


def test_page_runs_without_a_broken_reader(monkeypatch):
    """A reader that does not load is named on the page; the others go on."""
    from lmcore.errors import CheckpointError
    from pages.ui import views

    real = views.load

    def fails(family: str, *rest: object):
        if family == "bert":
            raise CheckpointError(
                "checkpoint_missing", reader="BERT", file="model.safetensors", family="bert"
            )
        return real(family)

    views.classroom.clear()
    monkeypatch.setattr(views, "load", fails)
    try:
        for page in READING:
            app = open_page(page)
            assert not app.exception, page
            errors = texts_of(app, "error")
            assert "BERT has no weights: model.safetensors is missing" in errors, page
    finally:
        views.classroom.clear()

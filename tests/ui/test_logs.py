"""Logs hold kinds of errors and lines of code, and nothing that anybody typed."""

import io
import logging
from collections.abc import Iterator

import pytest

from pages.ui.startup import logs


@pytest.fixture
def written() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger as Streamlit makes them, and what it has written."""
    before, out = logging.getLogRecordFactory(), io.StringIO()
    logger = logging.getLogger("test.of.logs")
    handler = logging.StreamHandler(out)
    logger.addHandler(handler)
    logs.keep_texts_out()
    logs.keep_texts_out()
    yield logger, out
    logger.removeHandler(handler)
    logging.setLogRecordFactory(before)


def fail(text: str) -> None:
    try:
        {}[text]
    except KeyError as error:
        raise ValueError(f"cannot read {text}") from error


def test_an_error_is_told_without_its_message(written):
    logger, out = written
    typed = " ".join(["what", "a", "visitor", "typed"])  # else the line of code would hold it
    try:
        fail(typed)
    except ValueError as error:
        logger.error("Uncaught app execution", exc_info=error)
    told = out.getvalue()
    assert typed not in told
    assert "Uncaught app execution" in told
    assert told.index("builtins.KeyError") < told.index("builtins.ValueError")
    assert "in fail" in told


def test_other_records_stay_as_they_are(written):
    logger, out = written
    logger.warning("%s of %s", 1, 2)
    assert out.getvalue() == "1 of 2\n"

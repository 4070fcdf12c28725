"""No visitor's text reaches a log: of an error its kind and place are written, not its message.

Streamlit writes an error that nobody caught with its message, and a message may quote what was
typed. Requests are not written at all.
"""

import logging
import traceback
from collections.abc import Callable
from typing import Any


def one_line(error: BaseException | None) -> str:
    """An error and what led to it: kinds and lines of code, the innermost first."""
    parts: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        lines = "".join(traceback.format_tb(error.__traceback__))
        parts.append(f"{lines}{type(error).__module__}.{type(error).__qualname__}")
        error = error.__cause__ or error.__context__
    return "\n".join(reversed(parts))


def keep_texts_out() -> None:
    """Let every log record of this process leave out messages of errors; more calls do nothing."""
    make: Callable[..., logging.LogRecord] = logging.getLogRecordFactory()
    if getattr(make, "keeps_texts_out", False):
        return

    def record(*args: Any, **values: Any) -> logging.LogRecord:
        made = make(*args, **values)
        if made.exc_info:
            made.exc_text, made.exc_info = one_line(made.exc_info[1]), None
        return made

    record.keeps_texts_out = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(record)

"""The Generation page as its tests open it."""

import json
from collections import Counter
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lmcore.readers import families
from tests.ui.app_page import open_page

SENTENCE = "The old man opened the door and looked at the dark street"
WRITTEN = "three_readers_written"


class Calls:
    """How many pieces every reader has been asked for, and which iterators were closed."""

    def __init__(self) -> None:
        self.pieces: Counter[str] = Counter()
        self.closed: Counter[str] = Counter()


def counting_calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Count from now on what every reader is asked for."""
    counted = Calls()
    for family in ("elmo", "gpt", "bert"):
        kind = families()[family]

        def counting(self: Any, *given: Any, plain: Any = kind.generate, name: str = family) -> Any:
            inner = plain(self, *given)

            def pieces() -> Any:
                try:
                    for piece in inner:
                        counted.pieces[name] += 1
                        yield piece
                except GeneratorExit:
                    counted.closed[name] += 1
                    raise

            return pieces()

        monkeypatch.setattr(kind, "generate", counting)
    return counted


def page(language: str = "English", s: str = SENTENCE, **query: str) -> AppTest:
    """The page, run once with these parameters in its address."""
    return open_page("generation", language, address={"s": s, **query})


def texts(app: AppTest) -> list[dict[str, Any]]:
    """What the browser gets of each written text, the one of the steps of filling left out."""
    protos = [b.proto for b in app.get("bidi_component") if b.proto.component_name == WRITTEN]
    return [json.loads(p.json) for p in protos if "order-text" not in p.id]


def written(app: AppTest) -> list[str]:
    """The texts, prompt included."""
    return [
        text["before"]
        + "".join(piece["lead"] + piece.get("text", "_") for piece in text["pieces"])
        + text["after"]
        for text in texts(app)
    ]


def press(app: AppTest) -> AppTest:
    """Press the button of the form."""
    (button,) = [widget for widget in app.button if "Write on" in widget.label and widget.form_id]
    return button.click().run()


def sums(app: AppTest) -> Any:
    """The table with one row a text."""
    return app.dataframe[0].value

"""A page as a script without a browser, and the words that stand on it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]
#: Seconds for one run, with readers that have to be loaded first on a busy machine.
TIMEOUT = 180
#: Kinds of elements that hold sentences.
SENTENCES = ("markdown", "caption", "info", "warning", "error", "subheader")


def open_page(
    page: str,
    language: str = "English",
    state: Mapping[str, Any] | None = None,
    address: Mapping[str, str] | None = None,
) -> AppTest:
    """A page that has run once, without menu and sidebar.

    Args:
        page: its name (``attention``).
        language: of the interface, as the switch calls it.
        state: what the session holds before the run; all parts stand open unless it says otherwise.
        address: names and values in the address.
    """
    at = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=TIMEOUT)
    at.session_state["lang"] = language
    for key, value in {"kept:depth": "experts", **(state or {})}.items():
        at.session_state[key] = value
    for key, text in (address or {}).items():
        at.query_params[key] = text
    return at.run()


def texts_of(at: AppTest, *kinds: str) -> str:
    """The words of some kinds of elements, one element a line, without the signs that escape.

    Args:
        at: a page that has run.
        kinds: as Streamlit calls them (``markdown``, ``caption``, ``html``, …); all that hold
            sentences where none is given.
    """
    elements = [element for kind in kinds or SENTENCES for element in at.get(kind)]
    texts = [str(getattr(element, "value", None) or element.proto.body) for element in elements]
    return "\n".join(texts).replace("\\", "").replace("\u2060", "")

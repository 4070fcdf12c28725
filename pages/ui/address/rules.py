"""What a value in the address of a page may be: rules, from which :mod:`pages.ui.navigation` takes.

A value that depends on what is read (a layer, a word) is checked here for its form and by the page
for its range; both say so (:mod:`pages.ui.address.state`).
"""

import re
from collections.abc import Callable

from lmcore.text.catalogue import language_called

#: Whether a value may stand in the address.
Rule = Callable[[str], bool]

_WHOLE = re.compile(r"-?[0-9]{1,10}", re.ASCII)
_REAL = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,10})?", re.ASCII)


def text(_: str) -> bool:
    """Any text: the page says what is wrong with it, as with one that is typed."""
    return True


def flag(value: str) -> bool:
    """On or off."""
    return value in ("true", "false")


def language(value: str) -> bool:
    """A language of the interface, however people call it."""
    return language_called(value) is not None


def among(*options: str) -> Rule:
    """One of a few."""
    return lambda value: value in options


def whole(low: float, high: float | None = None) -> Rule:
    """A whole number; without ``high`` the page knows how far it goes."""
    return lambda value: bool(_WHOLE.fullmatch(value)) and _within(int(value), low, high)


def real(low: float, high: float) -> Rule:
    """A number with at most a few places behind the point."""
    return lambda value: bool(_REAL.fullmatch(value)) and _within(float(value), low, high)


def some_of(*options: str) -> Rule:
    """Some of a few, with commas between them."""
    return lambda value: set(value.split(",")) <= set(options)


def _within(value: float, low: float, high: float | None) -> bool:
    return low <= value and (high is None or value <= high)

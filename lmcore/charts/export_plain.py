"""Labels of Plotly as plain text."""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"</?(?:b|i|br)\s*/?>", re.IGNORECASE)
#: Signs with no width: they tell equal names apart and are never seen.
_UNSEEN = re.compile("[\u200b-\u200d\u2060\ufe0f]")


def plain(text: object) -> tuple[str, bool]:
    """What a label of Plotly shows, and whether it is bold.

    ``<b>``, ``<i>`` and ``<br>`` are ours (:func:`lmcore.charts.theme.label` has escaped a user's
    text), everything else is text.
    """
    marked = str(text)
    bold = "<b>" in marked
    lines = re.split(r"<br\s*/?>", marked, flags=re.IGNORECASE)
    shown = "\n".join(html.unescape(_TAG.sub("", line)) for line in lines)
    return _UNSEEN.sub("", shown), bold

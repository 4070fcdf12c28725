"""Numbers as people read them, in the language of the interface."""

from __future__ import annotations

from lmcore.text.catalogue import LANGUAGES
from pages.ui.text import language, t


def people(value: float) -> str:
    """A count for people: ``9115650`` becomes “9.1 million” or “912 万”."""
    for least, unit, key in LANGUAGES[language()].counts:
        if value >= least:
            return t(
                f"cards.{key}",
                number=f"{value / unit:.3g}" if value < 1e3 * unit else f"{value / unit:,.0f}",
            )
    return f"{value:,.0f}"


def duration(minutes: float) -> str:
    """Minutes for people: ``135`` becomes “2 h 15 min”."""
    hours, rest = divmod(round(minutes), 60)
    if hours:
        return t("cards.hours", hours=hours, minutes=rest)
    return t("cards.minutes", minutes=f"{minutes:.1f}" if minutes < 10 else rest)

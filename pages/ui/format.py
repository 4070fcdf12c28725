"""Numbers as people read them, in the language of the interface."""

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


def odds(probability: float) -> str:
    """A probability for people: ``0.12`` becomes “about 1 in 8” or “大约 8 次里有 1 次”."""
    if probability >= 0.95:
        return t("common.nearly_always")
    if probability >= 0.35:
        return t("common.in_ten", number=round(10 * probability))
    if probability < 1e-9:
        return t("common.hardly_ever")
    times = 1 / probability
    return t("common.one_in", number=f"{float(f'{times:.2g}'):,.0f}")

"""A lesson as one page of HTML for printing: it needs no network, no script and no other file."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

#: Rows of a table that are printed where a picture cannot be; the app has the others.
ROWS = 12

_STYLE = """
@page { size: A4; margin: 18mm 16mm; }
* { box-sizing: border-box; }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #111; background: #fff;
  font: 11pt/1.5 "Source Sans 3", "Source Sans Pro", "Noto Sans CJK SC", "PingFang SC",
  "Microsoft YaHei", "Segoe UI", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.8em; line-height: 1.2; margin: 0 0 .3em; }
h2 { font-size: 1.25em; margin: 1.6em 0 .3em; break-after: avoid; }
h3 { font-size: 1em; margin: 1em 0 .2em; break-after: avoid; }
.see, .foot { color: #444; }
.foot { font-size: .85em; border-top: 1px solid #999; margin-top: 2em; padding-top: .5em; }
figure { margin: .6em 0; break-inside: avoid; }
figure img { display: block; max-width: 100%; max-height: 95mm; margin: 0 auto; }
figcaption { font-size: .92em; margin-top: .3em; }
table { border-collapse: collapse; font-size: .8em; margin: .4em 0; }
th, td { border: 1px solid #999; padding: .1em .45em; text-align: left; }
.ask { border-left: 4px solid #111; padding: .2em 0 .2em .8em; margin: .8em 0;
  break-inside: avoid; }
.room { border-bottom: 1px solid #999; height: 1.9em; }
.key { break-before: page; }
"""


@dataclass(frozen=True)
class Labels:
    """Words of the handout in one language.

    Attributes:
        language: of the page, as HTML names it (``en``, ``zh``).
        see, ask, key, page: headings.
        more_rows: says that ``{count}`` rows are left out, the number put in already as a hole.
    """

    language: str
    see: str
    ask: str
    key: str
    page: str
    more_rows: str


@dataclass(frozen=True)
class Figure:
    """One picture of a step.

    Attributes:
        title, said: above and below it; plain text.
        frame: the numbers, printed where there is no picture.
        svg: the picture, or nothing.
    """

    title: str
    said: str
    frame: pd.DataFrame
    svg: bytes = b""


@dataclass(frozen=True)
class Section:
    """One step as it is printed; plain text.

    Attributes:
        title, text: of the step.
        figures: what its panel shows.
        question, answer: at its end, and on the last sheet.
        address: of the step in the app.
    """

    title: str
    text: str
    figures: Sequence[Figure]
    question: str
    answer: str
    address: str


def handout(title: str, see: str, sections: Sequence[Section], labels: Labels, foot: str) -> str:
    """The page: every text escaped, answers on a sheet of their own.

    Args:
        title, see: of the lesson.
        sections: its steps.
        labels: words of the page.
        foot: last line of the texts, which says who computed the numbers.
    """
    body = [f"<h1>{escape(title)}</h1>"]
    body.append(f'<p class="see"><strong>{escape(labels.see)}</strong> — {escape(see)}</p>')
    for number, section in enumerate(sections, start=1):
        body += _section(number, section, labels)
    body.append(f'<p class="foot">{escape(foot)}</p>')
    body.append(f'<section class="key"><h2>{escape(title)} — {escape(labels.key)}</h2>')
    for number, section in enumerate(sections, start=1):
        body.append(f"<h3>{number}. {escape(section.question)}</h3>")
        body.append(f"<p>{escape(section.answer)}</p>")
    body.append("</section>")
    return (
        f'<!doctype html>\n<html lang="{escape(labels.language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
        " img-src data:; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def _section(number: int, section: Section, labels: Labels) -> list[str]:
    lines = [f"<h2>{number}. {escape(section.title)}</h2>", f"<p>{escape(section.text)}</p>"]
    lines += [_figure(figure, labels) for figure in section.figures]
    lines.append(f'<p class="foot">{escape(labels.page)}: {escape(section.address)}</p>')
    lines.append(f'<div class="ask"><strong>{escape(labels.ask)}</strong> — ')
    lines.append(f"{escape(section.question)}</div>")
    lines.append('<div class="room"></div>' * 3)
    return lines


def _figure(figure: Figure, labels: Labels) -> str:
    title = f"<h3>{escape(figure.title)}</h3>" if figure.title else ""
    if figure.svg:
        data = b64encode(figure.svg).decode("ascii")
        shown = f'<img alt="{escape(figure.said)}" src="data:image/svg+xml;base64,{data}">'
    else:
        shown = _table(figure.frame, labels)
    return f"{title}<figure>{shown}<figcaption>{escape(figure.said)}</figcaption></figure>"


def _table(frame: pd.DataFrame, labels: Labels) -> str:
    """The first rows of a table, and how many are left out."""
    heads = "".join(f"<th>{escape(str(column))}</th>" for column in frame.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(_cell(value))}</td>" for value in row) + "</tr>"
        for row in frame.head(ROWS).itertuples(index=False)
    )
    left = len(frame) - ROWS
    more = f"<p>{escape(labels.more_rows.format(count=left))}</p>" if left > 0 else ""
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{more}"


def _cell(value: object) -> str:
    """A value with as many places as a person reads; nothing for a missing one."""
    if isinstance(value, float):
        return "" if value != value else f"{value:.3g}"
    return str(value)

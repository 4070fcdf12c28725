"""A lesson as one page of HTML for printing: it needs no network, no script and no other file.

The texts are put together here; the figures between them are drawn by the visitor's browser
(:mod:`pages.ui.components.save_figure`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import plotly.graph_objects as go

_STYLE = (Path(__file__).resolve().parents[1] / "data" / "handout.css").read_text(encoding="utf8")


#: Headings ``see``, ``ask``, ``key`` and ``page``, and the ``language`` as HTML names it (``en``).
Labels = Mapping[str, str]


@dataclass(frozen=True)
class Figure:
    """One picture of a step.

    Attributes:
        title, finding: above and below it; plain text.
        figure: the picture.
    """

    title: str
    finding: str
    figure: go.Figure


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


@dataclass(frozen=True)
class Page:
    """A handout without its drawings.

    Attributes:
        texts: HTML, one more than there are figures.
        figures: what is drawn between them.
    """

    texts: list[str]
    figures: list[go.Figure]


def handout(title: str, see: str, sections: Sequence[Section], labels: Labels, foot: str) -> Page:
    """The page: every text escaped, answers on a sheet of their own.

    Args:
        title, see: of the lesson.
        sections: its steps.
        labels: words of the page.
        foot: last line of the texts, which says who computed the numbers.
    """
    body: list[str | go.Figure] = [_head(title, labels), f"<h1>{escape(title)}</h1>\n"]
    body.append(f'<p class="see"><strong>{escape(labels["see"])}</strong> — {escape(see)}</p>')
    for number, section in enumerate(sections, start=1):
        body += _section(number, section, labels)
    body.append(f'<p class="foot">{escape(foot)}</p>')
    body.append(f'<section class="key"><h2>{escape(title)} — {escape(labels["key"])}</h2>')
    for number, section in enumerate(sections, start=1):
        body.append(f"<h3>{number}. {escape(section.question)}</h3>")
        body.append(f"<p>{escape(section.answer)}</p>")
    body.append("</section>")
    body.append("</body></html>\n")
    texts, figures = [""], []
    for part in body:
        if isinstance(part, str):
            texts[-1] += part
        else:
            figures.append(part)
            texts.append("")
    return Page(texts, figures)


def _head(title: str, labels: Labels) -> str:
    return (
        f'<!doctype html>\n<html lang="{escape(labels["language"])}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
        " img-src data:; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>\n{_STYLE}</style></head>\n<body>\n"
    )


def _section(number: int, section: Section, labels: Labels) -> list[str | go.Figure]:
    parts: list[str | go.Figure] = [
        f"<h2>{number}. {escape(section.title)}</h2>\n<p>{escape(section.text)}</p>\n"
    ]
    for figure in section.figures:
        finding = escape(figure.finding)
        parts += [
            f"<h3>{escape(figure.title)}</h3>" if figure.title else "",
            f'<figure><div role="img" aria-label="{finding}">',
            figure.figure,
            f"</div><figcaption>{finding}</figcaption></figure>\n",
        ]
    parts.append(
        f'<p class="foot">{escape(labels["page"])}: {escape(section.address)}</p>\n'
        f'<div class="ask"><strong>{escape(labels["ask"])}</strong> — '
        f"{escape(section.question)}</div>\n" + '<div class="room"></div>' * 3
    )
    return parts

"""The figures of a lesson: from panels to pictures, for the page, the handout, slides and paper.

A panel says what is drawn with the settings that a page's address has
(:mod:`lmcore.lessons.lesson`); here every kind of panel has one function that asks the readers and
draws with :mod:`lmcore.charts`. ``python -m lmcore figures LESSON --out DIR`` writes the files; the
page says what the numbers mean beside the same figures.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lmcore import __version__
from lmcore.errors import InputError
from lmcore.export.table import table
from lmcore.lessons import figures_inside, figures_words
from lmcore.lessons import lesson as lessons
from lmcore.lessons.drawing import Order, draw
from lmcore.lessons.lesson import Panel, texts_of
from lmcore.lessons.tools import Made, Maker, Tools

#: The function for every page and view that a panel may ask for.
MAKERS: dict[tuple[str, str], Maker] = {**figures_inside.MAKERS, **figures_words.MAKERS}


def of_panel(panel: Panel, tools: Tools) -> list[Made]:
    """The figures of a panel.

    Raises:
        ReadersError: a reader cannot do what is asked of it.
    """
    return list(MAKERS[panel.page, panel.view](panel, tools))


def write(
    name: str, out: Path, tools: Tools, palettes: tuple[str, ...] = ("light",)
) -> Iterator[Path]:
    """Write the figures of a lesson as SVG, PNG (3×) and CSV; yields every file.

    Args:
        name: of the lesson.
        out: a folder, made if it is not there.
        tools: readers and language.
        palettes: ``light``, ``dark``, ``print``.

    Raises:
        InputError: ``lesson_unknown``, or ``path_unwritable`` where a file cannot be written.
        ReadersError: a reader cannot do what is asked of it, or nothing here can draw.
    """
    lesson = lessons.find(name)
    if lesson is None:
        known = ", ".join(each.name for each in lessons.load())
        raise InputError("lesson_unknown", name=name, known=known)
    with _writing(out):
        out.mkdir(parents=True, exist_ok=True)
    orders: dict[Path, Order] = {}
    tables: dict[Path, bytes] = {}
    for number, step in enumerate(lesson.steps, start=1):
        for made in of_panel(step.panel, tools):
            caption = caption_of(made, step.panel, lesson.title[tools.lang], tools)
            stem = out / f"{name}-{number}-{made.name}"
            for palette in palettes:
                file = stem.with_name(f"{stem.name}-{palette}")
                orders[file] = Order(made.figure, palette, caption)
            numbers = table(made.figure).to_csv(index=False).encode("utf-8-sig")
            tables[stem.with_name(f"{stem.name}.csv")] = numbers
    drawn = draw(list(orders.values()))
    for path, data in tables.items():
        yield _written(path, data)
    for stem, (svg, png) in zip(orders, drawn, strict=True):
        yield _written(stem.with_name(f"{stem.name}.svg"), svg)
        yield _written(stem.with_name(f"{stem.name}.png"), png)


def _written(path: Path, data: bytes) -> Path:
    with _writing(path):
        path.write_bytes(data)
    return path


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Tell in a sentence that a file or a folder cannot be written."""
    try:
        yield
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise InputError("path_unwritable", path=path, detail=detail) from error


def caption_of(made: Made, panel: Panel, title: str, tools: Tools) -> str:
    """Lesson and what is shown, the texts, and the versions of app and models."""
    texts = [" ".join(text.split()) for text in texts_of(panel)]
    lines = [" · ".join([title, made.about])]
    if texts:
        lines.append(tools.t("saving.text", text=" | ".join(texts)))
    return "\n".join([*lines, version(tools, made.families)])


def version(tools: Tools, families: tuple[str, ...]) -> str:
    """The version of the app and the start of the sums of the weights."""
    models = [
        f"{tools.name(family)} ({str(tools.reader(family).card.values.get('sha256', ''))[:8]})"
        for family in families
        if family in tools.facts
    ]
    return " · ".join([f"Three Readers {__version__}", *models])

"""Lessons: short texts beside live panels, from word2vec to BERT, in English and 简体中文.

The texts stand in ``data/lessons.json``. They explain ideas and what follows from an architecture;
what the readers do is computed where a panel is drawn, because the weights may be replaced.

Panels of lessons: a page of the app, one of its views, and the settings as its address has them.

The same settings draw the panel and open the full page, so that the two never differ.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote, urlencode

from lmcore.errors import ReadersError
from lmcore.finetuning.task import Kind
from lmcore.outputs.answers import View
from lmcore.runtime.families import FAMILIES
from lmcore.text import cloze
from lmcore.text.catalogue import LANGUAGES
from lmcore.text.cloze import Cloze, opened
from lmcore.text.examples import TASKS
from lmcore.text.prompts import Prompt, cut_prompt
from lmcore.text.word_uses import ask
from lmcore.text.words import checked


@dataclass(frozen=True)
class PanelPage:
    """What a page offers to panels.

    Attributes:
        views: names of what can be drawn.
        params: names in the address that a panel may set.
    """

    views: frozenset[str]
    params: frozenset[str]


def _page(views: str, params: str) -> PanelPage:
    return PanelPage(frozenset(views.split()), frozenset(params.split()))


PAGES = {
    "home": _page("sight", "s measure"),
    "polysemy": _page("separation similarity", "pw ps"),
    "attention": _page("map", "s gpt_layer gpt_head bert_layer bert_head"),
    "layers": _page("moves halves near", "s"),
    "masked_word": _page("bars pair", "s b mk p1 p2"),
    "generation": _page("text", "s gw gn gt gs"),
    "sentence_score": _page("bars", "s s2"),
    "finetuning": _page("inputs inputs_pair", ""),
    "history": _page("loss", ""),
}


@dataclass(frozen=True)
class Panel:
    """What stands beside the text of a step.

    Attributes:
        page: which page of the app it is a part of.
        view: what of it.
        params: settings, named as in the page's address.
        families: only these readers, where they can do it; empty for all.
        only: only these views of a reader (``left``, ``combined``); empty for all.
    """

    page: str
    view: str
    params: Mapping[str, str] = field(default_factory=dict)
    families: tuple[str, ...] = ()
    only: tuple[str, ...] = ()

    @property
    def word(self) -> int:
        """Which word is looked at, from 0: the second, as on the pages before anybody chooses."""
        return 1

    @property
    def blanks(self) -> tuple[int, ...]:
        """Which words are taken out, from 0."""
        return tuple(int(number) - 1 for number in self.params.get("b", "").split(",") if number)

    @property
    def kind(self) -> Kind:
        """Of the task whose inputs are shown."""
        return "entailment" if self.view == "inputs_pair" else "classification"

    def prompt(self) -> Prompt:
        """The words to go on from.

        Raises:
            InputError: the text cannot be read.
        """
        return cut_prompt(checked(self.params["s"]), self.number("gw", 1), "right")

    def cloze(self) -> Cloze:
        """The sentence with its blanks.

        Raises:
            InputError: the text cannot be read.
        """
        return opened(checked(self.params["s"]), self.blanks)

    def number(self, name: str, usual: int) -> int:
        """A setting that is a whole number."""
        return int(self.params.get(name, usual))

    def shows(self, family: str) -> bool:
        """Whether a reader belongs to this panel."""
        return not self.families or family in self.families

    def address(self, **more: str) -> str:
        """The full page with these settings and ``more``, relative to the root of the app."""
        values = {**self.params, **{name: value for name, value in more.items() if value}}
        path = "." if self.page == "home" else self.page
        return f"{path}?{urlencode(values, quote_via=quote)}" if values else path


def texts_of(panel: Panel) -> list[str]:
    """What the pictures of a panel read, for their captions; nothing for stored numbers.

    A word that is taken out stands as the mark of its blank; writing shows the words it goes on
    from; a comparison of uses shows the word first.

    Raises:
        InputError: a text cannot be read.
    """
    given = panel.params
    if panel.page == "finetuning":
        return list(TASKS[panel.kind])
    if panel.page == "generation":
        return [panel.prompt().text]
    if panel.blanks:
        return [panel.cloze().sentence.text]
    if "ps" in given:
        question = ask(given["pw"], given["ps"])
        return [question.word, *question.texts]
    return [given[name] for name in ("s", "s2", "p1", "p2") if name in given]


FILE = Path(__file__).resolve().parents[1] / "data" / "lessons.json"
#: How many steps a lesson may have.
STEPS = (2, 4)
_NAME = re.compile(r"[a-z]+(-[a-z]+)*")

#: A text by language.
Text = Mapping[str, str]


@dataclass(frozen=True)
class Step:
    """One step of a lesson.

    Attributes:
        title, text: what it is about; plain text in paragraphs.
        panel: what stands beside it.
        question, answer: at its end; the answer holds whatever the weights are.
    """

    title: Text
    text: Text
    panel: Panel
    question: Text
    answer: Text


@dataclass(frozen=True)
class Lesson:
    """One lesson.

    Attributes:
        name: short name for addresses and files (``left-to-right``).
        title: what it is called.
        see: one sentence that says what will be seen.
        steps: two to four.
    """

    name: str
    title: Text
    see: Text
    steps: tuple[Step, ...]


@cache
def load(path: Path = FILE) -> tuple[Lesson, ...]:
    """All lessons in their order.

    Raises:
        ValueError: the file is not what a lesson needs (:func:`check`).
    """
    lessons = tuple(_lesson(entry) for entry in json.loads(path.read_text(encoding="utf8")))
    check(lessons)
    return lessons


def find(name: str) -> Lesson | None:
    """The lesson of a name; ``None`` where there is none."""
    return next((lesson for lesson in load() if lesson.name == name), None)


def check(lessons: tuple[Lesson, ...]) -> None:
    """Refuse lessons that could not be shown.

    Raises:
        ValueError: a name stands twice or cannot stand in an address, a lesson has too few or too
            many steps, or a panel asks for what its page does not have.
    """
    names = [lesson.name for lesson in lessons]
    if len(set(names)) < len(names):
        raise ValueError("two lessons have one name")
    for lesson in lessons:
        if not _NAME.fullmatch(lesson.name):
            raise ValueError(f"{lesson.name!r} is no name for an address")
        if not STEPS[0] <= len(lesson.steps) <= STEPS[1]:
            raise ValueError(f"{lesson.name} has {len(lesson.steps)} steps")
        for number, step in enumerate(lesson.steps, start=1):
            try:
                _check_panel(step.panel)
            except (ReadersError, ValueError) as error:
                raise ValueError(f"{lesson.name}, step {number}: {error}") from error


def _check_panel(panel: Panel) -> None:
    page = PAGES.get(panel.page)
    if page is None or panel.view not in page.views:
        raise ValueError(f"no view {panel.view!r} on the page {panel.page!r}")
    unknown = panel.params.keys() - page.params
    if unknown:
        raise ValueError(f"the page {panel.page} has no {', '.join(sorted(unknown))}")
    if not set(panel.families) <= set(FAMILIES):
        raise ValueError(f"unknown family in {panel.families}")
    if not set(panel.only) <= set(get_args(View)):
        raise ValueError(f"unknown view of a blank in {panel.only}")
    _check_texts(panel)


def _check_texts(panel: Panel) -> None:
    """Whether the texts of a panel can be read, with the words that it asks for."""
    values = panel.params
    if panel.page == "polysemy":
        ask(values["pw"], values["ps"])
        return
    for name in {"s", "s2", "p1", "p2"} & values.keys():
        checked(values[name])
    if panel.view == "bars" and panel.page == "masked_word":
        cloze.opened(checked(values["s"]), panel.blanks)
    if panel.page == "generation":
        cut_prompt(checked(values["s"]), panel.number("gw", 1), "right")
    if "s" in values and panel.word >= len(checked(values["s"])):
        raise ValueError(f"there is no word {panel.word + 1}")


def _lesson(entry: Mapping[str, Any]) -> Lesson:
    steps = tuple(_step(step) for step in entry["steps"])
    return Lesson(str(entry["name"]), _text(entry, "title"), _text(entry, "see"), steps)


def _step(entry: Mapping[str, Any]) -> Step:
    given = entry["panel"]
    panel = Panel(
        page=str(given["page"]),
        view=str(given["view"]),
        params={str(name): str(value) for name, value in given.get("params", {}).items()},
        families=tuple(given.get("families", ())),
        only=tuple(given.get("only", ())),
    )
    texts = (_text(entry, field) for field in ("title", "text", "question", "answer"))
    title, text, question, answer = texts
    return Step(title, text, panel, question, answer)


def _text(entry: Mapping[str, Any], field: str) -> Text:
    texts = entry.get(field)
    if not isinstance(texts, dict) or set(texts) != set(LANGUAGES):
        raise ValueError(f"{field!r} wants the languages {', '.join(LANGUAGES)}")
    for language, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"{field!r} is empty in {language}")
    return texts

"""Panels of lessons: a page of the app, one of its views, and the settings as its address has them.

The same settings draw the panel and open the full page, so that the two never differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from lmcore.cloze import Cloze, opened
from lmcore.finetuning.examples import EXAMPLES
from lmcore.finetuning.task import Kind
from lmcore.prompts import Prompt, cut_prompt
from lmcore.word_uses import ask
from lmcore.words import checked


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
        """The full page with these settings, relative to the root of the app.

        Args:
            more: further parameters, such as the language; empty ones are left out.
        """
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
        return list(EXAMPLES[panel.kind])
    if panel.page == "generation":
        return [panel.prompt().text]
    if panel.blanks:
        return [panel.cloze().sentence.text]
    if "ps" in given:
        question = ask(given["pw"], given["ps"])
        return [question.word, *question.texts]
    return [given[name] for name in ("s", "s2", "p1", "p2") if name in given]

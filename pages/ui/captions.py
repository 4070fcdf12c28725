"""What stands below a picture that leaves the app: what it shows, of which text, made by what."""

import re
from collections.abc import Sequence

import streamlit as st

from lmcore import __version__
from lmcore.text.words import split
from pages.ui import views
from pages.ui.models import choice
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t

#: Characters of a text in a caption; a longer one is shortened, and the caption says by how much.
#: Several texts share ``TOGETHER`` characters, but none gets fewer than ``LEAST``.
MOST, TOGETHER, LEAST = 240, 480, 40
FAMILY = re.compile(r"(?:^|[^a-z])(elmo|gpt|bert|static)(?![a-z])")
#: A picture of one of the two directions in which a reader reads.
DIRECTION = re.compile(r"-(forward|backward)$")
_PLACE = re.compile(r"(layer|head)[-_]?(\d+)")


def caption(name: str, place: str, description: str, texts: Sequence[str] = ()) -> str:
    """The caption of a picture: page and place, what it shows, the texts, the version.

    The picture brings its texts along: a page may show several, so none is guessed from it.

    Args:
        name: of its files; says layer and head where it has them (``attention_gpt_layer2_head1``).
        place: key of the chart; says the family where the name does not.
        description: what the picture shows, as a screen reader says it.
        texts: what was read, as typed.
    """
    family = _family(name, place)
    first = " · ".join([_page(), *filter(None, [heading(name, place)])])
    return "\n".join(
        [first, _plain(description), *_read(texts), version([family] if family else None)]
    )


def together(pictures: Sequence[tuple[str, str, str, Sequence[str]]]) -> str:
    """One caption for several pictures side by side.

    Args:
        pictures: name, place, what it shows and the texts of each, as for :func:`caption`.
    """
    shown = [_plain(alt) for _, _, alt, _ in pictures]
    texts = list(dict.fromkeys(text for *_, read in pictures for text in read))
    families = dict.fromkeys(_family(name, place) for name, place, *_ in pictures)
    return "\n".join([_page(), *shown, *_read(texts), version([f for f in families if f] or None)])


def heading(name: str, place: str) -> str:
    """Reader, layer and head of a picture, as far as its name and its place say them."""
    family, direction = _family(name, place), DIRECTION.search(place)
    reader = [FAMILY_NAMES[family]] if family else []
    if reader and direction:
        reader = [t(f"names.stream.{direction[1]}", reader=reader[0])]
    places = [_place(kind, int(number)) for kind, number in _PLACE.findall(name)]
    return " · ".join([*reader, *places])


def order(name: str, place: str) -> int:
    """Where the reader of a picture stands among all readers."""
    return [*FAMILY_NAMES, None].index(_family(name, place))


def _page() -> str:
    return t(f"{st.session_state.get('page', 'home')}.title")


def _family(name: str, place: str) -> str | None:
    return next(iter(FAMILY.findall(name) + FAMILY.findall(place)), None)


def _plain(shown: str) -> str:
    return _short(shown.replace("**", ""), TOGETHER)


def _read(texts: Sequence[str]) -> list[str]:
    """The line with the texts that were read, where there are any."""
    flat = [line for text in texts if (line := " ".join(text.split()))]
    most = min(MOST, max(LEAST, TOGETHER // max(1, len(flat))))
    shortened = [_short(text, most) for text in flat]
    return [t("saving.text", text=" | ".join(shortened))] if shortened else []


def _place(kind: str, number: int) -> str:
    """“Layer 2”, “Head 3”; a head 0 stands for all heads of its layer."""
    if kind == "head" and number == 0:
        return t("saving.all_heads")
    return t(f"saving.{kind}", number=number)


def version(families: list[str] | None = None) -> str:
    """The version of the app and of the models: what is needed to make the picture again."""
    models = [
        f"{FAMILY_NAMES[family]} {_identity(family)}" for family in families or views.families()
    ]
    return " · ".join([f"Three Readers {__version__}", *models])


def _identity(family: str) -> str:
    """Which weights: the name of a published model, or the start of the classroom's sum."""
    model = choice.model(family)
    if model is not None:
        return f"({model.id})"
    return f"({str(views.facts(family).card.values.get('sha256', ''))[:8]})"


def _short(text: str, most: int) -> str:
    """The beginning of a text, up to the end of a word, and how much is left out.

    Only a word that has no room at all is shortened itself.
    """
    if len(text) <= most:
        return text
    end = max((word.end for word in split(text).words if word.end <= most), default=most)
    return t("saving.shortened", text=text[:end], count=len(text) - end)

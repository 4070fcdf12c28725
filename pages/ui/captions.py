"""What stands below a picture that leaves the app: what it shows, of which text, made by what."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from lmcore import __version__
from pages.ui import views
from pages.ui.models import choice
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t

#: Characters of a text in a caption; a longer one is shortened, and the caption says by how much.
#: Several texts share ``TOGETHER`` characters, but none gets fewer than ``LEAST``.
MOST, TOGETHER, LEAST = 240, 480, 40
_FAMILY = re.compile(r"(?:^|[^a-z])(elmo|gpt|bert|static)(?![a-z])")
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
    family = next(iter(_FAMILY.findall(name) + _FAMILY.findall(place)), None)
    page = str(st.session_state.get("page", "home"))
    parts = [t(f"{page}.title")]
    if family:
        parts.append(FAMILY_NAMES[family])
    parts += [_place(kind, int(number)) for kind, number in _PLACE.findall(name)]
    lines = [" · ".join(parts), _short(description.replace("**", ""))]
    flat = [flat_text for text in texts if (flat_text := " ".join(text.split()))]
    most = min(MOST, max(LEAST, TOGETHER // max(1, len(flat))))
    quoted = [_short(text, most) for text in flat]
    if quoted:
        lines.append(t("saving.text", text=" | ".join(quoted)))
    return "\n".join([*lines, version([family] if family else None)])


def _place(kind: str, number: int) -> str:
    """“Layer 2”, “Head 3”; a head 0 stands for all heads of its layer."""
    if kind == "head" and number == 0:
        return t("saving.all_heads")
    return f"{t(f'common.{kind}')} {number}"


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


def _short(text: str, most: int = MOST) -> str:
    if len(text) <= most:
        return text
    return t("saving.shortened", text=text[:most], count=len(text) - most)

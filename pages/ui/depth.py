"""How much of a page stands open: its answer first, more of it on a click, the rest for experts.

Every part of a page but the first stands under its title and is computed when it is opened. A
visitor may choose once that more of them stand open on every page; the choice travels in the link,
and a link to something inside a part opens it.
"""

from collections.abc import Callable, Collection
from typing import Literal, get_args

import streamlit as st

from pages.ui.address import state
from pages.ui.page import fragment
from pages.ui.text import t

Level = Literal["simple", "more", "experts"]
LEVELS: tuple[Level, ...] = get_args(Level)
#: Name in the address and in the session.
DEPTH = "depth"
_ICONS = {"more": ":material/add_circle:", "experts": ":material/science:"}


def choice() -> None:
    """The switch, for the sidebar of every page."""
    state.one_of(
        DEPTH,
        LEVELS,
        t("depth.label"),
        named=lambda level: t(f"depth.{level}"),
        help=t("depth.help"),
    )


def part(
    key: str,
    level: Level,
    draw: Callable[[], None],
    names: Collection[str] = (),
    title: str = "",
    alone: bool = True,
) -> None:
    """A part of a page under its title.

    Args:
        key: of its title in the catalogue.
        level: from which depth on it stands open by itself.
        draw: draws it, when it is open.
        names: in the address; where one of them stands there, the part is open.
        title: the title itself, where values are put into it.
        alone: whether it runs again alone: nothing outside depends on what is chosen in it.
    """
    wanted = st.session_state.get(f"kept:{DEPTH}") or st.query_params.get(DEPTH, LEVELS[0])
    asked = any(name in st.query_params for name in names)
    opened = asked or (wanted in LEVELS and LEVELS.index(level) <= LEVELS.index(wanted))
    run = fragment(_part) if alone else _part
    run(title or t(key), _ICONS.get(level), opened, f"part:{key}:{opened}", draw)


def _part(title: str, icon: str | None, opened: bool, key: str, draw: Callable[[], None]) -> None:
    place = st.expander(title, opened, icon=icon, key=key, on_change="rerun")
    if place.open:
        with place:
            draw()

"""What a page shows before any model is loaded: its own first view, stored when it was built.

A cold server needs seconds until PyTorch is imported and the readers are loaded. Meanwhile a
visitor who comes with nothing typed sees the page as it stood when ``docs/first_views.py`` recorded
it: the very messages that Streamlit sent to the browser then, computed by the shipped readers, with
a drawing in place of each picture (:mod:`pages.ui.startup.stills`). The page then runs as ever and
puts the same elements in the same places. A recording belongs to the weights and the version of
Streamlit it was made with; with any other it is not used.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

from lmcore import settings
from lmcore.runtime import memory
from pages.ui import waiting
from pages.ui.startup import stills
from pages.ui.text import language

FOLDER = Path(__file__).parent / "first_views"
CHECKPOINTS = Path(__file__).resolve().parents[3] / "checkpoints"
#: Where to record first views instead of showing them (set by ``docs/first_views.py``).
RECORDING = "THREE_READERS_RECORD_FIRST_VIEWS"
#: Seconds the browser gets to draw the top of the stored view, down to the first picture, before it
#: receives the rest, and the rest to leave before heavy imports hold the interpreter.
_HEAD_START = 0.5, 0.3

#: Elements whose scripts are large: above the first picture they come after it.
_LATE = ("dataframe", "bidi_component")

#: Where an element stands: the path of its delta.
Place = tuple[int, ...]

_warm: set[tuple[str, str]] = set()
_kept: set[str] = set()
_warm_lock = threading.Lock()


def identity() -> str:
    """What a recording depends on: the weights that computed it and the version of Streamlit."""
    cards = sorted(CHECKPOINTS.glob("*/card.json"))
    sums = [st.__version__, *(_sum(card) for card in cards)]
    return hashlib.sha256("\n".join(sums).encode()).hexdigest()


def _sum(card: Path) -> str:
    """The checksum of the weights that a card tells; a card that cannot be read tells none."""
    try:
        return str(json.loads(card.read_text(encoding="utf8")).get("sha256"))
    except (OSError, ValueError, AttributeError):
        return ""  # the page says what is wrong with it


def stored(name: str, lang: str) -> Path:
    """Where the first view of a page stands in a language."""
    return FOLDER / f"{name}.{lang}.xz"


def pack(messages: list[ForwardMsg]) -> bytes:
    """Messages as compressed bytes, led by the :func:`identity` they belong to."""
    parts = [identity().encode()]
    for message in messages:
        raw = message.SerializeToString(deterministic=True)
        parts += [struct.pack("<I", len(raw)), raw]
    return lzma.compress(b"".join(parts), preset=9)


def unpack(data: bytes) -> list[ForwardMsg]:
    """The messages of :func:`pack`; none where they belong to other weights or another Streamlit.

    Raises:
        lzma.LZMAError, struct.error: the bytes are damaged.
    """
    raw, own = lzma.decompress(data), identity().encode()
    if not raw.startswith(own):
        return []
    place, messages = len(own), []
    while place < len(raw):
        (size,) = struct.unpack_from("<I", raw, place)
        place += 4
        messages.append(ForwardMsg.FromString(raw[place : place + size]))
        place += size
    return messages


def last_of_each_place(messages: list[ForwardMsg]) -> list[ForwardMsg]:
    """What stands on the page in the end: of each place the last element, and no spinner."""
    kept: dict[Place, ForwardMsg] = {}
    for message in messages:
        kind = message.delta.WhichOneof("type") if message.HasField("delta") else None
        if kind not in ("new_element", "add_block"):
            continue
        path = tuple(message.metadata.delta_path)
        if kind == "new_element":  # an element takes the place of a block with all that is in it
            for other in [p for p in kept if p[: len(path)] == path]:
                del kept[other]
        kept.pop(path, None)
        clean = ForwardMsg()
        clean.delta.CopyFrom(message.delta)
        clean.metadata.delta_path.extend(path)
        clean.metadata.cacheable = False
        kept[path] = clean
    return [kept.get(path) or empty(path) for path in without_gaps(kept)]


def without_gaps(places: Iterable[Place]) -> list[Place]:
    """Places in an order in which they can be drawn, with those that a spinner alone had held.

    The browser refuses an element behind a place that holds nothing.
    """
    longest: dict[Place, int] = {}
    for place in places:
        for depth in range(1, len(place)):  # the first number says which part of the page
            inside = place[:depth]
            longest[inside] = max(longest.get(inside, 0), place[depth] + 1)
    return sorted((*inside, index) for inside, size in longest.items() for index in range(size))


def empty(place: Place) -> ForwardMsg:
    """The message that a place holds nothing."""
    message = ForwardMsg()
    message.delta.new_element.empty.SetInParent()
    message.metadata.delta_path.extend(place)
    return message


def in_two(messages: list[ForwardMsg]) -> tuple[list[ForwardMsg], list[ForwardMsg]]:
    """What stands down to the first picture, without large scripts, and all that is still missing.

    Where there is no picture, everything comes first.
    """
    pictures = [number for number, message in enumerate(messages) if stills.is_still(message)]
    top = pictures[0] + 1 if pictures else len(messages)
    first, late = [], []
    for message in messages[:top]:
        heavy = _kind(message) in _LATE
        first.append(empty(tuple(message.metadata.delta_path)) if heavy else message)
        late += [message] * heavy
    return first, late + messages[top:]


def _kind(message: ForwardMsg) -> str | None:
    return message.delta.new_element.WhichOneof("type")


def untouched() -> bool:
    """Whether this visitor has chosen nothing yet: the address holds a language at most."""
    return "visited" not in st.session_state and set(st.query_params) <= {"lang"}


def _show(context: ScriptRunContext, page: StreamlitPage, name: str) -> list[Place]:
    """Send the stored first view of a page, where there is one that fits; returns its places."""
    path = stored(name, language())
    # It was recorded where visitors may train: its buttons are no part of a page without.
    fits = name != "finetuning" or settings.training_allowed()
    messages = unpack(path.read_bytes()) if fits and path.is_file() else []
    dark = st.context.theme.type == "dark"
    first, rest = in_two(messages)
    with context.run_with_active_hash(page._script_hash):
        for part, pause in zip((first, rest), _HEAD_START, strict=True):
            for message in part:
                context.enqueue(stills.dressed(message, dark))
            if "torch" not in sys.modules:
                time.sleep(pause)
    return [tuple(message.metadata.delta_path) for message in messages]


@contextmanager
def _overheard(context: ScriptRunContext) -> Iterator[list[ForwardMsg]]:
    """The messages that are sent to the browser meanwhile."""
    messages: list[ForwardMsg] = []
    send: Callable[[ForwardMsg], None] = context._enqueue

    def keep(message: ForwardMsg) -> None:
        copy = ForwardMsg()
        copy.CopyFrom(message)
        messages.append(copy)
        send(message)

    context._enqueue = keep
    try:
        yield messages
    finally:
        context._enqueue = send


def show(page: StreamlitPage) -> list[Place] | None:
    """Show a page's stored first view before its first run in this process.

    Call it as early as the language is known.

    Returns:
        the places that are filled now; ``None`` where nothing is to be stored or shown, because
        the page has run before or the visitor comes with more than an address.
    """
    context = get_script_run_ctx()
    name, new = page.url_path or "home", untouched()
    st.session_state["visited"] = True
    with _warm_lock:
        cold = (name, language()) not in _warm
    recording = RECORDING in os.environ
    if context is None or not new or not (cold or recording):
        return None
    return [] if recording else _show(context, page, name)


def _keep(page: StreamlitPage) -> None:
    """Put aside what the first run of a page in this process has imported and loaded."""
    with _warm_lock:
        new = page.url_path not in _kept
        _kept.add(page.url_path)
    if new:
        memory.freeze()


def run(page: StreamlitPage, shown: list[Place] | None) -> None:
    """Run a page over what :func:`show` has shown of it."""
    context = get_script_run_ctx()
    if context is None or shown is None:
        waiting.place()
        page.run()
        _keep(page)
        return
    own = (page.url_path or "home", language())
    with _overheard(context) as messages:
        waiting.place()
        page.run()
    folder = os.environ.get(RECORDING)
    if folder:
        kept = [stills.still(message) for message in last_of_each_place(messages)]
        Path(folder, stored(*own).name).write_bytes(pack(kept))
    _keep(page)
    with _warm_lock:
        _warm.add(own)
    if set(shown) - {tuple(message.metadata.delta_path) for message in messages}:
        st.rerun()  # the page has changed since: what it did not draw again must not stay

"""A visitor without a browser: speaks to the app as Streamlit's own page does, over a WebSocket.

It keeps what stands on the page (the messages of the server, by place), can change a widget as a
hand would, and notices what a person would see go wrong: an exception, an error in a red box.
"""

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any

import websockets  # comes with Streamlit's server
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from docs.broken_app import message
from pages.ui.text import LANGUAGES

#: Seconds of silence, and in all, after which an answer counts as missing. A page that computes
#: for long (training a reader) shows how far it is.
PATIENCE, LONGEST = 60.0, 600.0
#: What a training says that has to wait for its turn.
_IN_LINE = [
    message(key, lang)
    for key in ("finetuning.in_line", "finetuning.training_line")
    for lang in LANGUAGES
]
_DONE = ForwardMsg.FINISHED_SUCCESSFULLY
_KINDS = (
    "text_input",
    "text_area",
    "slider",
    "checkbox",
    "button",
    "selectbox",
    "radio",
    "button_group",
)


@dataclass
class Answer:
    """What came back for one action.

    Attributes:
        seconds: until the script had run.
        first: until the first element came.
        errors: exceptions, as text.
        refused: what stands in red boxes: sentences that say what is wrong with an input.
        waited: whether a place in line was shown.
        size: bytes.
    """

    seconds: float = 0.0
    first: float = 0.0
    errors: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    waited: bool = False
    size: int = 0


class Tab:
    """One tab on the app; use as an asynchronous context manager.

    Args:
        url: of the app.
        page: its address, empty for the first page.
        query: what stands behind the question mark.
    """

    def __init__(self, url: str, page: str, query: str) -> None:
        self.url, self.page, self.query = url, page, query
        self.elements: dict[tuple[int, ...], Any] = {}
        self.states: dict[str, WidgetState] = {}
        self.page_hash = ""
        self._kept: dict[str, ForwardMsg] = {}
        #: What came last, for the one who looks into a missing answer.
        self.last = ""

    async def __aenter__(self) -> "Tab":
        self._socket = await websockets.connect(
            f"{self.url.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=[websockets.Subprotocol("streamlit")],
            max_size=None,
            ping_timeout=None,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()

    async def run(self) -> Answer:
        """Let the script run with what the widgets hold, and take in what it sends."""
        message = BackMsg()
        client = message.rerun_script
        client.query_string = self.query
        client.page_script_hash = self.page_hash
        client.page_name = "" if self.page_hash else self.page
        client.widget_states.widgets.extend(self.states.values())
        client.context_info.timezone, client.context_info.locale = "UTC", "en"
        await self._socket.send(message.SerializeToString())
        for key in [
            key for key, element in self.states.items() if element.HasField("trigger_value")
        ]:
            del self.states[key]  # a button springs back
        return await self._answer()

    async def _answer(self) -> Answer:
        begun, answer = time.perf_counter(), Answer()
        while True:
            left = LONGEST - (time.perf_counter() - begun)
            data = await asyncio.wait_for(self._socket.recv(), min(left, PATIENCE))
            answer.size += len(data)
            message = ForwardMsg.FromString(bytes(data))
            if message.HasField("ref_hash"):
                message.delta.CopyFrom(self._kept[message.ref_hash].delta)
            elif message.metadata.cacheable:
                self._kept[message.hash] = message
            kind = message.WhichOneof("type")
            self.last = f"{kind} after {time.perf_counter() - begun:.0f} s"
            if kind == "new_session":
                self.page_hash = message.new_session.page_script_hash
                self.elements.clear()
            elif kind == "navigation":  # which page it really is
                self.page_hash = message.navigation.page_script_hash
            elif kind == "delta":
                answer.first = answer.first or time.perf_counter() - begun
                self._take(message, answer)
            elif kind == "script_finished" and message.script_finished == _DONE:
                answer.seconds = time.perf_counter() - begun
                return answer
            elif kind == "script_finished" and "COMPILE" in str(message.script_finished):
                answer.errors.append("the script does not compile")

    def _take(self, message: ForwardMsg, answer: Answer) -> None:
        path = tuple(message.metadata.delta_path)
        kind = message.delta.WhichOneof("type")
        if kind == "add_block":
            self.elements = {
                other: element
                for other, element in self.elements.items()
                if other[: len(path)] != path
            }
        if kind != "new_element":
            return
        element = message.delta.new_element
        self.elements[path] = element
        if element.HasField("exception"):
            answer.errors.append(f"{element.exception.type}: {element.exception.message}")
        if element.HasField("alert") and element.alert.format == Alert.ERROR:
            answer.refused.append(element.alert.body)
        in_line = element.HasField("html") and "data-place" in element.html.body
        training = any(text.search(element.progress.text) for text in _IN_LINE)
        answer.waited = answer.waited or in_line or training

    def widgets(self, *kinds: str) -> list[tuple[str, Any]]:
        """Widgets on the page that can be used, by kind."""
        wanted = kinds or _KINDS
        widgets = []
        for element in self.elements.values():
            kind = element.WhichOneof("type")
            if kind in wanted and not getattr(getattr(element, kind), "disabled", False):
                widgets.append((kind, getattr(element, kind)))
        return widgets

    def change(self, kind: str, widget: Any, chance: random.Random, text: str) -> None:
        """Use a widget as a hand would; ``text`` is what is typed where something is typed.

        Args:
            kind: of the widget.
            widget: its message.
            chance: chooses a value.
            text: what is typed where something is typed.
        """
        state = WidgetState(id=widget.id)
        if kind in ("text_input", "text_area"):
            state.string_value = text
        elif kind == "slider" and widget.options:
            state.string_array_value.data.append(chance.choice(list(widget.options)))
        elif kind == "slider":
            count = round((widget.max - widget.min) / (widget.step or 1))
            value = widget.min + chance.randint(0, max(0, count)) * (widget.step or 1)
            state.double_array_value.data.append(value)
        elif kind == "checkbox":
            state.bool_value = chance.random() < 0.5
        elif kind == "button":
            state.trigger_value = True
        elif kind in ("selectbox", "radio"):
            state.string_value = chance.choice(list(widget.options))
        elif kind == "button_group":
            state.string_array_value.data.append(chance.choice(list(widget.options)).content)
        self.states[widget.id] = state

"""Visitors in front of the models: whose turn it is, what those who wait see, and who has gone.

:mod:`lmcore.runtime.scheduler` keeps the line. Here it learns that a visitor is a browser session,
how to tell a place in line, and that a visitor who has closed the tab, pressed Stop or changed
something does not want the turn any more.

The notice is sent straight to the browser: it comes from inside cached functions, which would store
an ordinary element and show it again with every later hit.
"""

import html

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException, StopException
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

from lmcore.runtime import scheduler
from pages.ui.text import t

#: Seconds of waiting before the notice comes, and for which it stays when it is not renewed.
PATIENCE, STAYS = 1.0, 1.2

#: Above the page, whatever is scrolled into view; it goes by itself, so that nothing has to take it
#: away when the turn comes. The numbers in it change, which starts the time anew.
_NOTICE = """<style>@keyframes three-readers-served {{ to {{ visibility: hidden; }} }}</style>
<div role="status" data-place="{place}" data-waited="{waited}" style="position:fixed;bottom:1.5rem;
left:50%;translate:-50%;z-index:999990;max-width:90vw;padding:.6rem 1rem;border-radius:.5rem;
background:#1f4f9f;color:#ffffff;box-shadow:0 2px 12px rgba(0,0,0,.4);
animation:three-readers-served 0s {stays}s forwards">{text}</div>"""


def place() -> None:
    """Keep a place on the page for the notice; call it once in every run, before the page."""
    slot = st.empty()
    cursor = slot._cursor
    st.session_state["queue:path"] = [] if cursor is None else list(cursor.delta_path)


def _client() -> scheduler.Client | None:
    """The visitor whom this thread works for; ``None`` outside a session."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return None
    return scheduler.Client(
        context.session_id,
        lambda place, waited: _tell(context, place, waited),
        lambda: _leave_if_asked(context),
    )


def _leave_if_asked(context: ScriptRunContext) -> None:
    """End the script where Streamlit wants it to end, as every element that is drawn does.

    A page may compute for long without drawing anything.
    """
    if context.script_requests is None:
        return
    request = context.script_requests.on_scriptrunner_yield()
    if request is None:
        return
    if request.type == ScriptRequestType.RERUN:
        raise RerunException(request.rerun_data)
    raise StopException


def _tell(context: ScriptRunContext, place: int, waited: float) -> None:
    """Show the place in line."""
    path = st.session_state.get("queue:path")
    if waited < PATIENCE or not path:
        return
    message = ForwardMsg()
    message.delta.new_element.html.body = notice(place, waited)
    message.metadata.delta_path.extend(path)
    context.enqueue(message)


def notice(place: int, waited: float) -> str:
    """The words and looks of a place in line."""
    seconds = f"{waited:.0f}"
    text = t("queue.place", place=place, seconds=seconds)
    return _NOTICE.format(place=place, waited=f"{waited:.2f}", stays=STAYS, text=html.escape(text))


scheduler.introduce(_client)

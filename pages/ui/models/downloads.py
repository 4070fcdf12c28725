"""Downloads in the sidebar: bytes and time left, a button to stop, and what went wrong.

The download runs in a thread of the server; the sidebar only looks at it once a second, in a
fragment of its own, so that neither this visitor's page nor anybody else's waits.
"""

from collections.abc import Sequence

import streamlit as st

from lmcore.errors import ReadersError
from lmcore.hub.catalogue import PublishedModel
from lmcore.hub.download import DOWNLOADS, Job, Progress
from lmcore.hub.files import size
from pages.ui.text import md, t

#: Identifiers of the downloads that this visitor started, and may stop.
_OWN = "models:started"


def start(identifiers: Sequence[str]) -> None:
    """Begin downloads, one after the other."""
    started = st.session_state.setdefault(_OWN, set())
    for identifier in identifiers:
        try:
            DOWNLOADS.start(identifier)
            started.add(identifier)
        except ReadersError as error:
            st.session_state["models:refused"] = error


def _jobs(identifiers: Sequence[str]) -> list[Job]:
    return [job for identifier in identifiers if (job := DOWNLOADS.job(identifier)) is not None]


def under_way(models: Sequence[PublishedModel]) -> bool:
    """Whether any of the models is being downloaded now, by whomever."""
    return any(job.progress().active for job in _jobs([model.id for model in models]))


def said_errors(models: Sequence[PublishedModel]) -> None:
    """Say why downloads ended that did not arrive."""
    refused = st.session_state.pop("models:refused", None)
    errors = [job.progress().error for job in _jobs([model.id for model in models])]
    for error in [refused, *errors]:
        if error is not None:
            text = md(t(f"error.{error.code}", **error.values))
            (st.info if error.code == "download_cancelled" else st.error)(text)


@st.fragment(run_every=1.0)
def panel(identifiers: Sequence[str]) -> None:
    """Bars of some downloads; when none is under way any more, the whole page is run again."""
    jobs = _jobs(identifiers)
    if not any(job.progress().active for job in jobs):
        st.rerun()
    for job in jobs:
        progress, name = job.progress(), job.model.name
        if not progress.active:
            continue
        st.progress(progress.share, text=md(described(name, progress)))
        if job.model.id in st.session_state.get(_OWN, set()):
            st.button(
                t("models.cancel"),
                key=f"cancel:{job.model.id}",
                help=t("models.cancel_one", name=name),
                icon=":material/close:",
                on_click=job.cancel,
            )
        else:
            st.caption(t("models.elsewhere"))


def described(name: str, progress: Progress) -> str:
    """Where a download stands, in one line of plain text."""
    if progress.state == "waiting":
        return t("models.waiting", name=name)
    if progress.state == "checking":
        return t("models.checking", name=name, file=progress.file)
    if progress.total is None:
        return t("models.asking", name=name)
    return t(
        "models.running",
        name=name,
        done=size(progress.done),
        total=size(progress.total),
        rate=size(round(progress.rate)),
        left=left(progress.seconds_left),
    )


def left(seconds: float | None) -> str:
    """A time that is left, in the unit that a person would choose."""
    if seconds is None or seconds > 360_000:
        return t("models.left_unknown")
    for unit, name in ((3600, "hours"), (60, "minutes")):
        if seconds >= 1.5 * unit:
            return t("models.left", time=t(f"models.{name}", count=round(seconds / unit)))
    return t("models.left", time=t("models.seconds", count=max(1, round(seconds))))

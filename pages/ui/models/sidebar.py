"""The sidebar's choice of models: the classroom's, the published ones, or each reader singly.

What a visitor points at is a wish first: what it needs is said, and it reads only when the visitor
says so (the classroom's models need nothing and read at once). A choice that came with the address
reads at once if it is on this machine.
"""

from collections.abc import Mapping

import streamlit as st

from lmcore.hub import installed, policy
from lmcore.hub.catalogue import TRIO, PublishedModel
from lmcore.runtime.families import CONTEXTUAL, FAMILIES
from lmcore.text.language import language as record
from pages.ui.models import choice, downloads, facts
from pages.ui.models.choice import STATIC
from pages.ui.text import language, md, t, tm

CLASSROOM_SET, PUBLISHED_SET = "classroom", "published"
_WISH, _SET = "models:wish", "model_set"


def sidebar() -> None:
    """The switch, the single choices, what they need, and how to get them; for ``app.py``."""
    _classroom()
    rejected = choice.unknown()
    allowed = policy.allowed()
    if rejected:
        st.warning(tm("models.unknown", names=t("common.comma").join(rejected)))
    if not allowed:
        choice.choose(_static())
        _static_slot()
        choice.keep_address()
        return
    wish = _wish()
    _put_into_widgets(wish)
    st.segmented_control(
        t("models.set"),
        [CLASSROOM_SET, PUBLISHED_SET],
        format_func=lambda name: t(f"models.{name}"),
        key=_SET,
        help=t("models.set_help"),
        on_change=_switch,
    )
    mixed = _set_of(wish) is None
    with st.expander(t("models.singly"), expanded=mixed, key="models_singly"):
        for family in CONTEXTUAL:
            _slot(family, [model for model in allowed.values() if model.family == family])
        _static_slot()
    _pending(wish)
    choice.keep_address()


def _classroom() -> None:
    """The choice, for the sidebar; nothing where there is only one classroom."""
    names = choice.options()
    if not names:
        return
    st.session_state[choice.READS] = choice.chosen()
    st.segmented_control(
        t("models.reads"),
        names,
        format_func=lambda key: (
            t("models.reads_follow") if key == choice.FOLLOW else record(key).title[language()]
        ),
        key=choice.READS,
        required=True,
        help=t("models.reads_help"),
    )
    if choice.chosen() == choice.FOLLOW:
        st.query_params.pop(choice.READS, None)
    elif st.query_params.get(choice.READS) != choice.chosen():
        st.query_params[choice.READS] = choice.chosen()


def _wish() -> dict[str, str]:
    """What the visitor points at, by family; what reads now where nothing was pointed at."""
    read = choice.picks()
    if st.session_state.get("models:seen") != read:  # the address or a button changed it
        st.session_state["models:seen"], st.session_state[_WISH] = read, dict(read)
    return dict(st.session_state.setdefault(_WISH, dict(read)))


def _set_of(wish: Mapping[str, str]) -> str | None:
    """The set that some choices make up, ``None`` for a mixture."""
    wish = {family: model for family, model in wish.items() if family != STATIC.name}
    if not any(wish.values()):
        return CLASSROOM_SET
    return PUBLISHED_SET if {f: m for f, m in wish.items() if m} == published_set() else None


def published_set() -> dict[str, str]:
    """What “Published” means here: the trio, or where it is not allowed what is most like it."""
    allowed, chosen = policy.allowed(), {}
    for family in CONTEXTUAL:
        models = [model for model in allowed.values() if model.family == family]
        here = [model for model in models if installed.place(model) is not None]
        trio = [model for model in models if model.id == TRIO[family]]
        for candidates in ([m for m in trio if m in here], here, trio, models):
            if candidates:
                chosen[family] = candidates[0].id
                break
    return chosen


def _put_into_widgets(wish: Mapping[str, str]) -> None:
    st.session_state[_SET] = _set_of(wish)
    for family in CONTEXTUAL:
        st.session_state[f"model_{family}"] = wish.get(family, "")


def _switch() -> None:
    wanted = st.session_state[_SET]
    if wanted == CLASSROOM_SET:
        choice.choose(_static())
    st.session_state[_WISH] = _static() | (published_set() if wanted == PUBLISHED_SET else {})


def _static() -> dict[str, str]:
    """The choice of static vectors alone."""
    return {family: model for family, model in choice.picks().items() if family == STATIC.name}


def _pick(family: str) -> None:
    wanted = st.session_state[f"model_{family}"]
    st.session_state[_WISH] = {**_wish(), family: wanted}
    if not wanted:
        _read_with({**choice.picks(), family: ""})


def _read_with(picks: Mapping[str, str]) -> None:
    """Let models read from now on, without giving up what else is pointed at."""
    wish = _wish()
    choice.choose(picks)
    st.session_state["models:seen"], st.session_state[_WISH] = choice.picks(), wish


def _slot(family: str, models: list[PublishedModel]) -> None:
    """One place: its classroom model, or one of the published."""
    labels = {"": t("models.classroom_one", family=FAMILIES[family].title)}
    labels |= {model.id: _label(model) for model in models}
    st.selectbox(
        t("models.slot", family=FAMILIES[family].title),
        list(labels),
        format_func=lambda identifier: labels.get(identifier, identifier),
        key=f"model_{family}",
        on_change=_pick,
        args=(family,),
    )


def _static_slot() -> None:
    """Which of the shipped static vectors stands beside the readers."""
    names = choice.static_vectors(choice.reads())
    if len(names) < 2:
        return
    st.session_state["model_static"] = choice.key(STATIC.name).rpartition("/")[2]
    st.selectbox(
        t("models.static"),
        list(names),
        format_func=lambda folder: names.get(folder, folder),
        key="model_static",
        on_change=_pick_static,
        help=t("models.static_help"),
    )


def _pick_static() -> None:
    wanted = st.session_state["model_static"]
    if wanted in choice.static_vectors():
        _read_with({**choice.picks(), STATIC.name: "" if wanted == STATIC.name else wanted})


def _label(model: PublishedModel) -> str:
    if installed.place(model) is not None:
        return t("models.here", name=model.name)
    if model.is_folder or not policy.downloads_allowed():
        return t("models.absent_off", name=model.name)
    return t("models.absent", name=model.name, size=facts.download_size(model))


def _pending(wish: Mapping[str, str]) -> None:
    """What the models need that are pointed at and do not read, and the buttons to get them."""
    read = choice.picks()
    models = [policy.find(wanted) for wanted in wish.values() if wanted]
    models = [model for model in models if model is not None]
    absent = [model for model in models if installed.place(model) is None]
    ready = [
        model for model in models if model not in absent and read.get(model.family) != model.id
    ]
    if not ready and not absent:
        return
    with st.container(border=True):
        st.caption(t("models.before"))
        for model in [*ready, *absent]:
            st.markdown(f"**{md(model.name)}**")
            st.caption(facts.line(model))
        facts.memory_line([*ready, *absent])
        if ready:
            st.button(
                t("models.use"),
                type="primary",
                key="models_use",
                width="stretch",
                on_click=_read_with,
                args=({**read, **{model.family: model.id for model in ready}},),
            )
        if absent:
            _to_get(absent)


def _to_get(absent: list[PublishedModel]) -> None:
    """How to get models that are not here: progress where it is under way, else a button."""
    wanted = [model for model in absent if not model.is_folder]
    if len(wanted) < len(absent):
        st.caption(t("models.folder_only"))
    if not wanted:
        return
    if not policy.downloads_allowed():
        st.caption(t("models.off"))
        return
    downloads.said_errors(wanted)
    if not downloads.under_way(wanted):
        begun = any(installed.begun(model) for model in wanted)
        label = "models.resume" if begun else "models.get"
        st.button(
            t(label, size=facts.download_size(*wanted)),
            icon=":material/download:",
            key="models_get",
            width="stretch",
            on_click=downloads.start,
            args=([model.id for model in wanted],),
        )
    else:
        downloads.panel([model.id for model in wanted])


def classroom_only() -> None:
    """Say on a page about the classroom's models that others are chosen, where they are."""
    names = [model.name for family in choice.picks() if (model := choice.model(family))]
    if names:
        st.info(tm("models.history", names=t("common.comma").join(names)))

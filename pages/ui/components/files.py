"""Script and style of a component: files beside the Python that mounts it."""

from pathlib import Path


def files(module: str) -> dict[str, str]:
    """What ``st.components.v2.component`` needs beside its HTML.

    Args:
        module: ``__file__`` of the component, with a ``.css`` and a ``.js`` of the same name.
    """
    return {kind: Path(module).with_suffix(f".{kind}").read_text("utf8") for kind in ("css", "js")}

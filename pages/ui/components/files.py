"""Script and style of a component: files beside the Python that mounts it."""

from __future__ import annotations

from pathlib import Path


def files(name: str) -> dict[str, str]:
    """What ``st.components.v2.component`` needs beside its HTML: ``NAME.css`` and ``NAME.js``."""
    folder = Path(__file__).parent
    return {kind: (folder / f"{name}.{kind}").read_text("utf8") for kind in ("css", "js")}

"""Script and style of a component: files beside the Python that mounts it."""

from pathlib import Path


def files(module: str) -> dict[str, str]:
    """What a component needs beside its HTML: the ``.css`` and ``.js`` beside its ``__file__``."""
    return {kind: Path(module).with_suffix(f".{kind}").read_text("utf8") for kind in ("css", "js")}

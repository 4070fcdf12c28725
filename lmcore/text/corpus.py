"""The corpus as documents, and documents as sentences.

A corpus file is UTF-8 text (``.txt`` or ``.txt.xz``): one paragraph a line, a blank line between
documents. It is read as a stream and never unpacked on disk.
"""

import lzma
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

import regex

from lmcore.errors import TrainingError

#: A sentence ends after . ! or ? (with closing quotes or brackets) where a capital, a digit or an
#: opening quote follows; not after the abbreviations and initials that come before a name.
_BOUNDARY = regex.compile(
    r"""(?<=[.!?]['")\]’”]*)(?<!\b(?:Mr|Mrs|Ms|Dr|St|Prof|Gen|vs|etc|e\.g|i\.e|\p{Lu})\.)\s+"""
    r"""(?=['"(\[‘“]*[\p{Lu}\p{N}])"""
    # a full-width mark needs no blank behind it
    r"""|(?<=[。！？][”’」』）》]*)(?![。！？”’」』）》]|\s*$)\s*"""
)


def open_text(path: Path) -> TextIO:
    """Open a corpus file for reading, packed or not."""
    if not path.is_file():
        raise TrainingError("corpus_missing", file=path)
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf8")
    return path.open(encoding="utf8")


def documents(paths: Sequence[Path]) -> Iterator[list[str]]:
    """The documents of some corpus files, each a list of paragraphs."""
    for path in paths:
        with open_text(path) as lines:
            paragraphs: list[str] = []
            for line in lines:
                line = line.strip()
                if line:
                    paragraphs.append(line)
                elif paragraphs:
                    yield paragraphs
                    paragraphs = []
            if paragraphs:
                yield paragraphs


def sentences(paragraph: str) -> list[str]:
    """Cut a paragraph into sentences.

    By rule of thumb: at a full stop, a blank and a capital, or at a full-width stop.
    """
    return [part for part in _BOUNDARY.split(paragraph) if part]

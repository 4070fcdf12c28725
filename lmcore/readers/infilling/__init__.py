"""Filling blanks: beam search over what each family can predict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from lmcore.outputs.answers import BlankAnswers
from lmcore.text.words import Sentence


class Infilling(Protocol):
    """How a family fills blanks: what its module of this folder offers."""

    def fill(
        self, reader: Any, sentence: Sentence, blanks: Sequence[int], beam: int
    ) -> BlankAnswers:
        """See :meth:`lmcore.readers.base.Reader.fill_blanks`."""
        ...

    def log_probability_of_word(
        self,
        reader: Any,
        sentence: Sentence,
        blanks: Sequence[int],
        which: int,
        word: str,
        beam: int,
    ) -> dict[str, float]:
        """See :meth:`lmcore.readers.base.Reader.log_probability_of_word`."""
        ...

"""Masked word, several blanks: each for itself beside all together.

Alone, the likeliest word of each blank is found while the others stay open; together, a beam search
finds the fillings with the greatest joint probability (:mod:`lmcore.readers.infilling.beam`). The
two differ where the blanks depend on each other: "fried eggs" is likelier than "fried fried".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import pandas as pd

from lmcore.analyses.masked_word import MaskedWordView
from lmcore.outputs.answers import Fillings
from lmcore.text.words import fold


@dataclass(frozen=True)
class Contrast:
    """One view: the likeliest filling of all blanks, and the one made of single choices.

    Attributes:
        family, view: who and from what.
        together: the filling with the greatest joint probability that was met.
        together_probability: its joint probability.
        independent: each blank's likeliest word when the other blanks are open.
        marginal: ``[blanks]`` the probability of each of these words by itself.
        independent_probability: the joint probability of these words.
        tried: see :class:`lmcore.outputs.answers.Fillings`.
    """

    family: str
    view: str
    together: tuple[str, ...]
    together_probability: float
    independent: tuple[str, ...]
    marginal: tuple[float, ...]
    independent_probability: float
    tried: int | None

    @property
    def differs(self) -> bool:
        """Whether choosing the words one by one gives another filling."""
        return [fold(word) for word in self.together] != [fold(word) for word in self.independent]

    @property
    def times(self) -> float:
        """How many times as probable the joint choice is as the single choices."""
        return self.together_probability / max(self.independent_probability, 1e-300)


def contrasts(view: MaskedWordView) -> list[Contrast]:
    """One contrast a view of a reader, in the order of its answers."""
    rows = []
    for number, joint in enumerate(view.joint):
        singles = [views[number].best for views in view.blanks]
        rows.append(
            Contrast(
                joint.family,
                joint.view,
                joint.best[0].words,
                exp(joint.best[0].log_probability),
                tuple(candidate.word for candidate in singles),
                tuple(candidate.probability for candidate in singles),
                exp(joint.independent.log_probability),
                joint.tried,
            )
        )
    return rows


def fillings_frame(
    joint: Sequence[Fillings], names: Sequence[str], titles: Sequence[str]
) -> pd.DataFrame:
    """All fillings that were found: one row each.

    Args:
        joint: the views.
        names: how they are called.
        titles: of the columns: view, rank, one a blank, joint probability.
    """
    rows = [
        [name, rank, *filling.words, exp(filling.log_probability)]
        for fillings, name in zip(joint, names, strict=True)
        for rank, filling in enumerate(fillings.best, start=1)
    ]
    return pd.DataFrame(rows, columns=list(titles))

"""Several blanks: each for itself beside all together.

Alone, the likeliest word of each blank is found while the others stay open; together, a beam search
finds the fillings with the greatest joint probability (:mod:`lmcore.readers.infilling.beam`). The
two differ where the blanks depend on each other: "fried eggs" is likelier than "fried fried".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
import pandas as pd

from lmcore.outputs.answers import BlankAnswers, Fillings
from lmcore.text.words import fold


@dataclass(frozen=True)
class Contrast:
    """One view: the likeliest filling of all blanks, and the one made of single choices.

    Attributes:
        family, view: who and from what.
        together: the filling with the greatest joint probability that was found.
        together_probability: its joint probability.
        independent: each blank's likeliest word when the other blanks are open.
        marginal: ``[blanks]`` the probability of each of these words by itself.
        apart_probability: the joint probability of these words.
        tried: see :class:`lmcore.outputs.answers.Fillings`.
    """

    family: str
    view: str
    together: tuple[str, ...]
    together_probability: float
    independent: tuple[str, ...]
    marginal: tuple[float, ...]
    apart_probability: float
    tried: int | None

    @property
    def differs(self) -> bool:
        """Whether choosing the words one by one gives another filling."""
        return [fold(word) for word in self.together] != [fold(word) for word in self.independent]

    @property
    def times(self) -> float:
        """How many times as probable the joint choice is as the single choices."""
        return self.together_probability / max(self.apart_probability, 1e-300)


def contrasts(given: BlankAnswers) -> list[Contrast]:
    """One contrast a view, in the order of the answers."""
    found = []
    for number, joint in enumerate(given.joint):
        guesses = [answers[number].top(1)[0] for answers in given.marginal]
        found.append(
            Contrast(
                joint.family,
                joint.view,
                joint.best[0].words,
                exp(joint.best[0].log_probability),
                tuple(guess.word for guess in guesses),
                tuple(guess.probability for guess in guesses),
                exp(joint.independent.log_probability),
                joint.tried,
            )
        )
    return found


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
        [name, rank, *filling.words, float(np.exp(filling.log_probability))]
        for own, name in zip(joint, names, strict=True)
        for rank, filling in enumerate(own.best, start=1)
    ]
    return pd.DataFrame(rows, columns=list(titles))

"""How well two measures of influence agree.

Letters in shapes: W words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

#: Fewer pairs than this say nothing about agreement.
LEAST_PAIRS = 6


@dataclass(frozen=True)
class Agreement:
    """Spearman's rank correlation of two maps.

    Attributes:
        rho: -1 to 1; NaN where there are too few pairs, or one map is flat.
        pairs: over how many pairs of words.
    """

    rho: float
    pairs: int


def agreement(first: np.ndarray, second: np.ndarray) -> Agreement:
    """Rank correlation over the pairs of different words of which one can see the other.

    A word's share of itself is left out: it is by far the largest in both maps and would make any
    two of them agree.

    Args:
        first: ``[W, W]``, rows sum to 1; NaN or 0 where nothing can be seen.
        second: the same of the other measure.
    """
    apart = ~np.eye(len(first), dtype=bool)
    seen = apart & (np.nan_to_num(first) > 0) & (np.nan_to_num(second) > 0)
    ranks = pd.DataFrame({"first": first[seen], "second": second[seen]}).rank()
    if len(ranks) < LEAST_PAIRS or (ranks.nunique() < 2).any():
        return Agreement(float("nan"), len(ranks))
    return Agreement(float(np.corrcoef(ranks["first"], ranks["second"])[0, 1]), len(ranks))

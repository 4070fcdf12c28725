"""What each layer of a reader would predict: the logit lens, as data and as a finding.

The last layer of a language model goes through an output head that turns a vector into a
probability for every entry of the vocabulary. The logit lens (nostalgebraist 2020, "interpreting
GPT: the logit lens") sends the vectors of *all* layers through that same head: the likeliest
entries are those whose output vectors the layer's vector points to. The head was trained for the
last layer only, so what it says of lower layers is a reading of them and no prediction that the
model makes. The readers do the work (:meth:`lmcore.readers.base.Reader.lens`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lmcore.outputs.lens import Lens
from lmcore.outputs.reading import Alternative


@dataclass(frozen=True)
class Story:
    """What is worth saying of a lens.

    Attributes:
        guess: likeliest entry of the top layer.
        settled: first layer from which on every layer has that entry in first place.
        best: layer in which the target ranks highest (the lowest of several); ``None`` without a
            target.
    """

    guess: Alternative
    settled: int
    best: int | None


def story(lens: Lens) -> Story:
    """From which layer on the top layer's guess stands, and where the true word ranks highest."""
    guess = lens.tops[-1][0]
    other = [layer for layer, top in enumerate(lens.tops) if top[0].text != guess.text]
    best = None if np.isnan(lens.rank).all() else int(np.nanargmin(lens.rank))
    return Story(guess, max(other, default=-1) + 1, best)

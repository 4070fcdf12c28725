"""Maps between the words or pieces of a sentence: what looks at what, and what moves what.

Three quantities are kept apart here and on the page. *Attention*: the weights of one head
(:mod:`lmcore.analyses.attention_heads`). *Rollout*: the weights of several layers multiplied
through (:mod:`lmcore.analyses.attention_flow`, with norms). *Influence*: how much an input moves a
vector (:mod:`lmcore.readers.attribution`), the only one of the three that ELMo has.

Letters in shapes: L layers, H heads, P pieces (special positions included), W words, N units (the
rows and columns of a picture: words or pieces), S special positions left out.
"""

from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from lmcore.analyses.analysis import Analysis, Example
from lmcore.outputs.reading import Influence, Reading, WordNotes, pool_attention
from lmcore.readers.base import Reader
from lmcore.runtime.families import CONTEXTUAL
from lmcore.text.examples import EXAMPLE
from lmcore.text.words import split

Level = Literal["words", "pieces"]

#: Rows with fewer units to look at than this have hardly a choice; GPT's first word has none.
CHOICE = 3


@dataclass(frozen=True)
class Weights:
    """Weights between the units of a sentence, as a picture shows them.

    Attributes:
        names: ``[N]`` the units: words as the user wrote them, pieces as the vocabulary does.
        matrix: float32 ``[..., N, N]``; row = unit that looks, column = unit looked at; every row
            sums to 1; NaN where the architecture cannot look.
        specials: ``[S]`` names of the special positions left out.
        hidden: float32 ``[..., N, S]``, the share of each row that went to each of them.
    """

    names: tuple[str, ...]
    matrix: np.ndarray
    specials: tuple[str, ...]
    hidden: np.ndarray

    def at(self, *index: int) -> "Weights":
        """One head of several, or one layer."""
        return Weights(self.names, self.matrix[index], self.specials, self.hidden[index])

    def hidden_shares(self) -> dict[str, float]:
        """Mean share that went to each kind of hidden position, the largest first."""
        shares: dict[str, float] = {}
        for name, share in zip(self.specials, self.hidden.mean(axis=-2).tolist(), strict=True):
            shares[name] = shares.get(name, 0.0) + share
        return dict(sorted(shares.items(), key=lambda item: -item[1]))


def read(reader: Reader, texts: tuple[str, ...]) -> Reading:
    """The reading of one sentence, or of two as a pair.

    Raises:
        InputError: ``text_too_many_pieces``.
        UnsupportedError: the reader was not trained on pairs.
    """
    sentences = [split(text) for text in texts]
    return reader.read_pair(*sentences) if len(sentences) == 2 else reader.read(sentences)[0]


@dataclass(frozen=True)
class Units:
    """What the rows and columns of a picture stand for.

    Attributes:
        names: ``[N]``.
        pieces: bool ``[N, P]``, which pieces belong to which unit.
    """

    names: tuple[str, ...]
    pieces: np.ndarray


def units_of(reading: Reading, level: Level, hide_special: bool) -> Units:
    """The units of a reading in the order of their first pieces."""
    single = np.eye(len(reading.pieces), dtype=bool)
    units: list[tuple[int, str, np.ndarray]] = [
        (place, piece.text, single[place])
        for place, piece in enumerate(reading.pieces)
        if (piece.special and not hide_special) or (level == "pieces" and not piece.special)
    ]
    if level == "words":
        units += [
            (int(np.argmax(pieces)), word.text, pieces)
            for word, pieces in zip(reading.sentence.words, reading.word_pieces, strict=True)
        ]
    units.sort(key=lambda unit: unit[0])
    return Units(tuple(name for _, name, _ in units), np.stack([pieces for _, _, pieces in units]))


def between(
    reading: Reading, attention: np.ndarray, level: Level = "words", hide_special: bool = True
) -> Weights:
    """Attention between units: the sum to their pieces, the mean from them (Clark et al. 2019).

    Args:
        reading: with attention; the mask is read off its weights.
        attention: ``[..., P, P]``, some of the reading's heads or what was made of them.
        level: of the units.
        hide_special: leave out ``[CLS]``, ``[SEP]``, ``<s>``, scale what is left of each row to 1
            and report what was left out; otherwise they stand as units among the others.
    """
    units = units_of(reading, level, hide_special)
    kept = set(np.flatnonzero(units.pieces.any(axis=0)).tolist())
    left_out = [p for p, piece in enumerate(reading.pieces) if piece.special and p not in kept]
    rows = units.pieces / units.pieces.sum(axis=1, keepdims=True)
    return Weights(
        units.names,
        scaled(pool_attention(units.pieces, attention), visible(reading, units)),
        tuple(reading.pieces[p].text for p in left_out),
        (rows @ attention[..., left_out]).astype(np.float32),
    )


def scaled(pooled: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Rows of ``[..., N, N]`` scaled to 1, NaN where ``[N, N]`` says that nothing can be seen."""
    total = pooled.sum(axis=-1, keepdims=True)
    shares = np.divide(pooled, total, out=np.full_like(pooled, np.nan), where=total > 1e-9)
    return np.where(seen, shares, np.nan).astype(np.float32)


def visible(reading: Reading, units: Units) -> np.ndarray:
    """Which unit can look at which: bool ``[N, N]``."""
    return pool_attention(units.pieces, mask_of(reading)) > 0


def mask_of(reading: Reading) -> np.ndarray:
    """Which piece can look at which, read off the weights: float ``[P, P]`` of 0 and 1.

    A softmax never gives 0 unless the mask does.
    """
    return (heads_of(reading).max(axis=(0, 1)) > 0).astype(np.float32)


def heads_of(reading: Reading) -> np.ndarray:
    """The attention of a reading, ``[L, H, P, P]``.

    Raises:
        ValueError: it has none.
    """
    if reading.attention is None:
        raise ValueError(f"a reading of {reading.family} has no attention")
    return reading.attention


def with_mean(reading: Reading) -> np.ndarray:
    """The attention of a reading with the mean of its heads before them, ``[L, H + 1, P, P]``."""
    weights = heads_of(reading)
    return np.concatenate([weights.mean(axis=1, keepdims=True), weights], axis=1)


def influence_weights(names: tuple[str, ...], matrix: np.ndarray) -> Weights:
    """An influence map ``[W, W]`` in the form of the pictures; zero is what cannot be seen."""
    nothing = np.zeros((len(names), 0), dtype=np.float32)
    return Weights(names, np.where(matrix > 0, matrix, np.nan).astype(np.float32), (), nothing)


@dataclass(frozen=True)
class InfluenceQuestion:
    """How much does each word of a text move each other?"""

    text: str


@dataclass(frozen=True)
class InfluenceView:
    """How much each word moves each word's top vector, for one reader.

    Attributes:
        maps: ``both``, and for two directions that do not see each other ``forward`` and
            ``backward``; ``[W, W]`` each.
        notes: what the reader did to the words.
        error: of the numbers, see :class:`lmcore.outputs.reading.Influence`.
    """

    maps: dict[str, Weights]
    notes: WordNotes
    error: float = 0.0

    def towards(self, direction: str) -> Weights:
        """The map of a direction; that of the whole where the reader has no directions."""
        return self.maps.get(direction, self.maps["both"])


def _influence(method: str, reader: Reader, question: InfluenceQuestion) -> InfluenceView:
    sentence = split(question.text)
    influence: Influence = getattr(reader, method)(sentence)
    names = tuple(word.text for word in sentence.words)
    matrices = {"both": influence.matrix, **influence.halves}
    maps = {name: influence_weights(names, matrix) for name, matrix in matrices.items()}
    notes = WordNotes(reader.family, sentence, reader.notes(sentence))
    return InfluenceView(maps, notes, influence.error)


#: Gradient × input, and the check by leaving words out, which takes as long again.
INFLUENCE = Analysis("influence", InfluenceView, partial(_influence, "influence"))
LEAVE_ONE_OUT = Analysis("leave_one_out", InfluenceView, partial(_influence, "leave_one_out"))


def examples() -> list[Example[InfluenceQuestion, InfluenceView]]:
    """The sentence that every page begins with."""
    return [Example(INFLUENCE, CONTEXTUAL, (InfluenceQuestion(EXAMPLE),))]


@dataclass(frozen=True)
class Link:
    """One unit looking at another: indices, and the share of the row."""

    source: int
    target: int
    share: float


def standing_out(matrix: np.ndarray, include_self: bool = True) -> Link | None:
    """The link of ``[N, N]`` that is furthest above an even spread over what its row can see.

    The plain maximum would nearly always stand in the first rows of a causal map, which have little
    to choose from.
    """
    lifted = matrix * (~np.isnan(matrix)).sum(axis=-1, keepdims=True)
    lifted[~has_choice(matrix)] = np.nan
    if not include_self:
        lifted = without_self(lifted)
    if np.isnan(lifted).all():
        return None
    source, target = np.unravel_index(np.nanargmax(lifted), lifted.shape)
    return Link(int(source), int(target), float(matrix[source, target]))


@dataclass(frozen=True)
class Sides:
    """Mean shares of a map that come from the left, from the unit itself, from the right."""

    left: float
    itself: float
    right: float


def sides(matrix: np.ndarray) -> Sides:
    """From where the weight of ``[N, N]`` comes, averaged over its rows."""
    known, away = np.nan_to_num(matrix), offsets(len(matrix))
    parts = ((known * (np.sign(away) == sign)).sum(axis=-1).mean() for sign in (-1, 0, 1))
    return Sides(*(float(part) for part in parts))


def without_self(matrix: np.ndarray) -> np.ndarray:
    """``[N, N]`` with a blank diagonal; nothing is scaled up."""
    return np.where(np.eye(len(matrix), dtype=bool), np.nan, matrix)


def has_choice(matrix: np.ndarray) -> np.ndarray:
    """bool ``[N]``: rows with enough to look at to say something, all rows if none has."""
    seen = (~np.isnan(matrix)).sum(axis=-1)
    return seen >= min(CHOICE, int(seen.max(initial=0)))


def top_of(*matrices: np.ndarray) -> float:
    """Upper end of a colour scale for some maps: their largest weight in rows with a choice."""
    tops = [matrix[has_choice(matrix)] for matrix in matrices]
    return max((float(np.nanmax(top)) for top in tops if not np.isnan(top).all()), default=1.0)


def offsets(size: int) -> np.ndarray:
    """int ``[N, N]``: column minus row."""
    return np.arange(size)[None, :] - np.arange(size)[:, None]

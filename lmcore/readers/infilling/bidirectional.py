"""How ELMo fills blanks: its forward model, its backward model, and both combined.

``left`` and ``right`` are searches of one direction (chain rule). ``combined`` joins them by Bayes'
rule as if the two sides of a blank were independent given the word:
p(w | left, right) is in proportion to p(w | left) p(w | right) / p(w), with p(w) from the corpus;
for several blanks, the product over the blanks, each with the others filled. ELMo itself never
joins the predictions of its two models.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lmcore.outputs.answers import Answer, BlankAnswers, View
from lmcore.readers.elmo_network import ElmoParts
from lmcore.readers.infilling import beam as common
from lmcore.readers.infilling.beam import Entries, SearchResult
from lmcore.readers.infilling.marginal import likeliest, marginals
from lmcore.readers.scoring import log_of
from lmcore.runtime.scheduler import computing
from lmcore.text.words import Sentence

UNKNOWN = "<UNK>"
#: How many fillings of several blanks are weighed by both directions, beside those that each
#: direction finds by itself.
TRIED = 20

State = list[tuple[Tensor, Tensor]]


class SideDecoder:
    """One direction on its way from blank to blank: a :class:`~.beam.Decoder`.

    Letters in shapes: T words, D dimensions, H hypotheses.

    Args:
        reader: whose network and softmax.
        words: the sentence as ELMo spells it.
        blanks: which of the words are blanks, in the order of the text.
        direction: 0 for the forward, 1 for the backward model, which meets the last blank first.
        weighs: whether :meth:`advance` tells ln p of the fixed words (much work) or 0.
    """

    def __init__(
        self,
        reader: ElmoParts,
        words: Sequence[str],
        blanks: Sequence[int],
        direction: int,
        weighs: bool,
    ) -> None:
        self.reader, self.direction, self.weighs, self.met = reader, direction, weighs, 0
        letters = reader._inputs([words])[0][0].to(reader.device)
        vectors = reader.network.encoder(letters)  # [T + 2, D], with marks
        unknown = reader.entries[UNKNOWN]
        known = [unknown, *(reader.entries.get(word, unknown) for word in words), unknown]
        places = [blank + 1 for blank in blanks]
        if direction:
            vectors, known = vectors.flip(0), known[::-1]
            places = [len(words) + 1 - place for place in reversed(places)]
        self.vectors, self.known, self.places = vectors, known, places
        self._read(vectors[None, : places[0]], None)

    def _read(self, inputs: Tensor, state: State | None) -> Tensor:
        """Read vectors ``[H, t, D]``; top vectors ``[H, t, D]`` of this direction."""
        layers: Any = self.reader.network.directions[self.direction]
        lengths = torch.full((len(inputs),), inputs.shape[1])
        before = state if state is not None else [None] * len(layers)
        out, self.state = self.reader.network.run(layers, inputs, lengths, before)
        self.last = out[-1, :, -1]
        return out[-1]

    def log(self) -> Tensor:
        """See :meth:`Decoder.log`."""
        return self.reader._log(self.last)

    def advance(self, parents: Sequence[int], entries: Sequence[int]) -> np.ndarray:
        """See :meth:`Decoder.advance`; behind the last blank nothing is read."""
        start, self.met = self.places[self.met], self.met + 1
        if self.met == len(self.places):
            return np.zeros(len(entries))
        end = self.places[self.met]
        fixed = self.vectors[None, start + 1 : end].expand(len(entries), -1, -1)
        inputs = torch.cat([self._vectors(entries)[:, None], fixed], dim=1)
        places = torch.tensor(parents)
        state = [(h[places], c[places]) for h, c in self.state]
        top = self._read(inputs, state)
        if not self.weighs or end == start + 1:
            return np.zeros(len(entries))
        wanted = torch.tensor(self.known[start + 1 : end]).repeat(len(entries))
        flat = log_of(self.reader.network.softmax, top[:, :-1].flatten(0, 1), wanted)
        return flat.double().reshape(len(entries), -1).sum(1).numpy()

    def keep(self, rows: Sequence[int]) -> None:
        """See :meth:`Decoder.keep`."""
        places = torch.tensor(rows)
        self.last = self.last[places]
        self.state = [(h[places], c[places]) for h, c in self.state]

    def _vectors(self, entries: Sequence[int]) -> Tensor:
        """Layer 0 of entries of the vocabulary, ``[H, D]``."""
        different = sorted(set(entries))
        ids, _ = self.reader._inputs([[self.reader.vocabulary[entry] for entry in different]])
        vectors = self.reader.network.encoder(ids[0, 1:-1].to(self.reader.device))
        return vectors[torch.tensor([different.index(entry) for entry in entries])]


def fill(reader: ElmoParts, sentence: Sentence, blanks: Sequence[int], beam: int) -> BlankAnswers:
    """See :meth:`lmcore.readers.base.Reader.fill_blanks`."""
    search = _Search(reader, sentence, blanks, beam)
    with computing():
        alone = [marginals(search.side(side, True), len(blanks), reader.lexicon) for side in (0, 1)]
        ahead, behind = (search.beam_search(side, alone[side]) for side in (0, 1))
        # ln p of each blank, in the order of the text: from the left, from the right, from both.
        logs = [
            (left, right, (left + right - reader.frequency).log_softmax(-1))
            for left, right in zip(alone[0], reversed(alone[1]), strict=True)
        ]
        marginal = tuple(tuple(search.answers(three)) for three in logs)
        independent = tuple(answers[-1].entry() for answers in marginal)
        both = search.together(ahead, behind, logs, independent)
    order, lexicon = list(range(len(blanks))), reader.lexicon
    tried = None if len(blanks) == 1 else len(both.entries)
    return BlankAnswers(
        marginal,
        (
            common.fillings(reader.family, "left", lexicon, ahead, order),
            common.fillings(reader.family, "right", lexicon, behind, order[::-1]),
            common.fillings(reader.family, "combined", lexicon, both, order, tried),
        ),
    )


class _Search:
    """The searches for one sentence."""

    def __init__(
        self, reader: ElmoParts, sentence: Sentence, blanks: Sequence[int], beam: int
    ) -> None:
        self.reader, self.blanks, self.beam = reader, blanks, beam
        self.texts = reader.forms(sentence)

    def side(self, direction: int, weighs: bool = False) -> SideDecoder:
        """One direction at its first blank."""
        return SideDecoder(self.reader, self.texts, self.blanks, direction, weighs)

    def beam_search(self, direction: int, marginal: Sequence[Tensor]) -> SearchResult:
        """The beam search of one direction by itself; ``marginal``: each blank for itself."""
        lexicon, count = self.reader.lexicon, len(self.blanks)
        best = likeliest(marginal, lexicon)
        return common.beam_search(self.side(direction), count, lexicon, self.beam, best)

    def answers(self, logs: Sequence[Tensor]) -> list[Answer]:
        """What the three views expect of one blank."""
        views: tuple[View, ...] = ("left", "right", "combined")
        unknown = self.reader.entries[UNKNOWN]
        return [
            common.answer(self.reader, view, log, self.reader.vocabulary.__getitem__, unknown)
            for view, log in zip(views, logs, strict=True)
        ]

    def together(
        self,
        ahead: SearchResult,
        behind: SearchResult,
        logs: Sequence[tuple[Tensor, Tensor, Tensor]],
        independent: Entries,
    ) -> SearchResult:
        """Fillings weighed by both directions at once.

        Those that one direction finds, and those of a forward search that listens to what the
        backward model expects of each blank, are read by both directions with all blanks filled.
        With one blank there is nothing to search for: ``logs`` has the whole distribution.

        Args:
            ahead, behind: what each direction finds by itself.
            logs: ln p ``[V]`` of each blank in the order of the text: from the left, from the
                right, from both.
            independent: the filling made of each blank's likeliest word under both directions.
        """
        frequency, lexicon = self.reader.frequency, self.reader.lexicon
        if len(self.blanks) == 1:
            log = logs[0][-1]
            _, best = common.expanded(log[None], lexicon.ids, self.beam)
            entries = list(dict.fromkeys([*best, *independent]))
            chosen = log[entries].double().numpy()
            return SearchResult([(entry,) for entry in entries], chosen, independent)
        bonus = [right - frequency for _, right, _ in logs]
        count = len(self.blanks)
        guided = common.beam_search(
            self.side(0), count, lexicon, self.beam, independent, bonus=bonus, last=TRIED
        )
        turned = [filling[::-1] for filling in behind.entries]
        tried = list(dict.fromkeys([*ahead.entries, *turned, *guided.entries, independent]))
        left = common.score_fillings(self.side(0), tried)
        right = common.score_fillings(self.side(1), [filling[::-1] for filling in tried])
        weights = left + right - frequency[torch.tensor(tried)].double().sum(1).numpy()
        return SearchResult(tried, weights - np.logaddexp.reduce(weights), independent)


def log_probability_of_word(
    reader: ElmoParts,
    sentence: Sentence,
    blanks: Sequence[int],
    which: int,
    word: str,
    beam: int,
) -> dict[str, float]:
    """Nothing: ELMo predicts only words of its vocabulary."""
    return {}

"""BERT as a reader: an encoder in which every position sees every other (Devlin et al. 2018)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from lmcore import hf
from lmcore.readers.base import Capability, Sight, computing
from lmcore.readers.likelihood import log_of
from lmcore.readers.masking import mask
from lmcore.readers.pieces import Cut, padded
from lmcore.readers.sampling import Sampler, best_words, check_settings, entropy, joined, rank_of
from lmcore.readers.transformer import TransformerReader
from lmcore.reading import Candidate, Candidates, GeneratedToken, GenerationSettings, TokenScore
from lmcore.words import Sentence

SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
MASK = "[MASK]"
CONTINUES = "##"


class BertReader(TransformerReader):
    """Reads ``[CLS] sentence [SEP]`` and predicts masked pieces from both sides."""

    family: ClassVar[str] = "bert"
    order: ClassVar[int] = 2
    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {"attention", "fill", "generate", "score", "influence", "pairs"}
    )
    sight: ClassVar[Sight] = "both"

    specials_before: ClassVar[tuple[str, ...]] = ("[CLS]",)
    specials_after: ClassVar[tuple[str, ...]] = ("[SEP]",)
    padding: ClassVar[str] = "[PAD]"
    unknown: ClassVar[str] = "[UNK]"
    tied: ClassVar[dict[str, str]] = {
        "cls.predictions.decoder.weight": "bert.embeddings.word_embeddings.weight",
        "cls.predictions.decoder.bias": "cls.predictions.bias",
    }
    positions_key: ClassVar[str] = "max_position_embeddings"

    @staticmethod
    def build(config: dict[str, Any]) -> nn.Module:
        """An untrained encoder of these sizes."""
        return hf.new_bert(config)

    def body(self, ids: Tensor | None, mask: Tensor | None = None, **options: Any) -> Any:
        """The encoder; ``mask`` is 0 where padding stands."""
        return self.model.bert(ids, attention_mask=mask, **options)

    def embeddings(self) -> Any:
        """The table of piece embeddings (also the output matrix of the masked-LM head)."""
        return self.model.bert.embeddings.word_embeddings

    @staticmethod
    def is_word(text: str) -> bool:
        """Whether an entry begins a word: such a piece alone in a blank is a word."""
        return (
            text not in SPECIALS
            and not text.startswith(CONTINUES)
            and any(character.isalnum() for character in text)
        )

    @staticmethod
    def plain(text: str) -> str:
        """An entry without the mark of a piece that goes on inside a word."""
        return text.removeprefix(CONTINUES)

    def _log_probabilities(self, rows: Sequence[Sequence[int]], places: Sequence[int]) -> Tensor:
        """Log-probabilities ``[B, V]`` at one place of each row (rows equally long)."""
        ids = torch.tensor(rows, device=self.device)
        hidden = self.body(ids).last_hidden_state
        chosen = hidden[torch.arange(len(rows)), torch.tensor(places)]
        return self.model.cls.predictions(chosen).float().log_softmax(-1).cpu()

    def fill(self, sentence: Sentence, blank: int, k: int = 10) -> list[Candidates]:
        """One ``[MASK]`` in place of the word, seen from both sides."""
        own = self.cut(sentence)
        inside = np.flatnonzero(own.membership[blank])
        ids = [*own.ids[: inside[0]], self.id_of(MASK), *own.ids[inside[-1] + 1 :]]
        with computing():
            log = self._log_probabilities([ids], [int(inside[0])])[0]
        candidates = tuple(
            Candidate(self.plain(self.texts[entry]), probability, rank)
            for entry, probability, rank in best_words(log, self.whole, k)
        )
        covered = float(log.exp()[self.whole].sum())
        return [Candidates(self.family, "both", 0, candidates, covered)]

    def score(self, sentence: Sentence) -> list[TokenScore]:
        """Pseudo-log-likelihood: each piece masked in turn (Salazar et al. 2020), by word."""
        return self.scores([sentence])[0]

    def scores(self, sentences: Sequence[Sentence]) -> list[list[TokenScore]]:
        """See :meth:`score`."""
        cuts = [self.cut(sentence) for sentence in sentences]
        asked = [
            (number, place)
            for number, own in enumerate(cuts)
            for place, piece in enumerate(own.pieces)
            if not piece.special
        ]
        by_piece = [np.zeros(len(own.ids)) for own in cuts]
        for start in range(0, len(asked), 64):
            group = asked[start : start + 64]
            rows = [
                [*cuts[number].ids[:place], self.id_of(MASK), *cuts[number].ids[place + 1 :]]
                for number, place in group
            ]
            wanted = [cuts[number].ids[place] for number, place in group]
            values = self._log_of(rows, list(enumerate(place for _, place in group)), wanted)
            for (number, place), value in zip(group, values, strict=True):
                by_piece[number][place] = value
        return [self.by_word(own, row, "both") for own, row in zip(cuts, by_piece, strict=True)]

    def masked_scores(
        self, sentences: Sequence[Sentence], share: float, random: np.random.Generator
    ) -> list[np.ndarray]:
        """See :meth:`Reader.masked_scores`."""
        rows, places, wanted = [], [], []
        for number, sentence in enumerate(sentences):
            ids = np.asarray(self.cut(sentence).ids)
            masked, targets = mask(ids, random, share, self.id_of(MASK), self.writable.numpy())
            rows.append(masked.tolist())
            places += [(number, int(place)) for place in np.flatnonzero(targets >= 0)]
            wanted += targets[targets >= 0].tolist()
        values = self._log_of(rows, places, wanted)
        owners = np.array([number for number, _ in places], dtype=int)
        return [values[owners == number] for number in range(len(sentences))]

    def _log_of(
        self, rows: Sequence[Sequence[int]], places: list[tuple[int, int]], wanted: list[int]
    ) -> np.ndarray:
        """ln p of the wanted entries at some (row, position) places of rows of ids."""
        if not places:
            return np.empty(0, dtype=np.float32)
        ids, there = padded(rows, self.id_of(self.padding))
        row, position = np.array(places).T
        with computing():
            hidden = self.body(
                torch.from_numpy(ids).to(self.device), torch.from_numpy(there).to(self.device)
            ).last_hidden_state[row, position]
            return log_of(self.model.cls.predictions, hidden, torch.tensor(wanted)).numpy()

    def generate(self, prompt: Sentence, settings: GenerationSettings) -> Iterator[GeneratedToken]:
        """Append masks and uncover them one by one, the surest place first.

        Not what BERT was made for: it writes by filling blanks (compare Wang and Cho 2019).
        """
        check_settings(settings)
        own = self.cut(prompt)
        self.check_room(own, settings.length)
        return self._uncover(prompt.text, own, settings)

    def _uncover(
        self, text: str, own: Cut, settings: GenerationSettings
    ) -> Iterator[GeneratedToken]:
        sampler, first = Sampler(settings), len(own.ids) - 1
        ids = [*own.ids[:-1], *[self.id_of(MASK)] * settings.length, self.after[0]]
        covered = list(range(settings.length))
        while covered:
            places = [first + position for position in covered]
            with computing():
                hidden = self.body(torch.tensor([ids], device=self.device)).last_hidden_state
                log = self.model.cls.predictions(hidden[0, places]).float().log_softmax(-1).cpu()
            log = log.masked_fill(~self.writable, float("-inf")).log_softmax(-1)
            row = int(log.max(-1).values.argmax())
            position, entry = covered.pop(row), sampler.choose(log[row])
            before = self._joined(text, ids[first : first + position])
            ids[first + position] = entry
            yield GeneratedToken(
                text=self._joined(before, [entry])[len(before) :],
                piece=self.texts[entry],
                position=position,
                probability=float(log[row, entry].exp()),
                rank=rank_of(log[row], entry),
                entropy=entropy(log[row]),
                alternatives=self.alternatives(log[row]),
                text_so_far=self._joined(text, ids[first:-1]),
            )

    def _joined(self, text: str, ids: Sequence[int]) -> str:
        """A text with pieces behind it; places still covered are written as an underscore."""
        for entry in ids:
            piece = "_" if entry == self.id_of(MASK) else self.texts[entry]
            plain = self.plain(piece)
            text += plain if piece.startswith(CONTINUES) else joined(text, plain)
        return text

    def follows(self, first: Sentence, second: Sentence) -> float:
        """Probability that the second text follows the first (next-sentence head)."""
        one = self.tokenizer.encode(first.text, add_special_tokens=False).ids
        two = self.tokenizer.encode(second.text, add_special_tokens=False).ids
        ids = [self.before[0], *one, self.after[0], *two, self.after[0]]
        if len(ids) > self.limit:
            raise self.too_many(len(ids) - 3, self.limit - 3)
        segments = [0] * (len(one) + 2) + [1] * (len(two) + 1)
        with computing():
            pooled = self.model.bert(
                torch.tensor([ids], device=self.device),
                token_type_ids=torch.tensor([segments], device=self.device),
            ).pooler_output
            logits = self.model.cls.seq_relationship(pooled)[0]
        return float(logits.float().softmax(-1)[0])


READER = BertReader

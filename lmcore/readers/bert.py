"""BERT as a reader: an encoder in which every position sees every other (Devlin et al. 2018)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from lmcore import hf
from lmcore.readers.base import Capability, Sight, computing
from lmcore.readers.pieces import Cut
from lmcore.readers.sampling import Sampler, check_settings, entropy, rank_of
from lmcore.readers.transformer import TransformerReader
from lmcore.reading import Candidates, GeneratedToken, GenerationSettings, TokenScore
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
    build = staticmethod(hf.new_bert)

    def body(self, ids: Tensor | None, mask: Tensor | None = None, **options: Any) -> Any:
        """The encoder; ``mask`` is 0 where padding stands."""
        return self.model.bert(ids, attention_mask=mask, **options)

    def embeddings(self) -> nn.Embedding:
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
        best = log.masked_fill(~self.whole, float("-inf")).topk(k).indices.tolist()
        candidates = tuple(self.candidate(log, entry) for entry in best)
        covered = float(log.exp()[self.whole].sum())
        return [Candidates(self.family, "both", 0, candidates, covered)]

    def score(self, sentence: Sentence) -> list[TokenScore]:
        """Pseudo-log-likelihood: each piece masked in turn (Salazar et al. 2020), summed by word."""
        own = self.cut(sentence)
        places = [p for p, piece in enumerate(own.pieces) if not piece.special]
        by_piece = np.zeros(len(own.ids))
        with computing():
            for start in range(0, len(places), 32):
                group = places[start : start + 32]
                rows = [[*own.ids[:p], self.id_of(MASK), *own.ids[p + 1 :]] for p in group]
                log = self._log_probabilities(rows, group)
                for row, place in enumerate(group):
                    by_piece[place] = float(log[row, own.ids[place]])
        return [
            TokenScore(word, float(by_piece[own.membership[word]].sum()), "both")
            for word in range(len(sentence))
        ]

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
            ids[first + position] = entry
            yield GeneratedToken(
                text=self._shown(entry, position, ids[first - 1 + position]),
                piece=self.texts[entry],
                position=position,
                probability=float(log[row, entry].exp()),
                rank=rank_of(log[row], entry),
                entropy=entropy(log[row]),
                alternatives=self.alternatives(log[row]),
                text_so_far=text + self._joined(ids[first:-1]),
            )

    def _shown(self, entry: int, position: int, previous: int) -> str:
        text = self.texts[entry]
        continues = text.startswith(CONTINUES) and previous != self.id_of(MASK)
        return text.removeprefix(CONTINUES) if continues else " " + text.removeprefix(CONTINUES)

    def _joined(self, ids: Sequence[int]) -> str:
        """Pieces as text; places still covered are written as an underscore."""
        words = ""
        for entry in ids:
            text = "_" if entry == self.id_of(MASK) else self.texts[entry]
            words += text[2:] if text.startswith(CONTINUES) else " " + text
        return words

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

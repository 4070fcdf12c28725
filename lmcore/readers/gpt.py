"""GPT as a reader: a decoder that sees only what stands to the left (Radford et al. 2018)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from lmcore import hf
from lmcore.readers.base import Capability, Sight, computing
from lmcore.readers.likelihood import log_of
from lmcore.readers.pieces import padded
from lmcore.readers.sampling import Sampler, best_words, check_settings, entropy, joined, rank_of
from lmcore.readers.transformer import TransformerReader
from lmcore.reading import (
    Candidate,
    Candidates,
    GeneratedToken,
    GenerationSettings,
    TokenScore,
)
from lmcore.words import Sentence

END_OF_WORD = "</w>"
#: How many of the likeliest words of the left context are tried in the whole sentence.
RESCORED = 100


class GptReader(TransformerReader):
    """Reads, predicts and writes from left to right; every text is led by ``<s>``."""

    family: ClassVar[str] = "gpt"
    order: ClassVar[int] = 1
    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {"attention", "fill", "generate", "score", "influence"}
    )
    sight: ClassVar[Sight] = "left"

    specials_before: ClassVar[tuple[str, ...]] = ("<s>",)
    specials_after: ClassVar[tuple[str, ...]] = ()
    padding: ClassVar[str] = "<s>"
    unknown: ClassVar[str] = "<unk>"
    tied: ClassVar[dict[str, str]] = {"lm_head.weight": "transformer.tokens_embed.weight"}
    positions_key: ClassVar[str] = "n_positions"

    @staticmethod
    def build(config: dict[str, Any]) -> nn.Module:
        """An untrained decoder of these sizes."""
        return hf.new_gpt(config)

    def body(self, ids: Tensor | None, mask: Tensor | None = None, **options: Any) -> Any:
        """The decoder; padding stands on the right, where the causal mask hides it already."""
        return self.model.transformer(ids, **options)

    def embeddings(self) -> Any:
        """The table of piece embeddings (also the output matrix)."""
        return self.model.transformer.tokens_embed

    @staticmethod
    def is_word(text: str) -> bool:
        """Whether an entry ends a word and begins one: only then is it a word by itself."""
        return text.endswith(END_OF_WORD) and any(c.isalnum() for c in text[: -len(END_OF_WORD)])

    @staticmethod
    def plain(text: str) -> str:
        """An entry without its end-of-word mark."""
        return text.removesuffix(END_OF_WORD)

    def _log_probabilities(self, rows: Sequence[Sequence[int]], first: int = 0) -> Tensor:
        """Log-probabilities ``[B, P - first, V]`` of what follows positions ``first`` and later."""
        ids, _ = padded(rows, self.before[0])
        hidden = self.body(torch.from_numpy(ids).to(self.device)).last_hidden_state
        return self.model.lm_head(hidden[:, first:]).float().log_softmax(-1)

    def score(self, sentence: Sentence) -> list[TokenScore]:
        """ln p(word | words to the left): the sum over the pieces of the word."""
        return self.scores([sentence])[0]

    def scores(self, sentences: Sequence[Sentence]) -> list[list[TokenScore]]:
        """See :meth:`score`; sentences of one length need no padding and are read fastest."""
        if not sentences:
            return []
        cuts = [self.cut(sentence) for sentence in sentences]
        ids, _ = padded([own.ids for own in cuts], self.before[0])
        wanted = torch.from_numpy(ids).to(self.device)
        with computing():
            hidden = self.body(wanted).last_hidden_state[:, :-1]
            flat = log_of(self.model.lm_head, hidden.flatten(0, 1), wanted[:, 1:].flatten())
        by_piece = np.pad(flat.numpy().reshape(len(ids), -1), ((0, 0), (1, 0)))  # 0 for <s>
        return [self.by_word(own, by_piece[row], "left") for row, own in enumerate(cuts)]

    def fill(self, sentence: Sentence, blank: int, k: int = 10) -> list[Candidates]:
        """From the left context alone, and its best :data:`RESCORED` with the whole sentence.

        The second list is a softmax over those tried words, not over the vocabulary: it holds no
        more than they are, whatever ``k``.
        """
        own = self.cut(sentence)
        inside = np.flatnonzero(own.membership[blank])
        left, right = own.ids[: inside[0]], own.ids[inside[-1] + 1 :]
        with computing():
            log = self._log_probabilities([left], len(left) - 1)[0, 0].cpu()
            best = list(best_words(log, self.whole, max(k, RESCORED)))
            tried = [entry for entry, _, _ in best[:RESCORED]]
            whole = self._whole_sentence(left, tried, right)
        covered = float(log.exp()[self.whole].sum())
        first = [
            Candidate(self.plain(self.texts[entry]), probability, rank)
            for entry, probability, rank in best[:k]
        ]
        order = whole.argsort(descending=True, stable=True)[:k].tolist()
        shares = whole.softmax(-1)
        second = [
            Candidate(self.plain(self.texts[tried[i]]), float(shares[i]), place)
            for place, i in enumerate(order, start=1)
        ]
        return [
            Candidates(self.family, "left", 0, tuple(first), covered),
            Candidates(self.family, "rescored", 0, tuple(second), None),
        ]

    def _whole_sentence(
        self, left: Sequence[int], tried: list[int], right: Sequence[int]
    ) -> Tensor:
        """ln p of the whole sentence with each tried entry in the blank, ``[tried]``."""
        totals = []
        # So many rows at once that their logits stay near 64 MiB, however long the sentence.
        many = max(1, min(50, 1024 // (len(right) + 1)))
        for start in range(0, len(tried), many):
            rows = [[*left, entry, *right] for entry in tried[start : start + many]]
            table = self._log_probabilities(rows, len(left) - 1)[:, :-1]
            wanted = torch.tensor(rows, device=self.device)[:, len(left) :]
            totals.append(table.gather(2, wanted[..., None])[..., 0].sum(-1).cpu().double())
        return torch.cat(totals)

    def generate(self, prompt: Sentence, settings: GenerationSettings) -> Iterator[GeneratedToken]:
        """Write to the right of the prompt, one piece a step."""
        check_settings(settings)
        own = self.cut(prompt)
        self.check_room(own, settings.length)
        return self._write(prompt.text, list(own.ids), settings)

    def _write(
        self, text: str, ids: list[int], settings: GenerationSettings
    ) -> Iterator[GeneratedToken]:
        sampler, in_word = Sampler(settings), False
        for position in range(settings.length):
            with computing():
                log = self._log_probabilities([ids], len(ids) - 1)[0, 0].cpu()
            log = log.masked_fill(~self.writable, float("-inf")).log_softmax(-1)
            entry = sampler.choose(log)
            ids.append(entry)
            piece = self.texts[entry]
            shown = self.plain(piece) if in_word else joined(text, self.plain(piece))
            in_word = not piece.endswith(END_OF_WORD)
            text += shown
            yield GeneratedToken(
                text=shown,
                piece=piece,
                position=position,
                probability=float(log[entry].exp()),
                rank=rank_of(log, entry),
                entropy=entropy(log),
                alternatives=self.alternatives(log),
                text_so_far=text,
            )


READER = GptReader

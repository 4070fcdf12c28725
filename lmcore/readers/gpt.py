"""GPT as a reader: a decoder that sees only what stands to the left (Radford et al. 2018)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from lmcore import hf
from lmcore.readers.base import Capability, Sight, computing
from lmcore.readers.pieces import padded
from lmcore.readers.sampling import Sampler, check_settings, entropy, rank_of
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
    build = staticmethod(hf.new_gpt)

    def body(self, ids: Tensor | None, mask: Tensor | None = None, **options: Any) -> Any:
        """The decoder; padding stands on the right, where the causal mask hides it already."""
        return self.model.transformer(ids, **options)

    def embeddings(self) -> nn.Embedding:
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
        """Log-probabilities ``[B, P - first, V]`` of what follows each position from ``first`` on."""
        ids, _ = padded(rows, self.before[0])
        hidden = self.body(torch.from_numpy(ids).to(self.device)).last_hidden_state
        return self.model.lm_head(hidden[:, first:]).float().log_softmax(-1)

    def score(self, sentence: Sentence) -> list[TokenScore]:
        """ln p(word | words to the left): the sum over the pieces of the word."""
        own = self.cut(sentence)
        ids = torch.tensor(own.ids, device=self.device)
        with computing():
            table = self._log_probabilities([own.ids])[0, :-1]
            values = table.gather(1, ids[1:, None])[:, 0].cpu().numpy()
        by_piece = np.concatenate([[0.0], values])
        return [
            TokenScore(word, float(by_piece[own.membership[word]].sum()), "left")
            for word in range(len(sentence))
        ]

    def fill(self, sentence: Sentence, blank: int, k: int = 10) -> list[Candidates]:
        """From the left context alone, and the best of those rescored with the whole sentence."""
        own = self.cut(sentence)
        inside = np.flatnonzero(own.membership[blank])
        left, right = own.ids[: inside[0]], own.ids[inside[-1] + 1 :]
        with computing():
            log = self._log_probabilities([left], len(left) - 1)[0, 0].cpu()
            tried = log.masked_fill(~self.whole, float("-inf")).topk(max(k, RESCORED)).indices
            whole = self._whole_sentence(left, tried.tolist(), right)
        covered = float(log.exp()[self.whole].sum())
        first = [self.candidate(log, int(entry)) for entry in tried[:k]]
        order = whole.argsort(descending=True, stable=True)[:k].tolist()
        shares = whole.softmax(-1)
        second = [
            Candidate(self.plain(self.texts[int(tried[i])]), float(shares[i]), place)
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
        for start in range(0, len(tried), 50):
            rows = [[*left, entry, *right] for entry in tried[start : start + 50]]
            table = self._log_probabilities(rows, len(left) - 1)[:, :-1]
            wanted = torch.tensor(rows, device=self.device)[:, len(left) :]
            totals.append(table.gather(2, wanted[..., None])[..., 0].sum(-1).double().cpu())
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
            shown = ("" if in_word else " ") + self.plain(piece)
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

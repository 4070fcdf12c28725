"""GPT as a reader: a decoder that sees only what stands to the left (Radford et al. 2018)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from lmcore.outputs.generation import Forced, GeneratedToken, GenerationSettings
from lmcore.outputs.lens import Aim, Lens
from lmcore.outputs.reading import TokenScore
from lmcore.readers import logit_lens
from lmcore.readers.attention_norms import ValueMap
from lmcore.readers.infilling import causal, characters
from lmcore.readers.infilling.beam import Infilling
from lmcore.readers.kv_cache import decoding
from lmcore.readers.sampling import Sampler, rank_of
from lmcore.readers.scoring import by_word, entropy, log_of
from lmcore.readers.spelling import Continues, EndOfWord, Spelling
from lmcore.readers.tokens import padded
from lmcore.readers.transformer import TransformerReader
from lmcore.runtime import transformers_models
from lmcore.runtime.checkpoints import Card
from lmcore.runtime.families import FAMILIES, Capability, Family
from lmcore.runtime.scheduler import computing
from lmcore.text.prompts import Direction
from lmcore.text.words import Sentence


class GptReader(TransformerReader):
    """Reads, predicts and writes from left to right.

    The classroom's leads every text by ``<s>`` and GPT-2 by ``<|endoftext|>``; the published GPT-1
    was trained without such a sign, so that nothing predicts its first word.
    """

    about: ClassVar[Family] = FAMILIES["gpt"]

    spelling: Spelling = EndOfWord(("<s>",), padding="<s>", unknown="<unk>")
    tied: ClassVar[dict[str, str]] = {"lm_head.weight": "transformer.tokens_embed.weight"}
    infilling: ClassVar[Infilling] = causal
    of_characters: ClassVar[Infilling] = characters
    positions_key: ClassVar[str] = "n_positions"
    body_key: ClassVar[str] = "transformer"
    #: Whether keys and values are kept while writing; without, the same is written more slowly.
    keeps_keys = True

    def __init__(
        self,
        card: Card,
        device: torch.device,
        model: Any,
        tokenizer: Tokenizer,
        spelling: Spelling | None = None,
        lacks: Mapping[Capability, str] | None = None,
    ) -> None:
        if spelling is None and type(tokenizer.model).__name__ == "WordPiece":
            # The classroom's in Han characters, of which each is a piece.
            spelling = Continues(("<s>",), padding="<s>", unknown="<unk>")
        super().__init__(card, device, model, tokenizer, spelling, lacks)

    @staticmethod
    def build(config: dict[str, Any]) -> nn.Module:
        """An untrained decoder of these sizes."""
        return transformers_models.new_gpt(config)

    def value_map(self, layer: int) -> ValueMap:
        """See :meth:`TransformerReader.value_map`; queries, keys and values stand side by side."""
        block = self.model.transformer.h[layer]
        attention, size = block.attn, block.attn.split_size
        weight, bias = attention.c_attn.weight[:, 2 * size :], attention.c_attn.bias[2 * size :]
        # GPT-2 normalises before attention and once more at the end; GPT only behind each block.
        before = block.ln_1 if hasattr(self.model.transformer, "ln_f") else None
        return ValueMap(weight, bias, attention.c_proj.weight, before)

    def _log_probabilities(self, rows: Sequence[Sequence[int]], first: int = 0) -> Tensor:
        """Log-probabilities ``[B, P - first, V]`` of what follows positions ``first`` and later."""
        ids, _ = padded(rows, self.filler)
        hidden = self.body(torch.from_numpy(ids).to(self.device)).last_hidden_state
        return self.model.lm_head(hidden[:, first:]).float().log_softmax(-1)

    def scores(self, sentences: Sequence[Sentence]) -> list[list[TokenScore]]:
        """ln p(word | words to the left): the sum over the pieces of the word.

        NaN for the first word where no sign stands before it (GPT-1 as published). Sentences of one
        length need no padding and are read fastest.
        """
        if not sentences:
            return []
        encodings = [self.encode(sentence) for sentence in sentences]
        ids, _ = padded([encoding.ids for encoding in encodings], self.filler)
        wanted = torch.from_numpy(ids).to(self.device)
        with computing():
            hidden = self.body(wanted).last_hidden_state[:, :-1]
            flat = log_of(self.model.lm_head, hidden.flatten(0, 1), wanted[:, 1:].flatten())
        by_piece = np.pad(flat.numpy().reshape(len(ids), -1), ((0, 0), (1, 0)))
        by_piece[:, 0] = 0.0 if self.before else np.nan  # a start sign, or what nothing predicts
        both = zip(encodings, by_piece, strict=True)
        return [by_word(encoding, row, "left") for encoding, row in both]

    def lens(self, sentence: Sentence, word: int, k: int = 5, aim: Aim = "for") -> list[Lens]:
        """See :meth:`Reader.lens`; GPT has normalised each layer, GPT-2 but the last."""
        norm = getattr(self.model.transformer, "ln_f", None)
        return logit_lens.causal(self, sentence, word, k, aim, norm)

    def generate(
        self,
        prompt: Sentence,
        settings: GenerationSettings,
        forced: Sequence[Forced] = (),
        side: Direction = "right",
    ) -> Iterator[GeneratedToken]:
        """See :meth:`Reader.generate`: to the right, one piece a step."""
        self.check_side(side)
        sampler = self.guided(settings, forced, side)
        encoding = self.encode(prompt)
        self.check_room(encoding, settings.length)
        ids = list(encoding.ids)
        while len(ids) > 1 and self.spelling.is_blank(self.texts[ids[-1]]):
            ids.pop()  # the piece that follows brings its own blank
        return self._write(prompt.text, ids, sampler)

    def _write(self, text: str, ids: list[int], sampler: Sampler) -> Iterator[GeneratedToken]:
        append, unread = self.spelling.writer(text), ids
        decoder = decoding(self.model, len(ids) + sampler.settings.length, self.keeps_keys)
        for position in range(sampler.settings.length):
            with computing():
                log = self.model.lm_head(decoder.read(unread)).float().log_softmax(-1).cpu()
            log = log.masked_fill(~self.writable, float("-inf")).log_softmax(-1)
            entry = sampler.choose(log)
            unread = [entry]
            piece = self.texts[entry]
            written = append(piece)
            text += written
            yield GeneratedToken(
                text=written,
                piece=piece,
                position=position,
                probability=float(log[entry].exp()),
                rank=rank_of(log, entry),
                entropy=entropy(log),
                alternatives=self.alternatives(log),
                text_so_far=text,
            )


READER = GptReader

"""BERT as a reader: an encoder in which every position sees every other (Devlin et al. 2018)."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import nn

from lmcore.outputs.generation import Forced, GeneratedToken, GenerationSettings
from lmcore.outputs.lens import Aim, Lens
from lmcore.outputs.reading import Reading, TokenScore
from lmcore.readers import logit_lens, pairs
from lmcore.readers.attention_norms import ValueMap
from lmcore.readers.infilling import characters, masked
from lmcore.readers.infilling.beam import Infilling
from lmcore.readers.sampling import Guided, joined, led, rank_of
from lmcore.readers.scoring import by_word, entropy, log_of, mask, pseudo_likelihood
from lmcore.readers.spelling import Continues, Spelling
from lmcore.readers.tokens import Encoding, padded
from lmcore.readers.transformer import TransformerReader
from lmcore.runtime import transformers_models
from lmcore.runtime.families import FAMILIES, Family
from lmcore.runtime.scheduler import computing
from lmcore.text.prompts import Direction
from lmcore.text.words import Sentence

MASK = "[MASK]"


class BertReader(TransformerReader):
    """Reads ``[CLS] sentence [SEP]`` and predicts masked pieces from both sides."""

    about: ClassVar[Family] = FAMILIES["bert"]

    spelling: Spelling = Continues(("[CLS]",), ("[SEP]",), "[PAD]", "[UNK]", MASK)
    tied: ClassVar[dict[str, str]] = {
        "cls.predictions.decoder.weight": "bert.embeddings.word_embeddings.weight",
        "cls.predictions.decoder.bias": "cls.predictions.bias",
    }
    infilling: ClassVar[Infilling] = masked
    of_characters: ClassVar[Infilling] = characters
    positions_key: ClassVar[str] = "max_position_embeddings"
    body_key: ClassVar[str] = "bert"

    @staticmethod
    def build(config: dict[str, Any]) -> nn.Module:
        """An untrained encoder of these sizes."""
        return transformers_models.new_bert(config)

    def value_map(self, layer: int) -> ValueMap:
        """See :meth:`TransformerReader.value_map`."""
        attention = self.model.bert.encoder.layer[layer].attention
        value, output = attention.self.value, attention.output.dense
        return ValueMap(value.weight.T, value.bias, output.weight.T)

    def scores(self, sentences: Sequence[Sentence]) -> list[list[TokenScore]]:
        """Pseudo-log-likelihood: each piece masked in turn (Salazar et al. 2020), by word."""
        self.need("score")
        return self._pseudo_likelihood(sentences, hide_rest=False)

    def chained_scores(self, sentences: Sequence[Sentence]) -> list[list[TokenScore]]:
        """See :meth:`Reader.chained_scores` (Kauf and Ivanova 2023)."""
        self.need("score")
        return self._pseudo_likelihood(sentences, hide_rest=True)

    def _pseudo_likelihood(
        self, sentences: Sequence[Sentence], hide_rest: bool
    ) -> list[list[TokenScore]]:
        encodings = [self.encode(sentence) for sentence in sentences]
        mask = self.id_of(MASK)
        rows = pseudo_likelihood(encodings, mask, self._log_of, hide_rest=hide_rest)
        for encoding, row in zip(encodings, rows, strict=True):
            row[np.array(encoding.ids) == mask] = np.nan  # a mask stands for no word
        both = zip(encodings, rows, strict=True)
        return [by_word(encoding, row, "both") for encoding, row in both]

    def masked_scores(
        self, sentences: Sequence[Sentence], share: float, random: np.random.Generator
    ) -> list[np.ndarray]:
        """See :meth:`Reader.masked_scores`."""
        self.need("score")
        rows, places, wanted = [], [], []
        for number, sentence in enumerate(sentences):
            ids = np.asarray(self.encode(sentence).ids)
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
        ids, there = padded(rows, self.filler)
        row, position = np.array(places).T
        with computing():
            hidden = self.body(
                torch.from_numpy(ids).to(self.device), torch.from_numpy(there).to(self.device)
            ).last_hidden_state[row, position]
            return log_of(self.model.cls.predictions, hidden, torch.tensor(wanted)).numpy()

    def lens(self, sentence: Sentence, word: int, k: int = 5, aim: Aim = "for") -> list[Lens]:
        """See :meth:`Reader.lens`; the word is hidden behind masks for the aim ``for``."""
        self.need("fill")
        return logit_lens.masked(self, sentence, word, k, aim, MASK)

    def generate(
        self,
        prompt: Sentence,
        settings: GenerationSettings,
        forced: Sequence[Forced] = (),
        side: Direction = "right",
    ) -> Iterator[GeneratedToken]:
        """See :meth:`Reader.generate`: masks are uncovered one by one, the surest place first.

        Not what BERT was made for: it writes by filling blanks (compare Wang and Cho 2019).
        """
        self.need("generate")
        self.check_side(side)
        sampler = self.guided(settings, forced)
        encoding = self.encode(prompt)
        self.check_room(encoding, settings.length)
        return self._uncover(prompt, encoding, sampler, side)

    def _uncover(
        self, prompt: Sentence, encoding: Encoding, sampler: Guided, side: Direction
    ) -> Iterator[GeneratedToken]:
        length, inside = sampler.settings.length, len(encoding.ids) - 1
        masks = [self.id_of(MASK)] * length
        first, text = (inside, prompt.text) if side == "right" else (1, "")
        ids = [*encoding.ids[:first], *masks, *encoding.ids[first:]]
        covered = list(range(length))
        while covered:
            places = [first + position for position in covered]
            with computing():
                hidden = self.body(torch.tensor([ids], device=self.device)).last_hidden_state
                log = (
                    self.model.cls.predictions(hidden[0, torch.tensor(places)])
                    .float()
                    .log_softmax(-1)
                    .cpu()
                )
            log = log.masked_fill(~self.writable, float("-inf")).log_softmax(-1)
            row = sampler.row(covered, int(log.max(-1).values.argmax()))
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
                text_so_far=self._whole(prompt, ids[first : first + length], side),
            )

    def _whole(self, prompt: Sentence, written: Sequence[int], side: Direction) -> str:
        """The prompt with the pieces on their side."""
        if side == "right":
            return self._joined(prompt.text, written)
        text, ending = self._joined("", written), prompt.words[0].text
        return led(text, ending) + prompt.text

    def _joined(self, text: str, ids: Sequence[int]) -> str:
        """A text with pieces behind it; places still covered are written as an underscore."""
        for entry in ids:
            piece = "_" if entry == self.id_of(MASK) else self.texts[entry]
            plain = self.plain(piece)
            text += plain if piece.startswith(Continues.MARK) else joined(text, plain)
        return text

    def read_pair(self, first: Sentence, second: Sentence) -> Reading:
        """See :meth:`Reader.read_pair`: ``[CLS] first [SEP] second [SEP]``, with segments."""
        pair, leading = pairs.joined_text(first, second), len(self.before)
        left, right = self.encode(first), self.encode(second)
        encoding, segments = pairs.cut_pair(pair, len(first.text) + 1, left, right, leading)
        if len(encoding.ids) > self.limit:
            raise self.too_many(len(encoding.ids) - 3, self.limit - 3)
        with computing():
            out = self.model.bert(
                torch.tensor([encoding.ids], device=self.device),
                token_type_ids=torch.tensor([segments], device=self.device),
                output_hidden_states=True,
                output_attentions=True,
            )
            hidden = torch.stack(out.hidden_states)[:, 0].float().cpu().numpy()
            attention = torch.stack(out.attentions)[:, 0].float().cpu().numpy()
        return self._reading(pair, encoding, hidden, attention)

    def follows(self, first: Sentence, second: Sentence) -> float:
        """Probability that the second text follows the first (next-sentence head)."""
        self.need("pairs")
        left, right = self.encode(first).ids, self.encode(second).ids[len(self.before) :]
        ids = [*left, *right]
        if len(ids) > self.limit:
            raise self.too_many(len(ids) - 3, self.limit - 3)
        segments = [0] * len(left) + [1] * len(right)
        with computing():
            pooled = self.model.bert(
                torch.tensor([ids], device=self.device),
                token_type_ids=torch.tensor([segments], device=self.device),
            ).pooler_output
            logits = self.model.cls.seq_relationship(pooled)[0]
        return float(logits.float().softmax(-1)[0])


READER = BertReader

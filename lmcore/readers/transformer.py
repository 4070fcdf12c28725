"""What GPT and BERT share as readers: pieces in, hidden states and attention out."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from lmcore.errors import CheckpointError, InputError
from lmcore.outputs.answers import Lexicon
from lmcore.outputs.generation import Alternative, Forced, GenerationSettings
from lmcore.outputs.reading import Note, Reading, pool_vectors
from lmcore.readers import attention_norms
from lmcore.readers.attention_norms import Norms, ValueMap
from lmcore.readers.attribution import Route, of_pieces
from lmcore.readers.base import Reader
from lmcore.readers.infilling.beam import FillsBlanks
from lmcore.readers.sampling import Guided, guided
from lmcore.readers.spelling import Spelling
from lmcore.readers.tokens import (
    Encoding,
    changes,
    encode,
    load_tokenizer,
    notes_for,
    padded,
    vocabulary,
)
from lmcore.runtime.checkpoints import LOAD_LOCK, Card, fill, shown, verify
from lmcore.runtime.families import Capability
from lmcore.runtime.scheduler import computing
from lmcore.text.prompts import Direction
from lmcore.text.words import Sentence, blanks_of


class TransformerReader(FillsBlanks, Reader):
    """A reader on a transformers class with eager attention and a tokenizer of ours.

    Attributes:
        spelling: the special entries, and how the others are written.
        before, after: special entries round every sentence.
        texts: the vocabulary, by id.
        unknown_id: entry for what the vocabulary lacks, ``None`` where it lacks nothing.
        changes: what the tokenizer does to letters.
        writable: bool ``[V]``, entries that may be written: all but the special ones.
    """

    #: The spelling of the classroom's tokenizer.
    spelling: Spelling
    #: Weights that the file leaves out because they are tied: name → name of the one stored.
    tied: ClassVar[dict[str, str]]
    #: Which entry of the configuration holds the number of positions.
    positions_key: ClassVar[str]
    #: What the model calls its network without the heads.
    body_key: ClassVar[str]

    def __init__(
        self,
        card: Card,
        device: torch.device,
        model: Any,
        tokenizer: Tokenizer,
        spelling: Spelling | None = None,
        lacks: Mapping[Capability, str] | None = None,
    ) -> None:
        super().__init__(card, device, lacks)
        self.model = model.to(device).eval()
        self.tokenizer = tokenizer
        self.spelling = spelling = spelling or self.spelling
        self.limit = int(getattr(model.config, self.positions_key))
        self.before = [self.id_of(text) for text in spelling.before]
        self.after = [self.id_of(text) for text in spelling.after]
        self.unknown_id = self.id_of(spelling.unknown) if spelling.unknown else None
        self.texts = vocabulary(tokenizer)
        self.changes = changes(tokenizer, self.language.normaliser)
        self.writable = torch.tensor([text not in spelling.specials for text in self.texts])

    @classmethod
    def load(cls, folder: Path, device: torch.device) -> Self:
        """Load a checkpoint folder written by :func:`lmcore.runtime.checkpoints.write`."""
        checkpoint = verify(folder)
        config = {key: value for key, value in checkpoint.config.items() if key != "family"}
        with LOAD_LOCK:
            tokenizer = load_tokenizer(checkpoint, int(config["vocab_size"]))
            model = cls.build(config)
            fill(model, checkpoint, cls.tied)
        return cls(checkpoint.card, device, model, tokenizer)

    @staticmethod
    @abstractmethod
    def build(config: dict[str, Any]) -> nn.Module:
        """The untrained network of a configuration."""

    def body(self, ids: Tensor | None, mask: Tensor | None = None, **options: Any) -> Any:
        """The bare network without its heads.

        Args:
            ids: ``[B, P]``; ``None`` where ``options`` hold vectors.
            mask: ``[B, P]``, 0 where padding stands. It stands on the right, where a causal mask
                hides it already.
            options: of the network.
        """
        if self.about.context == "both":
            options["attention_mask"] = mask
        return getattr(self.model, self.body_key)(ids, **options)

    def embeddings(self) -> Any:
        """The table of piece embeddings (also the output matrix)."""
        return getattr(self.model, self.body_key).get_input_embeddings()

    def plain(self, text: str) -> str:
        """See :meth:`Spelling.plain`."""
        return self.spelling.plain(text)

    def shown(self, text: str) -> str:
        """See :meth:`Spelling.shown`."""
        return self.spelling.shown(text)

    @property
    def filler(self) -> int:
        """The entry behind shorter texts of a batch."""
        return self.id_of(self.spelling.padding) if self.spelling.padding else 0

    def id_of(self, text: str) -> int:
        """The id of an entry that must exist."""
        entry = self.tokenizer.token_to_id(text)
        if entry is None:
            folder, detail = self.language.checkpoints, f"the tokenizer lacks {text}"
            named = {"folder": shown(folder / self.family), "detail": detail}
            raise CheckpointError("checkpoint_mismatch", reader=self.card.name, **named)
        return int(entry)

    def encode(self, sentence: Sentence) -> Encoding:
        """The sentence as pieces, or the error that it does not fit."""
        encoding = self.cut(sentence)
        self.check_length(len(encoding.ids))
        return encoding

    def cut(self, sentence: Sentence) -> Encoding:
        """The sentence as pieces, however many they are."""
        return encode(self.tokenizer, sentence, self.spelling, self.language.normaliser)

    def check_length(self, count: int) -> None:
        """Refuse more positions than the network has, special ones included."""
        if count > self.limit:
            raise self.too_many(count - self._around, self.max_pieces)

    @cached_property
    def lexicon(self) -> Lexicon:
        """The whole words of the vocabulary with a letter or a digit."""
        whole = [self.spelling.is_word(text) for text in self.texts]
        return Lexicon.of_vocabulary([self.plain(text) for text in self.texts], whole)

    @property
    def max_pieces(self) -> int:
        """Positions that are left for a text between the special ones."""
        return self.limit - self._around

    @property
    def _around(self) -> int:
        return len(self.before) + len(self.after)

    @property
    def layers(self) -> int:
        """See :attr:`Reader.layers`."""
        return int(self.model.config.num_hidden_layers)

    @property
    def width(self) -> int:
        """See :attr:`Reader.width`."""
        return int(self.model.config.hidden_size)

    def count_pieces(self, sentence: Sentence) -> int:
        """Number of pieces of the text."""
        if self.spelling.mask and blanks_of(sentence):
            return len(self.cut(sentence).ids) - self._around
        return len(self.tokenizer.encode(sentence.text, add_special_tokens=False).ids)

    def predicts(self, word: str) -> bool:
        """Whether no piece of the word is the unknown one."""
        return self.unknown_id not in self.tokenizer.encode(word, add_special_tokens=False).ids

    def word_layers(self, sentences: Sequence[Sentence]) -> list[np.ndarray]:
        """See :meth:`Reader.word_layers`; attention and vectors of pieces are left behind."""
        if not sentences:
            return []
        encodings = [self.encode(sentence) for sentence in sentences]
        with computing():
            layers = self._run(encodings).hidden_states
            hidden = torch.stack(layers).float().cpu().numpy()  # [L + 1, B, P, D]
        return [
            pool_vectors(encoding.word_pieces, hidden[:, row, : len(encoding.ids)])
            for row, encoding in enumerate(encodings)
        ]

    def _run(self, encodings: Sequence[Encoding], **options: Any) -> Any:
        """What the bare network gives for some texts, padded to one length."""
        arrays = padded([encoding.ids for encoding in encodings], self.filler)
        ids, mask = (torch.from_numpy(array).to(self.device) for array in arrays)
        return self.body(ids, mask, output_hidden_states=True, **options)

    def forward_pass(self, sentence: Sentence) -> Callable[[], object]:
        """See :meth:`Reader.forward_pass`."""
        ids = torch.tensor([self.encode(sentence).ids], device=self.device)
        return lambda: self.body(ids, torch.ones_like(ids))

    def read(self, sentences: Sequence[Sentence]) -> list[Reading]:
        """See :meth:`Reader.read`; special positions stand round the pieces of each reading."""
        if not sentences:
            return []
        encodings = [self.encode(sentence) for sentence in sentences]
        with computing():
            out = self._run(encodings, output_attentions=True)
            hidden = torch.stack(out.hidden_states).float().cpu().numpy()  # [L + 1, B, P, D]
            attention = torch.stack(out.attentions).float().cpu().numpy()  # [L, B, H, P, P]
        return [
            self._reading(sentence, encoding, hidden[:, row], attention[:, row])
            for row, (sentence, encoding) in enumerate(zip(sentences, encodings, strict=True))
        ]

    def _reading(
        self, sentence: Sentence, encoding: Encoding, hidden: np.ndarray, attention: np.ndarray
    ) -> Reading:
        count = len(encoding.ids)
        return Reading(
            family=self.family,
            sentence=sentence,
            pieces=encoding.pieces,
            word_pieces=encoding.word_pieces,
            layers=pool_vectors(encoding.word_pieces, hidden[:, :count]),
            piece_layers=hidden[:, :count],
            attention=attention[:, :, :count, :count],
            layer_names=("input", *(f"layer {layer}" for layer in range(1, len(hidden)))),
            notes=self._notes(sentence, encoding),
        )

    def notes(self, sentence: Sentence) -> tuple[Note, ...]:
        """See :meth:`Reader.notes`."""
        return self._notes(sentence, self.encode(sentence))

    def _notes(self, sentence: Sentence, encoding: Encoding) -> tuple[Note, ...]:
        masks, unknown = self.spelling.mask != "", self.unknown_id
        return notes_for(sentence, encoding, unknown, self.changes, masks)

    def routes(self, sentence: Sentence) -> list[Route]:
        """See :meth:`Reader.routes`: from the piece embeddings to the top layer."""
        encoding = self.encode(sentence)
        inputs = self.embeddings()(torch.tensor(encoding.ids, device=self.device))

        def body(vectors: Tensor) -> Tensor:
            return self.body(None, inputs_embeds=vectors).last_hidden_state

        return [of_pieces(encoding.word_pieces, inputs, body, self.context == "left")]

    @abstractmethod
    def value_map(self, layer: int) -> ValueMap:
        """How the attention of a layer (from 0) makes vectors of what it looks at."""

    def norms(self, reading: Reading, units: np.ndarray | None = None) -> Norms:
        """See :meth:`Reader.norms`."""
        with computing():
            return attention_norms.measured(reading, self.value_map, units)

    def written(self, entry: int) -> str:
        """How an entry is shown: a special one as it stands in the vocabulary."""
        return (self.shown if self.writable[entry] else str)(self.texts[entry])

    def alternatives(self, log: Tensor, k: int = 5) -> tuple[Alternative, ...]:
        """The likeliest entries of ``[V]`` log-probabilities."""
        return tuple(
            Alternative(self.shown(self.texts[entry]), float(log[entry].exp()), self.texts[entry])
            for entry in log.topk(k).indices.tolist()
        )

    def guided(
        self,
        settings: GenerationSettings,
        forced: Sequence[Forced],
        side: Direction | None = None,
    ) -> Guided:
        """See :func:`lmcore.readers.sampling.guided`."""
        find = self.tokenizer.token_to_id
        return guided(settings, forced, find, self.writable, self.card.name, side)

    def check_room(self, encoding: Encoding, wanted: int) -> None:
        """Refuse to write more than the positions hold.

        Raises:
            InputError: ``no_room_to_generate``.
        """
        count, limit = len(encoding.ids) - self._around, self.max_pieces
        if count + wanted > limit:
            named = {"reader": self.card.name, "count": count, "limit": limit, "wanted": wanted}
            raise InputError("no_room_to_generate", **named)

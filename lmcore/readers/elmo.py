"""ELMo as a reader: two language models, each blind to the other's side (Peters et al. 2018)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from lmcore.outputs.answers import Lexicon
from lmcore.outputs.generation import Forced, GeneratedToken, GenerationSettings
from lmcore.outputs.lens import Aim, Lens
from lmcore.outputs.reading import Note, Piece, Reading, TokenScore
from lmcore.readers import elmo_generation, logit_lens
from lmcore.readers.attribution import Route, of_directions
from lmcore.readers.base import Reader
from lmcore.readers.elmo_characters import batch_ids, cropped
from lmcore.readers.elmo_network import ElmoConfig, ElmoNetwork, ElmoOutput
from lmcore.readers.infilling import bidirectional
from lmcore.readers.infilling.beam import FillsBlanks, Infilling
from lmcore.readers.sampling import guided
from lmcore.readers.scoring import log_of
from lmcore.readers.tokens import mask_note, sign_notes
from lmcore.runtime.checkpoints import LOAD_LOCK, Card, Checkpoint, fill, mismatch, verify
from lmcore.runtime.families import FAMILIES, Capability, Family
from lmcore.runtime.scheduler import computing
from lmcore.text.prompts import Direction
from lmcore.text.words import Sentence, blanks_of, plain

SPECIALS = ("<S>", "</S>", "<UNK>")


class ElmoReader(FillsBlanks, Reader):
    """Reads characters of words; 2L + 1 representations of each word.

    ``layers`` of a reading are ``[L + 1, W, 2 D]``: layer 0 is the token vector twice, as in the
    published code; layers 1 to L hold the forward half, then the backward half. Sentence marks are
    read and stripped.
    """

    about: ClassVar[Family] = FAMILIES["elmo"]
    infilling: ClassVar[Infilling] = bidirectional
    of_characters: ClassVar[Infilling] = bidirectional

    def __init__(
        self,
        card: Card,
        device: torch.device,
        network: ElmoNetwork,
        vocabulary: Sequence[str],
        counts: Sequence[int] | None = None,
        lacks: Mapping[Capability, str] | None = None,
    ) -> None:
        super().__init__(card, device, lacks)
        self.network = network.to(device).eval()
        self.vocabulary = list(vocabulary)
        self.frequency = log_frequency(len(self.vocabulary), counts)
        self.entries = {word: entry for entry, word in enumerate(self.vocabulary)}
        self.writable = torch.tensor([w not in SPECIALS for w in self.vocabulary])

    @classmethod
    def load(cls, folder: Path, device: torch.device) -> "ElmoReader":
        """Load a checkpoint folder: the network and the vocabulary of its softmax."""
        checkpoint = verify(folder)
        words, counts = _vocabulary(checkpoint)
        with LOAD_LOCK:
            network = _filled(checkpoint, words)
        return cls(checkpoint.card, device, network, words, counts)

    @property
    def longest_word(self) -> int:
        """How many UTF-8 bytes of a word are read."""
        return self.network.config.max_characters_per_token - 2

    @cached_property
    def lexicon(self) -> Lexicon:
        """The whole words of the vocabulary of the softmax."""
        whole = [w not in SPECIALS and any(c.isalnum() for c in w) for w in self.vocabulary]
        return Lexicon.of_vocabulary(self.vocabulary, whole)

    def _inputs(self, sentences: Sequence[Sequence[str]]) -> tuple[Tensor, Tensor]:
        ids, lengths = batch_ids(sentences, self.network.config.max_characters_per_token)
        flat = cropped(
            ids.reshape(-1, ids.shape[-1]).numpy(),
            max(width for width, _ in self.network.config.filters),
        )
        short = torch.from_numpy(flat).reshape(*ids.shape[:2], -1)
        return short, lengths

    def _pass(self, sentences: Sequence[Sequence[str]]) -> ElmoOutput:
        return self._forward(*self._inputs(sentences))

    def _forward(self, ids: Tensor, lengths: Tensor) -> ElmoOutput:
        # Each form of a word goes through the character encoder once. Which there are is found
        # before the characters go to the device, which would have to be waited for.
        forms, where = torch.unique(ids.flatten(0, 1), dim=0, return_inverse=True)
        token = self.network.encoder(forms.to(self.device))[where.to(self.device)]
        token = token.reshape(*ids.shape[:2], -1)
        return self.network.read_vectors(token, lengths)

    @property
    def layers(self) -> int:
        """See :attr:`Reader.layers`."""
        return self.network.config.n_layers

    @property
    def width(self) -> int:
        """See :attr:`Reader.width`; both directions."""
        return 2 * self.network.config.projection_dim

    def forward_pass(self, sentence: Sentence) -> Callable[[], object]:
        """See :meth:`Reader.forward_pass`."""
        inputs = self._inputs([self.forms(sentence)])
        return lambda: self._forward(*inputs)

    def read(self, sentences: Sequence[Sentence]) -> list[Reading]:
        """See :meth:`Reader.read`; pieces are the words themselves."""
        if not sentences:
            return []
        with computing():
            out = self._pass([self.forms(sentence) for sentence in sentences])
            token = torch.cat([out.token, out.token], dim=-1)[None]
            both = torch.cat([out.forward, out.backward], dim=-1)
            layers = torch.cat([token, both]).float().cpu().numpy()  # [L + 1, B, T, 2 D]
        return [
            self._reading(sentence, layers[:, row, 1 : len(sentence) + 1])
            for row, sentence in enumerate(sentences)
        ]

    def _reading(self, sentence: Sentence, layers: np.ndarray) -> Reading:
        names = ["token", *(f"LSTM {layer}" for layer in range(1, len(layers)))]
        return Reading(
            family=self.family,
            sentence=sentence,
            pieces=tuple(Piece(w.text, (w.start, w.end)) for w in sentence.words),
            word_pieces=np.eye(len(sentence), dtype=bool),
            layers=layers,
            piece_layers=layers,
            attention=None,
            layer_names=tuple(names),
            notes=self.notes(sentence),
        )

    def notes(self, sentence: Sentence) -> tuple[Note, ...]:
        """See :meth:`Reader.notes`: blanks, curly quotes, and words longer than are read."""
        notes = [mask_note(position) for position in blanks_of(sentence)]
        for position, word in enumerate(sentence.words):
            notes += sign_notes(position, word, self.language.normaliser)
            letters = self.form(word.text).encode("utf8")
            if len(letters) > self.longest_word:
                seen = letters[: self.longest_word].decode("utf8", errors="ignore")
                notes.append(Note(position, "truncated", seen))
        return tuple(notes)

    def _log(self, vectors: Tensor) -> Tensor:
        """Log-probabilities ``[..., V]`` from top vectors ``[..., D]``, on the CPU."""
        return self.network.softmax(vectors).float().log_softmax(-1).cpu()

    def scores(self, sentences: Sequence[Sentence]) -> list[list[TokenScore]]:
        """ln p(word | left) from the forward and ln p(word | right) from the backward model.

        A word outside the vocabulary has the probability of ``<UNK>``. Sentences of one length are
        read fastest.
        """
        self.need("score")
        if not sentences:
            return []
        words = [self.forms(sentence) for sentence in sentences]
        unknown, counts = self.entries["<UNK>"], [len(row) for row in words]
        wanted = torch.tensor([self.entries.get(word, unknown) for row in words for word in row])
        with computing():
            out = self._pass(words)
            seen_left = [out.forward[-1, row, :n] for row, n in enumerate(counts)]
            seen_right = [out.backward[-1, row, 2 : n + 2] for row, n in enumerate(counts)]
            ahead = log_of(self.network.softmax, torch.cat(seen_left), wanted)
            behind = log_of(self.network.softmax, torch.cat(seen_right), wanted)
        return [
            [TokenScore(word, value, "left") for word, value in enumerate(left.tolist())]
            + [TokenScore(word, value, "right") for word, value in enumerate(right.tolist())]
            for left, right in zip(ahead.split(counts), behind.split(counts), strict=True)
        ]

    def predicts(self, word: str) -> bool:
        """Whether the word stands in the vocabulary of the softmax."""
        return self.form(word) in self.entries

    def form(self, word: str) -> str:
        """A word as ELMo spells it: composed characters, the signs of its corpus."""
        return plain(word, self.language.normaliser)

    def forms(self, sentence: Sentence) -> list[str]:
        """The words of a sentence as ELMo spells them."""
        return [self.form(word.text) for word in sentence.words]

    def lens(self, sentence: Sentence, word: int, k: int = 5, aim: Aim = "for") -> list[Lens]:
        """See :meth:`Reader.lens`: the forward direction, then the backward one."""
        self.need("fill")
        with computing():
            out = self._pass([self.forms(sentence)])
        return logit_lens.two_directions(self, out, sentence, word, k, aim)

    def generate(
        self,
        prompt: Sentence,
        settings: GenerationSettings,
        forced: Sequence[Forced] = (),
        side: Direction = "right",
    ) -> Iterator[GeneratedToken]:
        """See :meth:`Reader.generate`: the forward model writes right, the backward model left."""
        self.need("generate")
        self.check_side(side)
        sampler = guided(settings, forced, self.entries.get, self.writable, self.card.name, side)
        return elmo_generation.write(self, prompt.text, self.forms(prompt), sampler, side)

    def routes(self, sentence: Sentence) -> list[Route]:
        """See :meth:`Reader.routes`: from the token vectors up each direction."""
        ids, _ = self._inputs([self.forms(sentence)])
        return of_directions(self.network, self.network.encoder(ids[0].to(self.device)))


def log_frequency(size: int, counts: Sequence[int] | None) -> Tensor:
    """ln p of each entry of a vocabulary before anything is read, ``[V]``.

    Args:
        size: V.
        counts: how often the corpus has each; a word that was never met counts once. Where nobody
            tells them, entries are taken to be ordered by falling frequency, and entry k to have
            p = ln((k + 2) / (k + 1)) / ln(V + 1): the log-uniform distribution that the published
            ELMo was trained with (TensorFlow's sampled softmax).
    """
    if counts is None:
        ranks = torch.arange(size, dtype=torch.float64)
        return ((ranks + 2) / (ranks + 1)).log().div(np.log(size + 1) or 1.0).log().float()
    seen = torch.tensor(counts, dtype=torch.float64) + 1
    return (seen / seen.sum()).log().float()


def _vocabulary(checkpoint: Checkpoint) -> tuple[list[str], list[int]]:
    """Words of the softmax and how often the corpus has each: word, tab, count, a line each."""
    lines = (checkpoint.folder / "vocabulary.txt").read_text(encoding="utf8").split("\n")[:-1]
    try:
        pairs = [line.rsplit("\t", 1) for line in lines]
        return [word for word, _ in pairs], [int(count) for _, count in pairs]
    except ValueError as error:
        raise mismatch(checkpoint, "vocabulary.txt is not made of words and counts") from error


def _filled(checkpoint: Checkpoint, words: Sequence[str]) -> ElmoNetwork:
    """The network of a checkpoint with its weights."""
    values = {key: value for key, value in checkpoint.config.items() if key != "family"}
    values["filters"] = tuple(tuple(pair) for pair in values["filters"])
    config = ElmoConfig(**values)
    if config.vocabulary_size != len(words):
        raise mismatch(checkpoint, "vocabulary.txt and the softmax differ in length")
    network = ElmoNetwork(config)
    fill(network, checkpoint)
    return network


READER = ElmoReader

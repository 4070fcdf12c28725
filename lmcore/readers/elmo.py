"""ELMo as a reader: two language models, each blind to the other's side (Peters et al. 2018)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from lmcore.checkpoints import LOAD_LOCK, Card, Checkpoint, load_weights, mismatch, verify
from lmcore.readers.base import Capability, Reader, Sight, computing, differentiating, quote_notes
from lmcore.readers.elmo_network import (
    ElmoConfig,
    ElmoNetwork,
    ElmoOutput,
    batch_ids,
    cropped,
)
from lmcore.readers.gradient import gradient_times_input, normalised
from lmcore.readers.likelihood import log_of
from lmcore.readers.sampling import Sampler, best_words, check_settings, entropy, joined, rank_of
from lmcore.reading import (
    Alternative,
    Candidate,
    Candidates,
    GeneratedToken,
    GenerationSettings,
    Influence,
    Note,
    Piece,
    Reading,
    TokenScore,
)
from lmcore.words import Sentence, plain

SPECIALS = ("<S>", "</S>", "<UNK>")


class ElmoReader(Reader):
    """Reads characters of words; 2L + 1 representations of each word.

    ``layers`` of a reading are ``[L + 1, W, 2 D]``: layer 0 is the token vector twice, as in the
    published code; layers 1 to L hold the forward half, then the backward half. Sentence marks are
    read and stripped.
    """

    family: ClassVar[str] = "elmo"
    order: ClassVar[int] = 0
    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {"fill", "generate", "score", "influence"}
    )
    sight: ClassVar[Sight] = "both_apart"

    def __init__(
        self,
        card: Card,
        device: torch.device,
        network: ElmoNetwork,
        vocabulary: Sequence[str],
        counts: Sequence[int],
    ) -> None:
        super().__init__(card, device)
        self.network = network.to(device).eval()
        self.vocabulary = list(vocabulary)
        seen = (
            torch.tensor(counts, dtype=torch.float64) + 1
        )  # a word that was never met counts once
        self.frequency = (seen / seen.sum()).log().float()
        self.entries = {word: entry for entry, word in enumerate(self.vocabulary)}
        self.whole = torch.tensor(
            [w not in SPECIALS and any(c.isalnum() for c in w) for w in self.vocabulary]
        )
        self.writable = torch.tensor([w not in SPECIALS for w in self.vocabulary])

    @classmethod
    def load(cls, folder: Path, device: torch.device) -> ElmoReader:
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

    def _inputs(self, sentences: Sequence[Sequence[str]]) -> tuple[Tensor, Tensor]:
        ids, lengths = batch_ids(sentences, self.network.config.max_characters_per_token)
        flat = cropped(ids.reshape(-1, ids.shape[-1]).numpy(), self.network.config.filters[-1][0])
        short = torch.from_numpy(flat).reshape(*ids.shape[:2], -1)
        return short.to(self.device), lengths.to(self.device)

    def _pass(self, sentences: Sequence[Sequence[str]]) -> ElmoOutput:
        return self._forward(*self._inputs(sentences))

    def _forward(self, ids: Tensor, lengths: Tensor) -> ElmoOutput:
        # Each form of a word goes through the character encoder once.
        forms, where = torch.unique(ids.flatten(0, 1), dim=0, return_inverse=True)
        token = self.network.encoder(forms)[where].reshape(*ids.shape[:2], -1)
        return self.network.read_vectors(token, lengths)

    def bare(self, sentence: Sentence) -> Callable[[], object]:
        """See :meth:`Reader.bare`."""
        inputs = self._inputs([forms(sentence)])
        return lambda: self._forward(*inputs)

    def read(self, sentences: Sequence[Sentence]) -> list[Reading]:
        """See :meth:`Reader.read`; pieces are the words themselves."""
        if not sentences:
            return []
        with computing():
            out = self._pass([forms(sentence) for sentence in sentences])
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
            membership=np.eye(len(sentence), dtype=bool),
            layers=layers,
            piece_layers=layers,
            attention=None,
            layer_names=tuple(names),
            notes=tuple(self._notes(sentence)),
        )

    def _notes(self, sentence: Sentence) -> Iterator[Note]:
        for position, word in enumerate(sentence.words):
            yield from quote_notes(position, word)
            letters = plain(word.text).encode("utf8")
            if len(letters) > self.longest_word:
                seen = letters[: self.longest_word].decode("utf8", errors="ignore")
                yield Note(position, "truncated", seen)

    def _log(self, vectors: Tensor) -> Tensor:
        """Log-probabilities ``[..., V]`` from top vectors ``[..., D]``, on the CPU."""
        return self.network.softmax(vectors).float().log_softmax(-1).cpu()

    def score(self, sentence: Sentence) -> list[TokenScore]:
        """ln p(word | left) from the forward and ln p(word | right) from the backward model.

        A word outside the vocabulary has the probability of ``<UNK>``.
        """
        return self.scores([sentence])[0]

    def scores(self, sentences: Sequence[Sentence]) -> list[list[TokenScore]]:
        """See :meth:`score`; sentences of one length are read fastest."""
        if not sentences:
            return []
        words = [forms(sentence) for sentence in sentences]
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
        return plain(word) in self.entries

    def fill(self, sentence: Sentence, blank: int, k: int = 10) -> list[Candidates]:
        """Forward model, backward model, and both combined.

        Combined by Bayes' rule as if the two sides were independent given the word:
        p(w | left, right) is in proportion to p(w | left) p(w | right) / p(w), with p(w) from the
        corpus. ELMo itself never joins its two models' predictions.
        """
        words = forms(sentence)
        with computing():
            out = self._pass([words])
            ahead = self._log(out.forward[-1, 0, blank])
            behind = self._log(out.backward[-1, 0, blank + 2])
        both = (ahead + behind - self.frequency).log_softmax(-1)
        return [
            self._candidates("left", ahead, k),
            self._candidates("right", behind, k),
            self._candidates("combined", both, k),
        ]

    def _candidates(self, view: Any, log: Tensor, k: int) -> Candidates:
        candidates = tuple(
            Candidate(self.vocabulary[entry], probability, rank)
            for entry, probability, rank in best_words(log, self.whole, k)
        )
        return Candidates(self.family, view, 0, candidates, float(log.exp()[self.whole].sum()))

    def generate(self, prompt: Sentence, settings: GenerationSettings) -> Iterator[GeneratedToken]:
        """Write to the right with the forward model, one word a step."""
        check_settings(settings)
        return self._write(prompt, settings)

    def _write(self, prompt: Sentence, settings: GenerationSettings) -> Iterator[GeneratedToken]:
        sampler, text = Sampler(settings), prompt.text
        words, state = forms(prompt), None
        for position in range(settings.length):
            with computing():
                vector, state = self._step(words, state)
                log = self._log(vector)
            log = log.masked_fill(~self.writable, float("-inf")).log_softmax(-1)
            entry = sampler.choose(log)
            words = [self.vocabulary[entry]]
            shown = joined(text, words[0])
            text += shown
            yield GeneratedToken(
                text=shown,
                piece=words[0],
                position=position,
                probability=float(log[entry].exp()),
                rank=rank_of(log, entry),
                entropy=entropy(log),
                alternatives=tuple(
                    Alternative(self.vocabulary[other], float(log[other].exp()))
                    for other in log.topk(5).indices.tolist()
                ),
                text_so_far=text,
            )

    def _step(self, words: list[str], state: Any) -> tuple[Tensor, Any]:
        """Top forward vector after some more words, and the forward state behind it."""
        ids, _ = self._inputs([words])
        # Marks: <S> belongs in front of the first words only, </S> never.
        ids = ids[0, (0 if state is None else 1) : -1]
        token = self.network.encoder(ids)[None]
        layers: Any = self.network.directions[0]
        before = state if state is not None else [None] * len(layers)
        lengths = torch.tensor([token.shape[1]], device=self.device)
        out, after = self.network.run(layers, token, lengths, before)
        return out[-1, 0, -1], after

    def influence(self, sentence: Sentence) -> Influence:
        """Gradient × input from the token vectors to the top layer, each direction and both."""
        count = len(sentence)
        with differentiating():
            ids, lengths = self._inputs([forms(sentence)])
            inputs = self.network.encoder(ids[0])

            def half(direction: int) -> np.ndarray:
                def forward(vectors: Tensor) -> Tensor:
                    repeated = lengths.expand(len(vectors))
                    out = self.network.read_vectors(vectors, repeated)
                    return (out.forward, out.backward)[direction][-1][:, 1:-1]

                return gradient_times_input(forward, inputs, count)[:, 1:-1]

            left, right = half(0), half(1)
        return Influence(
            self.family,
            normalised(np.sqrt(left**2 + right**2)),
            {"forward": normalised(left), "backward": normalised(right)},
        )


def forms(sentence: Sentence) -> list[str]:
    """The words as ELMo spells them: composed characters, straight quotes."""
    return [plain(word.text) for word in sentence.words]


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
    try:
        network.load_state_dict(load_weights(checkpoint), strict=True)
    except RuntimeError as error:
        detail = "tensor names or shapes differ from config.json"
        raise mismatch(checkpoint, detail) from error
    return network


READER = ElmoReader

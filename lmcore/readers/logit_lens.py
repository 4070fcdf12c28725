"""The logit lens of each architecture; see :mod:`lmcore.analyses.logit_lens`.

Every layer's vector at one place goes through the reader's own output head, and a softmax over the
whole vocabulary follows. GPT-1 and BERT normalise behind each block, so their layers go into the
head as they are; GPT-2 normalises in front of each block and once at the end, so that its lower
layers need that final normalisation first (``norm``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from lmcore.errors import InputError
from lmcore.outputs.generation import Alternative
from lmcore.outputs.lens import MOST_WORDS, Aim, Lens, Predicts
from lmcore.runtime.scheduler import computing
from lmcore.text.words import Sentence

if TYPE_CHECKING:
    from lmcore.readers.transformer import TransformerReader


def causal(
    reader: TransformerReader,
    sentence: Sentence,
    word: int,
    k: int,
    aim: Aim,
    norm: Callable[[Tensor], Tensor] | None = None,
) -> list[Lens]:
    """A reader of the left side: what comes after a place.

    Args:
        reader: with ``model.lm_head``.
        sentence: the text.
        word: index into its words.
        k: how many entries a layer.
        aim: ``for`` looks at the piece before the word and asks for the word's first piece, ``of``
            looks at the word's last piece and asks for what follows.
        norm: applied to every layer but the last (which has it already).

    Returns:
        one lens; none where nothing stands before the first word (GPT-1 as published).
    """
    check(sentence, word, k)
    encoding = reader.encode(sentence)
    inside = np.flatnonzero(encoding.word_pieces[word])
    place = int(inside[0]) - 1 if aim == "for" else int(inside[-1])
    if place < 0:
        return []
    with computing():
        hidden = _hidden(reader, encoding.ids, place)
        if norm is not None:
            hidden = torch.cat([norm(hidden[:-1]), hidden[-1:]])
        logits = reader.model.lm_head(hidden).float().cpu()
    follows = encoding.ids[place + 1] if place + 1 < len(encoding.ids) - len(reader.after) else None
    lens = _lens(reader.family, "next", _names(len(logits)), logits, k, follows, reader.written)
    return [_about(reader, lens, encoding.word_pieces, word if aim == "for" else word + 1, follows)]


def masked(
    reader: TransformerReader, sentence: Sentence, word: int, k: int, aim: Aim, mask: str
) -> list[Lens]:
    """A reader of both sides: the word at a place.

    Args:
        reader: with ``model.cls.predictions``.
        sentence: the text.
        word: index into its words.
        k: how many entries a layer.
        aim: ``for`` hides all pieces of the word behind masks, ``of`` lets the reader see them;
            the place is that of the first piece.
        mask: the masking entry.
    """
    check(sentence, word, k)
    encoding = reader.encode(sentence)
    inside = np.flatnonzero(encoding.word_pieces[word])
    ids = np.array(encoding.ids)
    stands = int(ids[inside[0]])
    target = None if stands == reader.id_of(mask) else stands  # a mask stands for no word
    if aim == "for":
        ids[inside] = reader.id_of(mask)
    with computing():
        hidden = _hidden(reader, ids.tolist(), int(inside[0]))
        logits = reader.model.cls.predictions(hidden).float().cpu()
    predicts: Predicts = "masked" if aim == "for" else "itself"
    lens = _lens(reader.family, predicts, _names(len(logits)), logits, k, target, reader.written)
    return [_about(reader, lens, encoding.word_pieces, word, target)]


def two_directions(
    reader: Any, out: Any, sentence: Sentence, word: int, k: int, aim: Aim
) -> list[Lens]:
    """A reader whose two directions share one softmax and stay apart: forward, then backward.

    The token layer, which both directions begin with, is as wide as the others and goes through the
    same softmax.

    Args:
        reader: with ``network.softmax``, ``vocabulary`` and ``entries``.
        out: what its network gave for this sentence alone: ``token [1, T, D]``, ``forward`` and
            ``backward [K, 1, T, D]``, sentence marks included.
        sentence: the text.
        word: index into its words.
        k: how many entries a layer.
        aim: ``for`` asks both directions for the word, from the place before it and from the place
            behind it; ``of`` asks the forward one for the next word and the backward one for the
            word before.
    """
    check(sentence, word, k)
    marked = ["<S>", *reader.forms(sentence), "</S>"]  # word i at i + 1
    lenses = []
    for part, step, stack in (("forward", 1, out.forward), ("backward", -1, out.backward)):
        place = word + 1 if aim == "of" else word + 1 - step
        target = marked[place + step]
        with computing():
            vectors = torch.cat([out.token[None], stack])[:, 0, place]  # [L + 1, D]
            logits = reader.network.softmax(vectors).float().cpu()
        names = ("token", *(f"LSTM {layer}" for layer in range(1, len(logits))))
        predicts: Predicts = "next" if step > 0 else "previous"
        entry = reader.entries.get(target, reader.entries["<UNK>"])
        written = reader.vocabulary.__getitem__
        lens = _lens(reader.family, predicts, names, logits, k, entry, written)
        lens = replace(lens, part=part)
        lenses.append(lens if target in reader.entries else _of_unknown(lens))
    return lenses


def check(sentence: Sentence, word: int, k: int) -> None:
    """Refuse a word that is not there and a number of entries out of range.

    Args:
        sentence: the text.
        word: index into its words.
        k: how many entries a layer.

    Raises:
        InputError: ``setting_out_of_range``.
    """
    for name, value, low, high in (
        ("word", word, 0, len(sentence) - 1),
        ("k", k, 1, MOST_WORDS),
    ):
        if not low <= value <= high:
            raise InputError("setting_out_of_range", name=name, value=value, low=low, high=high)


def _hidden(reader: TransformerReader, ids: Sequence[int], place: int) -> Tensor:
    """Vectors of all layers at one place, ``[L + 1, D]``."""
    row = torch.tensor([list(ids)], device=reader.device)
    out = reader.body(row, torch.ones_like(row), output_hidden_states=True)
    return torch.stack([layer[0, place] for layer in out.hidden_states])


def _names(count: int) -> tuple[str, ...]:
    return ("input", *(f"layer {layer}" for layer in range(1, count)))


def _about(
    reader: TransformerReader, lens: Lens, word_pieces: np.ndarray, word: int, entry: int | None
) -> Lens:
    """A lens that knows into how many pieces the word it was asked for is cut."""
    if word >= len(word_pieces):
        return lens
    lens = replace(lens, pieces=int(word_pieces[word].sum()))
    return lens if entry is None or entry != reader.unknown_id else _of_unknown(lens)


def _of_unknown(lens: Lens) -> Lens:
    """A lens whose target stands for all unknown words: its number is no word's number."""
    nothing = np.full(len(lens.rank), np.nan)
    return replace(lens, known=False, probability=nothing, rank=nothing)


def _lens(
    family: str,
    predicts: Predicts,
    names: tuple[str, ...],
    logits: Tensor,
    k: int,
    target: int | None,
    written: Callable[[int], str],
) -> Lens:
    """Softmax of logits ``[L + 1, V]``, its best entries, its entropy, and the target in it."""
    log = logits.double().log_softmax(-1)
    best = log.topk(min(k, log.shape[-1]), dim=-1)
    nothing = np.full(len(log), np.nan)
    probability, rank = nothing, nothing
    if target is not None:
        probability = log[:, target].exp().numpy()
        rank = ((log > log[:, target, None]).sum(-1) + 1).double().numpy()
    return Lens(
        family=family,
        part="",
        predicts=predicts,
        layer_names=names,
        tops=tuple(
            tuple(
                Alternative(written(entry), float(np.exp(value)))
                for entry, value in zip(entries, values, strict=True)
            )
            for entries, values in zip(best.indices.tolist(), best.values.tolist(), strict=True)
        ),
        entropy=-(log.exp() * log).nan_to_num(0.0).sum(-1).numpy(),
        target=None if target is None else written(target),
        pieces=1,
        known=True,
        probability=probability,
        rank=rank,
        size=log.shape[-1],
    )

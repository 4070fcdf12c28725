"""Uses of a word with vectors made by hand, compared as those of a reader."""

import numpy as np

from lmcore.analyses.polysemy import Comparison, compare, view_of
from lmcore.outputs.reading import Reading
from lmcore.text.word_uses import Question, ask

#: Two senses with two sentences each, and vectors that tell them apart, mix them, or are one.
FOUR = "a | red bank\na | blue bank\nb | old bank\nb | new bank"
APART = [[1, 0], [1, 0.1], [0, 1], [0.1, 1]]
MIXED = [[1, 0], [0, 1], [1, 0.1], [0.1, 1]]
ONE = [[1, 0]] * 4
#: What figures say.
TEXTS = dict.fromkeys(
    ["baseline", "identical", "unlabelled", "within", "between", "overall", "cosine"], "text"
) | {"layer": "Layer", "score": "separation"}


def readings(question: Question, vectors: np.ndarray) -> list[Reading]:
    """Readings in which the uses of the word have these vectors ``[L + 1, N, D]``; others NaN."""
    made = []
    for number, sentence in enumerate(question.sentences):
        layers = np.full((len(vectors), len(sentence), vectors.shape[-1]), np.nan)
        for use, place in enumerate(question.uses):
            if place.sentence == number:
                layers[:, place.position] = vectors[:, use]
        made.append(
            Reading(
                family="bert",
                sentence=sentence,
                pieces=(),
                word_pieces=np.eye(len(sentence), dtype=bool),
                layers=layers,
                piece_layers=layers,
                attention=None,
                layer_names=tuple(f"layer {layer}" for layer in range(len(layers))),
            )
        )
    return made


def made(text: str, vectors: list, chance: float = 0.0) -> tuple[Question, Comparison]:
    question = ask("bank", text)
    array = np.array(vectors, dtype=float)
    view = view_of(question, readings(question, array), np.full(len(array), chance))
    return question, compare(question, view)

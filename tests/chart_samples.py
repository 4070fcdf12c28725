"""One small figure of every function of ``lmcore.charts``, with text that tries to be markup."""

from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go

from lmcore.analyses import sentence_comparison
from lmcore.analyses import sentence_score as score
from lmcore.analyses.generation import GenerationQuestion, GenerationView
from lmcore.analyses.layers import Moves, ReaderPart
from lmcore.analyses.polysemy import Comparison
from lmcore.analyses.projection import Projection
from lmcore.analyses.without_right import Change
from lmcore.charts import (
    attention,
    contextuality,
    finetuning,
    finetuning_sizes,
    generation,
    layer_paths,
    layers,
    lessons,
    logit_lens,
    masked_word,
    minimal_pairs,
    polysemy,
    scalar_mix,
    sentence_score,
    training_history,
    visibility,
)
from lmcore.charts import generation as generation_scores
from lmcore.outputs import lens
from lmcore.outputs.answers import Candidate, Candidates
from lmcore.outputs.generation import Alternative, GeneratedToken, GenerationSettings
from lmcore.text.word_uses import ask
from lmcore.text.words import Sentence, Word, split

WORDS = ["The", "<b>bank</b>", "$x$", "銀行", "of", "the"]
NAMES = ["input", "layer 1", "layer 2"]
RISING = np.array([0.2, 0.5, 0.9])
GAP = np.array([0.1, np.nan, 0.4])
TEXTS = {
    key: key
    for key in (
        "baseline",
        "identical",
        "unlabelled",
        "within",
        "between",
        "overall",
        "cosine",
        "layer",
        "score",
        "votes",
    )
}


def square(size: int) -> np.ndarray:
    """Even steps from 0 to 1, NaN above the diagonal."""
    values = np.linspace(0, 1, size * size).reshape(size, size)
    return np.where(np.tri(size, dtype=bool), values, np.nan)


def column() -> Candidates:
    words = (("<b>x", 0.4), ("$y$", 0.2), ("door", 0.01))
    ranked = tuple(Candidate(*word, rank) for rank, word in enumerate(words, start=1))
    return Candidates("gpt", "left", 0, ranked, 0.6, len(words))


def writing() -> GenerationView:
    tokens = [
        GeneratedToken(text, text.strip(), place, chance, 1 + place, 2.0, (), "x" + text)
        for place, (text, chance) in enumerate([(" $a", 0.6), (" b", 0.02), (" <i>", 1e-4)])
    ]
    question = GenerationQuestion("x", GenerationSettings(length=3))
    return GenerationView("bert", question, tuple(tokens))


def compared() -> tuple[object, Comparison]:
    question = ask(
        "bank", "<i>a</i> | red bank\n<i>a</i> | blue bank\n$b$ | old bank\n$b$ | new bank"
    )
    level = np.array([0.3, 0.5])
    return question, Comparison(
        family="bert",
        layer_names=("input", "layer 1"),
        vectors=np.zeros((2, 4, 2)),
        similarity=np.full((2, 4, 4), 0.7) + 0.3 * np.eye(4),
        baseline=level / 2,
        plane=np.zeros((2, 4, 2)),
        kept=np.array([0.8, 0.9]),
        notes=((), (), (), ()),
        within=level + 0.2,
        between=level,
        overall=level + 0.1,
        score=np.array([0.1, 0.2]),
        margins=np.full((2, 4), 0.1),
        placed=np.array([False, True]),
        decidable=True,
        points=np.array([[[0.1, 0.2], [0.3, -0.2], [-0.4, 0.1], [np.nan, 0]]] * 2),
    )


def scored(text: str, view: str = "left", family: str = "gpt") -> score.Score:
    sentence = split(text)
    values = -np.linspace(1, 9, len(sentence))
    return score.Score(family, view, sentence, values, np.arange(len(sentence)) != 1)  # type: ignore[arg-type]


SCORES = [
    scored("The <b>keys</b> are lost.", view, family)
    for family, view in (("elmo", "left"), ("elmo", "right"), ("gpt", "left"), ("bert", "both"))
]
VIEWS = {(s.family, s.view): f"{s.family} {s.view}" for s in SCORES}
LENS = lens.Lens(
    family="gpt",
    part="",
    predicts="next",
    layer_names=tuple(NAMES),
    tops=tuple((Alternative("<S>", 0.5), Alternative("determination", 1e-3)) for _ in NAMES),
    entropy=np.ones(3),
    target="determination",
    pieces=1,
    known=True,
    probability=np.array([1e-6, 1e-3, 0.4]),
    rank=np.array([800, 40, 2.0]),
    size=1000,
)
LAYERS = layers.Texts(
    "similarity", "chance", "above", "depth", "to input", "to previous", "nearest"
)
PART = ReaderPart(
    family="elmo",
    part="",
    sentence=Sentence("", tuple(Word(word, 0, 0) for word in WORDS)),
    layer_names=tuple(NAMES),
    between=np.stack([square(3)] * 6),
    near=np.random.default_rng(0).uniform(size=(3, 6, 6)),
    chance=np.diag(RISING),
    plane=Projection(np.random.default_rng(0).normal(size=(3, 6, 2)), RISING),
)
FINE = [
    finetuning.Line("ELMo", "elmo", RISING, mark=1),
    finetuning.Line("<b>$x$", "gpt", GAP, place=1),
]
STRIPS = [
    visibility.Strip("ELMo → forward", "elmo", np.tri(6, dtype=bool)),
    visibility.Strip("BERT", "bert", np.ones((6, 6), dtype=bool), np.full((6, 6), 1 / 6)),
]
SEEN = visibility.Texts("seen", "unseen", "influence")
HISTORY = training_history.Line("GPT", "gpt", np.array([1e4, 1e5, 1e6]), RISING, GAP, (1e6, 0.9))

#: By module and function; what a figure is made of hardly matters, every kind of it does.
SAMPLES: dict[str, Callable[[], go.Figure]] = {
    "attention.heat_map": lambda: attention.heat_map(
        WORDS, square(6), 1.0, attention.Titles("from", "to", "attention")
    ),
    "contextuality.by_depth": lambda: contextuality.by_depth(
        [contextuality.Curve("$GPT$", "gpt", NAMES, RISING, GAP)],
        contextuality.Texts("depth", "value", "own", "corpus"),
    ),
    "finetuning.curves": lambda: finetuning.curves(
        FINE, [("chance", 0.25)], "pass", "accuracy", percent=True
    ),
    "finetuning.confusion": lambda: finetuning.confusion(
        np.array([[3, 1], [0, 5]]), ["<b>yes", "$no$"], "true", "answered"
    ),
    "finetuning.layer_weights": lambda: finetuning.layer_weights(
        [("a", RISING / 1.6), ("b", RISING[::-1] / 1.6)], NAMES, "weight"
    ),
    "finetuning.answers": lambda: finetuning.answers(FINE, NAMES, "probability"),
    "finetuning.changes": lambda: finetuning.changes(FINE, FINE[:1], "layer", "likeness"),
    "finetuning_sizes.by_size": lambda: finetuning_sizes.by_size(
        [
            finetuning_sizes.Sized(
                "BERT",
                "bert",
                usual,
                np.array([10, 100, 1000]),
                90 * RISING,
                80 * RISING,
                100 * RISING,
            )
            for usual in (True, False)
        ],
        "examples",
        "accuracy",
    ),
    "generation.curves": lambda: generation.curves(
        [writing()], "probability", places="place", axis="probability"
    ),
    "generation.order": lambda: generation.order(writing(), places="place", steps="step"),
    "generation.matrix": lambda: generation_scores.matrix(
        np.array([[-3.0, np.nan], [-5.0, -2.0]]),
        ["<b>GPT", "BERT"],
        ["GPT", "BERT"],
        writer_axis="writer",
        judge_axis="judge",
        scale="scale",
    ),
    "training_history.along": lambda: training_history.along(
        [HISTORY], training_history.Texts("tokens", "loss", "a", "b", "end"), log=True
    ),
    "training_history.by_layer": lambda: training_history.by_layer(
        [("GPT", "gpt", RISING)],
        [("chance", 0.3)],
        training_history.Texts("layer", "F1"),
    ),
    "logit_lens.guesses": lambda: logit_lens.guesses(
        LENS, NAMES, logit_lens.Texts("probability", "rank", "entropy", "truth", "depth")
    ),
    "logit_lens.truth": lambda: logit_lens.truth(
        [logit_lens.Curve("GPT", NAMES, LENS)],
        "rank",
        logit_lens.Texts("probability", "rank", "entropy", "truth", "depth"),
    ),
    "layer_paths.path": lambda: layer_paths.path(PART, 1, 2, NAMES, "kept"),
    "layers.moves": lambda: layers.moves(
        [layers.Curve("GPT", PART, NAMES, Moves(np.array([0, 0.5, 1]), *[RISING] * 4))], LAYERS
    ),
    "layers.between": lambda: layers.between(PART, 0, NAMES, LAYERS),
    "layers.neighbours": lambda: layers.neighbours(PART, 0, [0, 1, 3], NAMES, 0.8, LAYERS),
    "lessons.inputs": lambda: lessons.inputs(
        [lessons.Input("BERT", "bert", ("[CLS]", "<b>", "$x$"), ("extra", "first", "second"))],
        {"first": "first", "second": "second", "extra": "extra"},
    ),
    "masked_word.bars": lambda: masked_word.bars(
        column(), 3, bold=["$Y$"], without=[0.1, 0.2, 0.0], names=("with", "without")
    ),
    "masked_word.word_marks": lambda: masked_word.word_marks(
        ["<b>book", "$door$"], ["x", "y"], np.asarray([[0.1, np.nan], [1e-5, 0.5]]), axis="p"
    ),
    "masked_word.pair": lambda: masked_word.pair("bert", ["given", "swapped"], [0.9, 0.002]),
    "masked_word.differences": lambda: masked_word.differences(
        Change(
            "bert",
            "both",
            column().best,
            column().best,
            0.6,
            ("a", "<b>"),
            np.array([0.6, -0.3]),
        ),
        axis="points",
    ),
    "polysemy.votes": lambda: polysemy.votes(
        ["1 <b>", "2"], [{"a": 2.0, "b": 1.0}, {}], {"a": "money $", "b": "river"}, TEXTS
    ),
    "polysemy.similarity": lambda: polysemy.similarity(*compared(), 1, TEXTS),
    "polysemy.plane": lambda: polysemy.plane(*compared(), 1, 1.0, TEXTS),
    "polysemy.levels": lambda: polysemy.levels(compared()[1], 1, TEXTS),
    "polysemy.separation": lambda: polysemy.separation([compared()[1]], TEXTS),
    "scalar_mix.scores": lambda: scalar_mix.scores(
        [scalar_mix.Bar("mix", "elmo", 0.3, True), scalar_mix.Bar("top", "elmo", -0.1)], "score"
    ),
    "sentence_score.surprisal": lambda: sentence_score.surprisal(SCORES, VIEWS, "bits", "bits"),
    "sentence_score.difference": lambda: sentence_score.difference(
        [sentence_comparison.compare(scored("a <b> c"), scored("a d c"))], VIEWS, "bits", "bits"
    ),
    "minimal_pairs.phenomena": lambda: minimal_pairs.phenomena(
        [
            minimal_pairs.Marks("GPT", "gpt", RISING),
            minimal_pairs.Marks("GPT, large", "gpt", GAP, hollow=True),
        ],
        ["agreement", "binding", "ellipsis"],
        1,
        "right",
        "chance",
    ),
    "visibility.strips": lambda: visibility.strips(WORDS, STRIPS, 2, SEEN),
    "visibility.triangles": lambda: visibility.triangles(WORDS, STRIPS, 2, SEEN),
}

"""Analyses that look into a reader: words, vectors, attention, influence, layers, senses."""

import numpy as np

from lmcore.analyses import (
    attention,
    attention_flow,
    attention_heads,
    attention_pairs,
    clustering,
    contextuality,
    layers,
    logit_lens,
    nearest_contexts,
    polysemy,
    scalar_mix,
    sense_bank,
    sense_vote,
    visibility,
)
from lmcore.charts import attention as attention_charts
from lmcore.charts import contextuality as contextuality_charts
from lmcore.charts import layer_paths as path_charts
from lmcore.charts import layers as layer_charts
from lmcore.charts import logit_lens as lens_charts
from lmcore.charts import polysemy as polysemy_charts
from lmcore.charts import visibility as sight_charts
from lmcore.outputs.reading import Reading
from lmcore.readers.base import Reader
from lmcore.text import alignment, word_uses, words
from lmcore.text.words import Sentence
from tests.chart_samples import LAYERS, SEEN, TEXTS
from tests.hostile.run import Trial

TITLES = attention_charts.Titles("from", "to", "value")
LENSES = lens_charts.Texts("probability", "rank", "entropy", "truth", "depth")


def splitting(trial: Trial) -> None:
    """The text itself: words, spans, what is refused."""
    for function in (words.plain, words.words_of, words.split, words.checked):
        trial.do(function, trial.text)
    trial.do(words.checked, trial.text, max_words=3)


def read(trial: Trial, family: str) -> tuple[Reader, Sentence, Reading] | None:
    """The text as one reader sees it, where it can be read."""
    sentence = trial.do(words.checked, trial.text)
    if sentence is None:
        return None
    reader = trial.prepared.readers[family]
    found = trial.do(reader.read, [sentence])
    return None if found is None else (reader, sentence, found[0])


def reading(trial: Trial) -> None:
    """One of the readers reads the text."""
    for reader in trial.one_of(None):
        family = reader.family
        own = read(trial, family)
        if own is None:
            continue
        _, sentence, found = own
        assert found.word_pieces.any(axis=1).all(), family
        assert family == "static" or np.isfinite(found.layers).all(), family
        assert found.attention is None or np.allclose(found.attention.sum(axis=-1), 1, atol=1e-3)
        trial.do(reader.count_pieces, sentence)
        if not trial.place(8, 5):
            trial.do(reader.word_layers, [sentence])


def aligned(trial: Trial) -> None:
    """The text beside itself backwards."""
    first = trial.do(words.checked, trial.text)
    second = trial.do(words.checked, trial.text[::-1])
    if first is not None and second is not None:
        steps = trial.do(alignment.align_words, first, second) or []
        assert [step.first for step in steps if step.first is not None] == list(range(len(first)))


def attending(trial: Trial) -> None:
    """Attention, norms and rollout of one reader between words and pieces, and their measures."""
    family = ("bert", "gpt")[trial.place(2)]
    own = read(trial, family)
    if own is None:
        return
    reader, _, found = own
    assert found.attention is not None
    hide, level = bool(trial.place(2, 1)), (("words", "pieces")[trial.place(2, 2)])
    heads = trial.do(attention.between, found, found.attention, level, hide)
    rolled = trial.do(attention.between, found, attention_flow.rollout(found), level, hide)
    norms = trial.do(attention_flow._norm_weights, reader, found, level, hide)
    assert heads is not None
    assert rolled is not None
    assert norms is not None
    for weights, at in ((heads, (0, trial.place(4))), (rolled, (-1,)), (norms, (0, 1))):
        shown = weights.at(*at)
        trial.do(shown.hidden_shares)
        trial.do(attention.standing_out, shown.matrix.copy(), bool(trial.place(2, 3)))
        trial.do(attention.sides, shown.matrix)
        matrix = attention.without_self(shown.matrix)
        trial.figure(
            attention_charts.heat_map(shown.names, matrix, attention.top_of(matrix), TITLES)
        )
    every = trial.do(attention_heads.profile, heads)
    trial.do(attention_heads.most_telling, every)
    trial.do(attention_heads.even, heads)
    trial.do(attention_heads.small_pictures, heads.matrix)


def attending_pair(trial: Trial) -> None:
    """Attention across the two sentences of a pair."""
    first, second = trial.do(words.checked, trial.text), words.checked("The bank was closed.")
    if first is None:
        return
    for one, other in ((first, second), (second, first)):
        for reader in trial.prepared.able("pairs").values():
            found = trial.do(reader.read_pair, one, other)
            if found is None or found.attention is None:
                continue
            weights = attention.between(found, found.attention)
            place = attention_pairs._boundary(found, "words", True)
            trial.do(attention_pairs.shares, weights, place)
            trial.do(attention_pairs.only, weights, place, "ab")
            question = attention_heads.AttentionQuestion((one.text, other.text))
            view = trial.do(attention_pairs.PAIR.compute, reader, question)
            assert view is not None
            assert view.crossing().head > 0


def influencing(trial: Trial) -> None:
    """Gradient times input, leave-one-out, and how far they agree, of one reader."""
    family = next(iter(trial.one_of("influence"))).family
    own = read(trial, family)
    if own is None:
        return
    reader, sentence, _ = own
    question = attention.InfluenceQuestion(sentence.text)
    gradient = trial.do(attention.INFLUENCE.compute, reader, question)
    taken = trial.do(attention.LEAVE_ONE_OUT.compute, reader, question)
    if gradient is not None and taken is not None:
        shown = gradient.towards("both")
        trial.do(attention_flow.agreement, shown.matrix, taken.towards("both").matrix)
        trial.figure(attention_charts.heat_map(shown.names, shown.matrix, 1.0, TITLES))
        _seen(trial, reader, sentence, {family: gradient})


def seeing(trial: Trial) -> None:
    """What every reader may see at a word, nothing measured."""
    sentence = trial.do(words.checked, trial.text)
    for reader in trial.prepared.readers.values() if sentence is not None else ():
        _seen(trial, reader, sentence, {})  # type: ignore[arg-type]


def _seen(trial: Trial, reader: Reader, sentence: Sentence, measured: dict) -> None:  # type: ignore[type-arg]
    word, names = trial.place(len(sentence)), [own.text for own in sentence.words]
    strips = []
    for mask in visibility.masks(reader.context, len(sentence)):
        influence = measured.get(reader.family)
        strength = None if influence is None else visibility.strength(influence, mask)
        if strength is not None:
            trial.do(visibility.measure, mask, strength, word)
        strips.append(sight_charts.Strip("x", reader.family, mask.allowed, strength))
    trial.figure(sight_charts.strips(names, strips, word, SEEN))
    trial.figure(sight_charts.triangles(names, strips, word, SEEN), svg=False)


def layering(trial: Trial) -> None:
    """The way of a word through the layers of one reader, and its neighbours."""
    family = ("elmo", "gpt", "bert")[trial.place(3)]
    own = read(trial, family)
    if own is None:
        return
    reader, sentence, _ = own
    view = trial.do(layers.follow, reader, layers.LayersQuestion(sentence.text))
    assert view is not None
    part, word = view.parts[trial.place(len(view.parts), 1)], trial.place(len(sentence), 2)
    names, way = list(part.layer_names), layers.moves(part.between[word], part.chance)
    trial.do(layers.farthest, [way])
    trial.do(layers.biggest_step, [way])
    trial.do(layers.extremes, part.between[word])
    trial.figure(layer_charts.moves([layer_charts.Curve("x", part, names, way)], LAYERS), svg=False)
    trial.figure(layer_charts.between(part, word, names, LAYERS), svg=False)
    trial.do(layers.nearest, part.near[:, word])
    rows = layers.closest(part.near[:, word])
    if rows:
        trial.figure(layer_charts.neighbours(part, word, rows, names, 1.0, LAYERS))
    if len(sentence) > 1:
        trial.do(layers.longest_step, part.plane, word)
        layer = trial.place(len(names))
        trial.figure(path_charts.path(part, word, layer, names, "kept"))


def looking_through(trial: Trial) -> None:
    """What each layer would predict at a word."""
    family = ("elmo", "gpt", "bert")[trial.place(3, 1)]
    own = read(trial, family)
    if own is None:
        return
    reader, sentence, _ = own
    for aim in ("for", "of"):
        lenses = trial.do(reader.lens, sentence, trial.place(len(sentence)), 5, aim)
        for lens in lenses or []:
            trial.do(logit_lens.story, lens)
            names = list(lens.layer_names)
            trial.figure(lens_charts.guesses(lens, names, LENSES))
            curve = lens_charts.Curve("x", names, lens)
            trial.figure(lens_charts.truth([curve], "rank", LENSES), svg=False)


def depending(trial: Trial) -> None:
    """How much vectors depend on their sentences: the text's own lines, and the text twice."""
    texts = (trial.text, f"{trial.text}\nThe bank. {' '.join(trial.text.split())}")
    for text in texts:
        own = trial.do(contextuality.material, text)
        if own is None:
            continue
        family = ("elmo", "gpt", "bert")[trial.place(3)]
        measured = trial.do(contextuality.compute, trial.prepared.readers[family], own)
        if measured is None:
            continue
        curve = contextuality_charts.Curve(
            "x",
            family,
            list(measured.layer_names),
            measured.curve("max_explainable_variance", True),
            None,
        )
        words_ = contextuality_charts.Texts("depth", "value", "own", "corpus")
        trial.figure(contextuality_charts.by_depth([curve], words_), svg=False)


def telling_senses(trial: Trial) -> None:
    """The text as the word asked for, as the sentences, and as the label of a sense."""
    line = " ".join(trial.text.split())
    first = next(iter(words.words_of(line[:2_000])), "bank")
    trial.do(word_uses.ask, trial.text, "a bank\nthe banks")
    trial.do(word_uses.ask, "bank", trial.text)
    for word, text in (
        (first, f"{line}\nx | {line} once\n{first} {first}"),
        ("bank", f"{line[:30]} | a bank\n{line[:30]} | the bank of {line}\ny | my bank\nold banks"),
    ):
        question = trial.do(word_uses.ask, word, text)
        if question is not None:
            _senses(trial, question)


def _senses(trial: Trial, question: word_uses.Question) -> None:
    family = ("elmo", "gpt", "bert", "static")[trial.place(4, 1)]
    reader = trial.prepared.readers[family]
    view = trial.do(polysemy.POLYSEMY.compute, reader, question.unlabelled)
    if view is None:
        return
    layer = trial.place(len(view.vectors))
    question = trial.do(clustering.suggest, question, view.similarity[layer]) or question
    found = trial.do(polysemy.compare, question, view)
    assert found is not None
    trial.do(polysemy.judge, found)
    trial.do(word_uses.alike_so_far, question)
    trial.frame(polysemy.layers_frame([found]))
    trial.frame(polysemy.uses_frame(question, {family: found.margins[layer]}))
    trial.frame(polysemy.similarity_frame(question, found, layer))
    trial.figure(polysemy_charts.similarity(question, found, layer, TEXTS))
    extent = polysemy_charts.extent([found])
    trial.figure(polysemy_charts.plane(question, found, layer, extent, TEXTS))
    trial.figure(polysemy_charts.levels(found, layer, TEXTS), svg=False)
    trial.figure(polysemy_charts.separation([found], TEXTS), svg=False)
    if family == "elmo" and found.best is not None:
        mixes = scalar_mix.mix(reader, scalar_mix.MixQuestion((0.0, 1.0, -1.0)))
        trial.do(scalar_mix.score_mixes, question, found, mixes)
    _voted(trial, question, reader, view, layer)


def _voted(
    trial: Trial,
    question: word_uses.Question,
    reader: Reader,
    view: polysemy.PolysemyView,
    layer: int,
) -> None:
    bank = sense_bank.load()
    base = trial.do(bank.base, question.word)
    if base is None:
        return
    entries, glosses = bank.of(base), {sense.id: sense.en for sense in bank.senses_of(base)}
    near = trial.do(nearest_contexts.NEAREST_CONTEXTS.compute, reader, question.unlabelled, view)
    assert near is not None
    votes = trial.do(nearest_contexts.vote, near, layer)
    assert votes is not None
    trial.do(sense_vote.agreement, question.groups.tolist(), votes.senses)
    trial.do(sense_vote.trust, votes.accuracy, layer)
    trial.frame(nearest_contexts.votes_frame(question, [votes], glosses))
    trial.frame(nearest_contexts.neighbours_frame([votes], 0, entries, glosses))
    names = [f"{use.name} · {use.sense}" for use in question.uses]
    counts = [use.votes for use in votes.uses]
    trial.figure(polysemy_charts.votes(names, counts, glosses, TEXTS))

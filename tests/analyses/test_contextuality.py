"""Contextuality of somebody's own sentences; the formulas are tested with the benchmark."""

import numpy as np
import pytest

from lmcore.analyses import contextuality
from lmcore.analyses.baseline import baseline
from lmcore.analyses.contextuality import (
    CONTEXTUALITY,
    MEASURES,
    ContextualityView,
    chance_explained,
    explainable_variance,
    material,
    measure,
    unrelated_words,
)
from lmcore.charts import contextuality as charts
from lmcore.errors import InputError
from lmcore.outputs.reading import Reading
from lmcore.outputs.view import equal, from_json, to_json
from lmcore.readers.base import Reader
from lmcore.text.examples import UNRELATED
from lmcore.text.words import split

TEXT = """The bank was closed.
Both banks of the river flooded.
We banked at the river."""


def made(text: str, vectors: object) -> Reading:
    """A reading with vectors made by hand, ``[L + 1, W, D]``."""
    own, sentence = np.array(vectors, dtype=np.float32), split(text)
    return Reading(
        family="elmo",
        sentence=sentence,
        pieces=(),
        word_pieces=np.eye(len(sentence), dtype=bool),
        layers=own,
        piece_layers=own[:, :0],
        attention=None,
        layer_names=tuple(f"layer {layer}" for layer in range(len(own))),
    )


def test_words_are_shared_in_whatever_form() -> None:
    own = material(TEXT)
    found = {word.name: word for word in own.words}
    assert set(found) == {"the", "bank", "river"}
    assert found["bank"].forms == ("bank", "banks", "banked")
    assert found["bank"].places == ((0, 1), (1, 1), (2, 1))
    assert found["the"].places == ((0, 0), (1, 3), (2, 3))


def test_a_word_counts_once_in_a_sentence_and_a_sentence_once() -> None:
    own = material("A bank is a bank.\nA bank is a bank.\nThe bank.")
    assert own.dropped == 1
    assert [word.places for word in own.words] == [((0, 1), (1, 1))]


def test_without_a_base_form_the_commonest_names_the_word() -> None:
    own = material("Banks rose.\nHe was banking.\nThe banks fell.")
    assert [word.name for word in own.words] == ["banks"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "too_few_sentences"),
        ("One only.", "too_few_sentences"),
        ("Twice.\nTwice.", "too_few_sentences"),
        ("\n".join(f"Line {n}." for n in range(31)), "too_many_sentences"),
        ("A bank.\n" + "bank " * 5_000, "sentence_too_many_characters"),
        ("A bank.\n\ufeff", "text_no_words"),
    ],
)
def test_bad_input_is_refused(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        material(text)
    assert caught.value.code == code


def test_measures_by_hand_raw_and_adjusted() -> None:
    own = material("red sea\nred sky")
    x, y = [1.0, 0.0], [0.0, 1.0]
    readings = [made("red sea", [[x, x], [x, x]]), made("red sky", [[x, x], [y, y]])]
    unrelated = np.array([[x, x], [y, x]])  # at right angles in layer 0, the same in layer 1
    found = measure(own, readings, np.array([0.25, 0.5]), unrelated)
    assert [word.name for word in own.words] == ["red"]
    assert found.curve(MEASURES[0], False).tolist() == [1, 0]
    assert found.curve(MEASURES[0], True).tolist() == [0.75, -0.5]
    assert found.curve(MEASURES[1], False).tolist() == pytest.approx([1, 1])
    assert found.curve(MEASURES[1], True).tolist() == pytest.approx([0.75, 0.5])
    assert found.curve(MEASURES[2], False).tolist() == pytest.approx([1, 0.5])
    assert found.curve(MEASURES[2], True).tolist() == pytest.approx([0.5, -0.5])
    assert found.curve(MEASURES[0], False, word=0).tolist() == [1, 0]


def test_without_a_shared_word_only_sentences_are_measured() -> None:
    own = material("red\nsky")
    found = measure(
        own,
        [made("red", [[[1.0, 0]]]), made("sky", [[[0, 1.0]]])],
        np.zeros(1),
        np.zeros((0, 1, 2)),
    )
    assert np.isnan(found.curve(MEASURES[0], True)).all()
    assert np.isnan(found.curve(MEASURES[2], False)).all()
    assert found.curve(MEASURES[1], False).tolist() == [1]


def test_chance_has_as_many_words_as_the_word_has_sentences() -> None:
    unrelated = np.random.default_rng(0).normal(size=(40, 2, 6))
    two, five = chance_explained(unrelated, 2), chance_explained(unrelated, 5)
    assert (two > 0.5).all()  # two vectors always share at least half
    assert (five < two).all()
    expected = np.mean(
        [explainable_variance(unrelated[i : i + 5]) for i in range(0, 40, 5)], axis=0
    )
    assert five == pytest.approx(expected)
    assert np.isnan(chance_explained(unrelated, 41)).all()


def test_unrelated_words_differ_and_neighbours_come_from_other_sentences(
    contextual: Reader,
) -> None:
    readings = contextual.read([split(text) for text in UNRELATED[:10]])
    found = unrelated_words(readings)
    forms = {w.text.casefold() for r in readings for w in r.sentence.words if w.has_letters}
    assert found.shape[:2] == (len(forms), readings[0].n_layers)
    # the first ten are one word of each of the ten sentences
    firsts = np.stack([r.layers[-1] for r in readings[:1]])[0]
    near = [np.abs(firsts - vector[-1]).sum(axis=1).min() < 1e-4 for vector in found[:10]]
    assert sum(near) == 1


def test_elmo_reads_no_context_in_its_token_layer(loaded: dict[str, Reader]) -> None:
    """The paper's own unit test: self-similarity of layer 0 is 1, for one and the same form."""
    elmo, own = loaded["elmo"], material("The bank was old.\nMy bank was closed.")
    found = measure(
        own,
        elmo.read(list(own.sentences)),
        np.zeros(3),
        unrelated_words(elmo.read([split(text) for text in UNRELATED[:10]])),
    )
    bank = [word.name for word in own.words].index("bank")
    assert found.words[bank, 0] == pytest.approx(1, abs=1e-5)
    assert found.words[bank, 1] < 0.9999


def test_a_view_is_what_a_reader_makes_of_the_sentences(contextual: Reader) -> None:
    view = CONTEXTUALITY.compute(contextual, material(TEXT))
    assert equal(from_json(ContextualityView, to_json(view)), view)
    assert view.words.shape == view.explained.shape == (3, len(view.layer_names))
    assert view.baseline == pytest.approx(baseline(contextual))


def test_the_least_value_is_that_of_a_reader_that_has_one() -> None:
    assert contextuality.least({"elmo": 0.4, "gpt": float("nan"), "bert": 0.3}) == "bert"
    assert contextuality.least({"gpt": float("nan")}) is None


def test_the_picture_shows_the_corpus_beside_ones_own() -> None:
    texts = charts.Texts("depth", "value", "own", "corpus")
    own, corpus = np.array([1.0, 0.5]), np.array([0.9, 0.4])
    both = charts.by_depth([charts.Curve("ELMo", "elmo", ["0", "1"], own, corpus)], texts)
    assert [trace.mode for trace in both.data] == ["lines", "lines+markers", "lines"]
    assert list(both.data[0].y) == [0.9, 0.4]
    alone = charts.by_depth([charts.Curve("ELMo", "elmo", ["0", "1"], own, None)], texts)
    assert [trace.mode for trace in alone.data] == ["lines+markers"]


def test_the_benchmark_uses_the_same_formulas() -> None:
    from lmcore.evaluation import contextuality as benchmark

    for name in ("self_similarity", "intra_similarity", "explainable_variance"):
        assert getattr(benchmark, name) is getattr(contextuality, name)

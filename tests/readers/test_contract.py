"""What every reader must keep, whatever its family."""

import numpy as np
import pytest

from lmcore.errors import InputError, UnsupportedError
from lmcore.outputs.facts import stated_facts
from lmcore.outputs.generation import GenerationSettings
from lmcore.readers import families
from lmcore.readers.base import Reader
from lmcore.runtime.checkpoints import ROOT
from lmcore.text.words import split
from tests.conftest import HOSTILE

TEXTS = [
    "She sat on the bank of the river.",
    "Don't forget the state-of-the-art café!",
    "Yes",
    "I ❤️ you, 我爱你 and 😀hello — naïve Ωmega",
]


def test_families_are_told_in_order():
    assert list(families()) == ["elmo", "gpt", "bert", "static"]


def test_shapes_and_names(reader):
    for text in TEXTS:
        sentence = split(text)
        (reading,) = reader.read([sentence])
        assert reading.layers.shape[1] == len(sentence.words)
        assert reading.layers.dtype == np.float32
        assert reading.piece_layers.shape[:2] == (reading.n_layers, len(reading.pieces))
        assert reading.word_pieces.shape == (len(sentence.words), len(reading.pieces))
        assert reading.word_pieces.any(axis=1).all(), "every word has a piece"
        assert len(reading.layer_names) == reading.n_layers
        if reader.family != "static":
            assert np.isfinite(reading.layers).all()


def test_same_bits_whatever_came_before(contextual):
    first = contextual.read([split(TEXTS[0])])[0]
    contextual.read([split("Something else entirely, to leave a trace if there were state.")])
    list(contextual.generate(split("A walk in"), GenerationSettings(length=2)))
    again = contextual.read([split(TEXTS[0])])[0]
    np.testing.assert_array_equal(first.piece_layers, again.piece_layers)
    if first.attention is not None:
        np.testing.assert_array_equal(first.attention, again.attention)


def test_padding_never_changes_a_result(reader):
    alone = [reader.read([split(text)])[0] for text in TEXTS]
    together = reader.read([split(text) for text in TEXTS])
    for one, other in zip(alone, together, strict=True):
        assert one.sentence == other.sentence
        # Products of matrices of other sizes are summed in another order: up to 1.3e-5 was seen.
        np.testing.assert_allclose(one.layers, other.layers, atol=5e-5)
        if one.attention is not None:
            np.testing.assert_allclose(one.attention, other.attention, atol=1e-5)


def test_nothing_in_nothing_out(reader):
    assert reader.read([]) == []


def test_attention_only_where_the_architecture_has_it(reader):
    reading = reader.read([split(TEXTS[0])])[0]
    if not reader.can("attention"):
        assert reading.attention is None
        return
    attention = reading.attention
    assert attention is not None
    assert len(attention) == reading.n_layers - 1
    np.testing.assert_allclose(attention.sum(axis=-1), 1.0, atol=1e-5)
    if reader.context == "left":
        assert (np.triu(attention, 1) == 0).all()
    else:
        assert (attention > 0).all()


def test_sight_is_what_influence_measures(contextual):
    """A word that the architecture hides has no influence at all; one that it shows has some."""
    matrix = contextual.influence(split(TEXTS[0])).matrix
    np.testing.assert_allclose(matrix.sum(axis=1), 1.0, atol=1e-5)
    right = np.triu(matrix, 1)
    if contextual.context == "left":
        assert (right == 0).all()
    else:
        assert (matrix > 0).all()


def test_influence_has_no_state(contextual):
    first = contextual.influence(split(TEXTS[0])).matrix
    contextual.influence(split(TEXTS[1]))
    np.testing.assert_array_equal(first, contextual.influence(split(TEXTS[0])).matrix)


def test_fill_gives_true_probabilities(contextual):
    sentence = split("She sat on the ___ of the river.")
    for proposals in contextual.fill(sentence, 4, k=7):
        shares = [candidate.probability for candidate in proposals.candidates]
        assert len(shares) == 7
        assert shares == sorted(shares, reverse=True)
        assert 0 < sum(shares) <= 1 + 1e-6
        if proposals.covered is not None:
            assert sum(shares) <= proposals.covered + 1e-6 <= 1 + 1e-5


def test_what_stands_in_the_blank_does_not_matter(contextual):
    one = contextual.fill(split("She sat on the ___ of the river."), 4, k=3)
    two = contextual.fill(split("She sat on the hippopotamus of the river."), 4, k=3)
    for a, b in zip(one, two, strict=True):
        assert [c.word for c in a.candidates] == [c.word for c in b.candidates]
        np.testing.assert_allclose(
            [c.probability for c in a.candidates],
            [c.probability for c in b.candidates],
            atol=1e-5,
        )


def test_scores_are_log_probabilities_by_word(contextual):
    sentence = split(TEXTS[0])
    scores = contextual.score(sentence)
    assert {score.word for score in scores} == set(range(len(sentence)))
    assert all(np.isfinite(score.log_probability) for score in scores)
    assert all(score.log_probability <= 0 for score in scores)


@pytest.mark.parametrize("temperature", [0.0, 1e-4, 0.7, 2.0])
def test_same_seed_same_text(contextual, temperature):
    settings = GenerationSettings(length=6, temperature=temperature, seed=3)
    prompt = split("Once upon a time")
    first = list(contextual.generate(prompt, settings))
    again = list(contextual.generate(prompt, settings))
    assert first == again
    assert len(first) == 6
    assert all(0 <= token.probability <= 1 for token in first)
    if temperature == 0 and contextual.family != "bert":
        assert all(token.rank == 1 for token in first)


@pytest.mark.parametrize(
    ("name", "value"),
    [("length", 0), ("length", 1_000), ("temperature", -1.0), ("temperature", float("nan")),
     ("top_p", 0.0), ("top_k", -1)],
)  # fmt: skip
def test_settings_out_of_range_are_refused(contextual, name, value):
    with pytest.raises(InputError) as caught:
        list(contextual.generate(split("Once"), GenerationSettings(**{name: value})))
    assert caught.value.code == "setting_out_of_range"


def test_static_vectors_say_what_they_cannot(loaded):
    static = loaded["static"]
    for ask in (static.score, static.influence):
        with pytest.raises(UnsupportedError):
            ask(split("a word"))


@pytest.mark.parametrize("name", [n for n in HOSTILE if n not in ("empty", "blanks", "long")])
def test_hostile_text_is_read_or_refused(reader: Reader, name: str):
    sentence = split(HOSTILE[name])
    (reading,) = reader.read([sentence])
    assert reading.sentence.text == HOSTILE[name]
    assert reading.word_pieces.any(axis=1).all()


def test_too_long_a_text_is_refused_never_cut(loaded):
    for family in ("gpt", "bert"):
        with pytest.raises(InputError) as caught:
            loaded[family].read([split("word " * 400)])
        assert caught.value.code == "text_too_many_pieces"


def test_special_entries_typed_by_a_user_are_text(loaded):
    for family, typed in (("bert", "[UNK]"), ("bert", "[SEP]"), ("gpt", "<s>")):
        reading = loaded[family].read([split(f"a {typed} b")])[0]
        inner = [piece for piece in reading.pieces if not piece.special]
        assert typed not in [piece.text for piece in inner]


@pytest.mark.parametrize("mark", ["___", "[MASK]", "<mask>", "＿＿＿", "_"])
def test_a_typed_mark_is_the_mask_of_bert_and_no_other_reader_has_one(reader: Reader, mark: str):
    if reader.family == "static":
        pytest.skip("it reads words one by one")
    sentence = split(f"the {mark} is warm")
    reading = reader.read([sentence])[0]
    bert = reader.family == "bert"
    assert [(n.word, n.kind) for n in reading.notes] == [(1, "mask" if bert else "no_mask")]
    assert reader.notes(sentence) == reading.notes
    if bert:
        inside = [reading.pieces[i] for i in np.flatnonzero(reading.word_pieces[1])]
        assert [(p.text, p.span) for p in inside] == [("[MASK]", (4, 4 + len(mark)))]
        assert reader.count_pieces(sentence) == 4
        assert np.isnan([s.log_probability for s in reader.score(sentence)]).tolist() == [
            False, True, False, False,
        ]  # fmt: skip


def test_neighbouring_marks_are_two_masks(loaded):
    reading = loaded["bert"].read([split("make [MASK][MASK] for breakfast")])[0]
    assert [p.text for p in reading.pieces[1:5]] == ["make", "[MASK]", "[MASK]", "for"]


def test_notes_stand_at_the_word(loaded):
    reading = loaded["bert"].read([split("Her naïve 😀 friend")])[0]
    kinds = {(note.word, note.kind) for note in reading.notes}
    assert {(0, "lower_cased"), (1, "accents_stripped"), (2, "unknown")} <= kinds
    long = "x" * 60
    (note,) = loaded["elmo"].read([split(f"see {long}")])[0].notes
    assert (note.word, note.kind, note.detail) == (1, "truncated", long[:48])


def test_small_files_state_what_the_loaded_reader_says(reader: Reader) -> None:
    assert stated_facts(ROOT / reader.family) == reader.facts
    assert reader.facts.sizes.width == reader.read([split("A door.")])[0].layers.shape[-1]

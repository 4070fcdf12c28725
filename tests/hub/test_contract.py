"""What readers are asked for works with published weights, or is refused in a sentence."""

import numpy as np
import pytest
import torch

from lmcore.errors import InputError, UnsupportedError
from lmcore.hub.load import load_published
from lmcore.outputs.generation import GenerationSettings
from lmcore.text.words import split
from tests.conftest import HOSTILE
from tests.hub import folders, test_elmo

CPU = torch.device("cpu")
TEXTS = ["she sat on the bank", "Yes", "I ❤️ you, 我爱你 and 😀!"]
MAKE = {
    "bert": lambda folder: folders.bert(folder),
    "bert cased": lambda folder: folders.bert(folder, "cased", "masked"),
    "bert bare": lambda folder: folders.bert(folder, layout="bare"),
    "gpt-1": lambda folder: folders.gpt(folder, "openai-gpt"),
    "gpt-2": lambda folder: folders.gpt(folder, "gpt2"),
    "elmo": lambda folder: test_elmo.write(folder, softmax="hdf5"),
    "elmo bare": lambda folder: test_elmo.write(folder),
}


@pytest.fixture(scope="module", params=list(MAKE))
def reader(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    MAKE[request.param](folder)
    return load_published(folder, CPU, request.param)


def test_what_it_can_is_what_it_does_not_lack(reader):
    assert reader.capabilities == reader.about.capabilities - reader.lacks.keys()


def test_padding_never_changes_a_result(reader):
    sentences = [split(text) for text in TEXTS]
    together = reader.read(sentences)
    layers = reader.word_layers(sentences)
    for number, sentence in enumerate(sentences):
        alone = reader.read([sentence])[0]
        assert alone.word_pieces.any(axis=1).all()
        np.testing.assert_allclose(alone.layers, together[number].layers, atol=1e-5)
        np.testing.assert_allclose(alone.layers, layers[number], atol=1e-5)
        if alone.attention is not None:
            np.testing.assert_allclose(alone.attention.sum(-1), 1.0, atol=1e-5)


def test_influence_and_norms(reader):
    sentence = split(TEXTS[0])
    for found in (reader.influence(sentence), reader.leave_one_out(sentence)):
        np.testing.assert_allclose(found.matrix.sum(axis=1), 1.0, atol=1e-4)
        if reader.context == "left":
            assert (np.triu(found.matrix, 1) == 0).all()
    (reading,) = reader.read([sentence])
    if reader.can("attention"):
        assert np.isfinite(reader.norms(reading).heads).all()


def test_words_are_scored_filled_and_written(reader):
    sentence, blank = split(TEXTS[0]), split("she sat ___ the bank")
    asks = {
        "score": lambda: reader.score(sentence),
        "fill": lambda: reader.fill(blank, 2, k=3),
        "generate": lambda: list(reader.generate(sentence, GenerationSettings(length=4))),
    }
    for capability, ask in asks.items():
        if not reader.can(capability):
            with pytest.raises(UnsupportedError):
                ask()
            continue
        assert ask()
    if reader.can("fill"):
        assert reader.fill_blanks(blank, [2], 3).joint
        assert reader.lens(sentence, 2, 3)
        spelt = reader.log_probability_of_word(blank, [2], 2 - 2, "bank")
        assert all(np.isfinite(value) for value in spelt.values())
    if reader.can("score"):
        scores = {s.word: s.log_probability for s in reader.score(sentence)}
        assert set(scores) == set(range(len(sentence)))
        assert all(value <= 1e-6 for value in list(scores.values())[1:])


@pytest.mark.parametrize("name", [n for n in HOSTILE if n not in ("empty", "blanks", "long")])
def test_hostile_text_is_read(reader, name):
    sentence = split(HOSTILE[name])
    (reading,) = reader.read([sentence])
    assert reading.sentence.text == HOSTILE[name]
    assert reading.word_pieces.any(axis=1).all()
    assert np.isfinite(reading.layers).all()


def test_too_long_a_text_is_refused_never_cut(reader):
    if reader.max_pieces is None:
        return
    with pytest.raises(InputError) as caught:
        reader.read([split("word " * 400)])
    assert caught.value.code == "text_too_many_pieces"


def test_the_first_word(reader):
    """Nothing may stand before it: GPT-1 has no start sign."""
    sentence = split("___ sat on the bank")
    if not reader.can("fill"):
        return
    if reader.family == "gpt" and not reader.before:
        with pytest.raises(InputError) as caught:
            reader.fill(sentence, 0, k=2)
        assert caught.value.code == "blank_first"
    else:
        assert reader.fill(sentence, 0, k=2)

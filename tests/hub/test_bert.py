"""BERT as published against the plain model of transformers, for every kind of folder."""

import numpy as np
import pytest
import torch
from transformers import (
    BertForMaskedLM,
    BertForNextSentencePrediction,
    BertForPreTraining,
    BertModel,
    BertTokenizer,
)

from lmcore.errors import UnsupportedError
from lmcore.hub.load import describe, load_published
from lmcore.outputs.generation import GenerationSettings
from lmcore.text.words import split
from tests.hub import folders

PLAIN = {
    "pretraining": BertForPreTraining,
    "masked": BertForMaskedLM,
    "pairs": BertForNextSentencePrediction,
    "bare": BertModel,
}
CPU = torch.device("cpu")


def plain(folder, layout):
    return PLAIN[layout].from_pretrained(folder, attn_implementation="eager").eval()


def same_as(folder, layout, kind, texts):
    """Hidden states, attention, pieces and (where there is a head) logits, to 1e-5."""
    reader, model = load_published(folder, CPU), plain(folder, layout)
    tokenizer = BertTokenizer.from_pretrained(folder)
    for reading in reader.read([split(text) for text in texts]):
        own = reader.encode(reading.sentence).ids
        assert list(own) == tokenizer(reading.sentence.text)["input_ids"]
        with torch.inference_mode():
            out = model(torch.tensor([own]), output_hidden_states=True, output_attentions=True)
        hidden = torch.stack(out.hidden_states)[:, 0]
        np.testing.assert_allclose(reading.piece_layers, hidden, atol=1e-5)
        np.testing.assert_allclose(reading.attention, torch.stack(out.attentions)[:, 0], atol=1e-5)
        if layout in ("pretraining", "masked"):
            logits = out.prediction_logits if layout == "pretraining" else out.logits
            with torch.inference_mode():
                got = reader.model.cls.predictions(torch.from_numpy(reading.piece_layers[-1]))
            np.testing.assert_allclose(got, logits[0], atol=1e-5)
    return reader


@pytest.mark.parametrize("form", ["safetensors", "sharded", "bin", "old_bin", "sharded_bin"])
def test_every_format(tmp_path, form):
    folders.bert(tmp_path, form=form)
    same_as(tmp_path, "pretraining", "uncased", folders.TEXTS["uncased"])


@pytest.mark.parametrize("tokenizer", ["vocab.txt", "tokenizer.json"])
@pytest.mark.parametrize("kind", list(folders.TEXTS))
def test_every_vocabulary(tmp_path, kind, tokenizer):
    folders.bert(tmp_path, kind, tokenizer=tokenizer)
    reader = same_as(tmp_path, "pretraining", kind, folders.TEXTS[kind])
    assert describe(tmp_path).cased == (kind != "uncased")
    notes = [n.kind for r in reader.read([split(t) for t in folders.TEXTS[kind]]) for n in r.notes]
    assert ("lower_cased" in notes) == (kind == "uncased")
    assert ("accents_stripped" in notes) == (kind == "uncased")
    assert ("unknown" in notes) == (kind == "multilingual"), "only there is an emoji"


@pytest.mark.parametrize("layout", list(PLAIN))
def test_every_layout(tmp_path, layout):
    folders.bert(tmp_path, layout=layout)
    reader = same_as(tmp_path, layout, "uncased", folders.TEXTS["uncased"])
    facts = describe(tmp_path)
    assert facts.masked_head == (layout in ("pretraining", "masked"))
    assert facts.next_sentence_head == (layout in ("pretraining", "pairs"))
    for capability in ("fill", "generate", "score"):
        assert reader.can(capability) == facts.masked_head
    assert reader.can("pairs") == facts.next_sentence_head
    assert reader.can("attention")
    assert reader.can("influence")


def test_old_names_and_a_decoder_beside_its_table(tmp_path):
    folders.bert(tmp_path / "old", old=True)
    folders.bert(tmp_path / "new", decoder=True)
    old = same_as(tmp_path / "old", "pretraining", "uncased", folders.TEXTS["uncased"])
    new = same_as(tmp_path / "new", "pretraining", "uncased", folders.TEXTS["uncased"])
    sentence = split("she sat on the ___ .")
    assert old.fill(sentence, 4, 3) == new.fill(sentence, 4, 3)
    tied = new.model.cls.predictions.decoder.weight
    assert tied.data_ptr() == new.embeddings().weight.data_ptr(), "kept once in memory"


def test_a_decoder_of_its_own_is_kept(tmp_path):
    tensors = folders.bert(tmp_path, decoder=True)
    tensors["cls.predictions.decoder.weight"] = tensors["cls.predictions.decoder.weight"].flip(0)
    folders.write(tmp_path, tensors)
    reader = load_published(tmp_path, CPU)
    decoder = reader.model.cls.predictions.decoder.weight
    torch.testing.assert_close(decoder.data, reader.embeddings().weight.data.flip(0))


def test_pairs_are_judged_as_by_the_plain_model(tmp_path):
    folders.bert(tmp_path, layout="pairs")
    reader, model = load_published(tmp_path, CPU), plain(tmp_path, "pairs")
    one, two = "she sat .", "the river !"
    inputs = BertTokenizer.from_pretrained(tmp_path)(one, two, return_tensors="pt")
    with torch.inference_mode():
        expected = model(**inputs).logits.softmax(-1)[0, 0].item()
    assert reader.follows(split(one), split(two)) == pytest.approx(expected, abs=1e-5)


def test_what_a_model_lacks_is_one_sentence(tmp_path):
    folders.bert(tmp_path, layout="bare")
    reader, sentence = load_published(tmp_path, CPU, "Bare"), split("she sat")
    asks = {
        "no_masked_head": [
            lambda: reader.fill(sentence, 0),
            lambda: reader.score(sentence),
            lambda: reader.generate(sentence, GenerationSettings(length=2)),
            lambda: reader.masked_scores([sentence], 0.5, np.random.default_rng(0)),
        ],
        "no_next_sentence_head": [lambda: reader.follows(sentence, sentence)],
    }
    for code, calls in asks.items():
        for call in calls:
            with pytest.raises(UnsupportedError, match="Bare") as caught:
                call()
            assert caught.value.code == code
    assert set(reader.lacks.values()) == set(asks)
    assert reader.influence(sentence).matrix.shape == (2, 2)


def test_texts_are_never_cut_to_what_the_file_says(tmp_path):
    """Some published tokenizer.json cut or pad every text; ours refuses what does not fit."""
    folders.bert(tmp_path, tokenizer="tokenizer.json")
    reader = load_published(tmp_path, CPU)
    assert len(reader.encode(split("yes " * 12)).ids) > 12
    assert len(reader.encode(split("yes")).ids) < 8


def test_capitals_are_kept_where_only_the_vocabulary_tells(tmp_path):
    folders.bert(tmp_path, "cased")
    (tmp_path / "tokenizer_config.json").unlink()
    reader = load_published(tmp_path, CPU)
    (reading,) = reader.read([split(folders.TEXTS["cased"][0])])
    assert reading.pieces[1].text == "She"[: len(reading.pieces[1].text)]
    assert not any(note.kind == "lower_cased" for note in reading.notes)


def test_half_precision_stays_close(tmp_path):
    folders.bert(tmp_path)
    whole, half = load_published(tmp_path, CPU), load_published(tmp_path, CPU, half=True)
    assert half.model.dtype == torch.float16
    sentence = split(folders.TEXTS["uncased"][0])
    one, two = whole.read([sentence])[0], half.read([sentence])[0]
    assert two.layers.dtype == np.float32
    np.testing.assert_allclose(one.layers, two.layers, atol=0.05)
    np.testing.assert_allclose(
        whole.influence(sentence).matrix, half.influence(sentence).matrix, atol=0.05
    )
    assert half.card.values["precision"] == "float16"

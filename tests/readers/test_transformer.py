"""GPT and BERT against the plain transformers classes."""

import numpy as np
import pytest
import torch

from lmcore.text.words import split


@pytest.mark.parametrize("family", ["gpt", "bert"])
def test_reader_equals_the_plain_model(loaded, family):
    reader = loaded[family]
    reading = reader.read([split("The quick brown fox jumped over it.")])[0]
    ids = torch.tensor([reader.encode(reading.sentence).ids])
    with torch.inference_mode():
        out = reader.model(ids, output_hidden_states=True, output_attentions=True)
    hidden = torch.stack(out.hidden_states)[:, 0].numpy()
    np.testing.assert_allclose(reading.piece_layers, hidden, atol=1e-5)
    np.testing.assert_allclose(reading.attention, torch.stack(out.attentions)[:, 0], atol=1e-5)


def test_gpt_scores_are_those_of_the_plain_model(loaded):
    gpt = loaded["gpt"]
    sentence = split("the cat sat on the mat")
    ids = torch.tensor([gpt.encode(sentence).ids])
    with torch.inference_mode():
        log = gpt.model(ids).logits[0].log_softmax(-1)
    expected = log[:-1].gather(1, ids[0, 1:, None]).sum().item()
    assert sum(s.log_probability for s in gpt.score(sentence)) == pytest.approx(expected, abs=1e-3)


def test_bert_fills_with_one_mask(loaded):
    bert = loaded["bert"]
    sentence = split("she drank a cup of ___ .")
    best = bert.fill(sentence, 5, k=1)[0].candidates[0]
    ids = torch.tensor([bert.tokenizer.encode("she drank a cup of", add_special_tokens=False).ids])
    around = [bert.id_of("[CLS]")], [bert.id_of("[MASK]"), bert.id_of("."), bert.id_of("[SEP]")]
    ids = torch.tensor([[*around[0], *ids[0].tolist(), *around[1]]])
    with torch.inference_mode():
        log = bert.model(ids).prediction_logits[0, 6].log_softmax(-1)
    assert best.probability == pytest.approx(log[bert.id_of(best.word)].exp().item(), abs=1e-5)


def test_bert_judges_pairs(loaded):
    chance = loaded["bert"].follows(split("He opened the door."), split("Nobody was there."))
    assert 0 < chance < 1


def test_generated_text_grows_on_the_prompt(loaded):
    from lmcore.outputs.generation import GenerationSettings

    for family in ("gpt", "bert", "elmo"):
        prompt = "The old man"
        tokens = list(loaded[family].generate(split(prompt), GenerationSettings(length=5)))
        assert all(token.text_so_far.startswith(prompt) for token in tokens)
        assert sorted(token.position for token in tokens) == list(range(5))

"""GPT-1 and GPT-2 as published, against the plain models of transformers."""

import numpy as np
import pytest
import torch
from transformers import GPT2LMHeadModel, GPT2Tokenizer, OpenAIGPTLMHeadModel, OpenAIGPTTokenizer

from lmcore.errors import InputError
from lmcore.evaluation import minimal_pairs, perplexity
from lmcore.hub.load import describe, load_published
from lmcore.outputs.generation import GenerationSettings
from lmcore.text.words import split
from tests.evaluation.fakes import silent
from tests.hub import folders

PLAIN = {
    "openai-gpt": (OpenAIGPTLMHeadModel, OpenAIGPTTokenizer),
    "gpt2": (GPT2LMHeadModel, GPT2Tokenizer),
}
CPU = torch.device("cpu")
BOTH = pytest.mark.parametrize("architecture", list(PLAIN))


def same_as(folder, architecture):
    """Hidden states, attention, logits and pieces, to 1e-5."""
    kind, tokens = PLAIN[architecture]
    reader = load_published(folder, CPU)
    model = kind.from_pretrained(folder, attn_implementation="eager").eval()
    tokenizer = tokens.from_pretrained(folder)
    for reading in reader.read([split(text) for text in folders.GPT_TEXTS[architecture]]):
        own = reader.encode(reading.sentence).ids
        ids = tokenizer(reading.sentence.text)["input_ids"]
        assert list(own[len(reader.before) :]) == ids
        with torch.inference_mode():
            out = model(torch.tensor([own]), output_hidden_states=True, output_attentions=True)
            got = reader.model.lm_head(torch.from_numpy(reading.piece_layers[-1]))
        hidden = torch.stack(out.hidden_states)[:, 0]
        np.testing.assert_allclose(reading.piece_layers, hidden, atol=1e-5)
        np.testing.assert_allclose(reading.attention, torch.stack(out.attentions)[:, 0], atol=1e-5)
        np.testing.assert_allclose(got, out.logits[0], atol=1e-5)
    return reader, model


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """GPT-1 from vocab.json and merges.txt."""
    folder = tmp_path_factory.mktemp("gpt1")
    folders.gpt(folder, "openai-gpt", tokenizer="vocab.json")
    return load_published(folder, CPU, "GPT-1")


@pytest.fixture(scope="module")
def second(tmp_path_factory):
    """GPT-2 from vocab.json and merges.txt."""
    folder = tmp_path_factory.mktemp("gpt2")
    folders.gpt(folder, "gpt2", tokenizer="vocab.json")
    return load_published(folder, CPU, "GPT-2")


@BOTH
@pytest.mark.parametrize("form", ["safetensors", "sharded", "bin", "old_bin"])
def test_every_format(tmp_path, architecture, form):
    folders.gpt(tmp_path, architecture, form)
    same_as(tmp_path, architecture)


@BOTH
@pytest.mark.parametrize("prefix", ["", "transformer."])
def test_vocabulary_files_and_prefixes(tmp_path, architecture, prefix):
    folders.gpt(tmp_path, architecture, tokenizer="vocab.json", prefix=prefix)
    reader, _ = same_as(tmp_path, architecture)
    facts = describe(tmp_path)
    assert facts.architecture == architecture
    assert facts.cased == (architecture == "gpt2")
    trained = list(reader.model.parameters())
    assert facts.parameters == sum(p.numel() for p in trained), "tied tensors count once"


def test_an_output_matrix_of_its_own_is_kept(tmp_path):
    tensors = folders.gpt(tmp_path, "gpt2", prefix="transformer.")
    tensors["lm_head.weight"] = tensors["transformer.wte.weight"].flip(0)
    folders.write(tmp_path, tensors)
    reader = load_published(tmp_path, CPU)
    torch.testing.assert_close(reader.model.lm_head.weight, reader.embeddings().weight.flip(0))


# --- what GPT-1 lacks ------------------------------------------------------------------------


def test_nothing_predicts_the_first_word_of_gpt_1(first):
    sentence = split("She sat on the bank.")
    values = [score.log_probability for score in first.score(sentence)]
    assert np.isnan(values[0])
    assert np.isfinite(values[1:]).all()
    ids = torch.tensor([first.encode(sentence).ids])
    with torch.inference_mode():
        log = first.model(ids).logits[0].log_softmax(-1)
    inside = np.flatnonzero(first.encode(sentence).word_pieces[0])
    own = log[:-1].gather(1, ids[0, 1:, None])[inside[-1] :].sum().item()
    assert sum(values[1:]) == pytest.approx(own, abs=1e-4)


def test_a_blank_that_nothing_stands_before_is_one_sentence(first):
    with pytest.raises(InputError, match="GPT-1") as caught:
        first.fill(split("___ sat on the bank"), 0)
    assert caught.value.code == "blank_first"
    assert len(first.fill(split("she ___ on the bank"), 1, k=3)[0].candidates) == 3
    assert first.lens(split("She sat"), 0) == []


def test_gpt_1_lower_cases_and_says_so(first):
    (reading,) = first.read([split("The Café")])
    assert [(note.word, note.kind) for note in reading.notes if note.kind != "split"] == [
        (0, "lower_cased"), (1, "lower_cased"), (1, "accents_stripped")
    ]  # fmt: skip
    assert not reading.pieces[0].special
    assert reading.pieces[-1].text.endswith("</w>")


# --- the bytes of GPT-2 ----------------------------------------------------------------------


@pytest.mark.parametrize("text", folders.GPT_TEXTS["gpt2"])
def test_pieces_are_the_characters_they_stand_for(second, text):
    """Every character is shown and belongs to its word; none of GPT-2's byte letters remains."""
    (reading,) = second.read([split(text)])
    pieces = [piece for piece in reading.pieces if not piece.special]
    shown = "".join(piece.text for piece in pieces)
    assert not set("Ġðâ") & set(shown)
    covered = {place for piece in pieces for place in range(*piece.span)}
    assert covered >= {place for place, letter in enumerate(text) if not letter.isspace()}
    for word, own in zip(reading.sentence.words, reading.word_pieces, strict=True):
        for piece in (reading.pieces[number] for number in np.flatnonzero(own)):
            start, end = piece.span
            assert start < word.end
            assert end > word.start
            assert text[start:end].strip() in text
    assert not any(note.kind in ("lower_cased", "unknown") for note in reading.notes)


def test_a_character_in_several_pieces_is_shown_with_its_part(second):
    (reading,) = second.read([split("we 𐍈 go")])  # not in the training text: four single bytes
    shown = [reading.pieces[number].text for number in np.flatnonzero(reading.word_pieces[1])]
    assert len(shown) > 1
    assert all("𐍈" in text for text in shown)
    assert [text[-3:] for text in shown] == [f"{n}/{len(shown)}" for n in range(1, len(shown) + 1)]


def test_text_that_looks_like_the_start_sign_is_text(second):
    own = second.encode(split("a <|endoftext|> b"))
    assert own.ids.count(second.before[0]) == 1
    assert own.pieces[0].special


def test_every_word_of_gpt_2_has_a_score(second):
    scores = second.score(split("She sat on the Bank."))
    assert all(np.isfinite(score.log_probability) for score in scores)


def test_what_gpt_2_writes_is_text(second):
    """Whole characters only, and the prompt untouched, whatever bytes are drawn."""
    settings = GenerationSettings(length=20, temperature=2.0, top_k=0, top_p=1.0, seed=1)
    for prompt in ("Yes", "Yes ", "I ❤️"):
        tokens = list(second.generate(split(prompt), settings))
        text = tokens[-1].text_so_far
        assert text == prompt + "".join(token.text for token in tokens)
        assert "  " not in text[: len(prompt) + 1]
        assert text.isascii() or text.encode("utf8").decode("utf8") == text


@pytest.mark.parametrize("blank", ["___", "_______"])
def test_a_blank_takes_its_space_with_it(second, blank):
    """The lone space before a long run of underscores is no context."""
    sentence = split(f"She sat on {blank} of the river.")
    left, _ = second.fill(sentence, 3, k=4)
    ids = torch.tensor([second.encode(split("She sat on")).ids])
    with torch.inference_mode():
        log = second.model(ids).logits[0, -1].log_softmax(-1)
    best = left.candidates[0]
    entry = second.tokenizer.token_to_id("Ġ" + best.word)
    assert best.probability == pytest.approx(log[entry].exp().item(), abs=1e-5)


def test_the_lens_normalises_the_lower_layers_of_gpt_2(second):
    sentence = split("She sat on the Bank.")
    (lens,) = second.lens(sentence, 2, k=3)
    place = int(np.flatnonzero(second.encode(sentence).word_pieces[2])[0]) - 1
    (reading,) = second.read([sentence])
    states = torch.from_numpy(reading.piece_layers[:, place])
    with torch.inference_mode():
        normal = torch.cat([second.model.transformer.ln_f(states[:-1]), states[-1:]])
        best = second.model.lm_head(normal).softmax(-1).max(-1).values
    np.testing.assert_allclose([own[0].probability for own in lens.tops], best, atol=1e-5)


def test_gpt_1_is_measured_without_its_first_words(first):
    """Perplexity counts what was predicted; a minimal pair is compared by the rest."""
    texts = [split("She sat on the bank."), split("yes we can")]
    row = perplexity.alone(first, texts, silent)
    assert row["words"] == sum(map(len, texts)) - len(texts)
    assert 0 < row["tokens"] < sum(first.count_pieces(text) for text in texts)
    assert np.isfinite(row["nats_per_word"])
    pairs = [minimal_pairs.Pair("a", "b", texts[0], split("She sat an the bank."))]
    assert minimal_pairs.BENCHMARK.measure(first, pairs, silent)["overall"] in (0.0, 100.0)

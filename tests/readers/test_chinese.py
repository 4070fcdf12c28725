"""Readers of a Chinese classroom: from a corpus to weights, and what they make of a sentence.

The networks are tiny and hardly trained: what is tested is what they see of a text.
"""

import numpy as np
import pytest
import torch

from lmcore.outputs.generation import GenerationSettings
from lmcore.readers import families
from lmcore.readers.spelling import Continues
from lmcore.text.language import language
from lmcore.text.words import split
from lmcore.training import run, static
from lmcore.training.budget import Budget
from lmcore.training.prepare import Job

SENTENCES = (
    "我喜欢吃苹果，他喜欢喝水。苹果公司发布了新手机。后来老师说：“学习语言要多读书！”",
    "孩子们在院子里打篮球，妈妈在家里打电话。这个iPhone很贵吗？他们学习计算机科学。",
)
SIZES = {
    "elmo": {"dim": 32, "projection_dim": 16, "rows": 8},
    "gpt": {"n_layer": 1, "n_embd": 32, "n_head": 2, "positions": 512},
    "bert": {"num_hidden_layers": 1, "hidden_size": 32, "num_attention_heads": 2, "positions": 512},
}


@pytest.fixture(scope="module")
def chinese(tmp_path_factory):
    """A reader of each family, trained on a few Chinese sentences."""
    folder = tmp_path_factory.mktemp("zh")
    corpus = folder / "corpus.txt"
    corpus.write_text("\n\n".join(SENTENCES * 60), encoding="utf8")
    cpu, readers = torch.device("cpu"), {}
    for family, sizes in SIZES.items():
        job = Job(family, (corpus,), None, folder / "work", language=language("zh"))
        card = run.train(job, Budget(steps=2), folder / family, cpu, sizes=sizes)
        assert card["languages"] == ["Chinese"]
        readers[family] = families()[family].load(folder / family, cpu)
    job = Job("static", (corpus,), None, folder / "work", language=language("zh"))
    static.train(job, folder / "static", dimension=8, epochs=1)
    readers["static"] = families()["static"].load(folder / "static", cpu)
    return readers


@pytest.mark.parametrize("family", [*SIZES, "static"])
def test_words_have_vectors_and_traditional_ones_are_read_as_simplified(chinese, family):
    reader = chinese[family]
    assert reader.language.key == "zh"
    plain, traditional = split("他们学习语言。"), split("他們學習語言。")
    assert [word.text for word in plain.words] == ["他们", "学习", "语言", "。"]
    first, second = (reader.read([sentence])[0] for sentence in (plain, traditional))
    assert first.layers.shape[1] == 4
    assert np.array_equal(first.layers, second.layers, equal_nan=True)
    assert second.sentence.text == "他們學習語言。", "the original stays"
    told = {(note.word, note.kind, note.detail) for note in second.notes}
    assert (1, "simplified", "学习") in told
    assert not any(note.kind in ("split", "simplified") for note in first.notes)


@pytest.mark.parametrize("family", ["gpt", "bert"])
def test_pieces_are_characters_and_latin_pieces(chinese, family):
    reader = chinese[family]
    assert isinstance(reader.spelling, Continues)
    (reading,) = reader.read([split("“苹果”iPhone！")])
    texts = [piece.text for piece in reading.pieces if not piece.special]
    assert texts[:4] == ["“", "苹", "果", "”"]
    assert "".join(text.removeprefix("##") for text in texts[4:-1]) == "iphone"
    assert reading.word_pieces.sum(axis=1).tolist()[:3] == [1, 2, 1]


@pytest.mark.parametrize("family", SIZES)
def test_written_text_has_no_blanks_between_characters(chinese, family):
    settings = GenerationSettings(length=6, temperature=0.0)
    *_, last = chinese[family].generate(split("我喜欢"), settings)
    assert last.text_so_far.startswith("我喜欢")
    assert " " not in last.text_so_far.replace("iPhone", "").replace("iphone", "")


def test_elmo_reads_the_bytes_of_long_words(chinese):
    (reading,) = chinese["elmo"].read([split("莫名其妙的计算机科学")])
    assert not any(note.kind == "truncated" for note in reading.notes)


def test_bert_fills_words_of_several_characters(chinese):
    """Their probability is the chain rule over as many masks as the word has characters."""
    reader, sentence = chinese["bert"], split("他们___语言。")
    answers = reader.fill_blanks(sentence, [1])
    ((answer,),) = answers.marginal
    assert {len(word) for word in answer.lexicon.words if word[0] >= "\u4e00"} >= {1, 2}
    word = next(c.word for c in answer.top(999) if len(c.word) == 2 and c.word > "\u4e00")
    scored = reader.log_probability_of_word(sentence, [1], 0, word)["both"]
    filled = answer.of(word)
    assert filled is not None
    assert filled.probability == pytest.approx(np.exp(scored), rel=1e-3)
    assert answers.joint[0].best[0].words == (answer.top(1)[0].word,)


def test_gpt_spells_words_and_their_ends(chinese):
    reader, sentence = chinese["gpt"], split("他们___语言。")
    ((left, rescored),) = reader.fill_blanks(sentence, [1]).marginal
    assert {len(word) for word in left.lexicon.words} >= {1, 2}
    spelt = next(c for c in left.top(999) if len(c.word) == 2)
    chain = reader.log_probability_of_word(sentence, [1], 0, spelt.word)["left"]
    assert 0 < spelt.probability <= np.exp(chain) * 1.001, "the end of the word costs something"
    assert left.probabilities.sum() <= 1.0
    assert rescored.probabilities.sum() == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("family", SIZES)
def test_two_blanks_are_filled_together(chinese, family):
    answers = chinese[family].fill_blanks(split("我___吃___。"), [1, 3])
    assert len(answers.marginal) == 2
    assert all(len(filling.words) == 2 for filling in answers.joint[0].best)

"""Chinese benchmarks: what is read of the data, and answers that are known beforehand."""

import json
import lzma

import numpy as np
import pytest

from lmcore.evaluation import chinese, folds
from lmcore.evaluation.occurrences import targets_of
from tests.evaluation.fakes import FakeReader, silent


def test_pairs_of_every_paradigm(tmp_path):
    rows = [
        {"phenomenon": "P", "paradigm": name, "good": "他来了。", "bad": "他了来。"}
        for name in ("a", "a", "a", "b")
    ]
    path = tmp_path / "sling.jsonl.xz"
    with lzma.open(path, "wt", encoding="utf8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    assert len(chinese.pairs(path)) == 4
    assert [pair.paradigm for pair in chinese.pairs(path, 1)] == ["P/a", "P/b"]


def test_a_target_is_one_word_whatever_stands_beside_it(tmp_path):
    row = {"word": "打", "position": 1, "tokens": ["他", "<target>", "电话"], "sense": "call"}
    path = tmp_path / "dataset.jsonl"
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf8")
    (text,) = chinese.senses(path)
    assert text.sentence.text == "他打电话"
    (target,) = text.targets
    assert text.sentence.words[target.first].text == "打"


def test_readings_are_those_of_the_marked_character(tmp_path):
    (tmp_path / "dev.sent").write_text("他▁长▁大了\n这条路很▁长▁\n", encoding="utf8")
    (tmp_path / "dev.lb").write_text("zhang3\nchang2\n", encoding="utf8")
    texts = chinese.readings(tmp_path)
    assert [text.sentence.text for text in texts] == ["他长大了", "这条路很长"]
    assert [target.sense for target in targets_of(texts)] == ["zhang3", "chang2"]


def test_words_and_parts_of_speech_are_the_file_s(tmp_path):
    path = tmp_path / "x.conllu"
    path.write_text("# a\n1\t他\t_\tPRON\n2\t打电话\t_\tVERB\n3\t。\t_\tPUNCT\n\n", encoding="utf8")
    (text,) = chinese.tagged(path)
    assert [word.text for word in text.sentence.words] == ["他", "打电话", "。"]
    assert [(t.first, t.sense) for t in text.targets] == [(0, "PRON"), (1, "VERB")]


def test_folds_tell_senses_apart_that_vectors_tell_apart():
    """The vector is that of the first word, which gives the sense away in every sentence."""
    texts = [folds.marked(f"{lead} 长", 2, "长", lead) for lead in "ab" * 10]

    def telling(sentence, position):
        return np.array([[float(sentence.text[0] == "a"), float(sentence.text[0] == "b")]])

    reader = FakeReader(telling)
    row = folds._row(reader, texts, folds.of_word, silent)
    assert row["macro_f1_by_layer"] == [100.0]
    assert folds.commonest(targets_of(texts))["macro_f1"] < 60.0


@pytest.mark.parametrize("benchmark", chinese.BENCHMARKS, ids=lambda b: b.name)
def test_real_data(shared, benchmark):
    material = benchmark.prepare(shared, 5)
    assert len(material) >= 2

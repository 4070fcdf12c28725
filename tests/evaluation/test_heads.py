"""Head measures on attention with known answers."""

import numpy as np
import pytest

from lmcore.evaluation import heads
from lmcore.evaluation.heads import DIRECTIONS, WHERE, Counts, Tree, relations, where
from lmcore.evaluation.text import given
from lmcore.text.words import split
from tests.evaluation.fakes import FakeReader

CONLLU = """# text = She won't eat the red apple
1\tShe\tshe\tPRON\tPRP\t_\t4\tnsubj\t_\t_
2-3\twon't\t_\t_\t_\t_\t_\t_\t_\t_
2\two\twill\tAUX\tMD\t_\t4\taux\t_\t_
3\tn't\tnot\tPART\tRB\t_\t4\tadvmod\t_\t_
4\teat\teat\tVERB\tVB\t_\t0\troot\t_\t_
5\tthe\tthe\tDET\tDT\t_\t7\tdet\t_\t_
6\tred\tred\tADJ\tJJ\t_\t7\tamod\t_\t_
6.1\tghost\t_\t_\t_\t_\t_\t_\t_\t_
7\tapple\tapple\tNOUN\tNN\t_\t4\tobj:direct\t_\t_
"""


def onto(*columns):
    """One layer with one head for each function from a row and a length to a column."""

    def attention(sentence):
        size = len(sentence) + 2
        attention = np.zeros((1, len(columns), size, size), dtype=np.float32)
        for head, column in enumerate(columns):
            for row in range(size):
                attention[0, head, row, min(max(column(row, size), 0), size - 1)] = 1.0
        return attention

    return attention


def test_where_heads_look():
    heads_of = onto(
        lambda row, size: row - 1,
        lambda row, size: row + 1,
        lambda row, size: row,
        lambda row, size: size - 1,
        lambda row, size: size - 2,
    )
    reader = FakeReader(attention=heads_of)
    (reading,) = reader.read([split("a b c d .")])
    sums, count = where(reading, "both")
    means = dict(zip(WHERE, (sums / count)[:, 0], strict=True))
    assert count == 5
    np.testing.assert_allclose(means["previous"], [1, 0, 0, 0, 0])
    np.testing.assert_allclose(means["next"], [0, 1, 0, 0.2, 0.2])
    np.testing.assert_allclose(means["itself"], [0, 0, 1, 0, 0.2])
    np.testing.assert_allclose(means["start"], [0.2, 0, 0, 0, 0])
    np.testing.assert_allclose(means["separator"], [0, 0.2, 0, 1, 0])
    np.testing.assert_allclose(means["punctuation"], [0, 0.2, 0.2, 0, 1])
    np.testing.assert_allclose(means["entropy"], 0, atol=1e-12)


def test_entropy_is_measured_against_what_can_be_seen():
    def even(sentence):
        size = len(sentence) + 2
        lower = np.tril(np.ones((size, size), dtype=np.float32))
        return (lower / lower.sum(axis=1, keepdims=True))[None, None]

    (reading,) = FakeReader(attention=even).read([split("a b c")])
    sums, count = where(reading, "left")
    means = dict(zip(WHERE, (sums / count)[:, 0, 0], strict=True))
    assert means["entropy"] == pytest.approx(np.log([2, 3, 4]).mean())
    assert means["entropy_share"] == pytest.approx(1.0, abs=1e-6)


def test_trees(tmp_path):
    (tmp_path / "t.conllu").write_text(CONLLU + "\n" + CONLLU, encoding="utf8")
    first, second = heads.trees(tmp_path / "t.conllu")
    assert first == second
    assert first.sentence.text == "She wo n't eat the red apple"
    assert first.arcs == (
        (0, 3, "nsubj"), (1, 3, "aux"), (2, 3, "advmod"), (4, 6, "det"), (5, 6, "amod"),
        (6, 3, "obj"),
    )  # fmt: skip


def test_best_head_is_chosen_on_one_part_and_measured_on_the_other(monkeypatch):
    monkeypatch.setattr(heads, "COMMON", 1)
    words = given(["the", "red", "apple", "fell"])
    tree = Tree(words, ((0, 2, "det"), (1, 2, "amod")))
    far, near = np.zeros((2, 1, 2, 4, 4))
    far[0, 0, :, 2] = 1.0  # head 1 looks at the apple from everywhere
    far[0, 1, [0, 1, 2, 3], [1, 2, 3, 0]] = 1.0  # head 2 looks at the next word
    near[0, :, :, 0] = 1.0  # every head looks at the first word
    counts, others = Counts(), Counts()
    counts.add(tree, far)
    others.add(tree, near)
    det = relations(counts, counts)["det"]
    assert (det["layer"], det["head"], det["direction"]) == (1, 1, DIRECTIONS[0])
    assert det["accuracy"] == 100.0
    assert (det["distance"], det["distance_accuracy"]) == (2, 100.0)
    assert relations(counts, others)["det"]["accuracy"] == 0.0, "measured on the other part"
    assert relations(counts, counts)["amod"]["accuracy"] == 100.0


def test_a_word_that_sees_no_other_points_nowhere():
    tree = Tree(given(["a", "b"]), ((0, 1, "det"),))
    counts = Counts()
    counts.add(tree, np.tril(np.ones((1, 1, 2, 2))))
    assert counts.right["det"][:, 0, 0].tolist() == [0, 1]  # only b can look at a


def test_real_data(shared, loaded):
    readers = {"gpt": loaded["gpt"], "bert": loaded["bert"]}
    rows = heads.BENCHMARK.run(readers, shared, lambda share, text: None, limit=6)
    for row in rows.values():
        assert np.shape(row["entropy_share"]) == np.shape(row["previous"])
        assert np.max(row["entropy_share"]) <= 1 + 1e-4
        assert all(relation["accuracy"] <= 100 for relation in row["relations"].values())
    assert np.max(rows["gpt"]["next"]) == 0.0

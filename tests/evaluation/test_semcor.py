"""Senses and parts of speech on a hand-made corpus with known answers."""

import lzma

import numpy as np
import pytest

from lmcore.evaluation import pos, semcor, senses
from lmcore.evaluation.occurrences import Target, targets_of
from tests.evaluation.fakes import FakeReader, silent

HEAD = """The\t\tDT\t
Fulton County Jury\tgroup\tNNP\tgroup%1:03:00::
took place\ttake_place\tVB\ttake_place%2:30:00::
``\t``\tPUNCT\t
overall\toverall\tJJ\toverall%5:00:00:gross:00
''\t''\tPUNCT\t
far\tfar\tRB\tfar%4:02:01::;far%4:02:02::
"""


def rows(*tokens):
    return "".join("\t".join(token) + "\n" for token in tokens)


@pytest.fixture
def folder(tmp_path):
    """Ten documents; a bank is near a river (sense 1) or near money (sense 2)."""
    text = ""
    for number in range(10):
        text += f"# doc{number} 1\n" + HEAD + "\n"
        for sense, clue in ((1, "river"), (2, "money"), (1, "river")):
            text += f"# doc{number} {sense + 1}\n" + rows(
                ("a", "", "DT", ""),
                (clue, clue, "NN", f"{clue}%1:00:00::"),
                ("bank", "bank", "NN", f"bank%1:0{sense}:00::"),
                ("stood", "stand", "VBD", ""),
            ) + "\n"  # fmt: skip
    (tmp_path / "semcor").mkdir()
    with lzma.open(tmp_path / "semcor" / "semcor.tsv.xz", "wt", encoding="utf8") as file:
        file.write(text)
    return tmp_path


def telling(sentence, position):
    """Layer 0 knows the form; layer 1 knows the clue of the sentence."""
    word = sentence.words[position].text
    forms = ["a", "river", "money", "bank", "stood"]
    form = np.eye(6)[forms.index(word) if word in forms else 5]
    clue = np.eye(6)[int("river" in sentence.text)]
    return np.array([form, clue])


def test_tokens(folder):
    first = semcor.load(folder / "semcor" / "semcor.tsv.xz")[0]
    assert first.document == "doc0"
    assert first.sentence.text == 'The Fulton County Jury took place " overall " far'
    by_form = {token.form: token for token in first.tokens}
    assert by_form["took place"].word == "take_place.2"
    assert (by_form["took place"].first, by_form["took place"].last) == (4, 6)
    assert by_form["overall"].word == "overall.3", "a satellite belongs to the adjective"
    assert by_form["far"].sense == "far%4:02:01::"
    assert by_form["Fulton County Jury"].sense == "", "a name has no sense"


def test_documents_are_split_whole(folder):
    everything = semcor.load(folder / "semcor" / "semcor.tsv.xz")
    train, test = semcor.by_document(everything)
    assert {s.document for s in test} == {"doc4", "doc9"}
    assert len(train) + len(test) == len(everything) == 40
    train, test = semcor.by_document(everything, limit=5)
    assert (len({s.document for s in train}), len({s.document for s in test})) == (4, 1)


def test_senses_with_known_answers(folder, monkeypatch):
    monkeypatch.setattr(senses, "OFTEN", 2)
    rows = senses.BENCHMARK.run({"fake": FakeReader(telling)}, folder, silent)
    fake, usual = rows["fake"], rows["most_frequent_sense"]
    assert (fake["test_words"], fake["test_occurrences"], fake["train_occurrences"]) == (1, 6, 24)
    assert fake["micro_by_layer"][1] == fake["macro_f1_by_layer"][1] == 100.0
    # In layer 0 both centroids are the same vector; the first sense is right in 4 of 6.
    assert fake["micro_by_layer"][0] == usual["micro"] == pytest.approx(66.67)
    assert usual["macro_f1"] == pytest.approx(40.0)  # F1 of sense 1 is 0.8, of sense 2 it is 0
    assert fake["probe_accuracy_by_layer"] == [pytest.approx(66.67), 100.0]
    assert fake["mix_accuracy"] == 100.0
    assert fake["mix_weights"][1] > fake["mix_weights"][0]


def test_a_sense_never_met_is_wrong():
    train = [Target("w", "a", 0, 1), Target("w", "b", 0, 1)]
    assert senses.ambiguous(train) == {"w": {"a", "b"}}
    assert senses.ambiguous([*train, train[0]], often=2) == {}


def test_long_sentences_keep_all_their_words(folder):
    sentences = semcor.load(folder / "semcor" / "semcor.tsv.xz")
    train = senses.marked(sentences, {"bank.1"})
    row = senses.BENCHMARK.measure(
        FakeReader(telling, room=3), senses.Material(train, train, len(train)), silent
    )
    assert len(targets_of(train)) == 30
    # The clue is cut off from the bank, but no occurrence is lost and nothing fails.
    assert len(row["micro_by_layer"]) == 2


def test_parts_of_speech_with_known_answers(folder, monkeypatch):
    monkeypatch.setattr(pos, "OFTEN", 9)
    rows = pos.BENCHMARK.run({"fake": FakeReader(telling)}, folder, silent)
    fake = rows["fake"]
    # DT of "The" counts; VB of two words, names, punctuation and the rare tags do not.
    assert fake["tags"] == 3
    assert fake["test_words"] == 2 * (1 + 3 * 4)
    assert rows["most_frequent_tag"]["accuracy"] == 100.0
    assert fake["probe_accuracy_by_layer"][0] == 100.0
    assert fake["probe_accuracy_by_layer"][1] < 60.0
    assert fake["mix_weights"][0] > fake["mix_weights"][1]


@pytest.mark.slow
def test_real_data(shared, loaded):
    path = shared / "data" / "semcor" / "semcor.tsv.xz"
    everything = semcor.load(path)
    assert len(everything) == 37_087
    train, test = semcor.by_document(everything)
    assert not {s.document for s in train} & {s.document for s in test}
    few = semcor.by_document(everything, limit=5)
    words = set(senses.ambiguous(targets_of(senses.marked(few[0]))))
    parts = [senses.marked(part, words)[:20] for part in few]
    known = {target.word for target in targets_of(parts[0])}
    parts[1] = senses.marked(few[1], known)[:20]
    row = senses.BENCHMARK.measure(loaded["elmo"], senses.Material(*parts, tested=20), silent)
    assert len(row["micro_by_layer"]) == 3

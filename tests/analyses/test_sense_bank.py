"""The sense bank keeps its promises, and votes are counted right."""

import re
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from lmcore.analyses.sense_bank import (
    FOLDER,
    SENSES_FILE,
    SENTENCES_FILE,
    Entry,
    bank_vectors,
    load,
)
from lmcore.analyses.sense_vote import leave_one_out, nearest
from lmcore.errors import BankError, InputError
from lmcore.outputs.reading import cosine
from lmcore.readers.base import Reader
from lmcore.text import examples, han
from lmcore.text.examples import SENSES, UNRELATED
from lmcore.text.inflections import forms
from lmcore.text.language import language
from lmcore.text.words import split
from tests.languages import having

BANK = load()
GROUPS: dict[tuple[str, str], list[Entry]] = {}
for _entry in BANK.entries:
    GROUPS.setdefault((_entry.word, _entry.sense), []).append(_entry)


def plain(text: str) -> list[str]:
    return [word.text.casefold() for word in split(text).words if word.has_letters]


#: Words that give no sense away.
COMMON = set(
    plain(
        "the and for with from but his her its their our your my she they you was were are has had"
        " have been not this that which who what how one all out into over before after when while"
        " because than there only each every could can did does will would him them under until"
        " off very more some most about through must may where down"
    )
)


def form(entry: Entry) -> str:
    return forms(entry.word)[entry.sentence.words[entry.position].text.casefold()]


# ---- what the bank promises ------------------------------------------------------------------


def test_there_are_enough_words_senses_and_sentences() -> None:
    assert len(BANK.words) >= 44
    assert all(2 <= len(BANK.senses[word]) <= 4 for word in BANK.words)
    assert set(GROUPS) == {(w, s.id) for w in BANK.words for s in BANK.senses[w]}
    assert min(len(rows) for rows in GROUPS.values()) >= 8


def test_every_sense_has_a_gloss_in_both_languages() -> None:
    for word in BANK.words:
        senses = BANK.senses[word]
        assert len({sense.zh for sense in senses}) == len(senses)
        for sense in senses:
            assert sense.id.isascii()
            assert sense.id.isidentifier()
            assert 1 <= len(sense.en.split()) <= 3
            assert word not in plain(sense.en)
            assert any("\u4e00" <= character <= "\u9fff" for character in sense.zh)


def test_the_word_stands_once_in_a_sentence_of_fair_length() -> None:
    for entry in BANK.entries:
        words = plain(entry.sentence.text)
        assert 7 <= len(words) <= 18, entry.sentence.text
        assert sum(word in forms(entry.word) for word in words) == 1, entry.sentence.text
        assert form(entry) in ("same", "s", "irregular"), entry.sentence.text
        assert entry.sentence.text.isprintable()
        assert entry.sentence.text == " ".join(entry.sentence.text.split())
        assert entry.sentence.text.endswith((".", "?", '."', '?"'))


def test_no_two_sentences_are_nearly_the_same() -> None:
    texts = [entry.sentence.text for entry in BANK.entries]
    texts += [line.split("|")[1] for e in SENSES for line in e.text.split("\n")]
    examples = len(BANK.entries)
    seen: dict[tuple[str, ...], int] = {}
    for number, text in enumerate([*texts, *UNRELATED]):
        words = plain(text)
        for start in range(len(words) - 4):
            other = seen.setdefault(tuple(words[start : start + 5]), number)
            assert other == number or other >= examples, (text, texts[other])


def test_no_clue_carries_a_sense_alone() -> None:
    for (word, sense), entries in GROUPS.items():
        counts = Counter(
            clue.removesuffix("'s").removesuffix("s")
            for entry in entries
            for clue in set(plain(entry.sentence.text)) - set(forms(word)) - COMMON
            if len(clue) > 2
        )
        assert counts.most_common(1)[0][1] <= 3, (word, sense, counts.most_common(3))


def test_sentences_of_a_sense_begin_differently_and_the_word_moves() -> None:
    for key, entries in GROUPS.items():
        starts = Counter(tuple(plain(entry.sentence.text)[:2]) for entry in entries)
        assert starts.most_common(1)[0][1] <= 2, key
        places = [entry.position / (len(entry.sentence) - 2) for entry in entries]
        assert min(places) < 0.25, key
        assert max(places) > 0.5, key


def test_the_form_of_the_word_gives_no_sense_away() -> None:
    for word in BANK.words:
        senses = [[form(entry) for entry in GROUPS[word, s.id]] for s in BANK.senses[word]]
        assert all(entries == senses[0] for entries in senses), word  # number by number
        assert senses[0].count("same") > len(senses[0]) / 2, word


# ---- what the bank of every language promises ------------------------------------------------


@pytest.mark.parametrize("key", having(SENTENCES_FILE))
def test_every_bank_has_words_senses_and_as_many_sentences_of_each(key: str) -> None:
    bank = load(language(key).folder)
    assert len(bank.words) >= 44
    groups = Counter((entry.word, entry.sense) for entry in bank.entries)
    assert set(groups) == {(w, s.id) for w in bank.words for s in bank.senses[w]}
    assert min(groups.values()) >= 8
    for word, senses in bank.senses.items():
        assert len({groups[word, sense.id] for sense in senses}) == 1, word
        assert len({sense.zh for sense in senses}) == len(senses)
        for sense in senses:
            assert sense.id.isascii()
            assert sense.id.isidentifier()
            assert 1 <= len(sense.en.split()) <= 3
            assert any("\u4e00" <= character <= "\u9fff" for character in sense.zh)


@pytest.mark.parametrize("key", having(SENTENCES_FILE))
def test_every_bank_has_its_word_once_in_each_sentence_in_several_places(key: str) -> None:
    bank = load(language(key).folder)
    places: dict[tuple[str, str], list[float]] = {}
    for entry in bank.entries:
        sentence = entry.sentence
        assert bank.base(sentence.words[entry.position].text) == entry.word, sentence.text
        places.setdefault((entry.word, entry.sense), []).append(entry.position / len(sentence))
        assert sentence.text.isprintable()
        assert sentence.text.endswith((".", "?", '."', '?"', *"。！？”")), sentence.text
    assert all(min(share) < 0.34 and max(share) > 0.4 for share in places.values())


@pytest.mark.parametrize(
    "key", [key for key in having(SENTENCES_FILE) if language(key).normaliser == "han"]
)
def test_a_chinese_bank_is_simplified_varied_and_cut_round_its_words(key: str) -> None:
    bank, pages = load(language(key).folder), examples.of(language(key))
    alone: Counter[tuple[str, str]] = Counter()
    begins: Counter[tuple[str, str, str]] = Counter()
    texts = [line.split("|")[1].strip() for e in pages.senses for line in e.text.split("\n")]
    seen = {text[i : i + 8]: text for text in texts for i in range(len(text) - 7)}
    for entry in bank.entries:
        text = entry.sentence.text
        assert han.simplified(text) == text
        assert text.count(entry.word) == 1, text
        assert set(re.sub("[一-鿿]", "", text)) <= set("，。！？、；：“”《》"), text
        group = (entry.word, entry.sense)
        alone[group] += [word.text for word in split(text).words].count(entry.word)
        begins[(*group, text[:2])] += 1
        for start in range(len(text) - 7):
            assert seen.setdefault(text[start : start + 8], text) == text, text
    assert min(alone.values()) >= 7
    assert max(begins.values()) <= 2


# ---- finding words and broken files ----------------------------------------------------------


def test_words_are_found_in_any_form() -> None:
    assert BANK.base(" Banks ") == "bank"
    assert BANK.base("mice") == "mouse"
    assert BANK.base("river") is None
    assert [sense.en for sense in BANK.senses_of("BANKS")] == ["river edge", "money house"]
    assert {entry.word for entry in BANK.of("Bank")} == {"bank"}
    with pytest.raises(InputError) as caught:
        BANK.of("river")
    assert caught.value.code == "word_not_in_bank"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in (SENTENCES_FILE, SENSES_FILE):
        shutil.copy(FOLDER / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "old", "new", "detail"),
    [
        (SENTENCES_FILE, "word\tsense\t", "sense\tword\t", "line 1 is not the header"),
        (SENTENCES_FILE, "apple\tfruit\t", "apple\tfruit ", "line 2 does not have 3 columns"),
        (SENTENCES_FILE, "apple\tfruit\t", "apple\tfrog\t", "the sense of line 2 is unknown"),
        (SENTENCES_FILE, "apple\tfruit\t", "bank\tfruit\t", "the sense of line 2 is unknown"),
        (SENTENCES_FILE, "the apple ", "the pear ", "stands 0 times in line"),
        (SENTENCES_FILE, "the apple ", "the apple apple ", "stands 2 times in line"),
        (SENSES_FILE, "果", " ", "apple"),
        (SENSES_FILE, '"zh"', '"fr"', "does not hold senses"),
        (SENSES_FILE, "{", "", "does not hold senses"),
        (SENSES_FILE, '"en": "fruit"', '"en": "computer company"', "apple"),
    ],
)
def test_a_damaged_file_is_named(copy: Path, name: str, old: str, new: str, detail: str) -> None:
    text = (copy / name).read_text(encoding="utf8")
    assert old in text
    new_text = text.replace("苹果", "", 1) if old == "果" else text.replace(old, new, 1)
    (copy / name).write_text(new_text, encoding="utf8")
    with pytest.raises(BankError) as caught:
        load(copy)
    assert caught.value.code == "bank_damaged"
    assert name in str(caught.value)
    assert detail in str(caught.value)


def test_too_few_and_repeated_sentences_are_refused(copy: Path) -> None:
    path = copy / SENTENCES_FILE
    lines = path.read_text(encoding="utf8").splitlines()
    path.write_text("\n".join([lines[0], *lines[3:]]), encoding="utf8")
    with pytest.raises(BankError, match="too few sentences for apple, fruit"):
        load(copy)
    path.write_text("\n".join([*lines, lines[5]]), encoding="utf8")
    with pytest.raises(BankError, match="twice"):
        load(copy)
    path.unlink()
    with pytest.raises(BankError) as caught:
        load(copy)
    assert caught.value.code == "bank_missing"


# ---- with the readers ------------------------------------------------------------------------


def test_every_reader_has_vectors_for_the_bank(reader: Reader) -> None:
    entries = BANK.of("bank")
    vectors = bank_vectors(reader, "Banks")
    assert vectors.dtype == np.float32
    assert vectors.shape[1] == len(entries)
    assert np.array_equal(vectors, bank_vectors(reader, "bank"))
    alone = reader.read([entries[4].sentence])[0].layers[:, entries[4].position]
    assert vectors[:, 4] == pytest.approx(alone, abs=1e-4)
    senses = [entry.sense for entry in entries]
    itself = nearest(cosine(vectors[-1, 4], vectors[-1]), senses, k=1)
    assert itself.similarity[itself.order[0]] == pytest.approx(1.0, abs=1e-5)
    accuracy = leave_one_out(vectors, senses)
    assert accuracy.by_layer.shape == (len(vectors),)
    assert accuracy.majority == 0.5

"""Examples of every language: the same rooms, and what is said of each stands in both languages."""

import json
import re
from collections import Counter

import pytest

from lmcore.text import cloze, examples, han
from lmcore.text.catalogue import LANGUAGES
from lmcore.text.examples import Examples, SenseExample
from lmcore.text.language import TEXTS, language
from lmcore.text.prompts import cut_prompt
from lmcore.text.word_uses import alike_so_far, ask
from lmcore.text.words import checked, split
from tests.languages import having

KEYS = having("examples.json")
FIRST = examples.of(language())
every = pytest.mark.parametrize("key", KEYS)


def of(key: str) -> Examples:
    return examples.of(language(key))


def all_texts(chosen: Examples) -> list[str]:
    """All texts of the boxes but those that show wrong or foreign writing on purpose."""
    ordinary = (g for name, g in chosen.groups.items() if name not in ("spelling", "languages"))
    texts = [*(text for group in ordinary for text in group), *chosen.unrelated]
    texts += [*chosen.second.values(), *chosen.blanks_by_text, *chosen.sharing.splitlines()]
    texts += [line.split("|")[1].strip() for e in chosen.senses for line in e.text.split("\n")]
    for group in (*chosen.tasks.values(), *chosen.trials.values()):
        texts += group
    return [*texts, *(text for pair in chosen.follows for text in (pair.first, pair.second))]


@every
def test_every_language_has_the_same_rooms(key: str):
    chosen = of(key)
    for name in ("groups", "second", "blanks", "tasks", "trials"):
        assert list(getattr(chosen, name)) == list(getattr(FIRST, name)), name
    assert [example.name for example in chosen.prompts] == [e.name for e in FIRST.prompts]
    assert [pair.shows for pair in chosen.follows] == [pair.shows for pair in FIRST.follows]
    clues = Counter(example.clue for example in chosen.senses)
    assert clues == Counter(example.clue for example in FIRST.senses)
    assert len(set(chosen.unrelated)) == 40
    assert len(chosen.sharing.splitlines()) == 6


@every
def test_every_sentence_can_be_read_and_says_why(key: str):
    record, chosen = language(key), of(key)
    sentences = [text for texts in chosen.groups.values() for text in texts]
    assert len(set(sentences)) == len(sentences)
    assert chosen.sentence in sentences
    assert chosen.sentence in chosen.blanks_by_text
    for group, texts in chosen.groups.items():
        assert 3 <= len(texts) <= 4
        for interface in LANGUAGES:
            assert record.say(interface, f"examples.{group}")
            for number, text in enumerate(texts, start=1):
                assert checked(text).words
                assert record.say(interface, f"examples.{group}.{number}")


@pytest.mark.parametrize("key", KEYS[1:])
def test_what_is_said_of_a_sentence_is_said_of_this_one(key: str):
    """No note of the first classroom stands beside a sentence of another one."""
    notes = json.loads(language(key).text(TEXTS))
    wanted = {
        f"examples.{group}.{number}"
        for group, texts in of(key).groups.items()
        for number in range(1, len(texts) + 1)
    }
    assert {note for note in notes if re.fullmatch(r"examples\.\w+\.\d+", note)} == wanted
    for name, note in notes.items():
        assert note.keys() == LANGUAGES.keys(), name
        assert re.search("[一-鿿]", note["zh"]), name


@every
def test_every_example_with_blanks_can_be_used(key: str):
    for group, rows in of(key).blanks.items():
        assert language(key).say("zh", f"masked_word.example.{group}")
        for example in rows:
            gaps = cloze.opened(split(example.text), example.blanks)
            assert len(example.blanks) == example.with_blanks.count("___") > 0, example.text
            assert example.with_blanks == gaps.sentence.text
            assert "{" not in example.text
            assert len(cloze.asked_words(example.words)) <= cloze.MAX_ASKED
            taken = {split(example.text).words[blank].text for blank in example.blanks}
            assert not taken & set(example.words.split())


@every
def test_every_example_of_senses_has_its_clue_where_it_says(key: str):
    for example in of(key).senses:
        clue_stands_where_it_should(example)


def clue_stands_where_it_should(example: SenseExample) -> None:
    question = ask(example.word, example.text)
    assert len(question.uses) == len(question.sentences) <= 6
    for group in range(len(question.senses)):
        assert (question.groups == group).sum() >= 2
    alike = alike_so_far(question)
    if example.clue == "after":
        assert alike == (tuple(range(len(question.uses))),), example.word
    elif example.clue == "mixed":
        assert [len(group) for group in alike] == [2], example.word
    else:
        assert alike == (), example.word


@every
def test_every_prompt_is_cut_behind_a_word(key: str):
    for example in of(key).prompts:
        sentence = checked(example.text)
        assert 1 <= example.after <= len(sentence)
        prompt = cut_prompt(sentence, example.after, example.side)
        assert prompt.text
        assert prompt.rest or example.name not in ("list", "ending")
        assert language(key).say("en", f"generation.example.{example.name}_help")


@every
def test_the_second_sentence_of_a_score_differs_in_one_word(key: str):
    chosen = of(key)
    words = [[w.text for w in split(text).words] for text in (chosen.sentence, score_of(chosen))]
    assert len(words[0]) == len(words[1])
    assert sum(a != b for a, b in zip(*words, strict=True)) == 1


def score_of(chosen: Examples) -> str:
    return chosen.second["sentence_score"]


@pytest.mark.parametrize("key", [key for key in KEYS if language(key).normaliser == "han"])
def test_chinese_is_simplified_and_has_wide_signs(key: str):
    for text in all_texts(of(key)):
        assert (
            re.search(r"[一-鿿][,;:?!()\"']|[,;:?!()\"'][一-鿿]|[一-鿿] | [一-鿿]", text) is None
        ), text
        assert han.simplified(text) == text

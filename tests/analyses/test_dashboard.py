"""What the first page asks, and what it makes of the answers."""

import numpy as np
import pytest

from lmcore.analyses import dashboard, sense_bank
from lmcore.analyses.attention import INFLUENCE, InfluenceQuestion
from lmcore.analyses.generation import GENERATION
from lmcore.analyses.masked_word import MASKED_WORD, WORDS
from lmcore.analyses.nearest_contexts import word_in_bank
from lmcore.analyses.polysemy import POLYSEMY
from lmcore.analyses.sense_vote import nearest
from lmcore.analyses.word_sense import SENSE, SenseQuestion
from lmcore.outputs.reading import cosine
from lmcore.readers.base import Reader
from lmcore.text.word_uses import Question
from lmcore.text.words import split

TEXT = "She sat on the bank of the river and fed the ducks."


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (TEXT, "bank"),
        ("The bat hit the bank and another bat flew.", "bat"),  # stands there twice
        ("Penguins waddle slowly.", "Penguins"),  # the longest
        ("...", "..."),
    ],
)
def test_the_word_to_begin_with(text: str, word: str) -> None:
    sentence = split(text)
    assert sentence.words[dashboard.first_word(sentence)].text == word


def test_what_cannot_be_taken_out_is_not_asked() -> None:
    sentence = split("Well, yes.")
    assert dashboard.blank_question(sentence, 1) is None  # the comma
    assert dashboard.blank_question(split("Yes"), 0) is None  # alone
    question = dashboard.blank_question(split("A ___ and a dog."), 4)
    assert question is not None
    assert (question.blanks.positions, question.which, question.words) == ((1, 4), 1, ("dog",))
    question = dashboard.blank_question(split("A ___ and a dog."), 1)
    assert question is not None
    assert question.words == ()


def test_the_vote_is_that_of_the_nearest_sentences_in_the_best_layer(
    loaded: dict[str, Reader],
) -> None:
    reader, sentence = loaded["bert"], split(TEXT)
    view = SENSE.compute(reader, SenseQuestion(TEXT, 4))
    entries = sense_bank.load().of("bank")
    there, accuracy = word_in_bank(reader, entries)
    assert view.layer == int(accuracy.by_layer.argmax())
    here = reader.read([sentence])[0].layers[view.layer, 4].astype(float)
    similarity = cosine(here[None], there[view.layer].astype(float))
    vote = nearest(similarity, [entry.sense for entry in entries])
    assert view.votes == dict(vote.votes)
    assert view.sense == vote.sense
    assert sum(view.votes.values()) == pytest.approx(5)


def test_a_static_vector_cannot_tell_a_sense(loaded: dict[str, Reader]) -> None:
    view = SENSE.compute(loaded["static"], SenseQuestion(TEXT, 4))
    assert view.sense is None
    assert len(set(view.votes.values())) == 1


def test_movers_are_the_row_of_the_word_on_one_scale(loaded: dict[str, Reader]) -> None:
    rows = {}
    for family in ("elmo", "gpt", "bert"):
        view = INFLUENCE.compute(loaded[family], InfluenceQuestion(TEXT))
        rows[family] = dashboard.movers(view, 4)
        assert rows[family].shares.sum() == pytest.approx(1, abs=1e-4)
        assert rows[family].strongest != 4
    assert not rows["gpt"].shares[5:].any(), "GPT sees nothing behind the word"
    largest = max(float(np.delete(row.shares, 4).max()) for row in rows.values())
    assert dashboard.scale(rows, 4) == pytest.approx(largest)


def test_proposals_are_those_of_each_reader_s_own_way(loaded: dict[str, Reader]) -> None:
    question = dashboard.blank_question(split(TEXT), 4)
    assert question is not None
    ways = {}
    for family in ("elmo", "gpt", "bert"):
        answers = MASKED_WORD.compute(loaded[family], question.blanks)
        scores = WORDS.compute(loaded[family], question)
        found = dashboard.proposals(answers, question.which, scores)
        ways[family] = found.view
        assert len(found.likeliest) == dashboard.PROPOSALS
        assert found.truth is not None
        assert found.truth.word == "bank"
    assert ways == {"elmo": "combined", "gpt": "left", "bert": "both"}


def test_twelve_words_of_a_continuation(loaded: dict[str, Reader]) -> None:
    question = dashboard.continuation_question(split(TEXT), 4)
    assert question.prompt == "She sat on the bank"
    view = GENERATION.compute(loaded["gpt"], question)
    written = dashboard.written(view)
    assert view.text.startswith(question.prompt + written)
    assert 0 < len(split(written)) <= dashboard.WRITTEN
    assert dashboard.written(view.until(0)) == ""


def test_a_word_is_nearest_to_itself_and_static_vectors_see_no_difference(
    loaded: dict[str, Reader],
) -> None:
    question = Question("bank", (TEXT, TEXT, "The bank lent him money."))
    near = dashboard.nearness(POLYSEMY.compute(loaded["bert"], question), question, 4)
    assert near.verdict == "first"
    assert near.above_chance[0] == pytest.approx(1, abs=1e-4)
    assert (
        dashboard.nearness(POLYSEMY.compute(loaded["static"], question), question, 4).verdict
        == "same"
    )

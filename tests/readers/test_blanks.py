"""Filling blanks: every probability is recomputed another way."""

from typing import Any, cast

import numpy as np
import pytest
import torch

from lmcore.errors import InputError
from lmcore.outputs.answers import BlankAnswers, Filling
from lmcore.readers.base import Reader
from lmcore.readers.infilling import beam as blanks
from lmcore.readers.infilling import marginal
from lmcore.readers.infilling.causal import LeftDecoder
from lmcore.readers.infilling.marginal import drawn, likeliest, marginals
from lmcore.runtime.limits import HYPOTHESES
from lmcore.text.cloze import Cloze, opened
from lmcore.text.words import split

TEXT = "He opened the ___ and walked into the ___ without a word."


@pytest.fixture(scope="module")
def two() -> Cloze:
    return opened(split(TEXT))


@pytest.fixture(scope="module")
def given(loaded: dict[str, Reader], two: Cloze) -> dict[str, BlankAnswers]:
    return {
        family: reader.fill_blanks(two.sentence, two.positions)
        for family, reader in loaded.items()
        if reader.can("fill")
    }


def views(reply: BlankAnswers) -> dict[str, Any]:
    return {joint.view: joint for joint in reply.joint}


def at_blanks(reader: Reader, two: Cloze, filling: Filling, side: str) -> float:
    """Sum of ln p of the words in the blanks, by the reader's own scoring."""
    scores = reader.score(two.filled(filling.words))
    return sum(s.log_probability for s in scores if s.word in two.positions and s.side == side)


def whole(reader: Reader, two: Cloze, filling: Filling) -> float:
    return sum(score.log_probability for score in reader.score(two.filled(filling.words)))


# --- joint probabilities ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "view", "side"),
    [("gpt", "left", "left"), ("elmo", "left", "left"), ("elmo", "right", "right")],
)
def test_one_direction_multiplies_its_own_conditional_probabilities(
    loaded: dict[str, Reader], two: Cloze, given: dict[str, BlankAnswers], family, view, side
):
    joint = views(given[family])[view]
    assert joint.tried is None
    assert joint.order == ((0, 1) if side == "left" else (1, 0))
    for filling in (joint.best[0], joint.best[5]):
        # case variants of a filling are added: never less than the one that is spelt
        value = at_blanks(loaded[family], two, filling, side)
        assert value - 1e-3 <= filling.log_probability <= value + 0.5


def test_rescored_shares_are_those_of_whole_sentences(
    loaded: dict[str, Reader], two: Cloze, given: dict[str, BlankAnswers]
):
    joint = views(given["gpt"])["rescored"]
    first, later = joint.best[0], joint.best[4]
    expected = whole(loaded["gpt"], two, first) - whole(loaded["gpt"], two, later)
    assert first.log_probability - later.log_probability == pytest.approx(expected, abs=1e-2)
    assert joint.tried > 40
    assert sum(np.exp(f.log_probability) for f in joint.best) <= 1 + 1e-6


def test_combined_is_both_directions_over_the_frequency(
    loaded: dict[str, Reader], two: Cloze, given: dict[str, BlankAnswers]
):
    elmo: Any = loaded["elmo"]
    joint = views(given["elmo"])["combined"]
    lower = [f for f in joint.best if all(word == word.lower() for word in f.words)]
    first, later = lower[0], lower[-1]
    assert first != later

    def weight(filling: Filling) -> float:
        common = sum(float(elmo.frequency[elmo.entries[word]]) for word in filling.words)
        sides = sum(at_blanks(elmo, two, filling, side) for side in ("left", "right"))
        return sides - common

    difference = first.log_probability - later.log_probability
    assert difference == pytest.approx(weight(first) - weight(later), abs=0.2)


def test_bert_fills_the_surest_blank_first_and_predicts_the_other_anew(
    loaded: dict[str, Reader], two: Cloze, given: dict[str, BlankAnswers]
):
    bert: Any = loaded["bert"]
    (joint,) = given["bert"].joint
    words = joint.best[0].words
    mask = bert.id_of("[MASK]")
    cut = bert.encode(two.sentence)
    ids, places = [], []
    for place, piece in enumerate(cut.ids):
        owner = np.flatnonzero(cut.word_pieces[list(two.positions), place])
        if not owner.size:
            ids.append(piece)
        elif len(places) <= owner[0]:
            places.append(len(ids))
            ids.append(mask)
    entry = [bert.tokenizer.token_to_id(word) for word in words]
    total = 0.0
    with torch.inference_mode():
        for blank in joint.order:
            log = bert.model(torch.tensor([ids])).prediction_logits[0, places[blank]]
            total += float(log.log_softmax(-1)[entry[blank]])
            ids[places[blank]] = entry[blank]
    assert joint.best[0].log_probability == pytest.approx(total, abs=1e-3)


def test_the_search_is_never_worse_than_single_choices(given: dict[str, BlankAnswers]):
    for reply in given.values():
        for number, joint in enumerate(reply.joint):
            values = [filling.log_probability for filling in joint.best]
            assert values == sorted(values, reverse=True)
            assert joint.best[0].log_probability >= joint.independent.log_probability - 1e-6
            alone = tuple(answers[number].top(1)[0].word.casefold() for answers in reply.marginal)
            assert tuple(word.casefold() for word in joint.independent.words) == alone
            keys = [tuple(w.casefold() for w in f.words) for f in joint.best]
            assert len(set(keys)) == len(keys)


def test_a_wider_beam_finds_at_least_as_much(loaded: dict[str, Reader], two: Cloze):
    gpt = loaded["gpt"]
    narrow, wide = (gpt.fill_blanks(two.sentence, two.positions, beam) for beam in (1, 10))
    assert wide.joint[0].best[0].log_probability >= narrow.joint[0].best[0].log_probability - 1e-6


# --- each blank alone ------------------------------------------------------------------------


def test_one_blank_gives_the_answers_of_fill(loaded: dict[str, Reader]):
    sentence = split("She opened the ___ and read the first page aloud.")
    for reader in (r for r in loaded.values() if r.can("fill")):
        (answers,) = reader.fill_blanks(sentence, [3]).marginal
        for answer, outcome in zip(answers, reader.fill(sentence, 3, 3), strict=True):
            assert answer.view == outcome.view
            for candidate in outcome.candidates:
                guess = answer.of(candidate.word)
                assert guess is not None
                assert candidate.probability <= guess.probability + 1e-6
                assert guess.probability < 1.5 * candidate.probability + 1e-4


def test_probabilities_of_a_blank_alone_add_up(given: dict[str, BlankAnswers]):
    for reply in given.values():
        for answer in (answer for answers in reply.marginal for answer in answers):
            total = float(answer.probabilities.sum())
            expected = 1.0 if answer.covered is None else answer.covered
            assert total == pytest.approx(expected, abs=1e-4)
            assert answer.unknown is None or 0 < answer.unknown < 1


def test_a_later_blank_averages_over_what_may_stand_before_it(
    loaded: dict[str, Reader], monkeypatch: pytest.MonkeyPatch
):
    """The mixture over three hypotheses is that of the scores of the filled sentences."""
    monkeypatch.setattr(marginal, "HYPOTHESES", 3)
    gpt, sentence = cast(Any, loaded["gpt"]), split("The ___ of the ___ was old.")
    guess = gpt.fill_blanks(sentence, [1, 4]).marginal[1][0].top(1)[0]
    with torch.inference_mode():
        log = LeftDecoder(gpt, gpt.encode(sentence).stretches([1, 4])).log()
    _, entries, weights = drawn(log, np.zeros(1), gpt.lexicon.ids)
    assert len(entries) == 3
    filled = [opened(sentence).filled([gpt.plain(gpt.texts[e]), guess.word]) for e in entries]
    by_word = np.array([[s.log_probability for s in gpt.score(text)] for text in filled])
    whole = weights + by_word[:, 2:4].sum(axis=1)  # “of the” is read under each
    expected = np.logaddexp.reduce(whole + by_word[:, 4]) - np.logaddexp.reduce(whole)
    assert np.log(guess.probability) == pytest.approx(expected, abs=1e-3)


def test_what_stands_in_the_blanks_is_not_seen(loaded: dict[str, Reader], two: Cloze):
    other = split(TEXT.replace("___", "hippopotamus"))
    for reader in (r for r in loaded.values() if r.can("fill")):
        usual = reader.fill_blanks(two.sentence, two.positions).joint
        same = reader.fill_blanks(other, two.positions).joint
        assert [joint.best[0].words for joint in usual] == [joint.best[0].words for joint in same]


@pytest.mark.parametrize(
    "text", ["___ ___", "a ___ ___ ___ ___ ___", "___ 日本 😀 ___", "[SEP] ___ </s> ___", "x (___)"]
)
def test_odd_sentences(loaded: dict[str, Reader], text: str):
    sentence = split(text)
    places = [i for i, word in enumerate(sentence.words) if word.text == "___"]
    for reader in (r for r in loaded.values() if r.can("fill")):
        reply = reader.fill_blanks(sentence, places, 2)
        assert len(reply.marginal) == len(places)
        for joint in reply.joint:
            assert all(len(filling.words) == len(places) for filling in joint.best)
            assert np.isfinite([filling.log_probability for filling in joint.best]).all()


def test_limits(loaded: dict[str, Reader]):
    sentence = split("___ ___ ___ ___ ___ ___ x")
    with pytest.raises(InputError, match="6 blanks and the limit is 5"):
        loaded["bert"].fill_blanks(sentence, range(6))
    with pytest.raises(InputError, match="beam is 11"):
        loaded["elmo"].fill_blanks(sentence, [0], beam=11)


def test_without_a_start_sign_nothing_leads_to_a_first_blank(loaded: dict[str, Reader]):
    with pytest.raises(InputError) as caught:
        LeftDecoder(loaded["gpt"], [[], [5]])  # type: ignore[arg-type]
    assert caught.value.code == "blank_first"


# --- words in pieces -------------------------------------------------------------------------


def test_gpt_spells_a_word_piece_by_piece(loaded: dict[str, Reader], two: Cloze):
    gpt, word = loaded["gpt"], "unreadablenesses"
    single = opened(split("She opened the ___ and read on."))
    outcome = gpt.log_probability_of_word(single.sentence, single.positions, 0, word)
    scores = gpt.score(single.filled([word]))
    value = next(s.log_probability for s in scores if s.word == 3)
    assert outcome["left"] == pytest.approx(value, abs=1e-3)
    behind = sum(s.log_probability for s in scores if s.word >= 3)
    assert outcome["rescored"] == pytest.approx(behind, abs=1e-2)
    later = gpt.log_probability_of_word(two.sentence, two.positions, 1, word)
    assert later["left"] < 0


def test_spelling_a_whole_word_agrees_with_the_distribution(
    loaded: dict[str, Reader], two: Cloze, given: dict[str, BlankAnswers]
):
    for family, view in (("gpt", "left"), ("bert", "both")):
        for blank in range(2):
            answer = next(a for a in given[family].marginal[blank] if a.view == view)
            guess = answer.top(3)[2]
            outcome = loaded[family].log_probability_of_word(
                two.sentence, two.positions, blank, guess.word
            )
            assert np.exp(outcome[view]) == pytest.approx(guess.probability, rel=1e-2)


def test_bert_gets_one_mask_a_piece(loaded: dict[str, Reader]):
    bert: Any = loaded["bert"]
    single, word = opened(split("She opened the ___ and read on.")), "unreadablenesses"
    pieces = bert.tokenizer.encode(word, add_special_tokens=False).ids
    assert len(pieces) > 1
    left = bert.tokenizer.encode("She opened the", add_special_tokens=False).ids
    right = bert.tokenizer.encode("and read on.", add_special_tokens=False).ids
    row, total = [bert.id_of("[MASK]")] * len(pieces), 0.0
    with torch.inference_mode():
        for place, piece in enumerate(pieces):
            ids = [*bert.before, *left, *row, *right, *bert.after]
            logits = bert.model(torch.tensor([ids])).prediction_logits
            total += float(logits[0, 1 + len(left) + place].log_softmax(-1)[piece])
            row[place] = piece
    assert bert.log_probability_of_word(single.sentence, single.positions, 0, word)[
        "both"
    ] == pytest.approx(total, abs=1e-3)


def test_elmo_has_no_pieces_and_an_unknown_piece_gives_nothing(
    loaded: dict[str, Reader], two: Cloze
):
    assert (
        loaded["elmo"].log_probability_of_word(two.sentence, two.positions, 0, "unreadablenesses")
        == {}
    )
    assert loaded["bert"].log_probability_of_word(two.sentence, two.positions, 0, "𒀀") == {}


# --- the search itself -----------------------------------------------------------------------


class Table:
    """A decoder over a made-up joint distribution of two blanks."""

    def __init__(self, joint: np.ndarray, between: np.ndarray | None = None) -> None:
        self.joint, self.chosen = joint, None
        self.between = np.ones(len(joint)) if between is None else between

    def log(self) -> torch.Tensor:
        if self.chosen is None:
            return torch.from_numpy(self.joint.sum(axis=1)).log()[None]
        rows = self.joint[self.chosen]
        return torch.from_numpy(rows / rows.sum(axis=1, keepdims=True)).log()

    def advance(self, parents: list[int], entries: list[int]) -> np.ndarray:
        self.chosen = list(entries)
        return np.log(self.between[self.chosen])

    def keep(self, rows: list[int]) -> None:
        raise AssertionError


def test_the_beam_finds_what_hangs_together():
    """Alone, entries 0 and 1 are the likeliest; together (1, 1) is."""
    joint = np.array([[0.0001, 0.2, 0.2], [0.05, 0.28, 0.0001], [0.2698, 0.0, 0.0]])
    joint = (joint + 1e-9) / (joint + 1e-9).sum()
    words = blanks.Lexicon.of(["fried", "eggs", "fish"])
    alone = marginals(Table(joint), 2, words)
    assert np.allclose(alone[1].exp(), joint.sum(axis=0))
    outcome = blanks.beam_search(Table(joint), 2, words, 3, likeliest(alone, words))
    best = blanks.fillings("gpt", "left", words, outcome, [0, 1])
    assert best.best[0].words == ("eggs", "eggs")
    assert best.independent.words == ("fried", "eggs")
    assert np.exp(best.best[0].log_probability) == pytest.approx(joint[1, 1])
    assert np.exp(best.independent.log_probability) == pytest.approx(joint[0, 1])


def test_words_between_two_blanks_weigh_what_stands_in_the_first():
    """p(second) is the sum over the first of p(first) p(between | first) p(second | first)."""
    joint = np.array([[0.3, 0.1], [0.1, 0.5]])
    between = np.array([0.9, 0.01])
    words = blanks.Lexicon.of(["a", "b"])
    alone = marginals(Table(joint, between), 2, words)
    expected = (joint * between[:, None]).sum(axis=0)
    assert np.allclose(alone[1].exp(), expected / expected.sum())


def test_a_later_blank_alone_is_nearly_the_mixture_over_every_word_before_it():
    """A flat first blank: the ten likeliest of 2,000 words hold a tenth of the probability."""
    random, words = np.random.default_rng(0), 2_000
    flat = 1 / (np.arange(words) + 30)
    second = random.dirichlet(np.full(8, 0.3), size=words)
    joint = flat[:, None] / flat.sum() * second
    lexicon = blanks.Lexicon.of([f"word{n}" for n in range(words)])
    mixed = marginals(Table(joint), 2, lexicon)[1].exp().numpy()
    assert 0.5 * np.abs(mixed - joint.sum(axis=0)).sum() <= 0.03
    log = torch.from_numpy(flat / flat.sum()).log()[None]
    parents, entries, weights = drawn(log, np.zeros(1), lexicon.ids)
    assert len(set(entries)) == HYPOTHESES
    assert set(parents) == {0}
    assert np.exp(weights).sum() == pytest.approx(1.0)


@pytest.mark.parametrize("family", ["gpt", "elmo"])
def test_readers_mix_enough_hypotheses(
    loaded: dict[str, Reader], family: str, monkeypatch: pytest.MonkeyPatch
):
    """Against five times as many: ten hypotheses were as far off as 0.3 here."""
    breakfast = opened(split("I had ___ ___ and a cup of tea for breakfast."))

    def later() -> np.ndarray:
        answers = loaded[family].fill_blanks(breakfast.sentence, breakfast.positions).marginal
        return answers[1][0].probabilities

    few = later()
    monkeypatch.setattr(marginal, "HYPOTHESES", 1_000)
    assert 0.5 * np.abs(few - later()).sum() <= 0.11


def test_case_variants_of_a_filling_are_one():
    words = blanks.Lexicon.of(["The", "the", "cat"])
    outcome = blanks.SearchResult([(0, 2), (1, 2)], np.log([0.2, 0.3]), (1, 2))
    joint = blanks.fillings("elmo", "left", words, outcome, [0, 1])
    assert [filling.words for filling in joint.best] == [("the", "cat")]
    assert np.exp(joint.independent.log_probability) == pytest.approx(0.5)

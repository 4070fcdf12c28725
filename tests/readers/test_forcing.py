"""Forced pieces, and writing to the left: what stands before a choice keeps its numbers."""

import pytest
import torch

from lmcore.analyses.generation import (
    GENERATION,
    GenerationQuestion,
    GenerationView,
    around,
    segments,
)
from lmcore.errors import InputError, UnsupportedError
from lmcore.outputs.generation import Forced, GeneratedToken, GenerationSettings
from lmcore.readers.base import Reader
from lmcore.readers.sampling import led
from lmcore.text.prompts import Direction
from lmcore.text.words import split

PROMPT = "The old man opened the door and"
ENDING = "and they slept until noon."
SETTINGS = GenerationSettings(length=8, temperature=1.1, top_k=0, top_p=1.0, seed=3)


def write(
    reader: Reader,
    forced: tuple[Forced, ...] = (),
    side: Direction = "right",
    settings: GenerationSettings = SETTINGS,
) -> GenerationView:
    prompt = PROMPT if side == "right" else ENDING
    return GENERATION.compute(reader, GenerationQuestion(prompt, settings, side, forced))


def same(first: GeneratedToken, second: GeneratedToken) -> bool:
    """Every number of a step, bit by bit."""
    numbers = ("probability", "rank", "entropy", "alternatives", "position", "piece")
    return all(getattr(first, name) == getattr(second, name) for name in numbers)


@pytest.mark.parametrize("step", [1, 4, 8])
def test_another_piece_at_a_step_leaves_all_before_as_it_was(contextual: Reader, step: int):
    first = write(contextual)
    changed = first.tokens[step - 1]
    other = next(o for o in changed.alternatives if o.piece != changed.piece)
    again = write(contextual, first.instead(step, other.piece))
    before = zip(first.tokens[: step - 1], again.tokens, strict=False)
    assert all(same(old, new) and old.text == new.text for old, new in before)
    chosen = again.tokens[step - 1]
    assert chosen.piece == other.piece
    assert chosen.position == changed.position
    assert chosen.probability == other.probability  # its own, not that of what stood there
    assert chosen.entropy == changed.entropy
    assert chosen.alternatives == changed.alternatives
    assert len(again.tokens) == SETTINGS.length
    assert again.text.startswith(PROMPT)


def test_forcing_its_own_pieces_gives_a_reader_its_own_text(contextual: Reader):
    first = write(contextual)
    for step in (1, 5, 8):
        assert write(contextual, first.instead(step, first.tokens[step - 1].piece)).tokens == (
            first.tokens
        )


def test_what_follows_a_choice_sees_it(contextual: Reader):
    """The step behind the choice has other odds: the chosen piece was really read."""
    first = write(contextual)
    changed = first.tokens[0]
    other = next(o for o in changed.alternatives if o.piece != changed.piece)
    again = write(contextual, first.instead(1, other.piece))
    assert again.tokens[1].entropy != first.tokens[1].entropy


@pytest.mark.parametrize(
    ("forced", "code"),
    [
        ((Forced(0, "no such piece"),), "forced_piece_unknown"),
        ((Forced(0, "[SEP]"),), "forced_piece_unknown"),
        ((Forced(0, "<UNK>"),), "forced_piece_unknown"),
        ((Forced(0, "<s>"),), "forced_piece_unknown"),
        ((Forced(8, "the"),), "setting_out_of_range"),
        ((Forced(-1, "the"),), "setting_out_of_range"),
    ],
)
def test_what_cannot_be_forced_is_said_before_writing(
    contextual: Reader, forced: tuple[Forced, ...], code: str
):
    with pytest.raises(InputError) as caught:
        contextual.generate(split(PROMPT), SETTINGS, forced)
    assert caught.value.code == code


def test_more_or_twice_the_same_place_cannot_be_forced(contextual: Reader):
    view = write(contextual)
    places = [Forced(token.position, token.piece) for token in view.tokens]
    for wrong in ([*places, places[0]], [places[0], places[0]]):
        with pytest.raises(InputError):
            contextual.generate(split(PROMPT), SETTINGS, wrong)
    with pytest.raises(InputError):
        view.instead(9, "the")
    with pytest.raises(InputError):
        view.instead(0, "the")


# --- to the left -----------------------------------------------------------------------------


@pytest.mark.parametrize("family", ["elmo", "bert"])
def test_an_ending_stays_and_everything_is_written_before_it(
    loaded: dict[str, Reader], family: str
):
    done = write(loaded[family], side="left")
    assert done.text.endswith(" " + ENDING)
    assert sorted(token.position for token in done.tokens) == list(range(8))
    for step in range(1, 9):
        so_far = done.until(step)
        before, after = around(so_far)
        places = segments(so_far)
        middle = "".join(p.lead + (p.text if p.token else "_") for p in places)
        assert before + middle + after == so_far.text
        assert sum(p.token is not None for p in places) == step


def test_elmo_writes_leftwards_word_before_word(loaded: dict[str, Reader]):
    done = write(loaded["elmo"], side="left")
    assert [token.position for token in done.tokens] == [7, 6, 5, 4, 3, 2, 1, 0]
    assert done.in_order
    assert not write(loaded["bert"], side="left").in_order


def test_elmo_writes_to_the_left_with_its_backward_model_only(loaded: dict[str, Reader]):
    """The last word's probability is what one pass over all the words behind it gives."""
    elmo = loaded["elmo"]
    done = write(elmo, side="left")
    behind = [token.piece for token in reversed(done.tokens[:-1])]
    behind += [word.text for word in split(ENDING).words]
    with torch.inference_mode():
        whole = elmo._log(elmo._pass([behind]).backward[-1, 0, 1])  # type: ignore[attr-defined]
    allowed = whole.masked_fill(~elmo.writable, -torch.inf).log_softmax(-1)  # type: ignore[attr-defined]
    wanted = float(allowed[elmo.entries[done.tokens[-1].piece]].exp())  # type: ignore[attr-defined]
    assert done.tokens[-1].probability == pytest.approx(wanted, rel=1e-4)


@pytest.mark.parametrize("family", ["elmo", "bert"])
def test_a_choice_on_the_left_keeps_what_was_written_before_it(
    loaded: dict[str, Reader], family: str
):
    first = write(loaded[family], side="left")
    changed = first.tokens[3]
    other = next(o for o in changed.alternatives if o.piece != changed.piece)
    again = write(loaded[family], first.instead(4, other.piece), "left")
    assert all(same(*pair) for pair in zip(first.tokens[:3], again.tokens, strict=False))
    assert again.tokens[3].piece == other.piece


def test_gpt_cannot_write_to_the_left(loaded: dict[str, Reader]):
    assert "left" not in loaded["gpt"].writes
    with pytest.raises(UnsupportedError):
        loaded["gpt"].generate(split(ENDING), SETTINGS, (), "left")


@pytest.mark.parametrize(
    ("word", "first", "put"), [("the", "man", "the "), ("home", ",", "home"), ("(", "a", "(")]
)
def test_words_are_put_in_front_as_one_writes_them(word: str, first: str, put: str):
    assert led(word, first) == put

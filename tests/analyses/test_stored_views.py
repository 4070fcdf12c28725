"""Views that are stored with the project: of the present weights, and what is computed now."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lmcore import analyses, finetuning
from lmcore.analyses import analysis
from lmcore.analyses.analysis import Analysis, question_key, store, stored, weights_of
from lmcore.analyses.examples import computed, examples
from lmcore.outputs.view import equal

#: By how much a machine may differ from the one on which views were stored: what a reader promises
#: whatever else stands in its batch.
TOLERANCE = 5e-5
#: All stored views together; they are part of every download of the project.
MOST_BYTES = 1_500_000


@dataclass(frozen=True)
class Question:
    text: str


@dataclass(frozen=True)
class Answer:
    length: int


LENGTH: Analysis[Question, Answer] = Analysis(
    "length", Answer, lambda reader, question: Answer(len(question.text))
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty place for stored views."""
    monkeypatch.setattr(analysis, "FOLDER", tmp_path)
    analysis.stored_rows.cache_clear()
    yield tmp_path
    analysis.stored_rows.cache_clear()


def test_what_is_stored_comes_back_for_its_reader_and_its_question(folder: Path) -> None:
    store(LENGTH, [("gpt", Question("ab"), Answer(2)), ("bert", Question("ab"), Answer(3))])
    assert stored(LENGTH, "gpt", Question("ab")) == Answer(2)
    assert stored(LENGTH, "bert", Question("ab")) == Answer(3)
    assert stored(LENGTH, "gpt", Question("abc")) is None
    assert stored(LENGTH, "elmo", Question("ab")) is None
    assert stored(LENGTH, "gpt", Question("ab"), "de") is None


def test_other_weights_get_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store(LENGTH, [("gpt", Question("ab"), Answer(2))])
    monkeypatch.setattr(analysis, "weights_of", lambda *_: "0" * 64)
    assert stored(LENGTH, "gpt", Question("ab")) is None


@pytest.mark.parametrize("content", ["{", "[]", '"x"', "\xff", "{}"])
def test_a_card_that_cannot_be_read_states_no_weights(tmp_path: Path, content: str) -> None:
    (tmp_path / "bert").mkdir()
    (tmp_path / "bert" / "card.json").write_text(content, encoding="latin1")
    assert weights_of("bert", tmp_path) == ""
    assert weights_of("gpt", tmp_path) == ""


def test_a_question_has_the_same_key_in_every_process_and_another_has_another() -> None:
    assert question_key(Question("ab")) == question_key(Question("ab"))
    assert question_key(Question("ab")) != question_key(Question("ba"))
    assert question_key(Question("ab")) != question_key(Answer(2))


@pytest.mark.parametrize(
    "example", examples(analyses, finetuning), ids=lambda example: example.analysis.name
)
def test_stored_views_are_what_the_shipped_readers_answer_now(example, loaded) -> None:
    for family, question, view in computed(example, loaded):
        kept = stored(example.analysis, family, question, example.language)
        assert kept is not None, "run: python -m lmcore views"
        assert equal(kept, view, TOLERANCE), "run: python -m lmcore views"


def test_they_are_small() -> None:
    assert sum(path.stat().st_size for path in analysis.FOLDER.rglob("*.xz")) < MOST_BYTES

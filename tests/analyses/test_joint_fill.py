"""Several blanks: single choices set against the joint one."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from lmcore.analyses.joint_fill import contrasts, fillings_frame
from lmcore.outputs.answers import Answer, BlankAnswers, Filling, Fillings, Lexicon


def answer(view: str, **words: float) -> Answer:
    lexicon = Lexicon.of(list(words))
    sums, spelling = lexicon.merged(np.asarray(list(words.values())))
    return Answer("bert", view, lexicon, sums, spelling, 1.0)  # type: ignore[arg-type]


@pytest.fixture
def given() -> BlankAnswers:
    joint = Fillings(
        "bert",
        "both",
        (Filling(("fried", "eggs"), log(0.2)), Filling(("fried", "fried"), log(0.02))),
        Filling(("fried", "fried"), log(0.02)),
        (0, 1),
    )
    alone = ((answer("both", fried=0.5, eggs=0.1),), (answer("both", fried=0.4, eggs=0.3),))
    return BlankAnswers(alone, (joint,))


def test_contrast_tells_both_choices_and_how_much_they_differ(given: BlankAnswers):
    (one,) = contrasts(given)
    assert one.differs
    assert (one.independent, one.together) == (("fried", "fried"), ("fried", "eggs"))
    assert one.marginal == pytest.approx((0.5, 0.4))
    assert one.times == pytest.approx(10)


def test_case_alone_is_no_difference(given: BlankAnswers):
    joint = given.joint[0]
    same = Fillings(
        "bert", "both", (Filling(("Fried", "fried"), log(0.2)),), joint.independent, (0, 1)
    )
    (one,) = contrasts(BlankAnswers(given.marginal, (same,)))
    assert not one.differs


def test_table_has_one_row_a_filling(given: BlankAnswers):
    table = fillings_frame(given.joint, ["x"], ["view", "rank", "1", "2", "p"])
    assert table["rank"].tolist() == [1, 2]
    assert table["2"].tolist() == ["eggs", "fried"]
    assert table["p"].tolist() == pytest.approx([0.2, 0.02])

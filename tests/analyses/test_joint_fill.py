"""Several blanks: single choices set against the joint contrast."""

from dataclasses import replace
from math import log

import pytest

from lmcore.analyses.joint_fill import contrasts, fillings_frame
from lmcore.analyses.masked_word import MaskedWordView
from lmcore.outputs.answers import Candidate, Candidates, Filling, Fillings
from lmcore.outputs.reading import WordNotes
from lmcore.text.words import split


def column(blank: int, **words: float) -> Candidates:
    ranked = tuple(Candidate(w, p, rank) for rank, (w, p) in enumerate(words.items(), start=1))
    return Candidates("bert", "both", blank, ranked, 1.0, len(words))


@pytest.fixture
def view() -> MaskedWordView:
    joint = Fillings(
        "bert",
        "both",
        (Filling(("fried", "eggs"), log(0.2)), Filling(("fried", "fried"), log(0.02))),
        Filling(("fried", "fried"), log(0.02)),
        (0, 1),
    )
    blanks = ((column(0, fried=0.5, eggs=0.1),), (column(1, fried=0.4, eggs=0.3),))
    return MaskedWordView("bert", WordNotes("bert", split("___ ___"), ()), blanks, (joint,))


def test_contrast_tells_both_choices_and_how_much_they_differ(view: MaskedWordView):
    (contrast,) = contrasts(view)
    assert contrast.differs
    assert (contrast.independent, contrast.together) == (("fried", "fried"), ("fried", "eggs"))
    assert contrast.marginal == pytest.approx((0.5, 0.4))
    assert contrast.times == pytest.approx(10)


def test_case_alone_is_no_difference(view: MaskedWordView):
    joint = view.joint[0]
    same = Fillings(
        "bert", "both", (Filling(("Fried", "fried"), log(0.2)),), joint.independent, (0, 1)
    )
    (contrast,) = contrasts(replace(view, joint=(same,)))
    assert not contrast.differs


def test_table_has_one_row_a_filling(view: MaskedWordView):
    table = fillings_frame(view.joint, ["x"], ["view", "rank", "1", "2", "p"])
    assert table["rank"].tolist() == [1, 2]
    assert table["2"].tolist() == ["eggs", "fried"]
    assert table["p"].tolist() == pytest.approx([0.2, 0.02])

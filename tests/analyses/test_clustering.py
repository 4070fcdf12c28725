"""Groups that nobody gave: suggested only where there are none, as many as the distances show."""

import numpy as np

from lmcore.analyses.clustering import grouped, suggest
from lmcore.outputs.reading import cosine_matrix
from lmcore.text.word_uses import ask
from tests.analyses.made_uses import FOUR


def test_groups_are_suggested_only_without_labels() -> None:
    similarity = cosine_matrix(np.array([[1, 0], [0, 1], [1, 0.1], [0.1, 1]]))
    plain = ask("bank", "bank\n" * 4)
    with_groups = suggest(plain, similarity)
    assert with_groups.suggested
    assert [u.sense for u in with_groups.uses] == ["A", "B", "A", "B"]
    assert with_groups.unlabelled == plain.unlabelled  # no reader is asked again
    labelled = ask("bank", FOUR)
    assert suggest(labelled, similarity) is labelled
    assert suggest(plain, np.ones((4, 4))) is plain
    assert suggest(plain, np.full((4, 4), np.nan)) is plain
    assert suggest(ask("bank", "bank\nbank"), similarity[:2, :2]).senses == ()


def test_the_number_of_groups_follows_the_distances() -> None:
    places = np.array([0.0, 0.1, 5.0, 5.1, 9.0, 9.1])
    distances = np.abs(places[:, None] - places[None, :])
    assert grouped(distances, most=3) == [0, 0, 1, 1, 2, 2]
    assert grouped(distances[:4, :4], most=2) == [0, 0, 1, 1]

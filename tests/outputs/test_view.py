"""Views come back from JSON as they went in."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pytest

from lmcore.outputs.view import equal, from_json, to_json


@dataclass(frozen=True)
class Part:
    name: str
    share: float | None


@dataclass(frozen=True)
class Whole:
    kind: Literal["one", "two"]
    parts: tuple[Part, ...]
    pair: tuple[int, str]
    by_place: dict[tuple[int, int], Part]
    matrix: np.ndarray
    missing: np.ndarray | None
    done: bool = True


def whole() -> Whole:
    matrix = np.array([[0.1, np.nan], [np.inf, -0.0]], dtype=np.float32)
    parts = (Part("“银行” <b>", 0.1), Part("", None))
    return Whole("two", parts, (3, "x"), {(0, 1): parts[0]}, matrix, None)


def test_a_view_comes_back_to_the_bit():
    view = whole()
    back = from_json(Whole, to_json(view))
    assert equal(view, back)
    assert back.matrix.dtype == np.float32
    assert back.matrix.tobytes() == view.matrix.tobytes()
    assert back.by_place[0, 1].share == 0.1


def test_what_differs_is_not_equal():
    view, other = whole(), whole()
    other.matrix[0, 0] += 1e-3
    assert not equal(view, other)
    assert equal(view, other, tolerance=1e-2)


def test_only_plain_data_can_be_stored():
    with pytest.raises(TypeError, match="object"):
        to_json(Part("a", object()))

"""Views: what a section draws. Frozen dataclasses of plain data, to JSON and back without loss.

An analysis turns a question and a reader into one view. A view holds numbers, strings, tuples,
mappings, NumPy arrays and other views; what it is made of is read off its annotations, so that a
view needs no code of its own to be stored.
"""

import base64
import dataclasses
import json
import math
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

V = TypeVar("V")
#: How an array stands in JSON: little-endian bytes, so that it comes back to the bit.
_ARRAY = ("dtype", "shape", "bytes")


def to_json(view: Any) -> str:
    """A view as JSON text.

    Raises:
        TypeError: it holds something that is no plain data.
    """
    return json.dumps(_plain(view), ensure_ascii=False)


def from_json(kind: type[V], text: str) -> V:
    """The view of a kind that :func:`to_json` wrote, equal in every part (:func:`equal`)."""
    made: V = _made(kind, json.loads(text))
    return made


def equal(first: Any, second: Any, tolerance: float = 0.0) -> bool:
    """Whether two views hold the same data; arrays are compared by value, NaN equals NaN.

    Args:
        first: a view or a part of one.
        second: the same.
        tolerance: by how much numbers may differ, of their size where they are above 1.
    """
    if dataclasses.is_dataclass(first):
        names = [field.name for field in dataclasses.fields(first)]
        return type(first) is type(second) and all(
            equal(getattr(first, name), getattr(second, name), tolerance) for name in names
        )
    if isinstance(first, np.ndarray):
        return isinstance(second, np.ndarray) and _same_array(first, second, tolerance)
    if isinstance(first, Mapping):
        return (
            isinstance(second, Mapping)
            and list(first) == list(second)
            and all(equal(first[key], second[key], tolerance) for key in first)
        )
    if isinstance(first, Sequence) and not isinstance(first, str):
        return len(first) == len(second) and all(
            equal(a, b, tolerance) for a, b in zip(first, second, strict=True)
        )
    if isinstance(first, float) and isinstance(second, (int, float)):
        return (
            (math.isnan(first) and math.isnan(second))
            or first == second
            or (abs(first - second) <= tolerance * max(1.0, abs(first)))
        )
    return bool(first == second)


def _same_array(first: np.ndarray, second: np.ndarray, tolerance: float) -> bool:
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    if first.dtype.kind != "f":
        return bool(np.array_equal(first, second))
    return bool(np.allclose(first, second, rtol=tolerance, atol=tolerance, equal_nan=True))


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, np.ndarray):
        array = np.ascontiguousarray(value).astype(value.dtype.newbyteorder("<"), copy=False)
        raw = base64.b64encode(array.tobytes()).decode("ascii")
        return dict(zip(_ARRAY, (array.dtype.str, list(value.shape), raw), strict=True))
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return [[_plain(key), _plain(item)] for key, item in value.items()]
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(f"a view cannot hold {type(value).__name__}")


def _made(kind: Any, value: Any) -> Any:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        return _made(next(option for option in inner if option is not type(None)), value)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        # What was stored before a field was there has its default.
        names = [f.name for f in dataclasses.fields(kind) if f.init and f.name in value]
        build: Any = kind
        return build(**{name: _made(hints[name], value[name]) for name in names})
    if kind is np.ndarray or origin is np.ndarray:
        dtype, shape, raw = (value[name] for name in _ARRAY)
        flat = np.frombuffer(base64.b64decode(raw), dtype=dtype)
        return flat.astype(flat.dtype.newbyteorder("=")).reshape(shape)
    if origin is tuple:
        parts = [inner[0]] * len(value) if inner[1:] == (...,) else inner
        return tuple(_made(part, item) for part, item in zip(parts, value, strict=True))
    if origin is list or origin is Sequence:
        items = [_made(inner[0], item) for item in value]
        return items if origin is list else tuple(items)
    if origin is dict or origin is Mapping:
        return {_made(inner[0], key): _made(inner[1], item) for key, item in value}
    return float(value) if kind is float and value is not None else value

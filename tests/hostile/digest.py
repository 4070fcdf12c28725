"""The same bits: one short hash of whatever an analysis returns."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd
from plotly.graph_objs import Figure

#: What most values are, looked at first.
_PLAIN = {str, int, float, bool, type(None)}


def digest(value: Any) -> str:
    """SHA-256 over the bits of arrays, the digits of numbers and the characters of texts."""
    own = hashlib.sha256()
    _feed(own, value)
    return own.hexdigest()


def _feed(own: Any, value: Any) -> None:
    own.update(type(value).__name__.encode())
    if type(value) in _PLAIN:
        own.update(repr(value).encode("utf8", "surrogatepass"))
    elif isinstance(value, np.ndarray) and value.dtype != object:
        own.update(str((value.dtype, value.shape)).encode())
        own.update(np.ascontiguousarray(value).tobytes())
    elif isinstance(value, Figure):
        own.update(value.to_json().encode("utf8", "surrogatepass"))
    elif isinstance(value, pd.DataFrame):
        own.update(value.to_csv().encode("utf8", "surrogatepass"))
    elif isinstance(value, bytes):
        own.update(value)
    elif isinstance(value, Mapping):
        _all(own, [item for pair in value.items() for item in pair])
    elif isinstance(value, set | frozenset):
        _all(own, sorted(value))
    elif isinstance(value, list | tuple | np.ndarray):
        _all(own, value)
    elif is_dataclass(value):
        _all(own, [getattr(value, field.name) for field in fields(value)])
    else:
        own.update(repr(value).encode("utf8", "surrogatepass"))


def _all(own: Any, values: Any) -> None:
    own.update(str(len(values)).encode())
    for value in values:
        _feed(own, value)

"""Rows as records of a numpy array: whole numbers and reals of 64 bits, in the order of the fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt


def record_of(row_class: type) -> np.dtype[np.void]:
    """The record of a row class."""
    kinds = {"int": np.int64, "float": np.float64}
    fields = row_class.__annotations__.items()
    return np.dtype([(name, kinds[str(getattr(kind, "__forward_arg__", kind))]) for name, kind in fields])


def records_from(row_class: type, rows: Sequence[Any], room: int = 0) -> npt.NDArray[np.void]:
    """Rows as records, with room for so many more."""
    records = np.zeros(len(rows) + room, record_of(row_class))
    for field in records.dtype.names or ():
        records[field][: len(rows)] = [getattr(row, field) for row in rows]
    return records

"""A table of samples that forgets its oldest rows: columns may be added as operations are born."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
FEW_COLUMNS: Final = 16


class Ring:
    """Samples in the order of time, the last ``most`` of them at least.

    Every row is kept once in a buffer of twice the length, so that what is kept is one slice.

    Args:
        most: Rows that are kept.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._columns: dict[str, int] = {}
        self._rows = np.full((2 * most, FEW_COLUMNS), np.nan)
        self._times = np.empty(2 * most)
        self._end = 0

    def __len__(self) -> int:
        return min(self._end, self.most)

    @property
    def _kept(self) -> slice:
        return slice(self._end - len(self), self._end)

    @property
    def times(self) -> Floats:
        """When each kept sample was taken."""
        return self._times[self._kept]

    def column(self, name: str) -> Floats:
        """The samples of a column; NaN where it was not sampled."""
        at = self._columns.get(name)
        return np.full(len(self), np.nan) if at is None else self._rows[self._kept, at]

    def append(self, time: float, values: Mapping[str, float]) -> None:
        """Add a sample; a column that is not named is NaN there."""
        for name in values:
            if name not in self._columns:
                self._columns[name] = len(self._columns)
        if len(self._columns) > self._rows.shape[1]:
            more = np.full((2 * self.most, len(self._columns) + FEW_COLUMNS), np.nan)
            more[:, : self._rows.shape[1]] = self._rows
            self._rows = more
        if self._end == 2 * self.most:
            for kept in (self._rows, self._times):
                kept[: self.most] = kept[self.most :]
            self._end = self.most
        row = self._rows[self._end]
        row[:] = np.nan
        for name, value in values.items():
            row[self._columns[name]] = value
        self._times[self._end] = time
        self._end += 1

    def forget_after(self, time: float) -> None:
        """Drop what was sampled after a time."""
        self._end -= len(self) - int(np.searchsorted(self.times, time, side="right"))


class Stream:
    """Single values with their time and a number that says whose they are, the last ``most`` at least.

    Args:
        most: Values that are kept.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept = np.empty((3, 2 * most))
        self._end = 0

    def __len__(self) -> int:
        return min(self._end, self.most)

    def extend(self, times: Floats, values: Floats, whose: npt.NDArray[np.int64]) -> None:
        """Add values, in the order of time."""
        new = np.stack([times, values, whose.astype(np.float64)])[:, -self.most :]
        if self._end + new.shape[1] > 2 * self.most:
            last = min(self._end, self.most)
            self._kept[:, :last] = self._kept[:, self._end - last : self._end].copy()
            self._end = last
        self._kept[:, self._end : self._end + new.shape[1]] = new
        self._end += new.shape[1]

    def all(self) -> tuple[Floats, Floats, npt.NDArray[np.int64]]:
        """Times, values, and whose."""
        kept = self._kept[:, self._end - len(self) : self._end]
        return kept[0], kept[1], kept[2].astype(np.int64)

    def forget_after(self, time: float) -> None:
        """Drop what came after a time."""
        times = self.all()[0]
        self._end -= len(self) - int(np.searchsorted(times, time, side="right"))

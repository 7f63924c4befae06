"""The viability kernel on a grid: from where some control keeps a state within its limits for ever.

Cells are struck out until none is left from which every reachable cell is struck out. What can be reached is
never understated, so no cell that holds a viable state is lost: the kernel comes from outside.

Reference:
    Aubin (1991), Viability Theory; source not checked. Saint-Pierre (1994), Approximation of the viability
    kernel: abstract and introduction of the preprint of 1990 read, which give the enlarged Euler step
    ``x + r F(x) + (M l / 2) r**2 B`` and the enlargement by the grid.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from vsmlab.mechanisms.intervals import Estimate

Numbers = npt.NDArray[np.float64]
Cells = npt.NDArray[np.bool_]
Box = tuple[Numbers, Numbers]
"""Lower and upper corners. Shape (points, dimensions) each."""
EDGE = 1e-9  # of a cell: two that only touch through rounding do touch


@dataclass(frozen=True, slots=True)
class Grid:
    """A box cut into equal cells.

    Attributes:
        least: Lower limit of each dimension.
        most: Upper limit of each, above the lower.
        cells: How many in each dimension.
    """

    least: tuple[float, ...]
    most: tuple[float, ...]
    cells: tuple[int, ...]

    @property
    def size(self) -> Numbers:
        """Of a cell in each dimension."""
        return cast(Numbers, (np.array(self.most) - np.array(self.least)) / np.array(self.cells))

    def centres(self) -> Numbers:
        """Of all cells, the last dimension running fastest. Shape (cells, dimensions)."""
        places = np.indices(self.cells).reshape(len(self.cells), -1).T
        return cast(Numbers, np.array(self.least) + (places + 0.5) * self.size)


@dataclass(frozen=True, slots=True)
class Kernel:
    """A viability kernel from outside.

    Attributes:
        inside: Whether a cell may hold viable states. Shape as the grid's cells.
        volume: Of these cells: an upper bound, so without a lower end.
        rounds: How often the grid was gone through.
    """

    inside: Cells
    volume: Estimate
    rounds: int


def euler_reach(
    velocities: Callable[[Numbers], Box], grid: Grid, step: float, slopes: Sequence[Sequence[float]]
) -> list[Box]:
    """Boxes that hold all that can be reached in one step from anywhere in a cell, by Euler's rule enlarged.

    Good for any dynamics, and coarse: its error falls as the root of the cell's size, at best with steps in
    proportion to that root.

    Args:
        velocities: Limits of the velocities that controls allow, for many states at once.
        grid: Its cells.
        step: Time, above 0.
        slopes: Bounds on how fast each velocity changes with each state. Shape (dimensions, dimensions).

    Returns:
        One box for each cell, as `viability_kernel` takes them.
    """
    half = grid.size / 2.0
    bounds = np.array(slopes, dtype=np.float64)
    low, high = velocities(grid.centres())
    fastest = np.maximum(np.abs(low), np.abs(high)).max(axis=0) + bounds @ half
    room = half + step * (bounds @ half) + step * step / 2.0 * (bounds @ fastest)
    return [(grid.centres() + step * low - room, grid.centres() + step * high + room)]


def viability_kernel(grid: Grid, reach: Iterable[Box]) -> Kernel:
    """The cells from which one can stay in the grid's box for ever, as far as steps and cells can tell.

    Args:
        grid: Its box holds the limits.
        reach: Boxes that together hold, for each cell, all that is reached in one step from anywhere in it by
            some control; one pair of corners for each cell and box (`euler_reach`, or from an exact flow).

    Raises:
        ValueError: If the grid or a box does not fit.
    """
    dimensions = len(grid.cells)
    if (
        len(grid.least) != dimensions
        or len(grid.most) != dimensions
        or min(grid.cells) < 1
        or not all(a < b for a, b in zip(grid.least, grid.most, strict=True))
    ):
        raise ValueError(f"{grid}: needs limits that rise and at least one cell in each dimension")
    ranges = [_ranges(grid, box) for box in reach]
    if not ranges:
        raise ValueError("nothing can be reached: at least one box is needed")
    inside = np.ones(grid.cells, dtype=np.bool_)
    rounds = 0
    while True:
        rounds += 1
        sums = _sums(inside)
        alive = np.zeros(inside.size, dtype=np.bool_)
        for first, last in ranges:
            alive |= _within(sums, first, last) > 0
        kept = inside & alive.reshape(grid.cells)
        if kept.sum() == inside.sum():
            break
        inside = kept
    volume = float(inside.sum()) * math.prod(grid.size.tolist())
    method = f"viability kernel from outside, {' x '.join(map(str, grid.cells))} cells"
    reason = "the grid gives an upper bound only"
    return Kernel(inside, Estimate(volume, None, volume, inside.size, method, reason), rounds)


def _ranges(grid: Grid, box: Box) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """First and one past the last cell that each box touches, in each dimension; equal if it lies outside."""
    shape = (math.prod(grid.cells), len(grid.cells))
    if box[0].shape != shape or box[1].shape != shape:
        raise ValueError(f"boxes of shapes {box[0].shape} and {box[1].shape}: {shape} each is needed")
    least, most = np.array(grid.least), np.array(grid.cells)
    first = np.clip(np.floor((box[0] - least) / grid.size - EDGE), 0, most).astype(np.int64)
    last = np.clip(np.floor((box[1] - least) / grid.size + EDGE) + 1, 0, most).astype(np.int64)
    return first, np.maximum(first, last)


def _sums(inside: Cells) -> npt.NDArray[np.int64]:
    """How many cells are kept below each corner of the grid."""
    sums = np.zeros([size + 1 for size in inside.shape], dtype=np.int64)
    sums[tuple(slice(1, None) for _ in inside.shape)] = inside
    for axis in range(inside.ndim):
        np.cumsum(sums, axis=axis, out=sums)
    return sums


def _within(
    sums: npt.NDArray[np.int64], first: npt.NDArray[np.int64], last: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """How many kept cells lie in each range: corners with alternating sign."""
    total = np.zeros(len(first), dtype=np.int64)
    dimensions = sums.ndim
    for corner in range(1 << dimensions):
        upper = [bool(corner >> axis & 1) for axis in range(dimensions)]
        place = tuple((last if up else first)[:, axis] for axis, up in enumerate(upper))
        total += (1 if (dimensions - sum(upper)) % 2 == 0 else -1) * sums[place]
    return total

import itertools
import math

import numpy as np
import pytest

from vsmlab.mechanisms.viability_kernel import Grid, euler_reach, viability_kernel

AREA = 4.0 * math.sqrt(2.0) / 3.0


def double_integrator(states):
    """Velocities of ``x'' = u`` with ``|u| <= 1``."""
    speed, one = states[:, 1], np.ones(len(states))
    return np.column_stack([speed, -one]), np.column_stack([speed, one])


def exact_boxes(grid, step, slices=16):
    """What a double integrator reaches from each cell in a step, by its exact flow, cut into slices of speed.

    With a change b of speed the place moves by ``v step + b step / 2 +- (step**2 - b**2) / 4``.
    """
    (x, v), (dx, dv) = grid.centres().T, grid.size / 2.0
    boxes = []
    edges = np.linspace(-step, step, slices + 1)
    for low, high in itertools.pairwise(edges):
        least = 0.0 if low * high < 0.0 else min(abs(low), abs(high))
        room = (step * step - least * least) / 4.0 + dx + step * dv
        moved = x + v * step
        boxes.append(
            (
                np.column_stack([moved + step * low / 2.0 - room, v + low - dv]),
                np.column_stack([moved + step * high / 2.0 + room, v + high + dv]),
            )
        )
    return boxes


def wide(cells):
    return Grid((0.0, -2.0), (1.0, 2.0), (cells, 2 * cells))


def viable(states):
    x, v = states.T
    return np.where(v >= 0.0, x + v * v / 2.0 <= 1.0, x - v * v / 2.0 >= 0.0)


def test_the_kernel_of_the_double_integrator_comes_from_outside_and_converges():
    errors = []
    for cells in (25, 50, 100, 200):
        grid = wide(cells)
        kernel = viability_kernel(grid, exact_boxes(grid, 1.25 * cells ** (-1.0 / 3.0)))
        assert kernel.inside.ravel()[viable(grid.centres())].all()  # nothing viable is lost
        errors.append(kernel.volume.value / AREA - 1.0)
        assert kernel.volume.high == kernel.volume.value
        assert kernel.volume.low is None
    assert round(AREA, 6) == 1.885618
    assert all(error > 0.0 for error in errors)
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.05
    rate = math.log(errors[0] / errors[-1]) / math.log(8.0)
    assert 0.5 < rate < 1.0  # the step's error meets the grid's at 2/3


def test_eulers_rule_enlarged_comes_from_outside_and_converges_more_slowly():
    errors = []
    for cells in (25, 100, 400):
        grid = wide(cells)
        kernel = viability_kernel(
            grid, euler_reach(double_integrator, grid, cells**-0.5, [[0.0, 1.0], [0.0, 0.0]])
        )
        assert kernel.inside.ravel()[viable(grid.centres())].all()
        errors.append(kernel.volume.value / AREA - 1.0)
    assert errors == sorted(errors, reverse=True)
    assert 0.0 < errors[-1] < 0.09
    assert kernel.rounds > 5


def test_what_one_can_hold_still_is_all_viable_and_what_drifts_away_is_not():
    grid = Grid((0.0,), (1.0,), (50,))
    free = viability_kernel(grid, euler_reach(lambda x: (-x, x), grid, 0.1, [[1.0]]))
    assert free.inside.all()
    assert free.volume.value == pytest.approx(1.0)
    drifts = viability_kernel(grid, euler_reach(lambda x: (0 * x + 1.0, 0 * x + 1.0), grid, 0.1, [[0.0]]))
    assert not drifts.inside.any()
    assert drifts.volume.value == 0.0


def test_a_repeller_keeps_only_its_neighbourhood():
    """``x' = x + u`` with ``|u| <= 1/2`` on [-1, 1]: the kernel is [-1/2, 1/2]."""
    grid = Grid((-1.0,), (1.0,), (2000,))
    kernel = viability_kernel(grid, euler_reach(lambda x: (x - 0.5, x + 0.5), grid, 0.02, [[1.0]]))
    inside = grid.centres()[kernel.inside, 0]
    assert kernel.inside[np.abs(grid.centres()[:, 0]) <= 0.5].all()
    assert 0.5 <= inside.max() < 0.6
    assert inside.min() == pytest.approx(-inside.max())


def test_the_count_of_cells_is_right_in_three_dimensions():
    chance = np.random.default_rng(131)
    grid = Grid((0.0, -1.0, 2.0), (1.0, 1.0, 5.0), (5, 4, 6))
    low = chance.uniform(-0.3, 0.9, (120, 3)) * [1.0, 2.0, 3.0] + [0.0, -1.0, 2.0]
    high = low + chance.uniform(0.0, 0.4, (120, 3)) * [1.0, 2.0, 3.0]
    found = viability_kernel(grid, [(low, high)])
    inside = np.ones(120, bool)
    centres, half = grid.centres(), grid.size / 2.0
    while True:
        kept = [
            inside[k]
            and any(
                ((centres[j] + half >= low[k]) & (centres[j] - half <= high[k])).all()
                for j in np.flatnonzero(inside)
            )
            for k in range(120)
        ]
        if sum(kept) == inside.sum():
            break
        inside = np.array(kept)
    assert (found.inside.ravel() == inside).all()
    assert 0 < inside.sum() < 120


def test_a_grid_or_a_box_that_does_not_fit_is_refused():
    grid = Grid((0.0,), (1.0,), (4,))
    with pytest.raises(ValueError, match="limits that rise"):
        viability_kernel(Grid((1.0,), (0.0,), (4,)), [])
    with pytest.raises(ValueError, match="at least one box"):
        viability_kernel(grid, [])
    with pytest.raises(ValueError, match="is needed"):
        viability_kernel(grid, [(np.zeros((3, 1)), np.ones((3, 1)))])

"""Designs: strata of Latin hypercubes, balance of Sobol sequences, grids and ranges."""

import math
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsmlab.lab.experiments.designs import Range, grid, shares, spread


def crowded(points, parts):
    """Sides on which some of so many equal parts does not hold exactly one point."""
    sides = zip(*points, strict=True)
    return [k for k, side in enumerate(sides) if sorted(int(x * parts) for x in side) != list(range(parts))]


def unbalanced(points, halvings):
    """Boxes of equal volume, their sides halved so many times in all, that do not hold exactly one point."""
    sides = len(points[0])
    found = []
    for cuts in product(range(halvings + 1), repeat=sides):
        if sum(cuts) == halvings:
            boxes = [tuple(int(x * 2**cut) for x, cut in zip(row, cuts, strict=True)) for row in points]
            if len(set(boxes)) != len(points):
                found.append(cuts)
    return found


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(points=st.integers(1, 60), sides=st.integers(1, 5), seed=st.integers(0, 2**63 - 1))
def test_each_stratum_of_each_side_of_a_latin_hypercube_holds_one_point(points, sides, seed):
    drawn = shares("lhs", points, sides, seed)
    assert crowded(drawn, points) == []
    assert shares("lhs", points, sides, seed) == drawn


@pytest.mark.parametrize("seed", [0, 1, 7])
@pytest.mark.parametrize("halvings", [0, 3, 6])
def test_every_box_of_a_sobol_design_in_two_settings_holds_one_point(seed, halvings):
    assert unbalanced(shares("sobol", 2**halvings, 2, seed), halvings) == []


def test_each_side_of_a_sobol_design_is_stratified_too():
    assert crowded(shares("sobol", 64, 6, 3), 64) == []


def test_points_by_chance_alone_are_found_out():
    hypercube = shares("lhs", 64, 2, 1)
    assert unbalanced(hypercube, 6), "a Latin hypercube is balanced on its sides only"
    moved = [[(x + 0.5 / 64) % 1.0 if k == 0 else x for x in row] for k, row in enumerate(hypercube)]
    assert crowded([row if k else [0.999, 0.999] for k, row in enumerate(moved)], 64) == [0, 1]


@pytest.mark.parametrize(
    ("kind", "points", "sides", "said"),
    [
        ("sobol", 48, 2, "take 32 or 64"),
        ("lhs", 0, 2, "0 points"),
        ("lhs", 4, 0, "at least one setting"),
        ("sobol", 2_000_000, 1, "1 to 1,000,000"),
    ],
)
def test_a_design_that_cannot_be_is_refused(kind, points, sides, said):
    with pytest.raises(ValueError, match=said):
        shares(kind, points, sides, 1)


@given(share=st.floats(0, 1, exclude_max=True), low=st.integers(-50, 50), width=st.integers(1, 50))
def test_whole_numbers_have_both_ends_and_equal_shares(share, low, width):
    side = Range(low, low + width, "int")
    assert low <= side.at(share) <= low + width
    each = [side.at((k + 0.5) / (10 * (width + 1))) for k in range(10 * (width + 1))]
    assert {value: each.count(value) for value in each} == dict.fromkeys(range(low, low + width + 1), 10)


@given(share=st.floats(0, 1, exclude_max=True))
def test_a_logarithmic_range_is_even_in_the_logarithm(share):
    assert math.log10(Range(0.01, 100.0, "log").at(share)) == pytest.approx(4 * share - 2, abs=1e-9)


@pytest.mark.parametrize(
    ("low", "high", "scale", "said"),
    [
        (2, 1, "linear", "below the upper"),
        (1, 1, "int", "below the upper"),
        (0, 1, "log", "above 0"),
        (0.5, 2, "int", "whole numbers"),
        (0, math.inf, "linear", "below the upper"),
        (math.nan, 1, "linear", "below the upper"),
    ],
)
def test_a_range_that_cannot_be_is_refused(low, high, scale, said):
    with pytest.raises(ValueError, match=said):
        Range(low, high, scale)


def test_a_grid_has_every_combination_once():
    points = grid({"a": [1, 2, 3], "b": ["x"], "c": [True, False]})
    assert len(points) == len(set(points)) == 6
    assert points[0] == (1, "x", True)


def test_a_design_over_ranges_takes_each_setting_from_its_own():
    points = spread("lhs", 8, [Range(0.0, 1.0), Range(1, 4, "int"), Range(1.0, 1000.0, "log")], 5)
    assert sorted(value for _, value, _ in points) == [1, 1, 2, 2, 3, 3, 4, 4]
    assert sorted(int(8 * value) for value, _, _ in points) == list(range(8))
    assert sum(value < 31.6 for _, _, value in points) == 4

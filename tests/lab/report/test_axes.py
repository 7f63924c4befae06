import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vsmlab.lab.report.axes import linear_axis, log_axis


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9), st.sampled_from(["", "s", "agents"]), st.booleans())
def test_ticks_ascend_within_the_axis_and_every_one_has_its_label(low, span, unit, whole):
    assume(span == 0 or span > abs(low) * 1e-6)
    assume(span == 0 or span > 1e-9)
    axis = linear_axis(low, low + span, unit=unit, whole=whole)
    slack = 1e-6 * (axis.high - axis.low)
    assert list(axis.ticks) == sorted(set(axis.ticks))
    assert all(axis.low - slack <= tick <= axis.high + slack for tick in axis.ticks)
    assert len(axis.ticks) == len(axis.labels) <= 8
    assert len(set(axis.labels)) == len(axis.labels)
    assert axis.low <= low + slack
    assert axis.high >= low + span - slack


@pytest.mark.parametrize(
    ("high", "unit", "labels"),
    [
        (0.02, "ms", ("0", "5", "10", "15", "20")),
        (60, "s", ("0", "15", "30", "45", "60")),
        (3600, "min", ("0", "15", "30", "45", "60")),
        (6 * 3600, "h", ("0", "2", "4", "6")),
        (10 * 86400, "days", ("0", "2", "4", "6", "8", "10")),
    ],
)
def test_times_are_told_in_the_unit_that_fits(high, unit, labels):
    axis = linear_axis(0, high, unit="s")
    assert axis.unit == unit
    assert axis.labels == labels
    for tick, label in zip(axis.ticks, labels, strict=True):
        size = {"ms": 1e-3, "s": 1, "min": 60, "h": 3600, "days": 86400}[unit]
        assert tick == pytest.approx(float(label) * size)


def test_thousands_are_set_apart_and_millions_become_a_power_of_ten():
    assert linear_axis(0, 80_000).labels == ("0", "20,000", "40,000", "60,000", "80,000")
    assert linear_axis(0, 8e6, unit="bits").title("sent") == "sent (×10⁶ bits)"
    assert linear_axis(0, 8e6).labels == ("0", "2", "4", "6", "8")
    assert linear_axis(0, 2e-5).unit == "×10⁻⁶"


@given(st.floats(1e-9, 1e9), st.floats(1, 1e9))
def test_a_logarithmic_axis_covers_its_data_and_equal_ratios_are_equally_far(low, ratio):
    high = low * ratio
    axis = log_axis(low, high)
    assert axis.low <= low * (1 + 1e-9)
    assert axis.high >= high * (1 - 1e-9)
    assert 1 <= len(axis.ticks) == len(axis.labels) <= 12
    middle = math.sqrt(axis.low * axis.high)
    assert axis.share(middle) == pytest.approx(0.5)
    assert axis.share(0.0) == 0.0


@pytest.mark.parametrize(
    ("axis", "low", "high"),
    [(log_axis, 0.0, 1.0), (log_axis, -1.0, 1.0), (linear_axis, 1.0, 0.0), (linear_axis, 0.0, math.inf)],
)
def test_impossible_ends_are_refused(axis, low, high):
    with pytest.raises(ValueError, match=r"an?( logarithmic)? axis from"):
        axis(low, high)

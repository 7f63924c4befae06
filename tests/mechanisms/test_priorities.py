import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.mechanisms.general_service import mg1_mean_wait
from vsmlab.mechanisms.priorities import mg1_preemptive_sojourns, mg1_priority_waits, mmc_priority_waits
from vsmlab.mechanisms.queueing import mmc_mean_wait


def near(*values):
    return pytest.approx(values, abs=6e-7)


def test_ranked_classes_as_in_the_table():
    assert tuple(mg1_priority_waits([0.3, 0.5], [1.0, 1.0], [2.0, 2.0])) == near(1.142857, 5.714286)
    assert tuple(mg1_preemptive_sojourns([0.3, 0.5], [1.0, 1.0], [2.0, 2.0])) == near(1.428571, 7.142857)
    assert tuple(mmc_priority_waits(3, [0.9, 1.5], 1.0)) == near(0.308186, 1.540931)


classes = st.lists(
    st.tuples(st.floats(0.01, 1.0), st.floats(0.1, 5.0), st.floats(0.0, 4.0)), min_size=1, max_size=5
)


@given(classes, st.floats(0.05, 0.95))
def test_ranks_redistribute_waiting_and_conserve_its_sum(drawn, load):
    total = sum(rate * mean for rate, mean, _ in drawn)
    rates = [rate * load / total for rate, _, _ in drawn]
    means = [mean for _, mean, _ in drawn]
    moments = [mean**2 * (1.0 + cv2) for _, mean, cv2 in drawn]
    waits = mg1_priority_waits(rates, means, moments)
    assert waits == sorted(waits)
    weighted = sum(rate * mean * wait for rate, mean, wait in zip(rates, means, waits, strict=True))
    residual = sum(rate * moment for rate, moment in zip(rates, moments, strict=True)) / 2.0
    assert weighted == pytest.approx(load * residual / (1.0 - load), rel=1e-9)


def test_one_class_is_the_queue_without_ranks():
    assert mg1_priority_waits([0.8], [1.0], [5.0]) == pytest.approx([mg1_mean_wait(0.8, 1.0, 4.0)])
    assert mmc_priority_waits(3, [2.4], 1.0) == pytest.approx([mmc_mean_wait(3, 2.4, 1.0)])
    assert mg1_preemptive_sojourns([0.8], [1.0], [5.0]) == pytest.approx([1.0 + mg1_mean_wait(0.8, 1.0, 4.0)])


def test_with_preemption_the_first_class_does_not_see_the_second():
    alone = mg1_preemptive_sojourns([0.3], [1.0], [2.0])
    assert mg1_preemptive_sojourns([0.3, 0.6], [1.0, 1.0], [2.0, 2.0])[0] == alone[0]


def test_overloaded_ranks_are_refused():
    with pytest.raises(ValueError, match="unstable"):
        mg1_priority_waits([0.5, 0.6], [1.0, 1.0], [2.0, 2.0])
    with pytest.raises(ValueError, match="unstable"):
        mg1_preemptive_sojourns([0.5, 0.6], [1.0, 1.0], [2.0, 2.0])
    with pytest.raises(ValueError, match="unstable"):
        mmc_priority_waits(3, [2.0, 1.0], 1.0)

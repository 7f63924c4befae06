import pytest

from vsmlab.mechanisms.networks import availability, feedback_sojourn, fluid_triangle, jackson, tandem_sojourn
from vsmlab.mechanisms.queueing import mmc_mean_wait


def near(value):
    return pytest.approx(value, abs=6e-7)


def test_the_jackson_network_of_the_table():
    network = jackson([1.0, 0.0], [[0.0, 0.8], [0.25, 0.0]], [2.0, 1.25])
    assert network.flows == (near(1.25), near(1.0))
    assert network.utilisations == (near(0.625), near(0.8))
    assert network.mean_numbers == (near(1.666667), near(4.0))
    assert network.sojourn == near(5.666667)


def test_tandem_and_feedback_are_jackson_networks():
    assert tandem_sojourn(0.5, [1.0, 0.8]) == near(5.333333)
    assert jackson([0.5, 0.0], [[0, 1], [0, 0]], [1.0, 0.8]).sojourn == pytest.approx(
        tandem_sojourn(0.5, [1.0, 0.8])
    )
    assert feedback_sojourn(0.4, 1.0, 0.5) == near(10.0)
    looped = jackson([0.4], [[0.5]], [1.0])
    assert looped.sojourn == near(10.0)
    assert looped.mean_numbers == (near(4.0),)


def test_a_network_of_one_station_is_its_queue():
    station = jackson([2.4], [[0.0]], [1.0], servers=[3])
    assert station.sojourn == pytest.approx(1.0 + mmc_mean_wait(3, 2.4, 1.0))


def test_the_fluid_triangle_of_the_table():
    rush = fluid_triangle(3.0, 10.0, 1.0, 2.0)
    assert (rush.peak, rush.empty_at, rush.area) == (10.0, 20.0, 100.0)


def test_availability_of_the_table():
    assert availability(100.0, 10.0) == near(0.909091)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: jackson([1.0], [[0.0]], [0.9]), "unstable"),
        (lambda: jackson([1.0], [[1.0]], [9.0]), "never leave"),
        (lambda: jackson([1.0, 0.0], [[0.0, 1.2], [0.0, 0.0]], [9.0, 9.0]), "at most 1"),
        (lambda: jackson([1.0], [[0.0, 1.0]], [9.0]), "rows"),
        (lambda: tandem_sojourn(1.0, [2.0, 0.5]), "unstable"),
        (lambda: feedback_sojourn(0.4, 1.0, 0.0), "leaves"),
        (lambda: feedback_sojourn(0.4, 1.0, 0.3), "unstable"),
        (lambda: fluid_triangle(1.0, 1.0, 1.0, 2.0), "calm < capacity"),
    ],
)
def test_impossible_networks_are_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()

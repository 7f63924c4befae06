"""What the plots of the live page show: rings, envelopes, rates, columns. No browser."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import vsmlab
from vsmlab.apps.live.envelope import STRETCHES, edges_of, envelope, rates
from vsmlab.apps.live.recorder import Recorder
from vsmlab.apps.live.rings import Ring, Stream
from vsmlab.apps.live.scales import STEPS, place_of, values_of
from vsmlab.apps.live.series import MOST, busiest_channels, cost_so_far, names_of_columns, plotted
from vsmlab.lab.sessions import DialReading

reals = st.floats(-1e9, 1e9)
samples = st.lists(st.tuples(st.floats(0, 1000), reals), min_size=1, max_size=400)


@given(samples, st.integers(1, 150))
def test_an_envelope_keeps_every_extreme(pairs, stretches):
    pairs = sorted(pairs)
    times, values = (np.array(part) for part in zip(*pairs, strict=True))
    edges = edges_of(times[0], times[-1], stretches)
    found = envelope(times, values, edges)
    assert all(len(part) == stretches for part in found)
    assert np.nanmax(found.most) == values.max()
    assert np.nanmin(found.least) == values.min()
    for low, high, least, most in zip(edges[:-1], edges[1:], found.least, found.most, strict=True):
        here = values[(times >= low) & (times < high)]
        if len(here):
            assert least <= here.min()
            assert most >= here.max()
    known = ~np.isnan(found.mean)
    assert (found.least[known] <= found.mean[known]).all()
    assert (found.mean[known] <= found.most[known]).all()


@given(samples)
def test_what_stays_until_it_changes_has_no_holes_before_its_last_sample(pairs):
    pairs = sorted(pairs)
    times, values = (np.array(part) for part in zip(*pairs, strict=True))
    found = envelope(times, values, edges_of(times[0], times[-1] + 1.0), hold=True)
    at = int(np.flatnonzero(~np.isnan(found.mean))[-1])
    assert not np.isnan(found.mean[: at + 1]).any()
    assert set(found.most[: at + 1]) <= set(values)


@given(st.lists(st.tuples(st.floats(0.01, 100), st.integers(0, 1000)), min_size=2, max_size=200))
def test_rates_add_up_to_what_was_counted(steps):
    times = np.cumsum([gap for gap, _ in steps])
    totals = np.cumsum([many for _, many in steps]).astype(float)
    edges = edges_of(times[0], times[-1], 37)
    found = rates(times, totals, edges)
    assert np.nansum(found * np.diff(edges)) == pytest.approx(totals[-1] - totals[0], abs=1e-6)


@given(st.lists(reals, max_size=60), st.integers(1, 20))
def test_a_ring_keeps_the_last_rows(values, most):
    ring = Ring(most)
    for time, value in enumerate(values):
        ring.append(float(time), {"a": value, f"b{time % 30}": value})
    kept = values[-most:]
    assert ring.column("a").tolist() == kept
    assert ring.times.tolist() == list(map(float, range(len(values))))[-most:]
    assert np.isnan(ring.column("nobody")).all()
    ring.forget_after(float(len(values)) - 2.0)
    left = ring.column("a").tolist()
    assert len(left) >= len(kept) - 1
    assert left == values[:-1][len(values) - 1 - len(left) :]


@given(st.lists(st.lists(reals, max_size=9), max_size=30), st.integers(1, 20))
def test_a_stream_keeps_the_last_values(parts, most):
    stream, every = Stream(most), []
    for part in parts:
        times = np.arange(len(every), len(every) + len(part), dtype=float)
        every += part
        stream.extend(times, np.array(part), np.arange(len(part)))
        assert stream.all()[1].tolist() == every[-most:]
        assert stream.all()[0].tolist() == list(map(float, range(len(every))))[-most:]


@example(5e-324, "s", False)
@given(st.floats(0, 1e4), st.sampled_from(["s", "ratio", "share", "agents"]), st.booleans())
def test_a_slider_ascends_and_has_where_the_dial_stands(value, unit, whole):
    value = float(round(value)) if whole else value
    dial = DialReading("desk", "speed", None, value, 0.0, 1e6, whole, unit, "")
    values = values_of(dial)
    assert values == sorted(set(values))
    assert values[place_of(value, values)] == value
    assert len(values) <= STEPS + 2
    assert values[0] >= 0.0
    assert values[-1] > value or len(values) == 1 or values[-1] == value
    assert not whole or all(one == int(one) for one in values)


@pytest.fixture(scope="module")
def played():
    session, recorder = vsmlab.Session("hand-offs"), Recorder()
    for step in range(1, 60):
        session.advance(10.0 * step)
        recorder.sample(session, session.readings())
    return session, recorder


def test_plots_have_at_most_two_hundred_points_a_series_and_columns_of_one_length(played):
    session, recorder = played
    told = plotted(
        recorder,
        None,
        session.readings(),
        next(iter(session.readings().operations)).split(".")[0],
        last=np.inf,
    )
    assert set(told.columns) == set(names_of_columns())
    assert {len(column) for column in told.columns.values()} == {STRETCHES}
    assert 2 * STRETCHES <= 200
    assert len(told.operations) <= MOST
    for n in range(len(told.operations)):
        assert (told.columns[f"queue{n}-"] <= told.columns[f"queue{n}+"] + 1e-9)[
            ~np.isnan(told.columns[f"queue{n}-"])
        ].all()


def test_channels_in_plots_and_traffic_are_the_sessions_counts(played):
    session, recorder = played
    read = session.readings()
    assert recorder.samples.column("messages env_op")[-1] == read.channels["env_op"].messages
    kinds = busiest_channels(read)
    assert all(read.channels[kind].messages for kind in kinds)
    fresh = Recorder()
    fresh.sample(session, read)
    counted = {}
    for (_, kind, _), many in fresh.lately().messages.items():
        counted[kind] = counted.get(kind, 0) + many
    assert counted == {kind: use.messages for kind, use in read.channels.items() if use.messages}


def test_waits_are_those_of_the_run():
    session, recorder = vsmlab.Session("mm3", until=2000.0, overrides=["warmup=0"]), Recorder()
    session.advance(2000.0)
    recorder.sample(session, session.readings())
    run = vsmlab.run("mm3", until=2000.0, overrides=["warmup=0"])
    assert len(recorder.waits) > 4000
    assert recorder.waits.all()[1].mean() == pytest.approx(
        run.measures["units"]["desk"]["mean_wait_s"], rel=1e-3
    )


def test_what_was_sampled_after_a_time_is_forgotten_when_one_goes_back(played):
    session, _ = played
    recorder = Recorder()
    other = vsmlab.Session("hand-offs")
    for step in range(1, 20):
        other.advance(10.0 * step)
        recorder.sample(other, other.readings())
    other.back_to(95.0)
    recorder.go_back(95.0, other.count)
    assert recorder.samples.times.max() <= 95.0
    assert recorder.waits.all()[0].max() <= 95.0
    other.advance(120.0)
    recorder.sample(other, other.readings())
    assert recorder.samples.times[-1] == 120.0
    assert session.now > other.now


def test_the_metasystem_costs_messages():
    session = vsmlab.Session("spawning")
    assert cost_so_far(session.readings()) is None
    session.advance(300.0)
    assert cost_so_far(session.readings()) > 1.0

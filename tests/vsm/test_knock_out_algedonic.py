"""Without the algedonic channel pain never reaches the top; with it, at a time known beforehand, whatever the load."""

from __future__ import annotations

from functools import cache

import pytest
from paired import SEEDS, prove, story

from vsmlab.laws import kinds as k

HORIZON, SLOW = 1800.0, 600.0
EMERGENCY = "organisation.operations.hospital.operations.emergency"
ROOM, TOP = "county.hospital.emergency.resuscitation", "county.system5"
ROOMS = ("resuscitation", "walk-in", "surgery", "laboratory")
SLOWED = (
    "environment.disturbances=[{kind: slow, unit: county.hospital.emergency.resuscitation, factor: 0.25,"
    f" time: {SLOW:g}, lasts: 900}}]"
)
SHORTER = (
    SLOWED,
    *(f"{EMERGENCY}.operations.{room}.report.every=5" for room in ROOMS),
    "organisation.operations.ambulances.report.every=5",
    "organisation.operations.hospital.operations.wards.report.every=5",
)
CUT = "knockout=[{channel: algedonic}]"
MENDS, STEPS = 100.0 + 45.0 + 30.0, 3 * 0.05
"""The room's, the department's and the hospital's time to mend it, and a step of the channel to each of three."""


@cache
def counted(seed: int, *overrides: str) -> tuple[float, float]:
    """Seconds from pain in the room to pain at the top (until the end, if never); mean wait in the room."""
    told = story("algedonic-escalation", seed, HORIZON, *SHORTER, *overrides)
    pains = [told.of(k.FELT, at) for at in (f"{ROOM}.management", TOP)]
    here, there = [
        min((row["due"].item() for row in rows if row["value"] > 0.0 and row["due"] > SLOW), default=HORIZON)
        for rows in pains
    ]
    assert here < HORIZON
    return there - here, told.mean_wait(ROOM, since=SLOW)


def columns(*overrides: str) -> dict[str, list[float]]:
    rows = zip(*(counted(seed, *overrides) for seed in SEEDS), strict=True)
    return dict(zip(("time_to_top_s", "wait_s"), map(list, rows), strict=True))


def test_with_the_channel_cut_the_top_never_feels_it_and_the_room_waits_longer() -> None:
    """30 paired seeds; what never comes counts as come at the end."""
    whole, cut = columns(), columns(CUT)
    assert whole["time_to_top_s"] == pytest.approx([MENDS + STEPS] * len(SEEDS), abs=1e-9)
    assert min(cut["time_to_top_s"]) > 900.0
    prove({"time_to_top_s": 800.0, "wait_s": 40.0}, whole, cut)


LATER = {
    f"{EMERGENCY}.essential.mean_wait_s.climbs_after=160": 60.0,
    f"{EMERGENCY}.system5.climbs_after=105": 60.0,
    "organisation.operations.hospital.system5.climbs_after=40": 10.0,
    "organisation.system5.climbs_after=300": 0.0,  # nobody is above the county
    "channels.algedonic.delay=2.05": 6.0,
}


@pytest.mark.parametrize("change", LATER)
def test_whoever_waits_longer_to_pass_it_on_delays_it_by_exactly_that(change: str) -> None:
    for seed in range(5):
        time, _ = counted(seed, change)
        assert time == pytest.approx(counted(seed)[0] + LATER[change], abs=1e-9)


@pytest.mark.parametrize(
    "load",
    [
        ("channels.account.capacity=0.01", "channels.bargain.capacity=0.01"),
        ("channels.s3_s4.capacity=0.01", "channels.s4_s3.capacity=0.01"),
        ("channels.account.capacity=1000", "channels.account.delay=0", "channels.bargain.delay=0"),
        (f"{EMERGENCY}.system3.period=2", "organisation.system3.period=3", "organisation.system4.period=2"),
        ("knockout=[system3]",),
        ("knockout=[system4]",),
        ("knockout=[system3, system4, {channel: account}, {channel: s2}]",),
    ],
    ids=["accounts-queue", "outlooks-queue", "accounts-fly", "busy", "no-3", "no-4", "none"],
)
def test_the_time_to_the_top_is_the_same_however_busy_systems_2_to_4_are(load: tuple[str, ...]) -> None:
    for seed in range(3):
        assert counted(seed, *load)[0] == pytest.approx(MENDS + STEPS, abs=1e-9)

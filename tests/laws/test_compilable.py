"""Every law compiles with numba against the row types, and compiled laws write the same journal, bit for bit."""

from typing import Any

import pytest

pytest.importorskip("numba", reason="needs the extra `fast`: pip install 'vsmlab[fast]'")

from compiled_laws import compile_each, handle_of, run_compiled

from vsmlab import dispatch
from vsmlab.engines import simpy_engine
from vsmlab.engines.journal import Journal
from vsmlab.lab.build import build
from vsmlab.lab.loader import Loaded, load
from vsmlab.laws import LAWS
from vsmlab.laws.tables import Message, State, Unit

pytestmark = pytest.mark.fast_extra

Compiled = tuple[dict[str, Any], dict[str, str]]


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    """Every law, compiled once."""
    return compile_each(LAWS)


@pytest.fixture(scope="module")
def handle(compiled: Compiled) -> Any:
    assert not compiled[1]
    return handle_of(compiled[0])


def test_every_law_compiles_against_the_row_types(compiled):
    assert compiled[1] == {}
    assert len(compiled[0]) > 100


def test_every_law_is_compiled_in_one_way_only(compiled, handle):
    """A second signature would mean a whole number where a real one belongs, or the reverse."""
    twice = {
        name: law.signatures
        for name, law in compiled[0].items()
        if len(law.signatures) != 1 and name not in ("reach", "copy_row")
    }
    assert twice == {}
    assert len(compiled[0]["reach"].signatures) >= 4
    assert len(compiled[0]["copy_row"].signatures) >= 4


HURRIED = [
    "environment.demand.calls.arrivals.linear.times=[0, 100, 300, 500, 550, 3000]",
    "organisation.spawn.dwell=20",
    "warmup=50",
]
"""A child is made and retired within some twenty minutes."""


def mm3() -> Loaded:
    return load("mm3")


def organisation(**more: Any) -> Loaded:
    """A small viable system of two recursions with failures, hand-ons, offloading, limits and cut channels."""
    bursts = {"markov": {"rates": [1.0, 9.0], "leave": [0.1, 0.1]}}
    failure = {"probability": 0.2, "attempts": 2, "backoff": 1.0, "deadline": 20.0}
    failure["patience"] = {"gamma": {"mean": 5.0, "cv2": 2.0}}
    offload = {"offload": {"gain": 0.5, "period": 2.0}}
    inner = {
        "a": {"agents": 2, "queue": {"discipline": "edf", "limit": 20, "preemptive": True}},
        "b": {"agents": 2, "queue": {"discipline": "random"}, "next": [{"unit": "a", "probability": 0.3}]},
    }
    return load(
        {
            "version": 1,
            "name": "small",
            "title": "A small viable organisation",
            "horizon": 60,
            "seed": 3,
            "environment": {
                "demand": {
                    "bursts": {
                        "arrivals": bursts,
                        "work": {"lognormal": {"mean": 0.8, "cv2": 2.0}},
                        "to": "top",
                        "rank": 2,
                        "failure": failure,
                    },
                    "steady": {
                        "arrivals": {"linear": {"times": [0, 30], "rates": [0.5, 3.0]}},
                        "work": {"empirical": {"quantiles": [0.1, 0.5, 2.0]}},
                        "to": "top.left.a",
                        "cost_usd": 0.01,
                    },
                }
            },
            "organisation": {
                "name": "top",
                "desk": {"routing": "least-reported"},
                "system2": {"limit": {"rate": 9.0, "burst": 4.0}},
                "system3": {"period": 5.0, "budget_usd_per_s": 0.1, "band": 0.1, "after": 1},
                "operations": {
                    "left": {"operations": inner, "system3": {"period": 5.0, "account_period": 5.0}},
                    "right": {"agents": 3, "autonomy": offload},
                    "third": {
                        "agents": 1,
                        "autonomy": {**offload, "max_wait": 1.0, "defer": 2.0, "budget": True},
                    },
                },
            },
            "channels": {
                "account": {"delay": {"uniform": {"min": 0.1, "max": 0.5}}, "loss": 0.1},
                "op_mgmt": {"quantise": 0.5, "capacity": 20.0, "queue_limit": 2},
            },
            **more,
        }
    )


@pytest.mark.parametrize(
    ("loaded", "horizon"),
    [
        (mm3(), 500.0),
        (organisation(), 60.0),
        (organisation(knockout=["system3", "top.right.management"]), 60.0),
        (load("spawning", overrides=HURRIED), 1_400.0),
    ],
    ids=["mm3", "viable", "knocked-out", "spawning"],
)
def test_compiled_laws_write_the_same_journal(handle, loaded, horizon):
    one, other = build(loaded), build(loaded)
    interpreted, journal = Journal(one.identities), Journal(other.identities)
    simpy_engine.run(one, horizon, interpreted)
    handled = run_compiled(handle, other, horizon, journal)
    assert handled > 2_000
    assert journal.count == interpreted.count
    assert journal.digest == interpreted.digest


def invents(state: State, unit: Unit, now: float, message: Message) -> None:
    unit.numbers = unit.no_such_field


def calls_it(state: State, unit: Unit, now: float, message: Message) -> None:
    invents(state, unit, now, message)


def mixes(state: State, unit: Unit, now: float, message: Message) -> None:
    kept = {"a": 1, "b": 2.0, 3: state}
    unit.numbers = len(kept)


def innocent(state: State, unit: Unit, now: float, message: Message) -> None:
    unit.numbers = 3


def test_a_law_that_does_not_compile_is_named_and_its_callers_are_not():
    laws = {law.__name__: law for law in (invents, calls_it, mixes, innocent)}
    _, blamed = compile_each(laws)
    assert set(blamed) == {"invents", "mixes"}


def test_the_compiled_table_is_the_interpreted_one(compiled):
    assert {line.law.__name__ for line in dispatch.TABLE} <= set(compiled[0])

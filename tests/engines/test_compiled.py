"""The compiled engine: the same journal as on SimPy, bit for bit, whatever the organisation; and what it refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba", reason="needs the extra `fast`: pip install 'vsmlab[fast]'")

from golden import FILE, WHOLE
from hypothesis import HealthCheck, given, settings
from organisations import whole_organisations
from small_scenarios import loaded_small

from vsmlab.engines import compiled, simpy_engine
from vsmlab.engines.compiled import engine, machine_code, rebuilding
from vsmlab.engines.compiled.agenda import FAULT
from vsmlab.engines.compiled.memory import Memory
from vsmlab.engines.compiled.model import ORGANISATION, Model
from vsmlab.engines.compiled.row_types import StateType
from vsmlab.engines.journal import Journal
from vsmlab.errors import InputError, ModelError
from vsmlab.lab.build import build
from vsmlab.lab.loader import Loaded, load, shipped_scenarios
from vsmlab.laws import LAWS
from vsmlab.laws.tables import Message, State, Unit

pytestmark = pytest.mark.fast_extra

SHIPPED = [shipped.name for shipped in shipped_scenarios()]

HURRIED = [
    "environment.demand.calls.arrivals.linear.times=[0, 100, 300, 500, 550, 3000]",
    "organisation.spawn.dwell=20",
    "warmup=50",
]
"""A child is made and retired within some twenty minutes."""


def of(name: str) -> Loaded:
    return loaded_small(name) if name in WHOLE else load(name)


def both(loaded: Loaded, seconds: float, **how: Any) -> tuple[Journal, Journal, int, int]:
    """The journals of both engines, and the messages that each handled."""
    one, other = build(loaded), build(loaded)
    slow, quick = Journal(one.identities), Journal(other.identities)
    by_simpy = simpy_engine.run(one, seconds, slow).handled
    by_machine = compiled.run(other, seconds, quick, **how).handled
    return slow, quick, by_simpy, by_machine


@pytest.mark.parametrize("name", [*SHIPPED, *WHOLE])
def test_it_writes_the_golden_journal(name):
    golden = json.loads(FILE.read_text(encoding="utf-8"))[name]
    start = build(of(name))
    journal = Journal(start.identities)
    compiled.run(start, golden["seconds"], journal)
    assert (journal.count, journal.digest) == (golden["rows"], golden["digest"])


def test_children_are_born_and_gone_as_on_simpy():
    slow, quick, by_simpy, by_machine = both(load("spawning", overrides=HURRIED), 1_400.0)
    assert (quick.digest, quick.count, by_machine) == (slow.digest, slow.count, by_simpy)
    assert by_machine > 2_000


def test_tables_and_the_agenda_grow_as_they_must(monkeypatch):
    """A queue of many thousands of tasks: everything is moved several times, and nothing is lost."""
    grown = []
    original = Memory.grow

    def grow(memory: Memory) -> None:
        grown.append(1)
        original(memory)

    monkeypatch.setattr(Memory, "grow", grow)
    overload = ["environment.demand.orders.arrivals.poisson.rate=30", "environment.disturbances=[]"]
    slow, quick, by_simpy, by_machine = both(load("demand-slope", overrides=overload), 1_500.0)
    assert (quick.digest, by_machine) == (slow.digest, by_simpy)
    assert len(grown) >= 2


def test_segments_are_cut_where_the_other_engine_cuts_them():
    """More than three segments, so that both pages of the journal are used twice."""
    slow, quick, _, _ = both(load("mm3"), 12_000.0)
    assert quick.count > 3 * 65_536
    assert quick.links == slow.links


def test_what_others_look_at_is_as_the_other_engine_left_it():
    one, other = (build(load("spawning", overrides=HURRIED)) for _ in range(2))
    simpy_engine.run(one, 1_000.0, Journal(one.identities))
    compiled.run(other, 1_000.0, Journal(other.identities))
    assert other.identities == one.identities
    for table in ("units", "operations", "system3s", "system5s"):
        rows, others = (getattr(start.state, table) for start in (one, other))
        assert len(rows) == len(others)
        for row, another in zip(rows, others, strict=True):
            for name in row.__slots__:
                assert getattr(row, name) == getattr(another, name), (table, name)


@pytest.mark.slow
def test_with_bounds_checked_nothing_is_reached_that_is_not_there():
    slow, quick, _, _ = both(of("small-whole"), of("small-whole").scenario.horizon, bounds=True)
    assert quick.digest == slow.digest
    slow, quick, _, _ = both(load("spawning", overrides=HURRIED), 1_000.0, bounds=True)
    assert quick.digest == slow.digest


@pytest.mark.slow
def test_a_row_that_is_not_there_is_refused_where_bounds_are_checked():
    start = build(load("mm3"))
    for unit in start.state.units:
        unit.at = 99
    with pytest.raises(ModelError, match="IndexError: no such row of "):
        compiled.run(start, 100.0, Journal(start.identities), bounds=True)


def test_a_law_that_divides_by_zero_is_named_and_the_run_ends():
    start = build(load("mm3"))
    for distribution in start.state.distributions:
        distribution.a = float("nan")
    with pytest.raises(ModelError):
        compiled.run(start, 100.0, Journal(start.identities))


def test_a_fault_ends_the_run_in_words(monkeypatch):
    monkeypatch.setattr(engine, "compiled_loop", lambda **_: lambda _address, _horizon: FAULT)
    start = build(load("mm3"))
    with pytest.raises(ModelError, match="a law runs away"):
        compiled.run(start, 100.0, Journal(start.identities))


def test_what_goes_wrong_while_a_segment_is_closed_reaches_the_caller():
    start = build(load("mm3"))

    def full(_: object) -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        compiled.run(start, 20_000.0, Journal(start.identities, [full]))


def test_progress_goes_up_to_the_horizon():
    start = build(load("mm3"))
    reached: list[float] = []
    compiled.run(start, 20_000.0, Journal(start.identities), progress=reached.append)
    assert reached == sorted(reached)
    assert reached[-1] == 20_000.0
    assert 2 <= len(reached) <= 110


# -- the cache -------------------------------------------------------------------------------------------------


def test_machine_code_is_loaded_without_the_compiler():
    ask = (
        "import sys; from vsmlab.engines import compiled; compiled.prepare(tell=lambda _: sys.exit(3));"
        "print('numba' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


def test_machine_code_that_somebody_else_could_have_written_is_not_loaded(tmp_path):
    folder = tmp_path / "compiled"
    folder.mkdir(mode=0o700)
    file = folder / "loop.o"
    file.write_bytes(b"code")
    file.chmod(0o600)
    assert machine_code._kept(file) == b"code"
    file.chmod(0o620)
    assert machine_code._kept(file) is None
    file.chmod(0o600)
    folder.chmod(0o777)
    assert machine_code._kept(file) is None


def test_what_is_kept_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    folder = tmp_path / "compiled"
    folder.mkdir(mode=0o700)
    machine_code._keep(folder / "loop.o", b"all of it")
    assert [path.name for path in folder.iterdir()] == ["loop.o"]
    assert (folder / "loop.o").stat().st_mode & 0o077 == 0
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError))
    machine_code._keep(tmp_path / "nowhere" / "loop.o", b"all of it")


def test_another_source_has_another_name(tmp_path):
    """A law that changes must not be answered by the machine code of the old one."""
    source = tmp_path / "law.py"
    model = Model("small", {}, {}, "", (), (source,))
    source.write_text("x = 1\n")
    first = machine_code.key(model)
    source.write_text("x = 2\n")
    assert machine_code.key(model) != first
    source.write_text("x = 1\n")
    assert machine_code.key(model) == first


def test_with_another_numba_than_it_knows_it_is_not_there(monkeypatch):
    assert compiled.available()
    monkeypatch.setattr(machine_code, "NUMBA", "0.1.")
    assert not compiled.available()
    with pytest.raises(InputError, match=r"needs numba 0\.1\.\*"):
        compiled.prepare()


def test_without_numba_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(machine_code, "COMPILERS", ("numba_is_not_here",))
    with pytest.raises(InputError, match=r"vsmlab\[fast\]"):
        compiled.prepare()


# -- laws outside the subset -----------------------------------------------------------------------------------


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
    with pytest.raises(ModelError) as caught:
        rebuilding.compile_each(laws, StateType(ORGANISATION).annotated)
    assert "invents: " in str(caught.value)
    assert "mixes: " in str(caught.value)
    assert "calls_it: " not in str(caught.value)
    assert "innocent: " not in str(caught.value)


def doubled(amount: float) -> float:
    return amount + amount


def whole(state: State, unit: Unit, now: float, message: Message) -> None:
    unit.numbers = int(doubled(now)) + int(doubled(unit.numbers))


def test_a_law_that_is_given_another_kind_of_number_is_named():
    laws = rebuilding.compile_each(
        {law.__name__: law for law in (doubled, whole)}, StateType(ORGANISATION).annotated
    )
    with pytest.raises(ModelError, match="law doubled is called with different kinds of numbers"):
        rebuilding.check_one_way(laws)


def test_all_laws_are_in_the_machine_code():
    assert len(LAWS) > 400
    assert not np.isnan(machine_code.compiled_loop()(_idle().address, 0.0))


def _idle() -> Memory:
    start = build(load("mm3"))
    return engine.memory_of(start)


def test_any_whole_organisation_writes_the_same_journal():
    """All Systems, pain, faults, hiring, children, hand-offs, knock-outs, ties in time: whatever is right."""
    seen: Counter[str] = Counter()

    @settings(max_examples=120, suppress_health_check=list(HealthCheck))
    @given(whole_organisations())
    def holds(mapping):
        try:
            loaded = load(mapping)
        except InputError:
            seen["refused"] += 1
            return
        slow, quick, by_simpy, by_machine = both(loaded, loaded.scenario.horizon)
        assert (quick.count, quick.digest, by_machine) == (slow.count, slow.digest, by_simpy)
        seen["run"] += 1
        seen["with children"] += len(slow.identities) > len(build(loaded).identities)
        seen["with faults"] += bool(mapping["environment"]["disturbances"])

    holds()
    assert seen["run"] >= 50
    assert seen["with faults"] >= 25
    assert seen["with children"] >= 4

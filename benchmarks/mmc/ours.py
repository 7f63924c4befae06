"""Our engines on M/M/c."""

from __future__ import annotations

from pathlib import Path

from loops import Compiled, OnSimpy, tables

from vsmlab.engines.compiled.model import Model
from vsmlab.engines.start import Start
from vsmlab.laws import LAWS
from vsmlab.laws.kinds import PRIORITIES
from vsmlab.laws.tables import Effect, Message

from . import ARRIVALS, SERVERS, SERVICE, rules

ROWS = {"units": rules.Unit, "customers": rules.Customer, "effects": Effect, "ledger": rules.Ledger}
SHARED = ("post", "reach", "philox", "sequence_uniform", "logarithm")
HERE = Path(__file__).parent
HANDLE = """
def handle(state, message):
    unit = state.units[message.to]
    if message.kind == 0:
        arrive(state, unit, message.due, message)
    else:
        done(state, unit, message.due, message)
"""
MODEL = Model(
    name="mmc",
    rows=ROWS,
    laws={name: LAWS[name] for name in SHARED}
    | {law.__name__: law for law in (*rules.HELPERS, *rules.RULES)},
    handle=HANDLE,
    priorities=PRIORITIES[:2],
    sources=(HERE / "rules.py", HERE / "ours.py"),
)
FOR_EVER = 1e18


def build(size: dict) -> Start:
    state = tables(rules.State, ROWS, {"units": 1, "ledger": 1})
    unit, ledger = state.units[0], state.ledger[0]
    ledger.seed, ledger.units, ledger.free_customer = size["seed"], 1, -1
    unit.servers, unit.left, unit.gap, unit.service = (
        SERVERS,
        size["customers"],
        1.0 / ARRIVALS,
        1.0 / SERVICE,
    )
    unit.head = unit.tail = -1
    rules_first = rules.exponential(state, unit, unit.gap)
    first = Message(rules_first, PRIORITIES[0], 0, 0, 0, rules.ARRIVE, 0, 0, -1, -1, -1, -1, 0.0, -1)
    unit.numbers = 1
    return Start(state, [first], ["queue"], [0], [0], [])


class Mine(Compiled):
    def __init__(self, size: dict, journal: str, path: Path | None) -> None:
        super().__init__(MODEL, build(size), journal, path)

    def run(self, horizon: float) -> None:
        super().run(FOR_EVER)

    @property
    def wait(self) -> float:
        unit = self.memory.tables["units"][0]
        return float(unit["waited"] / unit["served"])


class MineOnSimpy(OnSimpy):
    def __init__(self, size: dict, journal: str, path: Path | None) -> None:
        self.unit = (start := build(size)).state.units[0]
        super().__init__(rules.RULES, start, journal, path)

    def run(self, horizon: float) -> None:
        super().run(FOR_EVER)

    @property
    def wait(self) -> float:
        return self.unit.waited / self.unit.served


compiled, simpy_engine = Mine, MineOnSimpy

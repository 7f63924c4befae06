"""Our engines on the reduced organisation: the same laws compiled, and interpreted on SimPy."""

from __future__ import annotations

from pathlib import Path

from loops import Compiled, OnSimpy, tables

from vsmlab.engines.compiled.model import Model
from vsmlab.engines.start import Start
from vsmlab.laws import LAWS
from vsmlab.laws.kinds import PRIORITIES
from vsmlab.laws.tables import Effect, Message
from vsmlab.mechanisms.philox import sequence_uniform

from . import rules
from .kinds import FAN, INNER_STARTS, KINDS, LEAF_STARTS, level, shape

ROWS = {"units": rules.Unit, "links": rules.Link, "effects": Effect, "ledger": rules.Ledger}
SHARED = ("post", "philox", "sequence_uniform", "logarithm")
HERE = Path(__file__).parent


def handle() -> str:
    """The source that hands a message to its rule."""
    lines = ["def handle(state, message):", "    unit = state.units[message.to]"]
    for kind, rule in enumerate(rules.RULES):
        lines += [
            f"    {'elif' if kind else 'if'} message.kind == {kind}:",
            f"        {rule.__name__}(state, unit, message.due, message)",
        ]
    return "\n".join(lines)


MODEL = Model(
    name="recursive",
    rows=ROWS,
    laws={name: LAWS[name] for name in SHARED}
    | {law.__name__: law for law in (*rules.HELPERS, *rules.RULES)},
    handle=handle(),
    priorities=PRIORITIES[:KINDS],
    sources=(HERE / "rules.py", HERE / "kinds.py", HERE / "ours.py"),
)


def starts(row: int, seed: int, leaf: bool) -> list[tuple[int, float]]:
    """The kinds that begin at a system, and when: at random phases, so that no two are due at one time."""
    began = LEAF_STARTS if leaf else INNER_STARTS
    return [(kind, most * sequence_uniform(seed, row, 1, kind)) for kind, most in began]


def build(depth: int, seed: int) -> Start:
    """An organisation of this depth at time zero."""
    systems, first_leaf = shape(depth)
    state = tables(rules.State, ROWS, {"units": systems, "links": systems, "ledger": 1})
    state.ledger[0].seed, state.ledger[0].units = seed, systems
    messages = []
    for row, unit in enumerate(state.units):
        unit.row = unit.identity = row
        unit.parent = (row - 1) // FAN if row else -1
        unit.first = FAN * row + 1 if row < first_leaf else -1
        unit.rate, unit.threshold, unit.balance = 1.0, 6.0, 0.5
        unit.budget = float(FAN ** (depth - level(row)))
        for kind, due in starts(row, seed, row >= first_leaf):
            messages.append(
                Message(
                    due, PRIORITIES[kind], row, row, unit.numbers, kind, row, row, -1, -1, -1, -1, 0.0, -1
                )
            )
            unit.numbers += 1
    paths = [f"system.{row}" for row in range(systems)]
    return Start(state, messages, paths, [0] * systems, list(range(systems)), [])


class Mine(Compiled):
    def __init__(self, size: dict, journal: str, path: Path | None) -> None:
        super().__init__(MODEL, build(size["depth"], size["seed"]), journal, path)

    def sums(self) -> dict[str, int]:
        units = self.memory.tables["units"][: self.memory.tables["ledger"]["units"][0]]
        told = {"handled": self.handled}
        return told | {name: int(units[name].sum()) for name in ("served", "pains")}


class MineOnSimpy(OnSimpy):
    def __init__(self, size: dict, journal: str, path: Path | None) -> None:
        self.state = (start := build(size["depth"], size["seed"])).state
        super().__init__(rules.RULES, start, journal, path)

    def sums(self) -> dict[str, int]:
        told = {"handled": self.handled}
        return told | {
            name: sum(getattr(unit, name) for unit in self.state.units) for name in ("served", "pains")
        }


compiled, simpy_engine = Mine, MineOnSimpy

"""Our engines on the reduced organisation: the same laws compiled, and interpreted on SimPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from loops import Compiled, OnSimpy, interpreted, records

from vsmlab.engines.compiled.model import Model
from vsmlab.engines.snapshot import AGENDA, messages_of
from vsmlab.engines.start import Start
from vsmlab.laws import LAWS
from vsmlab.laws.kinds import PRIORITIES
from vsmlab.laws.tables import Effect, Message
from vsmlab.mechanisms.philox import sequence_uniform

from . import rules
from .draws import uniforms
from .kinds import FAN, INNER_STARTS, KINDS, LEAF_STARTS, shape

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
    """An organisation of this depth at time zero, as records: a million systems are no million objects."""
    systems, first_leaf = shape(depth)
    state = records(rules.State, ROWS, {"units": systems, "links": systems, "ledger": 1})
    state.ledger["seed"], state.ledger["units"] = seed, systems
    rows, units = np.arange(systems), state.units
    units["row"] = units["identity"] = rows
    units["parent"] = (rows - 1) // FAN
    units["first"] = np.where(rows < first_leaf, FAN * rows + 1, -1)
    units["rate"], units["threshold"], units["balance"] = 1.0, 6.0, 0.5
    units["budget"] = np.repeat(*np.array([(FAN ** (depth - k), FAN**k) for k in range(depth + 1)]).T)
    inner, leaves = rows[:first_leaf], rows[first_leaf:]
    sent = [(inner, n, *each) for n, each in enumerate(INNER_STARTS)]
    sent += [(leaves, n, *each) for n, each in enumerate(LEAF_STARTS)]
    messages = np.concatenate([first_messages(seed, *each) for each in sent])
    units["numbers"][:first_leaf], units["numbers"][first_leaf:] = len(INNER_STARTS), len(LEAF_STARTS)
    return Start(state, messages, [], [], range(systems), [])


def first_messages(seed: int, rows: np.ndarray, number: int, kind: int, most: float) -> np.ndarray:
    """The first message of one kind to each of these systems: what `starts` says of one."""
    made = np.zeros(len(rows), AGENDA)
    for name in Message._fields:
        made[name] = -1
    made["due"] = most * uniforms(seed, rows, 1, np.full(len(rows), kind))
    made["priority"], made["number"], made["kind"], made["value"] = PRIORITIES[kind], number, kind, 0.0
    for name in ("receiver", "origin", "to", "sender"):
        made[name] = rows
    return made


def as_objects(start: Start) -> Start:
    """The same organisation as the interpreted engine has it."""
    return Start(
        interpreted(rules.State, ROWS, start.state),
        messages_of(start.messages),
        [f"system.{row}" for row in start.identities],
        [0] * len(start.identities),
        list(start.identities),
        [],
    )


class Mine(Compiled):
    def __init__(self, size: dict, journal: str, path: Path | None) -> None:
        super().__init__(MODEL, build(size["depth"], size["seed"]), journal, path)

    def sums(self) -> dict[str, int]:
        units = self.memory.tables["units"][: self.memory.tables["ledger"]["units"][0]]
        told = {"handled": self.handled}
        return told | {name: int(units[name].sum()) for name in ("served", "pains")}


class MineOnSimpy(OnSimpy):
    def __init__(self, size: dict, journal: str, path: Path | None) -> None:
        self.state = (start := as_objects(build(size["depth"], size["seed"]))).state
        super().__init__(rules.RULES, start, journal, path)

    def sums(self) -> dict[str, int]:
        told = {"handled": self.handled}
        return told | {
            name: sum(getattr(unit, name) for unit in self.state.units) for name in ("served", "pains")
        }


compiled, simpy_engine = Mine, MineOnSimpy

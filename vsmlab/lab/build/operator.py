"""The operator: a receiver of its own whose messages are what a person did, each due when they did it.

Nothing else of a scenario is laid out otherwise because of it, so a run is what it was until the first act.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from vsmlab.engines.start import Start
from vsmlab.lab.scenario import Act, Scenario
from vsmlab.laws import kinds as k
from vsmlab.laws.dials import DEMAND, DIALS
from vsmlab.laws.identity import identity
from vsmlab.laws.tables import Blueprint, Message, Unit

from .blows import Ground, blow_of

OPERATOR: Final = "operator"
"""Its path, which no node can have (a reserved name)."""


class Order(NamedTuple):
    """One message of an act."""

    kind: int
    to: int
    ref: int
    value: float


def ground_of(start: Start) -> Ground:
    """Who can be struck of a built organisation: those who were born since are not among them."""
    patterns: set[int] = set()
    blueprints: Any = start.state.blueprints
    blueprint: Blueprint
    for blueprint in blueprints:
        patterns.update(range(blueprint.first_unit, blueprint.first_unit + blueprint.units))
    rows = {path: row for row, path in enumerate(start.paths) if row not in patterns}
    roles = {path: start.roles[row] for path, row in rows.items()}
    return Ground(rows, roles, [place[0] for place in start.places if not place[4]])


def orders_of(act: Act, ground: Ground) -> list[Order]:
    """The messages of an act, in order. It has been checked."""
    if act.kind == "demand":
        to = ground.rows[f"environment.{act.stream}"]
        return [Order(k.TUNE, to, DEMAND, 1.0 if act.factor is None else act.factor)]
    if act.kind == "knockout":
        return [Order(k.DISTURB, ground.rows[str(act.system)], k.KNOCK_OUT, 1.0)]
    if act.kind == "set":
        who = str(act.who)
        numbers = {dial.number for dial in DIALS if dial.name == act.dial}
        mine = {dial.number for dial in DIALS if dial.role == ground.roles[who]}
        ref = next(iter(numbers if act.channel is not None else numbers & mine))
        if act.channel is not None:
            ref += k.DIAL_STEP * k.CHANNEL_NAMES.index(act.channel)
        return [Order(k.TUNE, ground.rows[who], ref, act.value or 0.0)]
    blow = blow_of(act, ground)
    value = blow.mended if act.mends else blow.amount
    orders = [Order(k.DISTURB, to, blow.fault, value) for to in blow.targets]
    if act.kind == "bias" and not act.mends:  # how often it lies, before it does
        orders = [Order(k.DISTURB, to, k.LIE, act.probability) for to in blow.targets] + orders
    return orders


def bring_in(start: Start) -> int:
    """Give the operator a receiver, if it has none yet; returns its row."""
    if OPERATOR in start.paths:
        return start.paths.index(OPERATOR)
    rows: Any = start.state.units
    row: int = rows.add()
    unit: Unit = rows[row]
    unit.row, unit.identity, unit.role, unit.first_channel = row, identity(OPERATOR), k.OPERATOR, -1
    start.paths.append(OPERATOR)
    start.roles.append(k.OPERATOR)
    start.identities.append(unit.identity)
    start.state.ledger[0].units = row + 1
    return row


def messages_of(act: Act, start: Start, ground: Ground, row: int) -> list[Message]:
    """The messages of an act, numbered by the operator in this row."""
    operator = start.state.units[row]
    found = []
    for order in orders_of(act, ground):
        to = start.state.units[order.to]
        found.append(
            Message(act.time, k.PRIORITIES[order.kind], to.identity, operator.identity, operator.numbers,
                    order.kind, order.to, row, -1, -1, -1, order.ref, order.value, -1)
        )  # fmt: skip
        operator.numbers += 1
    return found


def operate(start: Start, scenario: Scenario) -> None:
    """Have the acts of a scenario come to pass."""
    if not scenario.operator:
        return
    ground, row = ground_of(start), bring_in(start)
    for act in scenario.operator:
        start.messages.extend(messages_of(act, start, ground, row))

"""System 3* made by hand: whom it knows, and the numbers by which it tells a claim from what is."""

from __future__ import annotations

from typing import Any

from receivers import organisation, row_of

from vsmlab.laws import kinds as k
from vsmlab.laws.tables import State
from vsmlab.mechanisms.sequential_tests import sprt_limits, sprt_steps

AUDIT, CONTROL, FIRST = range(3)
SAMPLE = 0.25


def audited(children: int, branches: tuple[int, ...] = ()) -> tuple[State, list[Any]]:
    """System 3*, System 3, and operations that System 3* knows; the rows that it keeps of them."""
    state = organisation(k.AUDIT, k.SYSTEM3, *[k.OPERATION] * children)
    audit, table, made = row_of(state, AUDIT), state.auditeds, []
    audit.system3, audit.takes, audit.sample, audit.children = CONTROL, 30.0, SAMPLE, children
    audit.reference, audit.threshold, audit.wrong_beyond = 0.5, 4.0, 2.0
    audit.lie_step, audit.honest_step = sprt_steps(0.05, 0.2)
    audit.lying_at, audit.honest_at = sprt_limits(0.05, 0.1)
    for place in range(children):
        row = table.add()
        one = table[row]
        one.to, one.branch, one.next = FIRST + place, (branches or range(FIRST, 99))[place], row + 1
        one.ratio, one.serial, one.asked, one.claimed, one.counted = 1.0, -1, -1, -1.0, -1.0
        operation = row_of(state, FIRST + place)
        operation.inspector, operation.management, operation.sample = -1, -1, SAMPLE
        operation.bias = operation.lie = operation.mean_service = 1.0
        operation.report_every = 30.0
        made.append(one)
    made[-1].next, audit.last_audited = -1, children - 1
    return state, made

"""What Systems 2, 3, 3* and 5 of a viable system noted: suspicions, children, hires, audits, decisions."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from vsmlab.laws import kinds as k

from . import visits as v
from .units import Folded, agent_steps

Rows = npt.NDArray[np.void]


class Noted:
    """Rare rows of the measured window by receiver.

    Args:
        rare: Rare rows of the journal, from time zero on.
        folded: The run.
    """

    def __init__(self, rare: Rows, folded: Folded) -> None:
        self.always = rare
        window = rare[folded.window.holds(rare["due"])]
        order = np.argsort(window["receiver"], kind="stable")
        known, begins = np.unique(window["receiver"][order], return_index=True)
        parts = np.split(window[order], begins[1:]) if len(known) else []
        self._parts = dict(zip(known.tolist(), parts, strict=True))
        self._nothing = rare[:0]

    def at(self, identity: int, *kinds: int) -> Rows:
        """Messages of these kinds that it handled, and facts that it noted, in the window."""
        mine: Rows = self._parts.get(identity, self._nothing)
        return mine[np.isin(mine["kind"], kinds)]


def suspicions(noted: Noted, system2: int) -> dict[str, Any]:
    """How often System 2 began to suspect an operation."""
    return {"suspected": int((noted.at(system2, k.SUSPECTED)["value"] > 0.0).sum())}


def rehomed(noted: Noted, operations: list[int]) -> dict[str, Any]:
    """How often operations gave their tasks back, and how many tasks."""
    told = [noted.at(operation, k.REHOMED)["ref"] for operation in operations]
    return {
        "rehomings": sum(len(tasks) for tasks in told),
        "tasks_rehomed": sum(int(tasks.sum()) for tasks in told),
    }


def children(noted: Noted, system3: int) -> dict[str, Any]:
    """Child systems made, ended and refused, and agents that came and went."""
    kind = noted.at(system3, k.SPAWNED, k.GONE, k.DEPTH_REFUSED)["kind"]
    many = noted.at(system3, k.HIRES)["value"]
    return {
        "hires": int(many[many > 0.0].sum()),
        "lay_offs": int(-many[many < 0.0].sum()),
        "children_spawned": int((kind == k.SPAWNED).sum()),
        "children_gone": int((kind == k.GONE).sum()),
        "depth_refusals": int((kind == k.DEPTH_REFUSED).sum()),
    }


def audits(noted: Noted, audit: int, system3: int | None, why: dict[str, str], place: str) -> dict[str, Any]:
    """Inspections that came to an end, what System 3* was sure of, and what System 3 was told."""
    halves = noted.at(audit, k.FINDING)
    found = noted.at(audit, k.FOUND)
    always = noted.always
    told = always[(always["kind"] == k.DISCREPANCY) & (always["sender"] == audit) & (always["value"] > 1.0)]
    if not len(told):
        why[f"{place}.first_discrepancy_s"] = "System 3 was told of none"
    return {
        "audits": int((halves["ref"] % k.FINDING_STEP == k.COUNTED).sum()),
        "findings": int((found["value"] > 1.0).sum()),
        "discrepancies": 0 if system3 is None else len(noted.at(system3, k.DISCREPANCY)),
        "first_discrepancy_s": float(told["due"][0]) if len(told) else None,
    }


def decisions(noted: Noted, system5: int) -> dict[str, Any]:
    """What System 5 was proposed, decided, refused, and how often it declared an emergency."""
    proposed = noted.at(system5, k.PROPOSAL)
    decided = noted.at(system5, k.DECIDED)["value"]
    return {
        "proposals": int((proposed["ref"] != k.GRANTED).sum()),
        "decisions": decision_times(noted, system5),
        "refused_proposals": int((decided < 0.0).sum()),
        "alarms": len(noted.at(system5, k.ALARMED)),
    }


def decision_times(noted: Noted, system5: int) -> int:
    """How often System 5 weighed 3 against 4 anew, or decided on a child; what it says again is no decision."""
    weighed = noted.at(system5, k.WEIGHED)["due"]
    decided = noted.at(system5, k.DECIDED)["value"]
    return len(np.unique(weighed)) + int((decided >= 0.0).sum())


def agents_at_end(folded: Folded, place: int) -> int:
    """Agents present in a subtree when the run ends; those between operations are not."""
    table = v.ancestors(folded.places)
    depth = folded.places[place][2]
    leaves = [here for here, row in enumerate(folded.places) if not row[4] and table[here, depth] == place]
    return int(sum(agent_steps(folded, leaf)[1][-1] for leaf in leaves))


def operations_of(folded: Folded, place: int) -> list[int]:
    """Identities of all operations of a subtree."""
    table = v.ancestors(folded.places)
    depth = folded.places[place][2]
    return [
        identity
        for identity, here in folded.addresses.items()
        if not folded.places[here][4] and table[here, depth] == place
    ]

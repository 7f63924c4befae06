"""What can be dropped on a level, and how: exactly what a scenario can say."""

from __future__ import annotations

from typing import NamedTuple, get_args

from vsmlab.lab.scenario.disturbances import DisturbanceKind

DISTURBANCES: tuple[str, ...] = get_args(DisturbanceKind)


class Item(NamedTuple):
    """One item of the palette.

    Attributes:
        kind: What `add` calls it.
        label: What it is called.
        group: The group that it stands in.
        help: What it is and where it goes, in one line.
    """

    kind: str
    label: str
    group: str
    help: str


_ITEMS = (
    Item("stream", "Demand", "Environment", "A stream of tasks from the environment; drop it on who receives them."),
    Item("operation", "Operation", "System 1", "Agents that serve tasks in parallel, with a queue before them."),
    Item("system", "Viable system", "System 1", "A child with Systems 1 to 5 of its own: open it to draw inside."),
    Item("agent", "Agent", "System 1", "One agent more: drop it on an operation."),
    Item("system2", "System 2", "Metasystem", "Coordination: damps oscillation between operations."),
    Item("system3", "System 3", "Metasystem", "Control: the resource bargain, accounts, intervention."),
    Item("audit", "System 3*", "Metasystem", "Audit: looks into operations without warning, past Systems 2 and 3."),
    Item("system4", "System 4", "Metasystem", "Intelligence: watches the environment, forecasts, proposes."),
    Item("system5", "System 5", "Metasystem", "Policy: weighs 3 against 4, decides, hears what hurts."),
    Item("policy", "Limits", "Metasystem", "What policy lets the whole organisation have: its agents."),
    Item("essential", "Essential variable", "Metasystem", "What must stay within limits: drop it on who must be well."),
    Item("crash", "Crash", "Disturbances", "All that an operation does ends, and its tasks are lost."),
    Item("hang", "Hang", "Disturbances", "An operation takes tasks and finishes none: a zombie."),
    Item("slow", "Slow", "Disturbances", "An operation's agents work at a share of their speed."),
    Item("stale", "Stale reports", "Disturbances", "An operation reports what it reported before."),
    Item("bias", "Biased reports", "Disturbances", "An operation reports more than there is."),
    Item("cut", "Cut channel", "Disturbances", "A channel loses everything for a while; drop it on who sends."),
    Item("delay", "Slow channel", "Disturbances", "Every message of a channel takes longer; drop it on who sends."),
    Item("loss", "Loss of a system", "Disturbances", "Every operation of a viable system crashes."),
    Item("demand", "Change of demand", "Disturbances", "There is more or less of a stream for a while."),
)  # fmt: skip


def palette() -> tuple[Item, ...]:
    """Every item, group by group."""
    return _ITEMS

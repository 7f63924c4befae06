"""What a diagram of one viable system shows: its operations, its Systems and its channels' use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from vsmlab.lab.report.numerals import number
from vsmlab.lab.report.table import Cell, Table

State = Literal["on", "knocked out"]

# A channel's name in a drawing and in words.
CHANNEL_NAMES = {
    "env_op": ("demand", "demand from the environment"),
    "op_env": ("served", "results to the environment"),
    "op_mgmt": ("reports", "reports from operation to management"),
    "mgmt_op": ("settings", "settings from management to operation"),
    "bargain": ("bargain", "grants of the resource bargain"),
    "intervene": ("intervene", "interventions at a threshold"),
    "account": ("account", "accounts for what was granted"),
    "s2": ("coordination", "coordination by System 2"),
    "op_op": ("hand-overs", "tasks handed from operation to operation"),
    "s3star": ("audit", "inspections and findings of System 3*"),
    "s3_s4": ("inside", "what System 3 tells System 4 of the inside"),
    "s4_s3": ("outlook", "what System 4 tells System 3 of the outside"),
    "s4_env": ("probes", "probes of the environment by System 4"),
    "env_s4": ("indicators", "what the environment shows System 4"),
    "s34_s5": ("proposals", "proposals to System 5"),
    "s5_34": ("decisions", "decisions of System 5"),
    "algedonic": ("algedonic", "pain and pleasure, past everything else"),
}


@dataclass(frozen=True, slots=True)
class ChannelUse:
    """What went over a channel, or over all channels of a kind.

    Attributes:
        messages: Messages sent.
        lost: Messages that never arrived.
        cut: Whether it is cut, so that everything is lost.
        spell: When it was cut, in words, where that was not all the time; it may be joined again by now.
        rate: Messages a second, where that is what is told and not how many there were.
    """

    messages: int = 0
    lost: int = 0
    cut: bool = False
    spell: str = ""
    rate: float | None = None

    @property
    def broken(self) -> str:
        """That it is or was cut, in words; empty if neither."""
        return self.spell or ("cut" if self.cut else "")

    @property
    def said(self) -> str:
        """How much went over it, as a number: its rate where that is what is told."""
        return number(self.messages) if self.rate is None else number(self.rate, 2)


@dataclass(frozen=True, slots=True)
class DiagramOperation:
    """A System 1 as its system's diagram shows it; None stands for what is not known.

    Attributes:
        name: Its name in its system.
        path: Its full path.
        viable: Whether it is a viable system with a diagram of its own.
        utilisation: Share of time that its agents are busy, 0 to 1.
        arrivals: Tasks that arrived.
        served: Tasks served.
        mean_wait_s: Mean wait in seconds.
        agents_start: Agents at the beginning.
        agents_end: Agents at the end.
        health: How well it does, 0 to 1; what that is, the system's ``health_name`` says.
        management: Its local management (of a viable child, its System 3); None where there is none.
        channels: Use of its own channels by kind, where known apart from the system's.
        queue: Tasks that wait now.
        trouble: What is wrong with it now, in a few words; may be empty.
        alarm: "pain" or "pleasure" if an algedonic signal of it is up; else empty.
        out: That its management is knocked out and since when, in words; empty if it is not, or all the time.
    """

    name: str
    path: str
    viable: bool = False
    utilisation: float | None = None
    arrivals: int | None = None
    served: int | None = None
    mean_wait_s: float | None = None
    agents_start: int | None = None
    agents_end: int | None = None
    health: float | None = None
    management: State | None = "on"
    channels: Mapping[str, ChannelUse] = field(default_factory=dict)
    queue: int | None = None
    trouble: str = ""
    alarm: str = ""
    out: str = ""


@dataclass(frozen=True, slots=True)
class DiagramSystem:
    """One viable system at its own level of recursion.

    Attributes:
        name: Its name.
        path: Its full path.
        operations: Its Systems 1.
        system2: Its System 2; None where there is none, and then none is drawn.
        system3: Its System 3; None where there is none, and then none is drawn.
        channels: Use by kind over all its operations; a kind that is missing is not drawn.
        parent_path: Path of the system around it; None at the root.
        arrivals: Tasks that arrived at it.
        served: Tasks that it served.
        system2_note: What System 2 did, in a few words; may be empty.
        system3_note: What System 3 did, in a few words; may be empty.
        health_name: What the health of an operation is.
        audit: Its System 3*; None where there is none.
        system4: Its System 4; None where there is none.
        system5: Its System 5; None where there is none.
        audit_note: What System 3* did, in a few words; may be empty.
        system4_note: What System 4 did, in a few words; may be empty.
        system5_note: What System 5 did, in a few words; may be empty.
        alarm: "pain" or "pleasure" if an algedonic signal is up at its System 5; else empty.
        outs: That a System is knocked out and since when, in words, by path; who is out all the time need not be there.
        live: Path of what is chosen where signs can be chosen, perhaps of nothing; None where they cannot.
    """

    name: str
    path: str
    operations: tuple[DiagramOperation, ...]
    system2: State | None = None
    system3: State | None = None
    channels: Mapping[str, ChannelUse] = field(default_factory=dict)
    parent_path: str | None = None
    arrivals: int | None = None
    served: int | None = None
    system2_note: str = ""
    system3_note: str = ""
    health_name: str = "flow"
    audit: State | None = None
    system4: State | None = None
    system5: State | None = None
    audit_note: str = ""
    system4_note: str = ""
    system5_note: str = ""
    alarm: str = ""
    outs: Mapping[str, str] = field(default_factory=dict)
    live: str | None = None


def _heads(system: DiagramSystem) -> tuple[str, str]:
    """What the numbers of a channel are."""
    uses = [*system.channels.values(), *(use for one in system.operations for use in one.channels.values())]
    rates = any(use.rate is not None for use in uses)
    return ("messages a second", "lost lately") if rates else ("messages", "lost")


def _use(use: ChannelUse) -> tuple[Cell, ...]:
    """A channel's use as cells: its rate where that is what is told."""
    told: Cell = use.messages if use.rate is None else round(use.rate, 4)
    return told, use.lost, use.spell or use.cut


def system_tables(system: DiagramSystem) -> tuple[Table, Table]:
    """Everything the diagram shows, in words: operations (all of them), then channels."""
    operations: list[tuple[Cell, ...]] = [
        (
            one.name,
            "viable system" if one.viable else "operation",
            one.arrivals,
            one.served,
            one.agents_start,
            one.agents_end,
            one.utilisation,
            one.mean_wait_s,
            one.health,
            "none" if one.management is None else one.management,
        )
        for one in system.operations
    ]
    channels: list[tuple[Cell, ...]] = []
    for kind, use in system.channels.items():
        channels.append((kind, CHANNEL_NAMES.get(kind, ("", kind))[1], *_use(use)))
    for one in system.operations:
        for kind, use in one.channels.items():
            words = CHANNEL_NAMES.get(kind, ("", kind))[1]
            channels.append((f"{kind} of {one.name}", words, *_use(use)))
    return (
        Table(
            f"Operations of {system.path}",
            (
                "operation",
                "kind",
                "arrivals",
                "served",
                "agents at start",
                "agents at end",
                "busy (share)",
                "mean wait (s)",
                system.health_name,
                "management",
            ),
            tuple(operations),
            collapsed=True,
        ),
        Table(
            f"Channels of {system.path}",
            ("channel", "carries", *_heads(system), "cut"),
            tuple(channels),
            collapsed=True,
        ),
    )

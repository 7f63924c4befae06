"""Beer's diagrams of a run: who is where, what went over which channel of which system, what is cut or out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from vsmlab.lab.report.context import Context
from vsmlab.lab.report.numerals import counted, seconds
from vsmlab.lab.report.system import ChannelUse, DiagramOperation, DiagramSystem
from vsmlab.lab.scenario.coordination import Channel
from vsmlab.laws import kinds as k

_ROLES: Final = ("management", "system2", "system3", "audit", "system4", "system5", "environment")
# Channels between an operation and what is around it: they belong to the diagram of the system above it.
_OWN: Final = ("env_op", "op_env", "op_mgmt", "mgmt_op")
# Channels whose use is known for each operation by itself.
_EACH: Final = ("op_mgmt", "mgmt_op", "s2")


# Channels of Systems 3*, 4 and 5: who sends there, and who must be there besides.
_WITHIN: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "s3star": (("audit",), "audit"), "s3_s4": (("system3",), "system4"), "s4_s3": (("system4",), "system3"),
    "s4_env": (("system4",), ""), "env_s4": ((), "system4"), "s34_s5": (("system3", "system4"), "system5"),
    "s5_34": (("system5",), "system5"), "algedonic": ((), "system5"),
}  # fmt: skip


def parent(path: str) -> str:
    """Path of the system around a node; empty above the root."""
    return path.rpartition(".")[0]


def owner(path: str) -> str:
    """Node that a receiver belongs to; empty for the environment.

    >>> owner("fleet.chat.management"), owner("fleet"), owner("environment.chat")
    ('fleet.chat', 'fleet', '')
    """
    if path.partition(".")[0] == "environment":
        return ""
    before, _, role = path.rpartition(".")
    return before if role in _ROLES else path


@dataclass(slots=True)
class Traffic:
    """Messages and losses by viable system and kind of channel, and by operation and kind."""

    messages: Counter[tuple[str, str]] = field(default_factory=Counter)
    lost: Counter[tuple[str, str]] = field(default_factory=Counter)
    each: Counter[tuple[str, str]] = field(default_factory=Counter)


def traffic(context: Context) -> Traffic:
    """Which system's channel every message of the window went over."""
    found = Traffic()
    for number, sender, receiver, many in context.run.manifest["channel_use"]:
        kind = k.CHANNEL_NAMES[number]
        above, child = between(kind, owner(sender), owner(receiver))
        found.messages[above, kind] += many
        found.each[child, kind] += many
    for (fact, ref, _, who), many in context.history.unusual.items():
        if fact == k.LOST:
            kind = k.CHANNEL_NAMES[ref]
            found.lost[above_sender(context.root, kind, context.run.names.get(who, "")), kind] += many
    return found


def between(kind: str, sender: str, receiver: str) -> tuple[str, str]:
    """The system whose channel this is, and the operation at its end (empty where that is not one)."""
    if kind in _OWN:
        child = sender if kind == "op_env" else receiver
        return parent(child), child
    if kind in ("env_s4", "s4_env"):
        return sender or receiver, ""
    one, other = sender.split("."), receiver.split(".")
    common = [a for a, b in zip(one, other, strict=False) if a == b]
    above = ".".join(common)
    child = receiver if sender == above else sender
    return above, child if parent(child) == above else ""


def above_sender(root: str, kind: str, path: str) -> str:
    """The system on whose channel of this kind a receiver sends."""
    node = owner(path)
    if kind == "env_op":
        return node or root
    if kind == "env_s4":
        return node or root
    above = (".system2", ".audit", ".system4", ".system5") if kind != "algedonic" else ()
    upper = (path.endswith(".system3") and kind not in ("account", "algedonic")) or path.endswith(above)
    return node if upper and kind != "mgmt_op" else parent(node)


def is_cut(context: Context, kind: str, path: str) -> bool:
    """Whether what this receiver sends on channels of this kind is lost."""
    if any(entry.channel == kind and entry.of in (None, path) for entry in context.scenario.knockout):
        return True
    given: dict[Any, Channel] = dict(context.scenario.channels)
    node = context.nodes.get(owner(path))
    if node is not None:
        given.update(node.channels)
    return kind in given and given[kind].cut


def channel_use(context: Context, kind: str, senders: list[str], messages: int, lost: int = 0) -> ChannelUse:
    """Use of a channel on which some send: whether it is cut at the end, and when it was if not all the time."""
    if senders and all(is_cut(context, kind, sender) for sender in senders):
        return ChannelUse(messages, lost, cut=True)
    mine = [one for one in context.troubles if one.what == f"{kind} cut" and one.path in senders]
    if not mine:
        return ChannelUse(messages, lost)
    cut = {one.path for one in mine}
    still = len(cut) == len(senders) and all(any(o.path == p and not o.mended for o in mine) for p in cut)
    spells = list(dict.fromkeys((one.begin, one.end if one.mended else None) for one in mine))
    begin, end = spells[0]
    said = f"cut at {seconds(begin)}" if end is None else f"cut {seconds(begin)} to {seconds(end)}"
    said += f", {len(spells) - 1} more" if len(spells) > 1 else ""
    if len(cut) < len(senders):
        said += f", {len(cut)} of {len(senders)}"
    return ChannelUse(messages, lost, cut=still, spell=said)


def diagrams(context: Context) -> tuple[DiagramSystem, ...]:
    """The diagram of every viable system, parents before children; of an elementary root, itself alone."""
    used = traffic(context)
    viable = context.viable()
    if not viable:
        alone = _operation(context, used, 0)
        unit = context.unit(context.root)
        lone = DiagramSystem(
            alone.name, context.root, (alone,), arrivals=unit["arrivals"], served=unit["served"]
        )
        return (lone,)
    return tuple(_system(context, used, place) for place in viable)


def _system(context: Context, used: Traffic, place: int) -> DiagramSystem:
    path = context.history.places[place][0]
    children = context.history.children(place)
    unit = context.unit(path)
    system2, system3 = context.state(f"{path}.system2"), context.state(f"{path}.system3")
    channels = {}
    for kind in k.CHANNEL_NAMES:
        senders = _senders(context, kind, path, [context.history.places[child][0] for child in children])
        lost = used.lost[path, kind]
        use = channel_use(context, kind, senders, used.messages[path, kind] + lost, lost)
        if senders and (use.messages or use.broken):
            channels[kind] = use
    return DiagramSystem(
        name=context.history.label(place),
        path=path,
        operations=tuple(_operation(context, used, child) for child in children),
        system2=system2,
        system3=system3,
        channels=channels,
        parent_path=parent(path) or None,
        arrivals=unit["arrivals"],
        served=unit["served"],
        system2_note=_note2(context, path),
        system3_note=_note3(context, path) if system3 == "on" else "",
        outs={
            name: context.out_in_words(name)
            for name in context.run.names.values()
            if parent(name) == path and context.state(name) == "knocked out"
        },
        **_higher(context, path),
    )


def _higher(context: Context, path: str) -> dict[str, Any]:
    """Systems 3*, 4 and 5: whether they are there, and what they did."""
    did = context.system(path)
    found: dict[str, Any] = {}
    for system, many, one in (("audit", "audits", "inspection"), ("system4", "forecasts", "forecast"),
                              ("system5", "decisions", "decision")):  # fmt: skip
        state = context.state(f"{path}.{system}")
        found[system] = state
        if state == "on" and many in did:
            found[f"{system}_note"] = counted(did[many], one)
    return found


def _note2(context: Context, path: str) -> str:
    if context.out_since(f"{path}.system2") is None:
        return f"{context.system(path).get('damping_messages', 0):,} sent"
    who = f"{path}.system2"
    silent = sum(
        many
        for (fact, _, _, whose), many in context.history.unusual.items()
        if fact == k.UNANSWERED and context.run.names.get(whose) == who
    )
    return f"{silent:,} unheard" if silent else ""


def _note3(context: Context, path: str) -> str:
    settings = context.nodes[path].system3
    if settings is not None and settings.may_move == "agents":
        return f"{counted(round(context.system(path).get('agents_moved', 0.0)), 'agent')} moved"
    return counted(context.system(path).get("bargains", 0), "bargain")


def _senders(context: Context, kind: str, path: str, children: list[str]) -> list[str]:
    """Receivers that send on this system's channels of a kind; none where it has no such channel."""
    names = set(context.run.names.values())
    manager = [name for c in children for name in (f"{c}.management", f"{c}.system3") if name in names]
    if kind == "env_op":
        streams = [name for name in names if name.startswith("environment.")]
        return [path, *streams] if path == context.root else [path]
    if kind in ("op_env", "op_mgmt"):
        with_one = [c for c in children if kind == "op_env" or f"{c}.management" in names]
        return [c for c in with_one if not context.nodes[c].viable] or with_one
    if kind == "mgmt_op":
        return manager
    if kind == "op_op":
        return children if len(children) > 1 else []
    if kind == "s2":
        if f"{path}.system2" not in names:
            return []
        told = [name for c in children for name in (f"{c}.management", f"{c}.system2") if name in names]
        return [f"{path}.system2", *told]
    if kind in _WITHIN:
        return _within(kind, path, names, manager)
    if f"{path}.system3" not in names:
        return []
    return manager if kind == "account" else [f"{path}.system3"]


def _within(kind: str, path: str, names: set[str], managers: list[str]) -> list[str]:
    """Receivers that send on a channel of Systems 3*, 4 and 5; none where one end of it is missing."""
    senders, other = _WITHIN[kind]
    here = [f"{path}.{one}" for one in senders if f"{path}.{one}" in names]
    if other and f"{path}.{other}" not in names:
        return []
    if kind == "env_s4":
        return [name for name in names if name.startswith("environment.")]
    if kind == "algedonic":
        return [
            one.removesuffix(".system3") + ".system5" if one.endswith(".system3") else one for one in managers
        ]
    return here


def flow(unit: Mapping[str, Any]) -> float | None:
    """How well work flows: the share of tasks that are served, times the share of their stay that is not waiting."""
    gone = sum(unit[outcome] for outcome in ("served", "shed", "failed", "abandoned"))
    wait, stay = unit["mean_wait_s"], unit["mean_sojourn_s"]
    if not gone or wait is None or not stay:
        return None
    return float(unit["served"] / gone * max(0.0, 1.0 - wait / stay))


def _operation(context: Context, used: Traffic, place: int) -> DiagramOperation:
    path, above, _, _, viable, _ = context.history.places[place]
    unit = context.unit(path)
    present = context.history.agents_present(place).values
    manager = context.state(f"{path}.system3" if viable else f"{path}.management")
    channels: dict[str, ChannelUse] = {}
    if above >= 0:
        desk = context.history.places[above][0]
        for kind, count, sender in (("env_op", unit["arrivals"], desk), ("op_env", unit["served"], path)):
            channels[kind] = ChannelUse(count) if viable else channel_use(context, kind, [sender], count)
        for kind in _EACH:
            own = "system2" if kind == "s2" else "system3"
            sender = path if kind == "op_mgmt" else f"{path}.{own if viable else 'management'}"
            use = channel_use(context, kind, [sender], used.each[path, kind])
            if used.messages[desk, kind] or use.broken:
                channels[kind] = use
    return DiagramOperation(
        name=context.history.label(place),
        path=path,
        viable=viable,
        utilisation=unit["utilisation"],
        arrivals=unit["arrivals"],
        served=unit["served"],
        mean_wait_s=unit["mean_wait_s"],
        agents_start=context.history.agents[place],
        agents_end=round(float(present[-1])),
        health=flow(unit),
        management=manager,
        out=context.out_in_words(f"{path}.system3" if viable else f"{path}.management"),
        channels=channels,
    )

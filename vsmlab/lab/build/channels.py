"""The pattern of each channel that is not plain, and what is taken away: cut channels, Systems that answer nothing."""

from __future__ import annotations

from vsmlab.errors import InputError
from vsmlab.lab.scenario import Channel, Knockout
from vsmlab.lab.scenario.coordination import ChannelKind
from vsmlab.laws import kinds as k

from .layout import Layout

REMOVABLE = (k.MANAGEMENT, k.SYSTEM2, k.SYSTEM3, k.AUDIT, k.SYSTEM4, k.SYSTEM5)


def connect(layout: Layout) -> None:
    """A pattern of each channel that is not plain, for everyone who sends on it."""
    cuts = [entry for entry in layout.scenario.knockout if entry.channel is not None]
    for entry in cuts:
        _sends(layout, entry)
    for row, path in enumerate(layout.paths):
        here = layout.owner[row]
        given: dict[ChannelKind, Channel] = dict(layout.scenario.channels)
        if here >= 0:
            given.update(layout.places[here].node.channels)
        cut = {entry.channel for entry in cuts if entry.of in (None, path)}
        for kind in sorted({*given, *(c for c in cut if c is not None)}, key=k.CHANNEL_NAMES.index):
            layout.tables.channel(layout.state.units[row], kind, given.get(kind), cut=kind in cut)


def _sends(layout: Layout, entry: Knockout) -> None:
    """Refuse to cut a channel of one who never sends on it: it would look as if the channel did not matter."""
    kind = k.CHANNEL_NAMES.index(str(entry.channel))
    senders = senders_on(layout, kind)
    if entry.of is not None and entry.of not in senders:
        right = f"senders: {', '.join(list(senders)[:12])}{' ...' if len(senders) > 12 else ''}"
        wrong = f"nothing is sent on {entry.channel} there"
        raise InputError(layout.loaded.source, "knockout", wrong, given=entry.of, right=right)


def senders_on(layout: Layout, kind: int) -> dict[str, int]:
    """Path and row of every receiver that sends on this kind of channel."""
    units = layout.state.units
    return {path: row for row, path in enumerate(layout.paths) if kind in k.SENDS[units[row].role]}


def knock_out(layout: Layout) -> None:
    """Systems that are there and answer nothing."""
    for entry in layout.scenario.knockout:
        if entry.system is None:
            continue
        named = (entry.system,)
        rows = [r for r, path in enumerate(layout.paths) if path in named or path.rpartition(".")[2] in named]
        rows = [r for r in rows if layout.state.units[r].role in REMOVABLE]
        if not rows:
            right = "name a System such as 'fleet.system3', or a role such as 'system2'"
            raise InputError(
                layout.loaded.source, "knockout", "nothing to knock out", given=entry.system, right=right
            )
        for row in rows:
            layout.state.units[row].off = 1

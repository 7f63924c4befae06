"""What an engine starts from: the state at time zero, the first messages, and who is who."""

from __future__ import annotations

from dataclasses import dataclass

from vsmlab.laws.tables import Message, State

PlaceRow = tuple[str, int, int, int, bool, int]
"""A node: path, parent (-1 for the root), depth, address row, whether it is viable, its own agents."""


@dataclass(frozen=True, slots=True)
class Start:
    """A built organisation.

    Args:
        state: The tables.
        messages: First messages, numbered by their senders.
        paths: Path of each receiver, by row.
        roles: Role of each receiver, by row.
        identities: Identity of each receiver, by row.
        places: The nodes, parents before children.
    """

    state: State
    messages: list[Message]
    paths: list[str]
    roles: list[int]
    identities: list[int]
    places: list[PlaceRow]

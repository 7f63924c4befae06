"""The state as records: tables with room ahead, and an agenda, which grow when the loop says that it needs more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from vsmlab.engines.journal import SEGMENT
from vsmlab.engines.records import records_from
from vsmlab.laws.sending import ROOM
from vsmlab.laws.tables import Message

from .layout import BASE, LENGTH, MARGIN, WANTED
from .model import Model

Records = npt.NDArray[np.void]


class Memory:
    """Every table as an array of records, and the block of words that says where they are.

    Args:
        model: Whose tables they are.
        state: The tables of a built organisation, each of rows or of records; they are copied.
        messages: What is on the agenda, as messages or as records.
        margin: Most rows of one table that one handling may take.
    """

    def __init__(
        self, model: Model, state: Any, messages: Sequence[Message] | Records, margin: int = ROOM
    ) -> None:
        layout = model.layout
        self.layout, self.margin = layout, margin
        self.tables: dict[str, Records] = {}
        self.words = np.zeros(layout.words, np.int64)
        self.words[MARGIN] = margin
        for name in model.rows:
            room = 2 * margin if name in layout.growing else 0
            if name != "effects":
                rows = getattr(state, name)
                made = isinstance(rows, np.ndarray)
                self._place(name, longer(rows, room) if made else records_from(model.rows[name], rows, room))
        self._place("effects", np.zeros(ROOM, layout.records["effects"]))
        self._place("meter", np.zeros(1, layout.records["meter"]))
        ranks = np.zeros(len(model.priorities), layout.records["ranks"])
        ranks["priority"] = model.priorities
        self._place("ranks", ranks)
        self._set_agenda(messages)

    def _place(self, name: str, records: Records) -> None:
        self.tables[name] = records
        at = self.layout.places[name]
        self.words[at + BASE], self.words[at + LENGTH] = records.ctypes.data, len(records)

    def _set_agenda(self, messages: Sequence[Message] | Records) -> None:
        count = len(messages)
        size = 2 * count + 4 * ROOM
        pool, heap, spares = (
            np.zeros(size, self.layout.records[name]) for name in ("pool", "heap", "spares")
        )
        if not isinstance(messages, np.ndarray):
            messages = np.array([tuple(message) for message in messages], pool.dtype)
        np.take(messages, in_order(messages), out=pool[:count], mode="clip")  # clip: it needs no buffer
        heap["due"][:count], heap["slot"][:count] = pool["due"][:count], np.arange(count)
        spares["row"][: size - count] = np.arange(count, size)[::-1]
        for name, records in (("pool", pool), ("heap", heap), ("spares", spares)):
            self._place(name, records)
        self.meter["waiting"], self.meter["spare"], self.meter["room"] = count, size - count, SEGMENT

    def agenda(self) -> Records:
        """The messages that are under way, in the order of the heap."""
        slots = self.tables["heap"]["slot"][: int(self.meter["waiting"])]
        messages: Records = self.tables["pool"][slots]
        return messages

    @property
    def address(self) -> int:
        """Where the block is."""
        return int(self.words.ctypes.data)

    @property
    def meter(self) -> Any:
        """What the loop and Python tell each other."""
        return self.tables["meter"][0]

    @property
    def identities(self) -> npt.NDArray[np.int64]:
        """Of every receiver, those born lately included."""
        count = int(self.tables["ledger"]["units"][0])
        identities: npt.NDArray[np.int64] = self.tables["units"]["identity"][:count]
        return identities

    def write_into(self, journal: Records) -> None:
        """Have the loop write its journal there."""
        self._place("journal", journal)

    def grow(self) -> None:
        """Make room wherever less than the margin is left."""
        ledger = self.tables["ledger"][0]
        for name in self.layout.growing:
            table, used = self.tables[name], int(ledger[name])
            if used + self.margin >= len(table):
                self._place(name, longer(table, len(table) + 2 * self.margin))
        self.words[WANTED] = 0
        meter, old = self.meter, len(self.tables["pool"])
        if meter["spare"] < ROOM:
            for name in ("heap", "pool", "spares"):
                self._place(name, longer(self.tables[name], old))
            spare = int(meter["spare"])
            self.tables["spares"]["row"][spare : spare + old] = np.arange(old, 2 * old)[::-1]
            meter["spare"] = spare + old


def in_order(messages: Records) -> npt.NDArray[np.intp]:
    """The rows of messages, in the order in which they are to be handled."""
    due = messages["due"].copy()
    rows = np.argsort(due)
    due = due[rows]
    if (due[:-1] < due[1:]).all():
        return rows
    return np.lexsort([messages[name] for name in ("number", "origin", "receiver", "priority", "due")])


def longer(records: Records, more: int) -> Records:
    """The same records and so many empty ones."""
    return np.concatenate([records, np.zeros(more, records.dtype)])

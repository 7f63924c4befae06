"""How a state lies in memory: one block of 64-bit words that says where each table is, and records for rows.

The block has a header, whether a table wants to grow and how near its end that is, and then for each table the
address of its first row and its length. A table grows by being moved: only its words change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vsmlab.engines.journal import LOCAL
from vsmlab.engines.records import record_of

from .agenda import OWN_ROWS

WORD: Final = 8
HEADER: Final = 2
WANTED, MARGIN = range(HEADER)
BASE, LENGTH = range(2)


class Layout:
    """The tables of a model and the engine's own, in the order of the block.

    Args:
        rows: The row class of each table of the model.
    """

    def __init__(self, rows: Mapping[str, type]) -> None:
        self.rows = {**rows, **OWN_ROWS}
        self.records = {name: record_of(row_class) for name, row_class in self.rows.items()}
        self.records["journal"] = LOCAL
        self.places = {name: HEADER + 2 * place for place, name in enumerate(self.records)}
        self.growing = tuple(name for name in self.records["ledger"].names or () if name in rows)

    @property
    def words(self) -> int:
        """How long the block is."""
        return HEADER + 2 * len(self.records)

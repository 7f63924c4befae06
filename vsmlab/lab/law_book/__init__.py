"""The law book: what is generated into docs/, from the code and from what is said here of each law."""

from vsmlab.lab.law_book.entry import Chapter, Entry
from vsmlab.lab.law_book.inside_and_outside import ALGEDONIC, AUDIT, SYSTEM4, SYSTEM5
from vsmlab.lab.law_book.life_and_death import LIFE, RECURSION
from vsmlab.lab.law_book.metasystem import DESK, SYSTEM2, SYSTEM3
from vsmlab.lab.law_book.operations import AGENTS, MANAGEMENT, OPERATION
from vsmlab.lab.law_book.surroundings import CHANCE, CHANNELS, WORLD

BOOK: tuple[Chapter, ...] = (
    WORLD, OPERATION, AGENTS, MANAGEMENT, DESK, SYSTEM2, SYSTEM3,
    AUDIT, SYSTEM4, SYSTEM5, ALGEDONIC, LIFE, RECURSION, CHANNELS, CHANCE,
)  # fmt: skip
"""Every chapter, in the order in which a task and then the organisation meet them."""

__all__ = ["BOOK", "Chapter", "Entry"]

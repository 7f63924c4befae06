"""The law book: what is generated into docs/, from the code and from what is said here of each law."""

from vsmlab.lab.law_book.entry import Chapter, Entry
from vsmlab.lab.law_book.metasystem import DESK, SYSTEM2, SYSTEM3
from vsmlab.lab.law_book.operations import AGENTS, MANAGEMENT, OPERATION
from vsmlab.lab.law_book.surroundings import CHANCE, CHANNELS, WORLD

BOOK: tuple[Chapter, ...] = (WORLD, OPERATION, AGENTS, MANAGEMENT, DESK, SYSTEM2, SYSTEM3, CHANNELS, CHANCE)
"""Every chapter, in the order in which a task and then the organisation meet them."""

__all__ = ["BOOK", "Chapter", "Entry"]

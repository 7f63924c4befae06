"""What can go wrong, and whose fault it is.

VsmLabError
+-- ModelError        our caller asked for the impossible
|   +-- InputError    a file, a field or an argument says something that cannot be
+-- PeerError         something that came from outside is wrong or broken
"""

from __future__ import annotations


class VsmLabError(Exception):
    """Anything that vsmlab refuses or finds wrong."""


class ModelError(VsmLabError):
    """The caller asked for something that cannot be."""


class InputError(ModelError):
    """One wrong input: where it is, what was given, what would be right.

    Args:
        source: The file, or ``"command line"``; empty when there is none.
        place: Dotted place in it, such as ``organisation.operations.chat.agents``; may be empty.
        wrong: What is wrong, as a clause.
        given: What was given, if showing it helps.
        right: What would be right, as a clause.
    """

    def __init__(self, source: str, place: str, wrong: str, *, given: object = None, right: str = "") -> None:
        self.source, self.place, self.wrong, self.given, self.right = source, place, wrong, given, right
        shown_place = place if len(place) <= 160 else f"{place[:60]} ... {place[-60:]}"
        where = ": ".join(part for part in (source, shown_place) if part)
        text = f"{where}: {wrong}" if where else wrong
        if given is not None:
            shown = given if isinstance(given, str) else repr(given)
            text += f", given {shown if len(shown) <= 120 else shown[:117] + '...'}"
        if right:
            text += f"; {right}"
        super().__init__(text)


class PeerError(VsmLabError):
    """Something from outside (a file being read, a service, a user's own law) is wrong or broke."""

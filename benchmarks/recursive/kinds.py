"""What is said in the reduced organisation, in the order of its fifteen rules."""

ARRIVE, DONE, REPORT_DUE, REPORT, DAMP, TRANSFER, ALLOCATE_DUE, ALLOCATION = range(8)
AUDIT_DUE, AUDIT, FINDING, PAIN, LOOK_AHEAD, OUTLOOK, POLICY = range(8, 15)
KINDS = 15
FAN = 4
"""Children of every system that is not a leaf."""
REPEATED = (ARRIVE, DONE, REPORT_DUE, ALLOCATE_DUE, AUDIT_DUE, LOOK_AHEAD)
"""Reminders to oneself; the rest is sent on a channel."""
LEAF_STARTS = ((ARRIVE, 1.0), (REPORT_DUE, 2.0))
INNER_STARTS = ((REPORT_DUE, 2.0), (ALLOCATE_DUE, 10.0), (AUDIT_DUE, 8.0), (LOOK_AHEAD, 5.0))
"""What begins at a random phase of so many seconds."""


def shape(depth: int) -> tuple[int, int]:
    """How many systems a tree of this depth has, and the first leaf; the children of i begin at 4 i + 1."""
    return (FAN ** (depth + 1) - 1) // (FAN - 1), (FAN**depth - 1) // (FAN - 1)


def level(row: int) -> int:
    """Levels above a system."""
    above = 0
    while row > 0:
        row, above = (row - 1) // FAN, above + 1
    return above

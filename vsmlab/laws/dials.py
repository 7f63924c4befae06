"""The dials that an operator may turn while it runs: numbers that a law reads anew each time it acts.

A message ``tune`` names a dial by its number (times :data:`DIAL_STEP` the channel, where it is a channel's) and says
its new value. The constants are for laws, the table for whoever shows dials or checks what was asked for.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from .kinds import AUDIT, MANAGEMENT, OPERATION, STREAM, SYSTEM2, SYSTEM3, SYSTEM4, SYSTEM5

CHANNEL_DELAY: Final = 0
CHANNEL_LOSS: Final = 1
DEMAND: Final = 2
SPEED: Final = 3
REPORT_EVERY: Final = 4
ACCOUNT_EVERY: Final = 5
OFFLOAD_GAIN: Final = 6
SYSTEM2_GAIN: Final = 7
SYSTEM2_THRESHOLD: Final = 8
SYSTEM2_PERIOD: Final = 9
SYSTEM2_SETTLE: Final = 10
SYSTEM3_PERIOD: Final = 11
SYSTEM3_GAIN: Final = 12
SYSTEM3_DRAIN: Final = 13
SYSTEM3_FLOOR: Final = 14
SYSTEM3_MOVE_TAKES: Final = 15
SYSTEM3_BAND: Final = 16
SYSTEM3_AFTER: Final = 17
SYSTEM3_SUSPEND: Final = 18
AUDIT_PACE: Final = 19
AUDIT_THRESHOLD: Final = 20
SYSTEM4_PERIOD: Final = 21
SYSTEM4_COVER: Final = 22
SYSTEM5_OUTSIDE: Final = 23
SYSTEM5_PERIOD: Final = 24
SYSTEM5_TOLERANCE: Final = 25
SYSTEM5_PATIENCE: Final = 26
SYSTEM5_EMERGENCY: Final = 27

ANY_SENDER: Final = -1
"""In place of a role: whoever sends on the channel that is named has this dial for it."""
SHORTEST: Final = 0.01
"""No period is shorter, in seconds: a reminder that comes at once would come for ever."""
LONGEST: Final = 1e6


class Dial(NamedTuple):
    """One dial. ``field`` is the field of the receiver's row that it sets; ``whole``: only whole numbers."""

    number: int
    name: str
    role: int
    field: str
    unit: str
    least: float
    most: float
    says: str
    whole: bool = False
    or_nought: bool = False

    def admits(self, value: float) -> bool:
        """Whether it can be set to this."""
        if self.whole and value != int(value):
            return False
        return self.least <= value <= self.most or (self.or_nought and value == 0.0)

    @property
    def range(self) -> str:
        """What it can be set to, in words."""
        whole = "a whole number " if self.whole else ""
        nought = "0, or " if self.or_nought else ""
        return f"{nought}{whole}from {self.least:g} to {self.most:g}"


DIALS: Final[tuple[Dial, ...]] = (
    Dial(CHANNEL_DELAY, "channel_delay", ANY_SENDER, "extra", "s", 0.0, 1e6,
         "seconds added to every message on its channels of this kind"),
    Dial(CHANNEL_LOSS, "channel_loss", ANY_SENDER, "loss", "probability", 0.0, 1.0,
         "probability that a message on its channels of this kind is lost"),
    Dial(DEMAND, "demand", STREAM, "asked", "ratio", 0.001, 100.0,
         "so many times the tasks that the scenario says; 0 is silence", or_nought=True),
    Dial(SPEED, "speed", OPERATION, "full_speed", "work seconds/s", 0.001, 1000.0,
         "work that one agent does in a second; tasks in service go on at the new pace"),
    Dial(REPORT_EVERY, "report_every", OPERATION, "report_every", "s", SHORTEST, LONGEST,
         "seconds between two reports, from the next one on"),
    Dial(ACCOUNT_EVERY, "account_every", MANAGEMENT, "account_every", "s", SHORTEST, LONGEST,
         "seconds between two accounts, from the next one on"),
    Dial(OFFLOAD_GAIN, "offload_gain", MANAGEMENT, "offload_gain", "share", 0.0, 10.0,
         "part of the difference to a sibling that it gives away of itself"),
    Dial(SYSTEM2_GAIN, "gain", SYSTEM2, "gain", "share", 0.0, 10.0,
         "part of a difference that one round takes away"),
    Dial(SYSTEM2_THRESHOLD, "threshold", SYSTEM2, "threshold", "tasks", 0.0, 1e6,
         "tasks above a sibling's part that are let pass"),
    Dial(SYSTEM2_PERIOD, "period", SYSTEM2, "period", "s", SHORTEST, LONGEST,
         "seconds between two rounds, from the next one on"),
    Dial(SYSTEM2_SETTLE, "settle", SYSTEM2, "settle", "s", 0.0, LONGEST,
         "seconds until a report shows a correction"),
    Dial(SYSTEM3_PERIOD, "period", SYSTEM3, "period", "s", SHORTEST, LONGEST,
         "seconds between two bargains, from the next one on"),
    Dial(SYSTEM3_GAIN, "gain", SYSTEM3, "gain", "share", 0.0, 1.0,
         "part of the wanted change made in one bargain"),
    Dial(SYSTEM3_DRAIN, "drain", SYSTEM3, "drain", "s", SHORTEST, LONGEST,
         "seconds in which a backlog should be gone"),
    Dial(SYSTEM3_FLOOR, "floor", SYSTEM3, "floor", "agents", 0.0, 1e6,
         "fewest agents left to an operation", whole=True),
    Dial(SYSTEM3_MOVE_TAKES, "move_takes", SYSTEM3, "move_takes", "s", 0.0, LONGEST,
         "seconds that an agent needs to change operation"),
    Dial(SYSTEM3_BAND, "band", SYSTEM3, "band", "share", 0.0, 1.0,
         "how far below its promise an account may stay, as a share of it"),
    Dial(SYSTEM3_AFTER, "after", SYSTEM3, "after", "periods", 1.0, 1e6,
         "accounts outside the band before System 3 intervenes", whole=True),
    Dial(SYSTEM3_SUSPEND, "suspend", SYSTEM3, "suspend", "s", 0.0, LONGEST,
         "seconds that an intervention lasts"),
    Dial(AUDIT_PACE, "pace", AUDIT, "pace", "ratio", 0.001, 1000.0,
         "so many times the gap between two audits that the scenario says, from the next one on"),
    Dial(AUDIT_THRESHOLD, "threshold", AUDIT, "threshold", "deviations", 0.0, 1e6,
         "how far claims may exceed counts before System 3* is sure"),
    Dial(SYSTEM4_PERIOD, "period", SYSTEM4, "period", "s", SHORTEST, LONGEST,
         "seconds between two forecasts, from the next one on; System 3 goes by them for three of the first periods"),
    Dial(SYSTEM4_COVER, "cover", SYSTEM4, "cover", "deviations", 0.0, 100.0,
         "standard deviations that its wish for agents covers"),
    Dial(SYSTEM5_OUTSIDE, "outside", SYSTEM5, "outside", "share", 0.0, 1.0,
         "weight of System 4 against System 3; the systems below follow"),
    Dial(SYSTEM5_PERIOD, "period", SYSTEM5, "period", "s", SHORTEST, LONGEST,
         "seconds between two rounds of policy, from the next one on"),
    Dial(SYSTEM5_TOLERANCE, "tolerance", SYSTEM5, "tolerance", "agents", 0.0, 1e6,
         "how far the wishes of 3 and 4 may be apart"),
    Dial(SYSTEM5_PATIENCE, "patience", SYSTEM5, "patience", "s", 0.0, LONGEST,
         "seconds that they may be apart before System 5 steps in"),
    Dial(SYSTEM5_EMERGENCY, "emergency", SYSTEM5, "emergency", "s", 0.0, LONGEST,
         "seconds that the next emergency lasts; 0 is none"),
)  # fmt: skip
"""Every dial, by number."""


def dials_of(role: int) -> tuple[Dial, ...]:
    """The dials of a role, those of its channels apart."""
    return tuple(dial for dial in DIALS if dial.role == role)


def channel_dials() -> tuple[Dial, ...]:
    """The dials that every sender has for each kind of channel it sends on."""
    return dials_of(ANY_SENDER)

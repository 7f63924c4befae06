"""A run that a person plays, pauses, steps and intervenes in, and that replays exactly."""

from .readings import Alarm, ChannelReading, DialReading, OperationReading, Readings, StreamReading
from .session import Session

__all__ = [
    "Alarm",
    "ChannelReading",
    "DialReading",
    "OperationReading",
    "Readings",
    "Session",
    "StreamReading",
]

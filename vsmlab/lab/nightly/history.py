"""What became of every execution: one line of JSON each, appended whole or not at all."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from vsmlab.errors import PeerError
from vsmlab.lab.strict_json import read_json

FILE: Final = "history.jsonl"


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution of one job.

    Attributes:
        job: The job's name.
        kind: ``"notebook"`` or ``"scenario"``.
        began: When, ISO 8601 in UTC.
        seconds: How long it took.
        good: It came to its end and every measure is there and in its band.
        error: Why it did not come to its end; empty if it did.
        folder: Its folder, from the folder of reports.
        files: What can be opened, by what it is: path from the folder of reports, or empty.
        measures: What was kept; None where it was not estimable.
        verdicts: What was wanted of each measure with a band or expectation: ``measure``, ``wanted``, ``value``,
            ``low``, ``high``, ``inside`` (None where there was too little to judge by) and ``reason``.
        given: Parameters of the notebook, or overrides of the scenario.
        peak_bytes: Most memory that the kernel and what it started (or the scenario's process) held at one time.
        remarks: What a reader should know: no Chromium for the PDF, and so on.
        version: Of vsmlab.
        format: Of this line.
    """

    job: str
    kind: str
    began: str
    seconds: float
    good: bool
    error: str = ""
    folder: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, float | None] = field(default_factory=dict)
    verdicts: Sequence[Mapping[str, Any]] = ()
    given: Any = None
    peak_bytes: int | None = None
    remarks: Sequence[str] = ()
    version: str = ""
    format: int = 1

    @property
    def when(self) -> datetime:
        """When it began."""
        return datetime.fromisoformat(self.began)

    @property
    def left(self) -> list[Mapping[str, Any]]:
        """What is not as it was wanted."""
        return [verdict for verdict in self.verdicts if verdict["inside"] is False]

    def plain(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def append(file: Path, execution: Execution) -> None:
    """Add one line, with nothing else in between; it is on the disk when this returns.

    Half a line, left by a machine that stopped while it was written, is cut off first.
    """
    line = json.dumps(execution.plain(), ensure_ascii=False, allow_nan=False).encode() + b"\n"
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        end = _whole(descriptor)
        os.ftruncate(descriptor, end)
        left = memoryview(line)
        while left:
            many = os.pwrite(descriptor, left, end)
            left, end = left[many:], end + many
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _whole(descriptor: int) -> int:
    """Where the last whole line ends."""
    end = os.fstat(descriptor).st_size
    while end:
        begin = max(0, end - 65_536)
        part = os.pread(descriptor, end - begin, begin)
        found = part.rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end = begin
    return 0


def read_history(file: Path) -> list[Execution]:
    """Every execution, oldest first; half a line at the end is not counted.

    Raises:
        PeerError: If a whole line is not one of ours.
    """
    if not file.exists():
        return []
    found = []
    lines = file.read_bytes().split(b"\n")
    for number, line in enumerate(lines[:-1], start=1):
        try:
            values = read_json(line)
            execution = Execution(**values)
            if execution.format != 1 or execution.when.tzinfo is None:
                raise ValueError("of another format")
        except (ValueError, TypeError) as exc:
            raise PeerError(
                f"{file}: line {number} is not an execution that this vsmlab can read; move the file away"
            ) from exc
        found.append(execution)
    return found

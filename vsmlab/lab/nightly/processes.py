"""Processes by their id: who descends from whom, what memory they hold, and how they are ended."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

_PROC = Path("/proc")
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def descendants(pid: int) -> dict[int, str]:
    """Processes that this one started, and those that they did, each with the time of its start.

    The time tells a process from a later one of the same id. Empty where there is no ``/proc``.
    """
    children: dict[int, list[int]] = {}
    starts: dict[int, str] = {}
    for folder in _PROC.glob("[0-9]*"):
        try:
            fields = (
                (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            )
        except OSError:
            continue  # it has ended
        if fields and fields[0] not in "ZX":
            children.setdefault(int(fields[1]), []).append(int(folder.name))
            starts[int(folder.name)] = fields[19]
    found: dict[int, str] = {}
    waiting = list(children.get(pid, []))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found[one] = starts[one]
            waiting += children.get(one, [])
    return found


def resident(pids: list[int]) -> tuple[int, int]:
    """Bytes that these processes hold together now, and the most that any one of them ever held."""
    together = most = 0
    for pid in pids:
        with contextlib.suppress(OSError, ValueError, IndexError):
            together += int((_PROC / str(pid) / "statm").read_text().split()[1]) * _PAGE
            status = (_PROC / str(pid) / "status").read_text()
            most = max(most, int(status.partition("VmHWM:")[2].split()[0]) * 1024)
    return together, most


def end_family(pid: int, *, itself: bool = True) -> None:
    """End a process and all that descends from it, each by its id.

    All are stopped before the first is killed: one that watches over another would start it anew meanwhile.
    """
    if itself:
        _signal(pid, signal.SIGSTOP)
    known: dict[int, str] = {}
    for _ in range(100):
        found = descendants(pid)
        for one in list(known):
            found |= descendants(one)
        new = found.keys() - known.keys()
        for one in new:
            _signal(one, signal.SIGSTOP)
        known |= found
        if not new:
            break
    if itself:
        _signal(pid, signal.SIGKILL)
    for one, start in known.items():
        if _start(one) == start:
            _signal(one, signal.SIGKILL)
    for _ in range(100):
        if all(_start(one) != start for one, start in known.items()):
            break
        time.sleep(0.02)


def _signal(pid: int, what: signal.Signals) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, what)


def _start(pid: int) -> str | None:
    try:
        fields = (
            (_PROC / str(pid) / "stat")
            .read_text(encoding="utf-8", errors="replace")
            .rpartition(")")[2]
            .split()
        )
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]

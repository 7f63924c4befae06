"""Nobody executes a job twice at one time: a lock for each, held as long as the job, that says who has it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any


class BusyError(Exception):
    """Somebody else executes that job; the text says who, and since when."""


@contextlib.contextmanager
def held(file: Path, now: datetime) -> Iterator[int]:
    """Hold the lock while the block runs; the kernel frees it however this process ends.

    The descriptor is given so that whoever is started can hold the lock too.

    Raises:
        BusyError: If another process holds it.
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            raise BusyError(_who(descriptor)) from exc
        about = {"pid": os.getpid(), "host": socket.gethostname(), "since": now.isoformat(timespec="seconds")}
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(about).encode() + b"\n", 0)
        yield descriptor
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _who(descriptor: int) -> str:
    try:
        about: Any = json.loads(os.pread(descriptor, 4096, 0))
        return f"process {int(about['pid'])} on {about['host']} executes it since {about['since']}"
    except (ValueError, KeyError, TypeError):
        return "another process executes it"  # it has the lock, and has not yet said who it is

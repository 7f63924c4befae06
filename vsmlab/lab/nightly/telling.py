"""What became of a job in one line, for a terminal and for a notebook."""

from __future__ import annotations

from vsmlab.lab.nightly.history import Execution


def line(name: str, what: Execution | str) -> str:
    """A job's execution in one line, or who else executes it."""
    if isinstance(what, str):
        return f"{name}: busy: {what}"
    memory = f", {what.peak_bytes / 1e6:.0f} MB" if what.peak_bytes else ""
    kept = ", ".join(
        f"{key} {'–' if value is None else f'{value:.6g}'}" for key, value in what.measures.items()
    )
    return f"{name}: {'good' if what.good else 'NOT GOOD'}, {what.seconds:.1f} s{memory}{': ' if kept else ''}{kept}"

"""The worker's part: one experiment, carried out or gone on with, saying how far it is."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from vsmlab.lab.experiments.carrying_out import Done, carry_out
from vsmlab.lab.experiments.figure import write_figure
from vsmlab.lab.experiments.knocked import Knockouts
from vsmlab.lab.experiments.plan import Plan
from vsmlab.lab.experiments.points import Design
from vsmlab.lab.experiments.store import write_whole
from vsmlab.lab.loader import again

WANTED: Final = "wanted.json"
"""How many seeds were asked for: an experiment's own file does not say, as more may be."""
_EVERY: Final = 0.1
"""Seconds between two words on how far it is."""

Say = Callable[..., None]


def plan_of(order: Mapping[str, Any]) -> Plan:
    """The experiment that an order means, each point of it built.

    Raises:
        InputError: If it cannot be carried out any more.
    """
    files = {name: Path(path) for name, path in order["files"].items()}
    loaded = again(order["plain"], order["source"], Path(order["base"]), files)
    points = tuple(tuple(values) for values in order["points"])
    design = Design(order["design"], tuple(order["settings"]), points, tuple(order["labels"]))
    measures = order["measures"]
    return Plan(
        order["experiment"],
        loaded,
        design,
        order["replications"],
        None if measures is None else tuple(measures),
        settle=order["settle"],
        journals=order["journals"],
    )


def carry_out_order(order: Mapping[str, Any], say: Say) -> None:
    """Carry an experiment out; a later order of the same goes on where it was cut off."""
    folder = Path(order["folder"])
    say(doing="checks every point")
    plan = plan_of(order)
    told = _Telling(folder, int(order["replications"]), say)
    carry_out(
        plan, folder, workers=order["workers"], progress=told.progress, tell=lambda text: say(doing=text)
    )
    if plan.kind == "knockout":
        say(doing="draws the figure")
        write_figure(Knockouts(folder))
    say(folder=str(folder))


class _Telling:
    """Says how far it is, not more often than somebody can see."""

    def __init__(self, folder: Path, replications: int, say: Say) -> None:
        self._folder, self._say, self._replications = folder, say, replications
        self._next, self._begun = 0.0, False

    def progress(self, done: Done) -> None:
        """After each run."""
        total = max(1, done.total)
        if not self._begun:  # the folder is there, and ours
            self._begun = True
            write_whole(
                self._folder / WANTED, json.dumps({"replications": self._replications}).encode() + b"\n"
            )
            self._say(had=0.99 * done.done / total)
        now = time.monotonic()
        if now < self._next and done.done < done.total:
            return
        self._next = now + _EVERY
        failed = f", {done.failed} failed" if done.failed else ""
        what = "pilot runs" if done.doing == "warm-up" else "runs"
        self._say(share=0.99 * done.done / total, doing=f"{done.done:,} of {done.total:,} {what}{failed}")

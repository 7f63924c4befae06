"""Knock-out studies: what each System and each channel is worth, alone and in pairs, on the same seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Final

from vsmlab.errors import InputError
from vsmlab.lab.build import build
from vsmlab.lab.experiments.carrying_out import Progress
from vsmlab.lab.experiments.figure import write_figure
from vsmlab.lab.experiments.knocked import Knockouts
from vsmlab.lab.experiments.plan import Plan
from vsmlab.lab.experiments.points import Design
from vsmlab.lab.experiments.sweep import carried_out, how, prepared
from vsmlab.lab.knockouts import also_out, called
from vsmlab.lab.loader import Loaded, Traces
from vsmlab.lab.scenario import Knockout
from vsmlab.laws import kinds as k

SYSTEMS: Final = ("system2", "system3", "audit", "system4", "system5")
"""Systems that are knocked out, by role; ``audit`` is System 3*."""
WHOLE: Final = "nothing"
"""What the point is called at which all is there."""
MEASURES: Final = ("mean_wait_s", "p95_wait_s", "served")
"""What is looked at in the root unless other measures are named."""


def knockout(
    scenario: Loaded | str | Path | Mapping[str, object],
    *,
    pairs: bool = False,
    by_path: bool = False,
    replications: int | None = None,
    until: float | None = None,
    overrides: Sequence[str] = (),
    trace: Traces | None = None,
    warmup: float | str | None = None,
    measure: Sequence[str] | None = None,
    out: str | Path | None = None,
    under: str | Path | None = None,
    keep_journals: bool = False,
    workers: int | None = None,
    dask: str | None = None,
    progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> Knockouts:
    """Knock each System and each channel out, by itself, on the same seeds.

    What the scenario knocks out itself stays so throughout. The folder has the figure, ``knockouts.html`` and
    ``knockouts.svg``.

    Args:
        scenario: As for ``sweep``.
        pairs: Every two of them together, too.
        by_path: Each System of each node, too, not only all of a role together.
        replications: Seeds, 10 if unsaid.
        until: As for ``sweep``, like all that follows but the measures.
        overrides: ``a.b.c=VALUE`` each.
        trace: A file, or files by stream.
        warmup: Seconds, or ``"mser5"``.
        measure: Dotted paths; mean and 95th percentile of the wait and what was served in the root if unsaid.
        out: Folder.
        under: Folder in which one is named after what is asked.
        keep_journals: Keep the folder of each run, too.
        workers: Processes.
        dask: Address of a Dask scheduler.
        progress: Called after each run.
        tell: Told in a sentence what else takes long.

    Raises:
        InputError: If anything that was given is wrong, or there is nothing to knock out.
    """
    loaded, settle = prepared(scenario, until, overrides, trace, warmup)
    root = loaded.scenario.organisation.name
    kept = [f"units.{root}.{name}" for name in MEASURES] if measure is None else measure
    plan = Plan(
        kind="knockout",
        loaded=loaded,
        design=knockouts_of(loaded, pairs=pairs, by_path=by_path),
        **how(loaded, replications, kept),
        settle=settle,
        journals=keep_journals,
    )
    study = carried_out(Knockouts, plan, out, under, workers, dask, progress, tell)
    write_figure(study)
    return study


def knockouts_of(loaded: Loaded, *, pairs: bool = False, by_path: bool = False) -> Design:
    """All that can be knocked out in an organisation, one at a time; the first point has everything.

    Raises:
        InputError: If there is nothing.
    """
    out_already = set(loaded.scenario.knockout)
    receivers = list(loaded.scenario.receivers())
    singles: list[Knockout] = []
    for role in SYSTEMS:
        paths = [path for path in receivers if path.rpartition(".")[2] == role]
        if paths:
            singles.append(Knockout(system=role))
        if by_path and len(paths) > 1:
            singles += [Knockout(system=path) for path in paths]
    sent = {channel for role in build(loaded).roles for channel in k.SENDS[role]}
    singles += [Knockout.model_validate({"channel": k.CHANNEL_NAMES[number]}) for number in sorted(sent)]
    singles = [entry for entry in singles if entry not in out_already]
    if not singles:
        raise InputError(loaded.source, "organisation", "there is nothing to knock out")
    sets: list[tuple[Knockout, ...]] = [(), *((entry,) for entry in singles)]
    sets += combinations(singles, 2) if pairs else []
    points = [
        (also_out(loaded, *(entry.model_dump(exclude_none=True) for entry in entries)),) for entries in sets
    ]
    labels = [" + ".join(called(entry) for entry in entries) or WHOLE for entries in sets]
    return Design("knockouts", ("knockout",), tuple(points), tuple(labels))

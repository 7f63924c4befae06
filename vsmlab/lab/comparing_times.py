"""One time axis for several runs: as long as the longest, cut into the same parts for all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from vsmlab.lab.report.context import Context
from vsmlab.lab.report.surroundings import Setting
from vsmlab.lab.series import Floats, bins

PARTS: Final = 60
"""Parts of runs that are equally long, as in a report."""
LEAST_PARTS: Final = 20
"""Parts that the shortest run has, if the longest has no more than the most for that."""
MOST_PARTS: Final = 600


def common_edges(contexts: Mapping[str, Context]) -> dict[str, Floats]:
    """Edges of the parts of each run: the same for all, as far as each run goes."""
    ends = [context.history.horizon for context in contexts.values()]
    longest = max(ends)
    most = min(MOST_PARTS, max(PARTS, math.ceil(LEAST_PARTS * longest / min(ends))))
    edges = bins(longest, most)
    return {name: _until(edges, context.history.horizon) for name, context in contexts.items()}


def _until(edges: Floats, end: float) -> Floats:
    return edges if edges[-1] == end else np.append(edges[edges < end], end)


def common_setting(contexts: Mapping[str, Context]) -> Setting:
    """What surrounds a chart of several runs: the longest's time, and where a run begins to count or ends.

    A warm-up is shaded where it is that of all.
    """
    ends = {name: context.history.horizon for name, context in contexts.items()}
    warm = {name: context.setting.warmup for name, context in contexts.items()}
    longest = max(ends.values())
    same = len(set(warm.values())) == 1
    marks = [(time, f"{name} ends") for name, time in ends.items() if time < longest]
    if not same:
        marks += [(time, f"{name} is measured") for name, time in warm.items() if time > 0.0]
    shaded = next(iter(warm.values())) if same else 0.0
    return Setting(end=longest, warmup=shaded, marks=tuple(sorted(marks)))

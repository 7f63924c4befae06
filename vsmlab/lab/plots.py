"""A run as HoloViews objects for notebooks, and Beer's diagram as a picture; the report draws the same series."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import cached_property
from html import escape
from types import ModuleType
from typing import Any, Final

import numpy as np

from vsmlab.errors import InputError
from vsmlab.lab.record import Run
from vsmlab.lab.report.children_part import stages
from vsmlab.lab.report.context import Context, context_of
from vsmlab.lab.report.diagram import draw_system
from vsmlab.lab.report.foresight_part import WIDTH, lead_of
from vsmlab.lab.report.organisation import diagrams
from vsmlab.lab.report.pains_part import signals
from vsmlab.lab.report.style import figure_style
from vsmlab.lab.series import Floats, Steps, bins
from vsmlab.lab.series_ahead import foresight, homeostat
from vsmlab.lab.series_lives import audits, children

LEVELS: Final = (0.5, 0.9, 0.99)
_INDICES: Final = (
    ("productivity", "productivity"),
    ("latency_index", "latency"),
    ("performance", "performance"),
)
_PARTS: Final = 180


class Diagram:
    """Beer's diagram of one viable system, to be shown by a notebook.

    Args:
        svg: The drawing with its own style; it asks nothing of any other file.
        path: The system's path.
    """

    def __init__(self, svg: str, path: str) -> None:
        self.svg, self.path = svg, path

    def _repr_svg_(self) -> str:
        """The drawing."""
        return self.svg

    def _repr_html_(self) -> str:
        """The drawing as a picture, so that its style stays its own."""
        data = base64.b64encode(self.svg.encode()).decode()
        shown = "max-width:1000px;width:100%;height:auto"
        return f'<img alt="Viable system {escape(self.path)}" style="{shown}" src="data:image/svg+xml;base64,{data}">'


class Plots:
    """Charts of a run. Needs the extra ``notebook``, but for the diagram.

    Args:
        run: A finished run.
    """

    def __init__(self, run: Run) -> None:
        self.run = run

    @cached_property
    def _context(self) -> Context:
        return context_of(self.run)

    def diagram(self, path: str | None = None) -> Diagram:
        """Beer's diagram of a viable system, coloured by the run.

        Args:
            path: Path of the system; the root's if unsaid.

        Raises:
            InputError: If there is no viable system of this path.
        """
        found = {system.path: system for system in diagrams(self._context)}
        wanted = self._context.root if path is None else path
        if wanted not in found:
            right = f"one of {', '.join(found)}"
            raise InputError("", "path", "there is no viable system of this path", given=wanted, right=right)
        opening, rest = draw_system(found[wanted]).split(">", 1)
        return Diagram(
            f"{opening}><style>{figure_style()} svg.diagram {{ min-width: 0 }}</style>{rest}", wanted
        )

    def demand(self) -> Any:  # noqa: ANN401 - a HoloViews object
        """Tasks a minute that the environment made, by stream or by operation of the root."""
        hv, edges = _holoviews(), self._context.edges
        made = self._context.history.demand(edges)
        return self._lines(
            hv, edges[:-1], {n: c / np.diff(edges) * 60 for n, c in made.items()}, "tasks a minute"
        )

    def queues(self) -> Any:  # noqa: ANN401 - a HoloViews object
        """Mean number of tasks at each operation of the root, over time."""
        hv, past = _holoviews(), self._context.history
        edges = bins(past.horizon, _PARTS)
        shown = {past.label(place): past.mean_present(place, edges) for place in past.children(0) or [0]}
        return self._lines(hv, edges[:-1], shown, "tasks present")

    def waits(self, path: str | None = None) -> Any:  # noqa: ANN401 - a HoloViews object
        """Quantiles of the waits of tasks by their time of arrival.

        Args:
            path: The unit; the root if unsaid.
        """
        hv, past = _holoviews(), self._context.history
        edges = self._context.edges
        found = past.wait_quantiles(self._place(path), edges, LEVELS)
        shown = {f"p{100 * level:g}": values for level, values in found.items()}
        return self._lines(hv, (edges[:-1] + edges[1:]) / 2, shown, "wait, s", steps=False)

    def agents(self, path: str | None = None) -> Any:  # noqa: ANN401 - a HoloViews object
        """Agents granted to each operation of a viable system over time.

        Args:
            path: The system; the root if unsaid.
        """
        hv, past = _holoviews(), self._context.history
        place = self._place(path)
        children = past.children(place)
        held = {past.label(c): past.agents_held(c) for c in children} or {
            past.label(place): past.agents_present(place)
        }
        curves = {
            name: self._curve(hv, *_to_end(steps, past.horizon), "agents", True)
            for name, steps in held.items()
        }
        return self._overlay(hv, curves)

    def imbalance(self, path: str | None = None) -> Any:  # noqa: ANN401 - a HoloViews object
        """How far the load of each operation of a viable system strays from the mean of all, in tasks.

        Args:
            path: The system; the root if unsaid.

        Raises:
            InputError: If it has fewer than two operations.
        """
        hv, past = _holoviews(), self._context.history
        place = self._place(path)
        if len(past.children(place)) < 2:
            raise InputError(
                "", "path", "it has no siblings to compare", given=path, right="name a system of two"
            )
        strayed = past.imbalance(place, self._context.fine)
        shown = {past.label(child): values for child, values in strayed.items()}
        return self._lines(hv, self._context.fine, shown, "tasks above the mean")

    def triple(self) -> Any:  # noqa: ANN401 - a HoloViews object
        """Productivity, latency and performance of every unit for which they are estimable."""
        hv = _holoviews()
        units = self.run.measures["units"]
        rows = [
            (path, title, unit[name])
            for path, unit in units.items()
            for name, title in _INDICES
            if unit[name] is not None
        ]
        bars = hv.Bars(rows, kdims=["unit", "index"], vdims=["value"])
        return bars.opts(
            multi_level=False, xrotation=60, ylim=(0, 1.05), width=900, height=360, show_legend=True
        )

    def forecast(self, path: str | None = None) -> Any:  # noqa: ANN401 - a HoloViews object
        """Demand as System 4 heard of it, what it had expected for that time with its 95 %, what was foreshown.

        Args:
            path: The viable system; the root if unsaid.

        Raises:
            InputError: If it has no System 4 that made a forecast.
        """
        hv, past = _holoviews(), self._context.history
        name = past.places[self._place(path)][0]
        seen = foresight(past, name, lead_of(self._context, name))
        if seen is None:
            raise InputError(
                "", "path", "no System 4 there made a forecast", given=name, right="name another"
            )
        inside = seen.times <= past.horizon
        times, means, spread = seen.times[inside], seen.means[inside], WIDTH * seen.spreads[inside]
        came = "what came" if seen.shown else "what was offered"
        curves = self._steps(hv, {came: seen.demanded, "what was foreshown": seen.foreshown}, "erlangs")
        curves["what was expected"] = self._curve(hv, times, means, "erlangs", False)
        low = np.maximum(0.0, means - spread)
        dims = {"kdims": [("time", "time, s")], "vdims": ["low", "high"]}
        band = hv.Area((times, low, means + spread), **dims).opts(alpha=0.2, line_alpha=0.0)
        return (band * self._overlay(hv, curves)).opts(width=760, height=300)

    def homeostat(self, path: str | None = None) -> Any:  # noqa: ANN401 - a HoloViews object
        """Agents that Systems 3 and 4 wish for, what they committed the system to, and who is there.

        Args:
            path: The viable system; the root if unsaid.

        Raises:
            InputError: If neither wished for anything there.
        """
        hv, past = _holoviews(), self._context.history
        place = self._place(path)
        mine = homeostat(past, place)
        if mine is None:
            right = "name a system with a System 4"
            raise InputError("", "path", "no homeostat there", given=past.places[place][0], right=right)
        wishes = {"System 3: now": mine.wish_now, "System 4: then": mine.wish_then}
        shown = wishes | {"committed to": mine.committed, "agents there": mine.agents}
        return self._overlay(hv, self._steps(hv, shown, "agents"))

    def audit(self, path: str | None = None) -> Any:  # noqa: ANN401 - a HoloViews object
        """What System 3* holds against each operation: its statistic after each inspection.

        Args:
            path: The viable system; the root if unsaid.

        Raises:
            InputError: If nobody was inspected there.
        """
        hv, past = _holoviews(), self._context.history
        name = past.places[self._place(path)][0]
        worked = audits(past, name)
        if worked is None:
            raise InputError("", "path", "nobody was inspected there", given=name, right="name another")
        shown = {self._context.short(one): steps for one, steps in worked.checked.items()}
        return self._overlay(hv, self._steps(hv, shown, "CUSUM"))

    def pains(self) -> Any:  # noqa: ANN401 - a HoloViews object
        """Every pain and pleasure as a bar: where it was felt, from when to when."""
        bars = [
            (one.begin, f"{self._context.short(path)} at {who.rpartition('.')[0]}", one.last(self._end),
             "pain" if one.name[2] else "pleasure")
            for (path, _), levels in signals(self._context).items()
            for who, mine in levels
            for one in mine
        ]  # fmt: skip
        return self._timeline(_holoviews(), bars)

    def children(self) -> Any:  # noqa: ANN401 - a HoloViews object
        """Every child system that was made, as bars of its stages."""
        bars = [
            (stage.begin, one.path, (self._end if stage.end is None else stage.end) - stage.begin, stage.what)
            for one in children(self._context.history)
            for stage in stages(one)
        ]
        return self._timeline(_holoviews(), bars)

    @property
    def _end(self) -> float:
        return self._context.history.horizon

    def _timeline(self, hv: ModuleType, bars: list[tuple[float, str, float, str]]) -> Any:  # noqa: ANN401
        """Bars: begin, whose row, how long, what."""
        lines = [(begin, row, begin + lasts, row, what) for begin, row, lasts, what in bars]
        ends = [("from", "time, s"), "whose", ("to", "time, s"), "whose until"]
        rows = max(1, len({row for _, row, _, _ in bars}))
        drawn = hv.Segments(lines, kdims=ends, vdims=["what"])
        return drawn.opts(color="what", cmap="Category10", line_width=9, width=760, height=90 + 26 * rows)

    def _steps(self, hv: ModuleType, shown: Mapping[str, Steps | None], quantity: str) -> dict[str, Any]:
        """A curve of each quantity that is known."""
        return {
            name: self._curve(hv, *_to_end(steps, self._end), quantity, True)
            for name, steps in shown.items()
            if steps is not None
        }

    def _place(self, path: str | None) -> int:
        known = [row[0] for row in self._context.history.places]
        if path is not None and path not in known:
            raise InputError(
                "", "path", "there is no such unit", given=path, right=f"one of {', '.join(known)}"
            )
        return 0 if path is None else known.index(path)

    def _lines(
        self,
        hv: ModuleType,
        times: Floats,
        shown: dict[str, Floats],
        quantity: str,
        *,
        steps: bool = True,
    ) -> Any:  # noqa: ANN401 - a HoloViews object
        return self._overlay(
            hv, {name: self._curve(hv, times, v, quantity, steps) for name, v in shown.items()}
        )

    def _curve(self, hv: ModuleType, times: Floats, values: Floats, quantity: str, steps: bool) -> Any:  # noqa: ANN401
        curve = hv.Curve(
            (times, values), kdims=[("time", "time, s")], vdims=[(quantity.split(",")[0], quantity)]
        )
        return curve.opts(interpolation="steps-post" if steps else "linear")

    def _overlay(self, hv: ModuleType, curves: dict[str, Any]) -> Any:  # noqa: ANN401 - a HoloViews object
        return hv.NdOverlay(curves, kdims=["of"]).opts(width=760, height=300, legend_position="right")


def _to_end(steps: Steps, end: float) -> tuple[Floats, Floats]:
    """The corners of steps, the last held until the end."""
    return np.append(steps.times, end), np.append(steps.values, steps.values[-1:])


def _holoviews() -> ModuleType:
    """HoloViews with its Bokeh backend.

    Raises:
        InputError: If the extra ``notebook`` is not installed.
    """
    try:
        import holoviews as hv
        import holoviews.plotting.bokeh
    except ImportError as exc:
        right = "install it: make setup in a checkout, else pip install 'vsmlab[notebook]'"
        raise InputError("", "plot", f"HoloViews is not installed ({exc.name})", right=right) from exc
    if "bokeh" not in hv.Store.loaded_backends():
        hv.extension("bokeh", logo=False)
    found: ModuleType = hv
    return found

"""From a scenario to the tables and first messages that an engine starts from."""

from __future__ import annotations

from vsmlab.engines.rows import empty_state
from vsmlab.engines.start import Start
from vsmlab.lab.loader import Loaded
from vsmlab.laws.tables import State

from . import channels, metasystem, operations, operator, patterns, surroundings
from .layout import Layout

__all__ = ["build"]


def build(loaded: Loaded, *, state: State | None = None) -> Start:
    """Lay out the organisation and its environment as rows.

    Args:
        loaded: A validated scenario.
        state: Empty tables of another kind than the interpreted engine's, for tests.

    Returns:
        The state at time zero, the first messages, and the names of all receivers.

    Raises:
        InputError: If a file that the scenario names is wrong, or a hand-on leads nowhere.
    """
    layout = Layout(loaded, state if state is not None else empty_state())
    layout.lay_out(layout.scenario.nodes())
    operations.connect(layout, layout.places)
    metasystem.connect(layout, layout.places)
    surroundings.demand(layout)
    surroundings.show(layout)
    surroundings.disturb(layout)
    patterns.draw_up(layout)
    channels.connect(layout)
    channels.knock_out(layout)
    start = layout.start()
    operator.operate(start, layout.scenario)
    return start

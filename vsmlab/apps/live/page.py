"""The live page of the lab: ``/live?scenario=NAME``, or ``/live?draft=NAME`` for what is drawn and not saved.

``/live`` alone asks which scenario is to be played.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import panel as pn

from vsmlab.apps.catalogue import find
from vsmlab.apps.lab import Lab, address
from vsmlab.apps.live.player import Frame, Player
from vsmlab.apps.live.plots import ALWAYS
from vsmlab.apps.live.sheet import LiveSheet, run_link
from vsmlab.apps.live.view import LiveView
from vsmlab.apps.live.which import LEAD, Which
from vsmlab.apps.pages import Shown, serves
from vsmlab.lab.drawing import Drafts
from vsmlab.lab.loader import Loaded, load
from vsmlab.lab.report.markup import Markup

SWITCH = 0.0005


def page(lab: Lab, asked: Mapping[str, str]) -> Shown:
    """The page of the scenario, or the draft, that the address names; without one, a choice."""
    draft, name = asked.get("draft"), asked.get("scenario")
    if not draft and not name:
        return Shown("Live", Which(lab), lead=LEAD)
    loaded = Drafts(lab.drafts).restore(draft).load() if draft else scenario_of(lab, str(name))
    view = live_view(lab, loaded, lead=loaded.scenario.shows, elsewhere=address("/live"))
    return Shown(loaded.scenario.title or loaded.scenario.name, view)


def scenario_of(lab: Lab, name: str) -> Loaded:
    """A scenario of the gallery, by any of the names that pages call it.

    Raises:
        InputError: If there is none in the gallery; any other path is none.
    """
    return load(find(lab.here, name).source)


def live_view(
    lab: Lab,
    loaded: Loaded,
    plots: tuple[str, ...] = ALWAYS,
    extra: Callable[[Player], Mapping[str, Callable[[Frame], Markup]]] | None = None,
    *,
    lead: str = "",
    elsewhere: str = "",
) -> Any:  # noqa: ANN401 - a Panel viewable
    """A page that plays a scenario; its thread ends with the window."""
    player = Player(loaded, lab.runs[0])
    link, more = run_link(serves, lab.run_name), extra(player) if extra else None
    sheet = LiveSheet(player, link, plots, more, lead=lead, elsewhere=elsewhere)
    view = LiveView(sheet, plots)
    player.start()
    sys.setswitchinterval(SWITCH)  # so long the page waits for the lock while a slice is played
    pn.state.on_session_destroyed(lambda context: player.close())
    view.start()
    return view

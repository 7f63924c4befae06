"""The live page of the lab: ``/live?scenario=NAME``, or ``/live?draft=NAME`` for what is drawn and not saved."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import panel as pn

from vsmlab.apps.catalogue import find
from vsmlab.apps.lab import Lab
from vsmlab.apps.live.player import Frame, Player
from vsmlab.apps.live.plots import ALWAYS
from vsmlab.apps.live.sheet import LiveSheet, run_link
from vsmlab.apps.live.view import LiveView
from vsmlab.apps.pages import Shown, serves
from vsmlab.errors import InputError
from vsmlab.lab.drawing import Drafts
from vsmlab.lab.loader import Loaded, load
from vsmlab.lab.report.markup import Markup

DEFAULT = "llm-fleet"
SWITCH = 0.0005


def page(lab: Lab, asked: Mapping[str, str]) -> Shown:
    """The page of the scenario, or the draft, that the address names."""
    draft = asked.get("draft")
    loaded = (
        Drafts(lab.drafts).restore(draft).load()
        if draft
        else scenario_of(lab, asked.get("scenario") or DEFAULT)
    )
    return Shown(
        loaded.scenario.title or loaded.scenario.name,
        live_view(lab, loaded),
        lead=loaded.scenario.shows or "",
    )


def scenario_of(lab: Lab, name: str) -> Loaded:
    """A scenario of the gallery: a shipped one by name, one of the lab's own by file name or as the gallery calls it.

    Raises:
        InputError: If there is none in the gallery; any other path is none.
    """
    own = str(lab.here / name)
    try:
        return load(find(lab.here, name).source)
    except InputError:
        if "/" in name or "\\" in name:
            raise
    return load(find(lab.here, own).source)


def live_view(
    lab: Lab,
    loaded: Loaded,
    plots: tuple[str, ...] = ALWAYS,
    extra: Callable[[Player], Mapping[str, Callable[[Frame], Markup]]] | None = None,
) -> Any:  # noqa: ANN401 - a Panel viewable
    """A page that plays a scenario; its thread ends with the window."""
    player = Player(loaded, lab.runs[0])
    sheet = LiveSheet(player, run_link(serves, lab.run_name), plots, extra(player) if extra else None)
    view = LiveView(sheet, plots)
    player.start()
    sys.setswitchinterval(SWITCH)  # so long the page waits for the lock while a slice is played
    pn.state.on_session_destroyed(lambda context: player.close())
    view.start()
    return view

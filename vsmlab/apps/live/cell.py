"""The live page as one object: in a notebook's cell, and in any Panel application."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import panel as pn

from vsmlab.apps.live.player import Player
from vsmlab.apps.live.plots import ALWAYS
from vsmlab.apps.live.sheet import LiveSheet
from vsmlab.apps.live.view import LiveView
from vsmlab.lab.loader import Loaded
from vsmlab.lab.run import resolved
from vsmlab.lab.scenario import Act
from vsmlab.lab.sessions import Readings


class Live(pn.viewable.Viewer):
    """A scenario that is played, paused, stepped and disturbed by hand while one looks at it.

    In a notebook call ``vsmlab.notebook.init()`` in an earlier cell; then ``vsmlab.Live("llm-fleet")`` is the page.
    What is done is kept with what is saved, and replays exactly.

    Args:
        scenario: As for ``vsmlab.run``.
        seed: In place of the scenario's.
        until: Horizon in seconds, in place of the scenario's.
        overrides: ``a.b.c=VALUE`` each.
        runs: Folder that saved runs go to.

    Raises:
        InputError: If anything that was given is wrong.
    """

    def __init__(
        self,
        scenario: Loaded | str | Path | Mapping[str, object],
        *,
        seed: int | None = None,
        until: float | None = None,
        overrides: Sequence[str] = (),
        runs: str | Path = "runs",
    ) -> None:
        super().__init__()
        loaded = resolved(scenario, seed=seed, until=until, overrides=overrides, trace=None)
        self._player = Player(loaded, Path(runs))
        self._player.start()
        self._view = LiveView(LiveSheet(self._player), ALWAYS, in_cell=True)
        self._ticking = False
        self._end = weakref.finalize(self, self._player.close)

    def __panel__(self) -> Any:  # noqa: ANN401 - a Panel viewable
        if not self._ticking:
            self._view.start()
            self._ticking = True
        return self._view

    @property
    def readings(self) -> Readings | None:
        """What it looks like now; None while it is being built."""
        return self._player.frame.readings

    @property
    def acts(self) -> tuple[Act, ...]:
        """What was done, in order."""
        return self._player.frame.acts

    def close(self) -> None:
        """End its thread; what is shown stays as it is."""
        self._player.close()

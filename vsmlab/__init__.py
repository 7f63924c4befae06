"""vsmlab: a laboratory for Stafford Beer's Viable System Model.

An organisation is written down once, in YAML, and simulated; what happened is a journal that can be checked.

>>> import vsmlab
>>> run = vsmlab.run("mm3", until=2000.0)
>>> run.measures["units"]["desk"]["arrivals"] > 2000
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vsmlab.apps import notebook as notebook
    from vsmlab.apps.canvas.cell import Canvas as Canvas
    from vsmlab.apps.live import Live as Live
    from vsmlab.errors import InputError, ModelError, PeerError, VsmLabError
    from vsmlab.lab.comparing import Comparison, compare
    from vsmlab.lab.experiments.knocked import Knockouts
    from vsmlab.lab.experiments.knocking import knockout
    from vsmlab.lab.experiments.results import Sweep
    from vsmlab.lab.experiments.settling import warmup
    from vsmlab.lab.experiments.sweep import sweep
    from vsmlab.lab.loader import Loaded, load
    from vsmlab.lab.record import Run
    from vsmlab.lab.run import branch, resume, run
    from vsmlab.lab.sessions.session import Session

__all__ = [
    "Comparison",
    "InputError",
    "Knockouts",
    "Loaded",
    "ModelError",
    "PeerError",
    "Run",
    "Session",
    "Sweep",
    "VsmLabError",
    "branch",
    "compare",
    "knockout",
    "load",
    "resume",
    "run",
    "sweep",
    "warmup",
]

_WHERE = {
    "InputError": "vsmlab.errors",
    "ModelError": "vsmlab.errors",
    "PeerError": "vsmlab.errors",
    "VsmLabError": "vsmlab.errors",
    "Comparison": "vsmlab.lab.comparing",
    "compare": "vsmlab.lab.comparing",
    "Knockouts": "vsmlab.lab.experiments.knocked",
    "knockout": "vsmlab.lab.experiments.knocking",
    "Sweep": "vsmlab.lab.experiments.results",
    "sweep": "vsmlab.lab.experiments.sweep",
    "Loaded": "vsmlab.lab.loader",
    "load": "vsmlab.lab.loader",
    "Run": "vsmlab.lab.record",
    "branch": "vsmlab.lab.run",
    "resume": "vsmlab.lab.run",
    "run": "vsmlab.lab.run",
    "Session": "vsmlab.lab.sessions.session",
    "warmup": "vsmlab.lab.experiments.settling",
}
_MODULES = {"notebook": "vsmlab.apps.notebook"}
"""Modules of the public interface: what they need is not installed everywhere."""
_OPTIONAL = {"Canvas": "vsmlab.apps.canvas.cell", "Live": "vsmlab.apps.live"}
"""Members of it that need an extra, likewise."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - what the name stands for
    """Import what is asked for when it is asked for: ``import vsmlab`` itself stays quick."""
    from importlib import import_module

    if name in _MODULES:
        found: Any = import_module(_MODULES[name])
    elif name in _WHERE or name in _OPTIONAL:
        found = getattr(import_module(_WHERE.get(name) or _OPTIONAL[name]), name)
    else:
        raise AttributeError(f"module 'vsmlab' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """What is public, and nothing that it is made of."""
    return sorted({*__all__, *_MODULES, *_OPTIONAL})

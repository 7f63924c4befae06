"""What a notebook needs of the lab: widgets and plots without the internet, and measures kept for whoever executes it.

``python -m vsmlab.apps.notebook FOLDER`` opens JupyterLab with the same care: it asks nothing of the network.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from vsmlab.errors import InputError
from vsmlab.lab.nightly.in_cell import STARTED_IN, nightly
from vsmlab.lab.nightly.kept import MIME, plain_measures

__all__ = ["init", "keep", "lab_command", "main", "nightly", "trust"]

SETTINGS: Final = Path(__file__).parent / "jupyter_settings"
"""Settings of JupyterLab: no news, no look for updates."""
ENVIRONMENT: Final = {"PANEL_INLINE": "True", "JUPYTER_PREFER_ENV_PATH": "1"}
"""Panel puts its JavaScript into the notebook; kernels are looked for beside this Python first."""


def init() -> None:
    """Make Panel and HoloViews work in this notebook without the internet; call it in a cell of its own.

    Their JavaScript goes into the output of the cell, some megabytes: clear that output before the notebook
    is committed. Pictures of runs (``run.plot.diagram()``, ``vsmlab.lab.pictures``) are SVG and need none of it.

    Raises:
        InputError: If the extra ``notebook`` is not installed.
    """
    try:
        import holoviews as hv
        import panel as pn
    except ImportError as exc:
        right = "install it: make setup in a checkout, else pip install 'vsmlab[notebook]'"
        raise InputError("", "notebook", f"{exc.name} is not installed", right=right) from exc
    os.environ.update(ENVIRONMENT)  # pn.extension reads it, also where a library calls it again
    hooks = pn.viewable.Viewable._preprocessing_hooks
    if _style_inline not in hooks:
        hooks.append(_style_inline)
    hv.extension("bokeh", inline=True, logo=False)
    pn.extension(inline=True)


def _style_inline(viewable: Any, root: Any) -> None:  # noqa: ANN401 - of Panel and Bokeh
    """Put style sheets into the output: Panel 1.9 does so for what it shows itself, but not for HoloViews."""
    from bokeh.models import UIElement
    from panel.io.notebook import patch_inline_stylesheets

    for model in root.select({"type": UIElement}):
        patch_inline_stylesheets(model)


def keep(measures: Mapping[str, Any]) -> None:
    """Show measures in the notebook and keep them for ``vsmlab nightly``, which reads them from the output.

    Args:
        measures: Numbers by name, nested or not; None is not estimable. What is kept later is laid over it.

    Raises:
        ValueError: If a value is neither a finite number nor None.

    >>> keep({"wait": {"simulated": 1.08, "computed": 1.0787}})
    wait.simulated = 1.08
    wait.computed = 1.0787
    """
    plain = plain_measures(measures)
    said = "\n".join(
        f"{name} = {'not estimable' if value is None else f'{value:.6g}'}" for name, value in _flat(plain)
    )
    if not _in_a_notebook():
        print(said)  # noqa: T201 - what is kept is also shown
        return
    from IPython.display import display

    display({MIME: plain, "text/plain": said}, raw=True)  # type: ignore[no-untyped-call]


def _flat(measures: Mapping[str, Any], at: str = "") -> list[tuple[str, float | None]]:
    found: list[tuple[str, float | None]] = []
    for name, value in measures.items():
        found += _flat(value, f"{at}{name}.") if isinstance(value, Mapping) else [(f"{at}{name}", value)]
    return found


def _in_a_notebook() -> bool:
    """Whether displayed data reaches anybody: a kernel is there, not only a terminal or plain Python."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return shell is not None and hasattr(shell, "kernel")


def trust(folder: Path) -> list[str]:
    """Sign the notebooks of a folder, so that JupyterLab shows the pictures that are stored in them.

    It shows stored SVG and HTML of signed notebooks only. Whoever opens a checkout's notebooks to run them trusts
    them already; the signatures lie beside this Python, not in the user's folder.

    Returns:
        The options that let JupyterLab find the signatures.
    """
    import nbformat
    from nbformat.sign import NotebookNotary

    place = Path(os.environ.get("JUPYTER_DATA_DIR") or Path(sys.prefix) / "share" / "jupyter")
    place.mkdir(parents=True, exist_ok=True)
    files = {"db_file": place / "vsmlab-signatures.db", "secret_file": place / "vsmlab-secret"}
    notary = NotebookNotary(**{name: str(file) for name, file in files.items()})
    for file in sorted(folder.glob("*.ipynb")):
        notary.sign(nbformat.read(file, as_version=4))
    notary.store.close()
    return [f"--NotebookNotary.{name}={file}" for name, file in files.items()]


def lab_command(folder: Path, arguments: Sequence[str]) -> list[str]:
    """The command that opens JupyterLab on a folder, with settings that ask nothing of the network."""
    own = [
        str(folder),
        f"--LabServerApp.app_settings_dir={SETTINGS}",
        f"--LabApp.app_settings_dir={SETTINGS}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    return [sys.executable, "-m", "jupyterlab", *own, *trust(folder), *arguments]


def main() -> None:
    """Open JupyterLab on the folder that is given first; this process becomes it."""
    os.environ.update(ENVIRONMENT | {STARTED_IN: str(Path.cwd())})
    command = lab_command(Path(sys.argv[1] if len(sys.argv) > 1 else "notebooks"), sys.argv[2:])
    os.execv(command[0], command)  # noqa: S606 - this Python, with the arguments that were given


if __name__ == "__main__":
    main()

"""The verb that shows the lab in a browser: app."""

from __future__ import annotations

import os
import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final

import typer

from vsmlab.errors import InputError

TOKEN: Final = "VSMLAB_APP_TOKEN"  # noqa: S105 - the variable's name
_SHORTEST: Final = 16


def app(
    port: Annotated[int, typer.Option(help="Port to listen on; 0 for any that is free.")] = 5006,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser.")] = True,
    runs: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FOLDER",
            help="Folder of runs; may be repeated. New runs go to the first; runs/ if unsaid.",
        ),
    ] = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; anything but 127.0.0.1 lets other machines ask.")
    ] = "127.0.0.1",
    origin: Annotated[
        str,
        typer.Option(
            metavar="ORIGIN",
            help="What browsers see where a proxy stands before it, such as https://lab.example.org.",
        ),
    ] = "",
) -> int:
    """Open the lab in a browser: scenarios, runs, comparison. A token is needed; VSMLAB_APP_TOKEN may say which."""
    if not 0 <= port <= 65535:
        raise InputError("command line", "--port", "not a port", given=port, right="0 to 65535")
    given = os.environ.get(TOKEN, "")
    if given and (len(given) < _SHORTEST or not given.isascii() or not given.isprintable()):
        right = f"at least {_SHORTEST} printable characters"
        raise InputError("environment", TOKEN, "too weak a token", right=right)
    folders = tuple(dict.fromkeys(folder.absolute() for folder in runs or [Path("runs")]))
    for folder in folders:
        if folder.exists() and not folder.is_dir():
            raise InputError("command line", "--runs", "not a folder", given=str(folder))
    if find_spec("panel") is None:
        right = "install it: pip install 'vsmlab[app]'"
        raise InputError("command line", "app", "the extra `app` is not installed", right=right)
    from vsmlab.apps.gate import Gate, outside
    from vsmlab.apps.lab import Lab
    from vsmlab.apps.serving import serve

    seen = outside(origin) if origin else ""

    def ready(gate: Gate) -> None:
        shown = gate.entrance
        if given:
            shown = f"{shown.partition('?')[0]}?token=(what {TOKEN} says)"
        typer.echo(f"the lab is at  {shown}\nend it with Ctrl-C")

    serve(
        Lab(runs=folders, here=Path.cwd()),
        token=given or secrets.token_urlsafe(24),
        host=host,
        port=port,
        outside=seen,
        ready=ready,
        browser=browser,
    )
    typer.echo("the lab is closed", err=True)
    return 0

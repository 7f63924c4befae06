"""A worker: reads one order from standard input, runs the scenario, and says on standard output how far it is."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any


def main() -> int:
    """Carry one order out; ends when it is told to, or when whoever gave the order is gone."""
    try:
        signal.signal(signal.SIGTERM, _interrupt)
        order = json.loads(sys.stdin.readline())
        threading.Thread(target=_end_with_giver, daemon=True).start()
        return _tried(order)
    except KeyboardInterrupt:
        return 130


def _tried(order: dict[str, Any]) -> int:
    from vsmlab.errors import VsmLabError

    try:
        _carry_out(order)
    except VsmLabError as exc:
        _say(wrong=str(exc))
        return 2
    except Exception as exc:  # noqa: BLE001 - whatever it is, the page says it
        _say(wrong=f"{type(exc).__name__}: {exc}")
        return 1
    return 0


def _carry_out(order: dict[str, Any]) -> None:
    if "experiment" in order:
        from vsmlab.apps.sweeping.work import carry_out_order

        carry_out_order(order, _say)
        return
    from vsmlab.lab.loader import again, load
    from vsmlab.lab.report import write_report
    from vsmlab.lab.run import free_folder, run

    if "plain" in order:  # something that is drawn, and perhaps in no file yet
        loaded = again(order["plain"], order["source"], Path(order["base"]), {})
    else:
        loaded = load(order["scenario"], overrides=order.get("overrides", []))
    horizon = loaded.scenario.horizon
    folder = free_folder(Path(order["runs"]), order.get("name") or loaded.scenario.name)
    _say(doing="running")
    done = run(
        loaded,
        out=folder,
        progress=lambda time: _say(share=0.97 * time / horizon, doing="running"),
        tell=lambda text: _say(doing=text),
    )
    _say(share=0.97, doing="writing the report")
    write_report(done)
    _say(folder=str(done.folder))


def _say(**said: object) -> None:
    print(json.dumps(said), flush=True)  # noqa: T201 - this is what the worker is for


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _end_with_giver() -> None:
    """Standard input ends when the server does, however it does."""
    while os.read(
        0, 4096
    ):  # not sys.stdin.read: a thread that holds its lock cannot be left behind at the end
        continue
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())

"""The process that executes one job, in the job's folder; it ends, and all it started, when its parent does.

``python -m vsmlab.lab.nightly.worker`` reads ``.task.json`` and writes ``.result.json``, both in the current folder.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

from vsmlab.errors import VsmLabError
from vsmlab.lab.nightly.kept import kept_in
from vsmlab.lab.nightly.processes import end_family

TASK, RESULT = ".task.json", ".result.json"
EXECUTED, PAGE, RUN = "notebook.ipynb", "notebook.html", "run"


def main() -> None:
    """Do what the task says, and say what became of it."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    task = json.loads(Path(TASK).read_text(encoding="utf-8"))
    try:
        found = _notebook(task) if task["file"] else _scenario(task)
    except VsmLabError as exc:
        found = {"error": str(exc)}
    hidden = Path(f"{RESULT}.part")
    hidden.write_text(json.dumps(found, allow_nan=False), encoding="utf-8")
    hidden.replace(RESULT)


def _end_with_parent() -> None:
    """Standard input ends when the parent is gone, however it went."""
    os.read(0, 1)
    end_family(os.getpid(), itself=False)
    os._exit(1)


def _scenario(task: dict[str, Any]) -> dict[str, Any]:
    from vsmlab.lab.report import write_report
    from vsmlab.lab.run import run

    done = run(task["scenario"], overrides=task["overrides"], out=RUN)
    write_report(done)
    return {"error": "", "measures": done.measures, "expect": done.manifest["expect"]}


def _notebook(task: dict[str, Any]) -> dict[str, Any]:
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    file, error = Path(task["file"]), ""
    try:
        papermill.execute_notebook(
            nbformat.read(file, as_version=4),
            EXECUTED,
            parameters=task["parameters"],
            progress_bar=False,
            start_timeout=120,
            cwd=str(file.parent),
        )
    except PapermillExecutionError as exc:
        error = f"cell [{exc.exec_count}]: {exc.ename}: {exc.evalue}"
    except Exception as exc:  # noqa: BLE001 - no kernel, a kernel that died: recorded, and the rest goes on
        error = f"{type(exc).__name__}: {exc}"
    if not Path(EXECUTED).exists():
        return {"error": error, "measures": {}}
    book = nbformat.read(EXECUTED, as_version=4)
    from vsmlab.lab.nightly.printing import write_html

    write_html(book, Path(PAGE), file.stem)
    return {"error": error, "measures": kept_in(book)}


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # whatever a library left running does not keep us

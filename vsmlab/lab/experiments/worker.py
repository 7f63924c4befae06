"""A worker process: reads tasks from its standard input, writes what became of them to its standard output.

It ends when its input does: when the process that started it closes it, or has died.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from queue import SimpleQueue

from vsmlab.errors import VsmLabError
from vsmlab.lab.experiments.work import Worker


def main() -> None:
    """Be a worker until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever else is printed here is no answer
    asked: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_listen, args=(asked,), daemon=True).start()
    try:
        worker = Worker(json.loads(asked.get()))
    except VsmLabError as exc:
        answers.write(json.dumps({"reason": str(exc)}) + "\n")
        answers.flush()
        return
    while True:
        answer = worker(json.loads(asked.get()))
        answers.write(json.dumps(answer, ensure_ascii=False, allow_nan=False) + "\n")
        answers.flush()


def _listen(asked: SimpleQueue[str]) -> None:
    for text in sys.stdin:
        asked.put(text)
    os._exit(0)  # also in the middle of a run, which nobody waits for


if __name__ == "__main__":
    main()

"""Where something wrong was said: in an argument of Python, which is an option of the command."""

from __future__ import annotations

from typing import Final

_IN_PYTHON: Final = {"--set": "overrides"}
"""Arguments that have another name than their option."""


def argument(option: str) -> str:
    """The argument that was wrong, for who called from Python, with the option, for who wrote a command.

    >>> argument("--over"), argument("--set horizon"), argument("--at-most"), argument("mean_wait_s")
    ('argument over (--over)', 'argument overrides (--set horizon)', 'argument at_most (--at-most)', 'mean_wait_s')
    """
    first = option.partition(" ")[0]
    if not first.startswith("--"):
        return option
    name = _IN_PYTHON.get(first, first.removeprefix("--").replace("-", "_"))
    return f"argument {name} ({option})"

"""What the shell was given and cannot be read: in one line what, where, and what would be right."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import typer

from vsmlab.errors import InputError
from vsmlab.lab.tables import did_you_mean

_KINDS: Final = (("integer", "a whole number"), ("number", "a number"), ("float", "a number"))
"""What the parser's own sentence names, and what we call it."""
_BROUGHT: Final = {
    "knockout": ("--knockout",), "seed": ("--seed",), "engine": ("--engine",), "horizon": ("--until",),
    "warmup": ("--warmup",),
}  # fmt: skip
"""Fields that an option of their own sets."""


def unknown_verb(given: str, verbs: Iterable[str]) -> str:
    """What to say where there is no such verb.

    >>> unknown_verb("simulate", ["run", "validate"])
    'command line: there is no such command, given simulate; commands: run, validate; vsmlab --help says what each does'
    """
    known = list(verbs)
    right = f"{did_you_mean(given, known)}commands: {', '.join(known)}; vsmlab --help says what each does"
    return f"command line: there is no such command, given {given}; {right}"


def in_words(error: typer.TyperException, given: Sequence[str]) -> str:
    """What to say of a verb's options and arguments.

    Args:
        error: What the parser of the command line says.
        given: The command line.
    """
    context: Any = getattr(error, "ctx", None)
    said = error.format_message().rstrip(".")
    verb = next(iter(given), "")
    if context is None or context.parent is None:
        wrong = f"{said[:1].lower()}{said[1:]}"
        if verb.startswith("-"):
            return f"command line: {wrong}; vsmlab --help lists commands and options"
        return f"command line: {verb}: {wrong}; vsmlab {verb} --help says what it takes"
    where, more = f"command line: {verb}", f"vsmlab {verb} --help lists the rest"
    options = [
        option
        for one in context.command.params
        for option in (*one.opts, *one.secondary_opts)
        if option.startswith("--")
    ]
    unknown = getattr(error, "option_name", None)
    if hasattr(error, "possibilities"):
        right = f"{did_you_mean(str(unknown), options)}options: {', '.join(options) or 'none'}"
        return f"{where}: there is no such option, given {unknown}; {right}"
    part: Any = getattr(error, "param", None)
    if part is not None:
        name = part.opts[0] if part.opts[0].startswith("-") else (part.metavar or part.name.upper())
        value = _value(part.opts, given)
        if hasattr(error, "param_type"):
            return f"{where}: {name} is missing; {_right(part)}; {more}"
        kind = next((ours for theirs, ours in _KINDS if theirs in said), None)
        if kind is None or value is None:
            return f"{where}: {name}: {said.partition(': ')[2] or said}; {_right(part)}"
        return f"{where}: {name}: not {kind}, given {value}; {_right(part)}"
    many = re.search(r"unexpected extra arguments?(?:\(s\))? \((.*)\)$", said)
    wrong = f"too many arguments, given {many[1]}" if many else f"{said[:1].lower()}{said[1:]}"
    usage = " ".join(("vsmlab", verb, *_arguments(context)))
    return f"{where}: {wrong}; it is {usage}, then options; {more}"


def in_shell(error: InputError, given: Sequence[str]) -> InputError:
    """The same error, said of the option that was written.

    >>> wrong = InputError("argument overrides (--set knockout)", "knockout.0", "no such path", given="'x'")
    >>> str(in_shell(wrong, ["run", "mm3", "--knockout", "x"]))
    "command line: --knockout: no such path, given 'x'"
    """
    written = {word.partition("=")[0] for word in given if word.startswith("--")}
    source, place = error.source, error.place
    argument = re.fullmatch(r"argument \w+ \((--.*)\)", source)
    if argument:
        option, _, path = argument[1].partition(" ")
        brought = next((one for one in _BROUGHT.get(path, ()) if one in written), None)
        if option == "--set" and brought is not None:
            option, path, place = brought, "", ""
        elif option == "--over" and "--over" not in written and "--rows" in written:
            option = "--rows"
        source, place = (
            "command line",
            ": ".join(part for part in (f"{option} {path}".strip(), place) if part),
        )
    elif not source and place:
        option = f"--{place.replace('_', '-')}"
        source, place = "command line", option if option in written else place
    return InputError(source, place, error.wrong, given=error.given, right=error.right)


def check_writable(option: str, path: Path | None) -> None:
    """Refuse a file or folder that cannot be made, before anything is done for it.

    Raises:
        InputError: If the nearest folder above that exists is none, or may not be written in.
    """
    if path is None or _is_there(path):
        return
    above = next(one for one in path.absolute().parents if _is_there(one))
    wrong = "" if above.is_dir() else f"{above.name} is a file"
    if not wrong and not os.access(above, os.W_OK | os.X_OK):
        wrong = f"nothing may be written in {above}"
    if wrong:
        raise InputError("command line", option, wrong, given=str(path), right="name another place")


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # in a folder that may not be entered
        return False


def _arguments(context: Any) -> list[str]:  # noqa: ANN401 - the parser's own
    return [one.name.upper() for one in context.command.params if not one.opts[0].startswith("-")]


def _right(part: Any) -> str:  # noqa: ANN401 - the parser's own
    """What the option or argument is for, as its help says it."""
    said = str(getattr(part, "help", None) or "give it a value").strip().rstrip(".")
    return said if said[1:2].isupper() else f"{said[:1].lower()}{said[1:]}"


def _value(options: Sequence[str], given: Sequence[str]) -> str | None:
    """What stands behind an option on the command line."""
    for at, word in enumerate(given):
        name, sign, value = word.partition("=")
        if name in options:
            return value if sign else next(iter(given[at + 1 : at + 2]), None)
    return None

"""docs/experiments.md: its commands have options that there are, and its Python runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from vsmlab.cli import main
from vsmlab.lab.loader import shipped_scenarios

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "experiments.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = [
    line
    for language, text in BLOCKS
    for line in text.splitlines()
    if not language and line.startswith("vsmlab")
]


def unknown(command: str, told: str) -> list[str]:
    """Options of a command that its help does not list."""
    return [word for word in shlex.split(command) if word.startswith("--") and f"{word} " not in told]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_options_that_there_are_and_a_shipped_scenario(command, capsys):
    words = shlex.split(command)
    with pytest.raises(SystemExit):
        main([words[1], "--help"])
    told = capsys.readouterr().out
    assert unknown(command, told) == []
    assert unknown(f"{command} --overs x", told) == ["--overs"]
    assert words[2] in {one.name for one in shipped_scenarios()}


def test_every_option_is_told_on_the_page(capsys):
    for verb in ("sweep", "knockout"):
        with pytest.raises(SystemExit):
            main([verb, "--help"])
        options = set(re.findall(r"^  (--[a-z-]+)", capsys.readouterr().out, re.MULTILINE))
        common = {"--json", "--until", "--set", "--trace", "--design"}
        assert {option for option in options if option not in PAGE} <= common


def test_the_python_runs():
    (code,) = [text for language, text in BLOCKS if language == "python" and "vsmlab.sweep(" in text]
    names: dict[str, object] = {}
    exec(code.replace("2000.0", "300.0"), names)
    assert len(names["sweep"].table) == 10

"""The examples of the documentation run, and print what they say they print."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "docs" / "examples").glob("*.py"))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_prints_what_stands_beside_it(file, tmp_path):
    command = [sys.executable, "-W", "error", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == file.with_suffix(".out").read_text(encoding="utf-8")


def test_there_is_an_example_of_an_own_law_and_of_an_own_process():
    assert {"own_law", "own_process"} <= {file.stem for file in EXAMPLES}

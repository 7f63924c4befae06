"""Imports go downwards only, and whatever a law may touch is free of clocks, files and chance of its own."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PURE = ("vsm", "world", "laws", "mechanisms")
REACHES_OUT = {"open", "input", "print", "exec", "eval", "compile", "hash", "id", "breakpoint", "globals"}
"""Builtins that read or write the world, or whose value hangs on the process."""


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter with the project's own contracts on the package in this folder."""
    call = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); {call}", "--no-cache"],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package with the project's configuration."""
    shutil.copytree(
        ROOT / "vsmlab", tmp_path / "vsmlab", ignore=shutil.ignore_patterns("__pycache__", "_shipped")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_layers_hold(copy):
    result = lint(copy)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "2 kept, 0 broken" in result.stdout


@pytest.mark.parametrize(
    ("module", "line", "said"),
    [
        ("mechanisms/numbers.py", "from vsmlab.laws import kinds", "vsmlab.mechanisms is not allowed"),
        ("laws/room.py", "import vsmlab.vsm.desk", "vsmlab.laws is not allowed"),
        ("world/service.py", "from vsmlab.vsm import desk", "vsmlab.world is not allowed"),
        ("engines/rows.py", "import vsmlab.lab.run", "vsmlab.engines is not allowed"),
        ("vsm/desk.py", "import time", "vsmlab.vsm is not allowed to import time"),
        ("world/demand.py", "from random import random", "vsmlab.world is not allowed to import random"),
        ("laws/tasks.py", "import urllib.request", "vsmlab.laws is not allowed to import urllib"),
        ("mechanisms/queueing.py", "import os.path", "vsmlab.mechanisms is not allowed to import os"),
    ],
)
def test_an_import_that_breaks_the_contract_is_found(copy, module, line, said):
    file = copy / "vsmlab" / module
    file.write_text(file.read_text() + f"\n{line}\n")
    result = lint(copy)
    assert result.returncode == 1
    assert said in " ".join(result.stdout.split())


def test_a_new_package_must_say_where_it_stands(copy):
    (copy / "vsmlab" / "somewhere").mkdir()
    (copy / "vsmlab" / "somewhere" / "__init__.py").touch()
    result = lint(copy)
    assert result.returncode == 1
    assert "somewhere" in result.stdout + result.stderr


def reaching_out(source: str) -> list[str]:
    """What a module uses that the import contract cannot see: such builtins, and numpy's own chance."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REACHES_OUT:
            found.append(f"line {node.lineno}: {node.func.id}()")
        if isinstance(node, ast.Attribute) and node.attr == "random" and isinstance(node.value, ast.Name):
            found.append(f"line {node.lineno}: {node.value.id}.random")
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("numpy.random"):
            found.append(f"line {node.lineno}: {node.module}")
    return found


@pytest.mark.parametrize("package", PURE)
def test_nothing_below_the_dispatch_reaches_out_by_itself(package):
    files = sorted((ROOT / "vsmlab" / package).rglob("*.py"))
    assert files
    found = {file.name: reaching_out(file.read_text()) for file in files}
    assert not {name: lines for name, lines in found.items() if lines}


@pytest.mark.parametrize(
    "line", ["np.random.default_rng()", "open('x')", "from numpy.random import default_rng", "hash('x')"]
)
def test_reaching_out_is_found(line):
    assert reaching_out(f"import numpy as np\n{line}\n")

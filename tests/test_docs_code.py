"""Python in the documentation runs, and every name and call of vsmlab that it shows is there."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import vsmlab

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PUBLIC = {*vsmlab.__all__, *vsmlab._MODULES, *vsmlab._OPTIONAL}
ONLY_SHOWN = ("vsmlab.notebook.nightly(",)
"""Blocks that would take a folder of jobs: their calls are only looked at."""


def names(text):
    """Dotted names of the package, wherever they stand."""
    return sorted(set(re.findall(r"(?<![\w/.-])vsmlab(?:\.\w+)+", text)))


def blocks(text):
    """Blocks of Python, one after another; the next goes on where the one before ended."""
    return re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def calls(text):
    """Calls of vsmlab in pieces of code, as Python reads them."""
    found = []
    for piece in [*blocks(text), *re.findall(r"`([^`\n]*vsmlab\.[^`\n]*\([^`\n]*)`", text)]:
        try:
            tree = ast.parse(piece.replace("{...}", "{}"))
        except SyntaxError:
            continue
        found += [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and re.fullmatch(r"vsmlab(\.\w+)+", ast.unparse(node.func))
        ]
    return found


def member(dotted):
    """What a dotted name stands for: a module, or a member of one."""
    found = importlib.import_module("vsmlab")
    for end in range(1, dotted.count(".") + 1):
        path = ".".join(dotted.split(".")[: end + 1])
        try:
            found = getattr(found, dotted.split(".")[end])
        except AttributeError:
            found = importlib.import_module(path)
    return found


def wrong_calls(text):
    """Calls that ``import vsmlab`` alone does not allow: not public, or with an argument that it does not take."""
    wrong = []
    for node in calls(text):
        path = ast.unparse(node.func)
        if path.split(".")[1] not in PUBLIC:
            wrong.append(f"{path}: not public")
            continue
        try:
            given = {word.arg: None for word in node.keywords if word.arg}
            inspect.signature(member(path)).bind(*node.args, **given)
        except TypeError as exc:
            wrong.append(f"{ast.unparse(node)}: {exc}")
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_name_of_the_package_is_there(page):
    for name in names(page.read_text(encoding="utf-8")):
        assert member(name) is not None, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_call_is_of_something_public_and_takes_these_arguments(page):
    assert wrong_calls(page.read_text(encoding="utf-8")) == []


def test_a_wrong_name_and_a_wrong_call_are_found():
    with pytest.raises(ModuleNotFoundError):
        member("vsmlab.lab.comparison")
    assert wrong_calls("`vsmlab.lab.comparing.compare(a, b)`") == ["vsmlab.lab.comparing.compare: not public"]
    assert wrong_calls("`vsmlab.run('mm3', knockouts=[])`")[0].endswith(
        "unexpected keyword argument 'knockouts'"
    )
    assert wrong_calls("`vsmlab.compare(one, other)`") == []


RUNNABLE = [page for page in PAGES if blocks(page.read_text(encoding="utf-8")) and page.name != "README.md"]


@pytest.mark.parametrize("page", RUNNABLE, ids=lambda page: page.name)
def test_the_blocks_of_a_page_run_one_after_another(page, tmp_path):
    """In a folder with a scenario of the shell's, since a page may name a file of the reader's."""
    code = [one for one in blocks(page.read_text(encoding="utf-8")) if not one.startswith(ONLY_SHOWN)]
    made = "from vsmlab.cli import main\ntry:\n    main(['new', 'mine'])\nexcept SystemExit:\n    pass\n"
    told = "\n".join([made, "import vsmlab", *code])
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr

"""Notebooks run from end to end and give what is stored in them; none hides logic, a path or a large output."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("nbval")

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = ROOT / "tests" / "notebooks"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONG = ("04-recursion-and-cohesion",)
"""More than a minute of work: `make test-slow`."""
HEADINGS = ["Question", "Model", "Prediction", "Run", "Comparison", "What we learnt", "Sources"]
MOST_LINES = 8
MOST_BYTES = 300_000

each = pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)


def nbval(file, folder, **pipes):
    """Run a notebook in a kernel of this very interpreter and compare what it gives with what it stores."""
    kept_apart = {
        name: str(folder / name) for name in ("IPYTHONDIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    search = {"PYTHONPATH": str(SETTINGS), "JUPYTER_PREFER_ENV_PATH": "1"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        str(SETTINGS / "pytest.ini"),
        "--rootdir",
        str(file.parent),
    ]
    command += ["--nbval-sanitize-with", str(SETTINGS / "sanitize.cfg"), str(file)]
    environment = os.environ | kept_apart | search
    return subprocess.run(command, cwd=folder, env=environment, timeout=900, check=False, text=True, **pipes)


@pytest.mark.parametrize(
    "file",
    [pytest.param(file, marks=pytest.mark.slow if file.stem in LONG else ()) for file in NOTEBOOKS],
    ids=lambda file: file.stem,
)
def test_a_notebook_gives_what_is_stored_in_it(file, tmp_path):
    done = nbval(file, tmp_path)  # pytest shows what it prints where it fails
    again = "jupyter nbconvert --to notebook --execute --inplace --ExecutePreprocessor.record_timing=False"
    assert done.returncode == 0, f"if the change is meant: .venv/bin/{again} notebooks/{file.name}"


def small(folder, source, stored):
    """A notebook of one cell that prints."""
    output = {"output_type": "stream", "name": "stdout", "text": stored}
    cell = {
        "cell_type": "code", "id": "one", "metadata": {}, "source": source, "execution_count": 1, "outputs": [output],
    }  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": [cell]}
    file = folder / "small.ipynb"
    file.write_text(json.dumps(book), encoding="utf-8")
    return file


def test_a_changed_number_is_noticed_and_a_changed_address_is_not(tmp_path):
    source = "print(0.1 + 0.2 > 0.3, round(2 / 3, 3), object())"
    stored = "True 0.667 <object object at 0x7f0000000000>\n"
    right = nbval(small(tmp_path, source, stored), tmp_path, capture_output=True)
    assert right.returncode == 0, right.stdout + right.stderr
    assert "1 passed" in right.stdout
    wrong = nbval(small(tmp_path, source, stored.replace("0.667", "0.668")), tmp_path, capture_output=True)
    assert wrong.returncode == 1
    assert "1 failed" in wrong.stdout
    assert "0.668" in wrong.stdout


def test_the_kernel_python3_is_this_interpreter(tmp_path):
    done = nbval(
        small(tmp_path, "import sys; print(sys.prefix)", f"{sys.prefix}\n"), tmp_path, capture_output=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def cells(file, kind):
    book = json.loads(file.read_text(encoding="utf-8"))
    return [cell for cell in book["cells"] if cell["cell_type"] == kind]


def source(cell):
    return "".join(cell["source"])


def test_there_is_a_notebook():
    assert NOTEBOOKS


@each
def test_a_notebook_asks_one_question_and_keeps_the_order(file):
    heads = re.findall(r"^(#+) (.+)$", "\n\n".join(map(source, cells(file, "markdown"))), re.MULTILINE)
    titles = [text for level, text in heads if level == "#"]
    assert len(titles) == 1
    assert titles[0].endswith("?")
    kinds = [text.partition(":")[0] for level, text in heads if level == "##"]
    assert list(dict.fromkeys(kinds)) == HEADINGS
    assert kinds == sorted(kinds, key=HEADINGS.index)


@each
def test_parameters_stand_near_the_top(file):
    tagged = [
        k for k, cell in enumerate(cells(file, "code")) if "parameters" in cell["metadata"].get("tags", [])
    ]
    assert tagged == [0]
    names = re.findall(r"^(\w+) = ", source(cells(file, "code")[0]), re.MULTILINE)
    assert {"seed", "horizon"} <= set(names)


@each
def test_logic_lives_in_the_package_and_not_in_cells(file):
    for cell in cells(file, "code"):
        lines = source(cell).splitlines()
        assert 0 < len(lines) <= MOST_LINES, source(cell)
        assert max(map(len, lines)) <= 120, source(cell)
        assert not re.search(
            r"^\s*(def|class|async|lambda)\b|\blambda\b|^\s*[!%]", source(cell), re.MULTILINE
        )


@each
def test_every_cell_was_run_in_order_and_none_failed_or_complained(file):
    code = cells(file, "code")
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell["outputs"]]
    assert [
        output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"
    ] == []


@each
def test_a_notebook_is_small_and_says_nothing_of_the_machine_it_was_written_on(file):
    text = file.read_text(encoding="utf-8")
    assert len(text.encode()) < MOST_BYTES
    assert not re.search(r"(?<![\w.:/])/(work|home|root|tmp|usr|opt|Users|mnt|var)/|[A-Z]:\\\\\\\\", text)
    assert not re.search(r"pypi|pythonhosted|conda\.anaconda|//registry\.|cdn\.", text)
    assert not re.search(r"iopub|shell\.execute_reply", text), "timings of an execution are stored"
